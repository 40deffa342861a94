import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'docs/bedrock-facts.md'), 'utf8')
const ROWS = [...PAGE.matchAll(/^\| (B\d+) \|(.*)\|$/gm)].map(([, id = '', rest = '']) => ({ id, cells: rest.split(' | ') }))

/** Numbers of facts that comments of the code cite, with the file. */
function citations(): (readonly [file: string, id: string])[] {
  const src = join(ROOT, 'src')
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const comments = readFileSync(join(src, file), 'utf8').match(/\/\/ .*|\/\*\*[\s\S]*?\*\//g) ?? []
      return comments.flatMap((comment) => [...comment.matchAll(/\bB\d+\b/g)].map(([id]) => [file, id] as const))
    })
}

t.test('every fact has a number of its own, a source and a date', async (t) => {
  t.strictSame(
    ROWS.map(({ id }) => id),
    ROWS.map((_, index) => `B${index + 1}`)
  )
  for (const { id, cells } of ROWS) {
    t.equal(cells.length, 3, id)
    t.match(cells[2], /^ ?20\d\d/, `${id} has a date`)
  }
})

t.test('every fact that the code cites is on the page, and both sides cite', async (t) => {
  const known = new Set(ROWS.map(({ id }) => id))
  const cited = citations()
  for (const [file, id] of cited) t.ok(known.has(id), `${file} cites ${id}`)
  for (const side of ['bedrock/', 'standin/']) t.ok(cited.filter(([file]) => file.startsWith(side)).length > 8, side)
})
