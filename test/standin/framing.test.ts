import { EventStreamCodec } from '@smithy/core/event-streams'
import t from 'tap'
import { eventFrame, exceptionFrame } from '../../src/standin/frames.ts'
import { build, CLAUDE, collect, post } from './clients.ts'

const TEXT_FRAME =
  '0000009700000057f30be03e0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070005' +
  '6576656e747b22636f6e74656e74426c6f636b496e646578223a302c2264656c7461223a7b2274657874223a2248656c6c6f227d7d67623831'
const THROTTLE_FRAME =
  '000000b0000000614f5086b30f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74' +
  '797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e7920746f6b656e732c20706c656173652077616974206265666f726520747279696e6720616761696e2e227df70ae57f'

const codec = new EventStreamCodec(
  (input) => (typeof input === 'string' ? input : Buffer.from(input).toString()),
  (input) => new Uint8Array(Buffer.from(input))
)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

t.test('frames are byte for byte those of the service', async (t) => {
  t.equal(hex(eventFrame('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"Hello"}}')), TEXT_FRAME)
  t.equal(
    hex(exceptionFrame('throttlingException', '{"message":"Too many tokens, please wait before trying again."}')),
    THROTTLE_FRAME
  )
})

t.test('the golden frames decode with the SDK codec', async (t) => {
  const text = codec.decode(Buffer.from(TEXT_FRAME, 'hex'))
  t.equal(text.headers[':event-type']?.value, 'contentBlockDelta')
  t.strictSame(JSON.parse(Buffer.from(text.body).toString()), { contentBlockIndex: 0, delta: { text: 'Hello' } })
  t.equal(codec.decode(Buffer.from(THROTTLE_FRAME, 'hex')).headers[':exception-type']?.value, 'throttlingException')
})

t.test('every framing gives the same events', async (t) => {
  const wholes = await build(t)
  const expected = await collect(wholes.runtime, CLAUDE, 'été 😀 #reason')
  for (const framing of ['coalesced', 'byte', 'random'] as const) {
    const { http2, runtime } = await build(t, { framing })
    t.strictSame(await collect(runtime, CLAUDE, 'été 😀 #reason'), expected, `${framing} over HTTP/1.1`)
    t.strictSame(await collect(http2, CLAUDE, 'été 😀 #reason'), expected, `${framing} over HTTP/2`)
  }
})

t.test('events carry padding and sorted keys; text has no contentBlockStart; usage of Claude is doubled', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const response = await fetch(`${standin.url}/model/${CLAUDE}/converse-stream`, {
    method: 'POST',
    body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] })
  })
  t.equal(response.headers.get('content-type'), 'application/vnd.amazon.eventstream')
  const events = decodeAll(Buffer.from(await response.arrayBuffer()))
  t.ok(events.every(({ payload }) => typeof payload.p === 'string' && payload.p !== ''))
  t.ok(events.every(({ payload }) => String(Object.keys(payload)) === String(Object.keys(payload).sort())))
  t.notOk(events.some(({ type }) => type === 'contentBlockStart'))
  t.strictSame(
    events.slice(-2).map(({ type }) => type),
    ['messageStop', 'metadata']
  )
  t.match(events.at(-1)?.payload.usage, { cacheReadInputTokenCount: 0, cacheReadInputTokens: 0, serverToolUsage: {} })
})

t.test('gpt-oss opens an empty text block before its reasoning', async (t) => {
  const { runtime } = await build(t)
  const events = await collect(runtime, 'openai.gpt-oss-120b-1:0', 'hi')
  t.match(events[1], { contentBlockDelta: { contentBlockIndex: 0, delta: { text: '' } } })
  t.match(events[3], { contentBlockDelta: { contentBlockIndex: 1, delta: { reasoningContent: {} } } })
})

t.test('chaos adds an unknown event and unknown fields, and the SDK still reads the answer', async (t) => {
  const { runtime, standin } = await build(t, { chaos: true, auth: 'off' })
  t.equal((await collect(runtime, CLAUDE, 'hi')).at(-1)?.metadata?.usage?.inputTokens, 1)
  t.ok(
    (await post(standin, `/model/${CLAUDE}/converse`, { messages: [{ role: 'user', content: [{ text: 'x' }] }] })).body.zzUnknown
  )
})

function decodeAll(bytes: Buffer): { type: string; payload: Record<string, unknown> }[] {
  const events = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const { headers, body } = codec.decode(bytes.subarray(at, at + bytes.readUInt32BE(at)))
    events.push({
      type: `${headers[':event-type']?.value}`,
      payload: JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>
    })
  }
  return events
}
