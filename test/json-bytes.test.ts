import fc from 'fast-check'
import t from 'tap'
import { heavyJsonToBytes, jsonToBytes, writableJson } from '../src/json-bytes.ts'

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string())
const filler = fc.constantFrom('', 'a'.repeat(600), 'é'.repeat(600), '—'.repeat(600), '👩‍🚀'.repeat(200))
const value = fc.tuple(filler, text, filler).map(([before, middle, after]) => ({ text: before + middle + after }))

t.test('whatever the text, the bytes are those of its JSON', async () => {
  fc.assert(
    fc.property(value, (said) => {
      const expected = Buffer.from(JSON.stringify({ text: said.text.toWellFormed() }), 'utf8')
      return expected.equals(jsonToBytes(said)) && expected.equals(Buffer.from(writableJson(said)))
    })
  )
})

t.test('F35: halves of characters become U+FFFD, at any length', async (t) => {
  const said = { text: `${'坑'.repeat(600)}\ud83d` }
  t.same(JSON.parse(jsonToBytes(said).toString('utf8')), { text: said.text.toWellFormed() })
})

t.test('text is given to the socket as text where that is as fast', async (t) => {
  t.type(writableJson({ text: 'é'.repeat(600) }), 'string')
  t.type(writableJson({ text: '—' }), 'string')
  t.ok(Buffer.isBuffer(writableJson({ text: '—'.repeat(600) })))
})

t.test('heavy JSON leaves out what JSON leaves out', async (t) => {
  const value = { a: undefined, b: [undefined, { c: undefined }, {}, []], d: null, e: 'x'.repeat(20), f: undefined }
  for (const longest of [1, 7, 1000]) t.equal(String(await heavyJsonToBytes(value, longest)), JSON.stringify(value))
  t.equal(String(await heavyJsonToBytes({ a: undefined })), '{}')
})

t.test('heavy JSON is the same bytes, wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.json({ maxDepth: 5 }),
        fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify({ text, list: [text] }))
      ),
      fc.integer({ min: 1, max: 20 }),
      async (json, longest) => {
        const value: unknown = JSON.parse(json)
        const bytes = await heavyJsonToBytes(value, longest)
        if (!bytes.equals(jsonToBytes(value))) throw new Error(`${bytes}`)
      }
    ),
    { numRuns: 60 }
  )
})
