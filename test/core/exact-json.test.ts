import fc from 'fast-check'
import t from 'tap'
import { isRawNumber, parseExact, plainNumbers } from '../../src/core/exact-json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { NUMBERS_DRAWN } from '../properties/drawn-numbers.ts'

const text: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'value' },
    NUMBERS_DRAWN,
    fc.oneof(fc.string({ unit: 'grapheme' }), NUMBERS_DRAWN).map((said) => JSON.stringify(said)),
    fc.constantFrom('true', 'false', 'null', '"\\\\"', '"\\"1.0"', '[]', '{}'),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
    fc
      .dictionary(
        fc.string({ minLength: 1 }).map((name) => `k${name}`),
        tie('value'),
        { maxKeys: 4 }
      )
      .map((members) => `{${Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${value}`)}}`)
  )
})).value

t.test('F2: a text is written again as it was read, and means the same', async () => {
  fc.assert(
    fc.property(text, (json) => {
      const value = parseExact(json)
      if (JSON.stringify(value) !== json) throw new Error(`${json}\n${JSON.stringify(value)}`)
      const plain = JSON.stringify(JSON.parse(json))
      if (JSON.stringify(plainNumbers(value)) !== plain) throw new Error(plain)
    }),
    { numRuns: 1000 }
  )
})

t.test('F2: a number that a double holds as it was written is a number', async (t) => {
  for (const source of ['0', '1', '-1', '0.1', '123456789012345', '9007199254740993'.slice(0, 15), '-12.75', '1e+21', '1e-7'])
    t.type(parseExact(source), 'number', source)
})

t.test('F2: one that it does not is a leaf, and no object', async (t) => {
  for (const source of ['1234567890123456789', '1e400', '-1e400', '-0', '1.0', '1E5', '0.1000', '0.0000001', '1e5']) {
    const value = parseExact(source)
    t.ok(isRawNumber(value), source)
    t.notOk(isJsonObject(value), source)
    t.equal(JSON.stringify([value]), `[${source}]`)
  }
})

t.test('F2: what is no JSON is refused as ever', async (t) => {
  for (const wrong of [
    '01.0',
    '1.',
    '.50',
    '+1.0',
    '--1.0',
    '1.0.0',
    '1e',
    '[1.0',
    '{"a":1.0,}',
    '1.0 2.0',
    '-',
    '"1.0',
    'NaN1.0'
  ])
    t.throws(() => parseExact(wrong), SyntaxError, wrong)
})

t.test('F2: numbers in a text nested beyond the stack, or long lists of them, are read', async (t) => {
  const deep = `${'['.repeat(100_000)}1.0${']'.repeat(100_000)}`
  t.doesNotThrow(() => parseExact(deep))
  const list = parseExact(`[${'1.0,'.repeat(500_000)}2]`) as unknown[]
  t.equal(list.length, 500_001)
  t.equal(JSON.stringify(list[7]), '1.0')
})

t.test('F2: a key named __proto__ is a key', async (t) => {
  t.equal(JSON.stringify(parseExact('{"__proto__":{"a":1.0},"b":2.0}')), '{"__proto__":{"a":1.0},"b":2.0}')
})
