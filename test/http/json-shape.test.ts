import fc from 'fast-check'
import t from 'tap'
import { JSON_LIMITS, readShape } from '../../src/http/json-shape.ts'
import { NUMBERS_DRAWN } from '../properties/drawn-numbers.ts'

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const list = (items: number) => `[${'1,'.repeat(items - 1)}1]`

const ROWS: readonly (readonly [name: string, json: string, limit: ReturnType<typeof readShape>['exceeded']])[] = [
  ['as many levels as are allowed', nested(JSON_LIMITS.levels), undefined],
  ['one level more', nested(JSON_LIMITS.levels + 1), 'levels'],
  ['the same levels one after the other', `[${Array(10).fill(nested(JSON_LIMITS.levels - 1))}]`, undefined],
  ['as many objects as are allowed', `[${'{},'.repeat(JSON_LIMITS.parts - 2)}{}]`, undefined],
  ['one object more', `[${'{},'.repeat(JSON_LIMITS.parts - 1)}{}]`, 'parts'],
  ['too many members', `{${'"a":1,'.repeat(JSON_LIMITS.parts)}"a":1}`, 'parts'],
  ['as many items as are allowed', list(JSON_LIMITS.items + 1), undefined],
  ['one item more', list(JSON_LIMITS.items + 2), 'items'],
  ['as many numbers of many digits as are allowed', `[[${'1.0,'.repeat(JSON_LIMITS.exact - 1)}1e5]]`, undefined],
  ['one more of them', `[[${'1234567890123456789,'.repeat(JSON_LIMITS.exact)}-0]]`, 'exact'],
  ['a text of brackets, commas and quotes', JSON.stringify('[{:,"\\'.repeat(1_000_000)), undefined],
  ['a text that ends with backslashes', `["${'\\\\'.repeat(5)}",${nested(300)}]`, 'levels'],
  ['a quote behind an odd number of backslashes', `["${'\\\\'.repeat(5)}\\"${'['.repeat(300)}"]`, undefined],
  ['a text that never ends', `["${'['.repeat(300)}`, undefined],
  ['nothing but brackets that close', ']'.repeat(300), undefined]
]

for (const [name, json, limit] of ROWS)
  t.test(`${name}: ${limit ?? 'fine'}`, async (t) => {
    t.equal(readShape(Buffer.from(json)).exceeded, limit)
  })

t.test('wherever in a text an escape stands, its end is found', async (t) => {
  for (let before = 0; before < 80; before++) {
    const text = 'a'.repeat(before)
    t.equal(readShape(Buffer.from(`["${text}\\"${'['.repeat(300)}"]`)).exceeded, undefined, `a quote behind ${before} letters`)
    t.equal(readShape(Buffer.from(`["${text}\\\\",${nested(300)}]`)).exceeded, 'levels', `a backslash behind ${before} letters`)
    t.equal(readShape(Buffer.from(`["${text}",${nested(300)}]`)).exceeded, 'levels', `nothing behind ${before} letters`)
  }
})

t.test('F2: numbers that parsing would change are seen where they stand below the fields, and no others', async (t) => {
  const seen = (json: string) => readShape(Buffer.from(json)).holdsExactNumbers
  for (const number of ['1.0', '-0', '1e5', '1E5', '0.10', '1234567890123456', '12345678.123456789', '-0.0', '0.0000001'])
    t.ok(seen(`{"a":{"b":[${number}]}}`), number)
  for (const number of ['1', '-1', '0', '0.7', '123456789012345', '-12.75', 'true', 'false', 'null', '"1.0"', '"1e5"'])
    t.notOk(seen(`{"a":{"b":[${number}]},"c":true}`), number)
  t.notOk(seen('{"temperature":1.0,"seed":12345678901234567890}'), 'the fields themselves')
})

t.test('F2: every number that parsing changes is seen', async () => {
  fc.assert(
    fc.property(NUMBERS_DRAWN, (number) => {
      const isChanged = JSON.stringify(JSON.parse(number)) !== number
      if (isChanged && !readShape(Buffer.from(`[[${number}]]`)).holdsExactNumbers) throw new Error(number)
    }),
    { numRuns: 2000 }
  )
})
