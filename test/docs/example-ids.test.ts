import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { CATALOG } from '../../src/standin/catalog.ts'

const ROOT = new URL('../../', import.meta.url)
const inside = (folder: string) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
const FILES = [
  ...['README.md', 'docs/clients.md', 'src/standin/demo.ts', 'deploy/README.md'].map((path) => new URL(path, ROOT).pathname),
  ...['docs/examples/', 'deploy/', 'docker/', 'src/home/'].flatMap((folder) => inside(folder))
]
const PROVIDERS = [...new Set(CATALOG.map(({ id }) => id.split('.', 1)[0]))].join('|')
/** A whole id, with the geography of a profile before it or not. Patterns such as `anthropic.*` are none. */
const ID = new RegExp(
  `(?<![\\w./-])(?:(?:us|eu|apac|jp|au|global)\\.)?((?:${PROVIDERS})\\.[a-z0-9][a-z0-9.-]*(?::\\d+)?)(?![\\w*:-]|\\.[\\w*])`,
  'g'
)
const LIFECYCLES = new Map(CATALOG.map(({ id, lifecycle }) => [id, lifecycle]))

t.test('every model id that an example names is one that Bedrock lists as ACTIVE today', async (t) => {
  let seen = 0
  for (const file of FILES)
    for (const [, id = ''] of readFileSync(file, 'utf8').matchAll(ID)) {
      const lifecycle = LIFECYCLES.get(id)
      if (lifecycle === undefined) continue
      seen++
      if (lifecycle !== 'ACTIVE') t.fail(`${file.slice(ROOT.pathname.length)} names ${id}, which is ${lifecycle}`)
    }
  t.ok(seen >= 15, `${seen} ids`)
})
