import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = join(ROOT, '.github/workflows')

interface Job {
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[]
  readonly 'timeout-minutes'?: number
}

t.test('every action is pinned by a whole commit, every job ends, and rights are named', async (t) => {
  const files = readdirSync(FOLDER)
  t.strictSame(files, ['ci.yml', 'release.yml'])
  for (const file of files) {
    const text = readFileSync(join(FOLDER, file), 'utf8')
    const { permissions, jobs } = parse(text) as { permissions: object; jobs: Record<string, Job> }
    t.strictSame(permissions, { contents: 'read' }, file)
    for (const [name, job] of Object.entries(jobs)) {
      t.type(job['timeout-minutes'], 'number', name)
      for (const { uses } of job.steps) if (uses !== undefined) t.match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/, name)
      // what a tag is called goes into a script as a variable, never as text of it
      for (const { run } of job.steps) t.notMatch(run ?? '', '${{', name)
    }
  }
})

t.test('CI counts what the tests enter of src, and has a floor for it', async (t) => {
  const { jobs } = parse(readFileSync(join(FOLDER, 'ci.yml'), 'utf8')) as { jobs: Record<string, Job> }
  t.ok(jobs.coverage?.steps.some(({ run }) => run === 'npm run coverage'))
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  t.match(scripts.coverage, /&& c8 report$/, 'what it exits with is what the floor says')
  const floor = JSON.parse(readFileSync(join(ROOT, '.c8rc.json'), 'utf8'))
  t.equal(floor['check-coverage'], true)
  for (const kind of ['statements', 'lines', 'branches', 'functions']) t.ok(floor[kind] > 90, kind)
})
