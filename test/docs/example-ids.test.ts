import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { CATALOG } from '../../src/standin/catalog.ts'

const ROOT = new URL('../../', import.meta.url)
const inside = (folder: string) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
/** Pages with examples; others speak of models that end, too. */
const PAGES = ['clients', 'caching', 'costs', 'messages', 'economy', 'runbook', 'responses-state']
const FILES = [
  ...['README.md', 'src/standin/demo.ts'].map((path) => new URL(path, ROOT).pathname),
  ...PAGES.map((page) => new URL(`docs/${page}.md`, ROOT).pathname),
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
      const lifecycle = LIFECYCLES.get(id) ?? 'no model of the catalogue'
      seen++
      if (lifecycle !== 'ACTIVE') t.fail(`${file.slice(ROOT.pathname.length)} names ${id}, which is ${lifecycle}`)
    }
  t.ok(seen >= 15, `${seen} ids`)
})
