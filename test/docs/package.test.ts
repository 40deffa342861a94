import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { START_FLAGS } from '../../bench/measure/start-flags.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = fileURLToPath(new URL('../../bin/adit.js', import.meta.url))
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

t.test('the package has a program for npx, and what it starts', async (t) => {
  const { bin, files, private: hidden, scripts } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  t.strictSame([bin, files, hidden], [{ adit: 'bin/adit.js' }, ['bin', 'dist'], undefined])
  t.ok(statSync(BIN).mode & 0o100, 'it may be run')
  t.ok(scripts?.['build:package'])
  for (const flag of START_FLAGS) t.match(readFileSync(BIN, 'utf8'), `'${flag}'`)
})

t.test("no page names an owner that is not known, nor a package of npm's that is somebody else's", async (t) => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'bin/adit.js',
    ...['docs/', 'deploy/', 'docker/'].flatMap(inside)
  ]
  for (const page of pages) {
    const text = read(page)
    t.notMatch(text, /\bOWNER\/adit|github\.com\/adit/, page)
    t.notMatch(
      text,
      /npx (?:--yes |-y )?(?:-p )?adit\b|npm i(?:nstall)? (?:-g )?adit\b/,
      `${page}: plain "adit" on npm is another program`
    )
  }
})

const inside = (folder: string) =>
  readdirSync(new URL(`../../${folder}`, import.meta.url), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))

for (const [args, code] of [
  [['--help'], 0],
  [['deploy'], 64],
  [['constructor'], 64]
] as const)
  t.test(`adit ${args.join(' ')} says what there is, and exits ${code}`, async (t) => {
    const [exit, said] = await new Promise<[number, string]>((resolve) => {
      execFile(process.execPath, [BIN, ...args], (error, _stdout, stderr) =>
        resolve([error === null ? 0 : Number(error.code), stderr])
      )
    })
    t.equal(exit, code)
    t.match(said, /demo .*\n +start /)
  })
