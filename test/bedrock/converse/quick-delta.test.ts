import fc from 'fast-check'
import t from 'tap'
import { createQuickReader, quickPayload } from '../../../src/bedrock/converse/quick-delta.ts'
import { chunkOf } from '../../../src/bedrock/transport/frame-label.ts'

const readQuick = createQuickReader()

/** What the short way reads from bytes that have others around them, as the payload it stands for. Throws when the literal says something else. */
function read(payload: Buffer): object | undefined {
  const bytes = Buffer.concat([Buffer.from('"'), payload, Buffer.from('"}')])
  const quick = readQuick(chunkOf(bytes), 1, 1 + payload.length)
  if (quick === undefined) return undefined
  const copied: unknown = JSON.parse(Buffer.from(quick.literal, 'latin1').toString('utf8'))
  if (copied !== quick.text) throw new Error(`the literal says ${copied} and not ${quick.text}`)
  return quickPayload(quick)
}

const parse = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'))
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
const padding = fc.stringMatching(/^[A-Za-z0-9]*$/)
const delta = fc.oneof(
  text.map((text) => ({ text })),
  text.map((text) => ({ reasoningContent: { text } })),
  text.map((signature) => ({ reasoningContent: { signature } })),
  text.map((input) => ({ toolUse: { input } }))
)
const payload = fc
  .record({ contentBlockIndex: fc.nat({ max: 12 }), delta, p: fc.option(padding, { nil: undefined }) })
  .map((body) => Buffer.from(JSON.stringify(body)))

t.test('what the short way reads is what the long way reads, without the padding', async (t) => {
  let count = 0
  fc.assert(
    fc.property(payload, (bytes) => {
      const quick = read(bytes)
      if (quick === undefined) return true
      count++
      const { p: _p, ...long } = parse(bytes) as { p?: string }
      return JSON.stringify(quick) === JSON.stringify(long)
    }),
    { numRuns: 3000 }
  )
  t.ok(count > 300, `${count} of 3000 went the short way`)
})

t.test('bytes that are no such JSON, or JSON of another shape, never go the short way', async () => {
  const change = fc.record({
    at: fc.nat(),
    byte: fc.integer({ min: 0, max: 255 }),
    kind: fc.constantFrom('set', 'cut', 'insert')
  })
  fc.assert(
    fc.property(payload, change, (bytes, { at, byte, kind }) => {
      const place = at % bytes.length
      const before = bytes.subarray(0, place)
      const after = bytes.subarray(kind === 'insert' ? place : place + 1)
      const damaged = kind === 'cut' ? before : Buffer.concat([before, Buffer.of(byte), after])
      const quick = read(damaged)
      if (quick === undefined) return true
      const { p: _p, ...long } = parse(damaged) as { p?: string } // throws when the short way took what is no JSON
      return JSON.stringify(quick) === JSON.stringify(long)
    }),
    { numRuns: 5000 }
  )
})

t.test('Bedrock’s own frames go the short way', async (t) => {
  for (const [json, wanted] of [
    ['{"contentBlockIndex":0,"delta":{"text":"Hello"},"p":"abcdef"}', { contentBlockIndex: 0, delta: { text: 'Hello' } }],
    ['{"contentBlockIndex":3,"delta":{"text":"größer"}}', { contentBlockIndex: 3, delta: { text: 'größer' } }],
    ['{"contentBlockIndex":2,"delta":{"text":"\\n\\"→\\""},"p":"a"}', { contentBlockIndex: 2, delta: { text: '\n"→"' } }],
    [
      '{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\\"a\\":"}},"p":"ab"}',
      { contentBlockIndex: 1, delta: { toolUse: { input: '{"a":' } } }
    ],
    [
      '{"contentBlockIndex":1,"delta":{"reasoningContent":{"text":"So"}},"p":"ab"}',
      { contentBlockIndex: 1, delta: { reasoningContent: { text: 'So' } } }
    ]
  ] as const)
    t.same(read(Buffer.from(json)), wanted)
})
