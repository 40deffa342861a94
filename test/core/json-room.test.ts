import fc from 'fast-check'
import t from 'tap'
import { isRawNumber, parseExact, replaceLeaves } from '../../src/core/exact-json.ts'
import { JsonRoom } from '../../src/core/json-room.ts'
import { NUMBERS_DRAWN } from '../properties/drawn-numbers.ts'

const list = (item: string, count: number) => `{"a":[${Array(count).fill(item).join()}]}`

const ROWS: readonly (readonly [name: string, item: string, most: number])[] = [
  ['empty lists', '[]', 99_997],
  ['empty objects', '{}', 99_997],
  ['numbers', '1', 500_001],
  ['numbers that end in zeros', '1.0', 20_000],
  ['numbers with exponents', '1e5', 20_000],
  ['numbers of 19 digits', '1234567890123456789', 20_000],
  ['zeros below zero', '-0', 20_000]
]

for (const [name, item, most] of ROWS)
  t.test(`${name}: room for ${most}`, async (t) => {
    t.ok(new JsonRoom().take(list(item, most)))
    t.notOk(new JsonRoom().take(list(item, most + 1)))
  })

t.test('the room is one for all texts of a request', async (t) => {
  const room = new JsonRoom()
  t.ok(room.take(list('1.0', 19_000)))
  t.notOk(room.take(list('1.0', 19_000)))
  t.ok(room.take(list('1', 19_000)))
})

t.test('256 levels, and no more, of what may be short', async (t) => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  t.ok(new JsonRoom().take(deep(256)))
  t.notOk(new JsonRoom().take(deep(257)))
  t.ok(new JsonRoom().take(`[${Array(300).fill(deep(200)).join()}]`), 'side by side')
})

t.test('what stands in strings is nothing', async (t) => {
  t.ok(new JsonRoom().take(`{"a":${JSON.stringify('"1.0,[{:\\'.repeat(200_000))}}`))
})

t.test('every number that keeps its digits is counted', async () => {
  fc.assert(
    fc.property(fc.array(NUMBERS_DRAWN, { minLength: 1, maxLength: 20 }), (numbers) => {
      const text = `[${numbers.join()}]`
      let kept = 0
      replaceLeaves([parseExact(text)], (leaf) => {
        if (isRawNumber(leaf)) kept++
        return leaf
      })
      const room = new JsonRoom()
      // Fills the room but for what the numbers need less one.
      room.take(list('1.0', 20_000 - Math.max(0, kept - 1)))
      if (kept > 0 && room.take(text.padStart(100_000))) throw new Error(text)
    }),
    { numRuns: 200 }
  )
})
