import t from 'tap'
import { exceeded, JSON_LIMITS } from '../../src/http/json-shape.ts'

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const list = (items: number) => `[${'1,'.repeat(items - 1)}1]`

const ROWS: readonly (readonly [name: string, json: string, limit: ReturnType<typeof exceeded>])[] = [
  ['as many levels as are allowed', nested(JSON_LIMITS.levels), undefined],
  ['one level more', nested(JSON_LIMITS.levels + 1), 'levels'],
  ['the same levels one after the other', `[${Array(10).fill(nested(JSON_LIMITS.levels - 1))}]`, undefined],
  ['as many objects as are allowed', `[${'{},'.repeat(JSON_LIMITS.parts - 2)}{}]`, undefined],
  ['one object more', `[${'{},'.repeat(JSON_LIMITS.parts - 1)}{}]`, 'parts'],
  ['too many members', `{${'"a":1,'.repeat(JSON_LIMITS.parts)}"a":1}`, 'parts'],
  ['as many items as are allowed', list(JSON_LIMITS.items + 1), undefined],
  ['one item more', list(JSON_LIMITS.items + 2), 'items'],
  ['a text of brackets, commas and quotes', JSON.stringify('[{:,"\\'.repeat(1_000_000)), undefined],
  ['a text that ends with backslashes', `["${'\\\\'.repeat(5)}",${nested(300)}]`, 'levels'],
  ['a quote behind an odd number of backslashes', `["${'\\\\'.repeat(5)}\\"${'['.repeat(300)}"]`, undefined],
  ['a text that never ends', `["${'['.repeat(300)}`, undefined],
  ['nothing but brackets that close', ']'.repeat(300), undefined]
]

for (const [name, json, limit] of ROWS)
  t.test(`${name}: ${limit ?? 'fine'}`, async (t) => {
    t.equal(exceeded(Buffer.from(json)), limit)
  })

t.test('wherever in a text an escape stands, its end is found', async (t) => {
  for (let before = 0; before < 80; before++) {
    const text = 'a'.repeat(before)
    t.equal(exceeded(Buffer.from(`["${text}\\"${'['.repeat(300)}"]`)), undefined, `a quote behind ${before} letters`)
    t.equal(exceeded(Buffer.from(`["${text}\\\\",${nested(300)}]`)), 'levels', `a backslash behind ${before} letters`)
    t.equal(exceeded(Buffer.from(`["${text}",${nested(300)}]`)), 'levels', `nothing behind ${before} letters`)
  }
})
