import t, { type Test } from 'tap'
import { PLAIN_ANSWER } from '../../../src/bedrock/answer/answer-context.ts'
import { createConverseDecoder } from '../../../src/bedrock/converse/converse-codec.ts'
import { openEvents } from '../../../src/bedrock/run/answer-reader.ts'
import type { ModelEvent } from '../../../src/core/event.ts'
import type { ErrorKind } from '../../../src/errors.ts'
import { callOf, failing, question, standin, transport, until } from '../build.ts'

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

/** Opens the stream of one answer that meets `fault`. */
async function open(t: Test, fault: string, options: { idleTimeoutMs?: number; text?: string } = {}) {
  const server = await standin(t, { hangMs: 20_000, framing: 'coalesced' })
  server.fail(MODEL, fault)
  const { text = '#long 40', ...limits } = options
  const body = question(text)
  const left = new AbortController()
  const call = { ...callOf(MODEL, 'converse-stream'), body } as const
  const response = await transport(t, limits).send(call, left.signal)
  const decoder = createConverseDecoder(PLAIN_ANSWER)
  const events = await openEvents({
    body: response.body,
    framing: 'event-stream',
    decoder,
    model: MODEL,
    requestId: response.requestId
  })
  return { server, events, left }
}

/** Reads to the end, or to the error. */
async function collect(events: AsyncIterable<readonly ModelEvent[]>) {
  const seen: ModelEvent[] = []
  try {
    for await (const batch of events) seen.push(...batch)
    return { seen, error: undefined }
  } catch (error) {
    return { seen, error: error as { kind: ErrorKind; message: string; upstreamRequestId?: string } }
  }
}

t.test('a whole answer comes in batches and ends with its usage', async (t) => {
  const { events } = await open(t, 'none')
  const { seen, error } = await collect(events)
  t.equal(error, undefined)
  t.equal(seen[0]?.type, 'start')
  t.equal(seen.at(-2)?.type, 'finish')
  t.equal(seen.at(-1)?.type, 'usage')
})

const BEFORE: readonly (readonly [string, ErrorKind])[] = [
  ['first-frame-throttling', 'rate_limited'],
  ['first-frame-validation', 'context_length_exceeded'],
  ['first-frame-internal', 'upstream_error'],
  ['reset-after-headers', 'upstream_error']
]
for (const [fault, kind] of BEFORE)
  t.test(`${fault} fails before anything is given, as ${kind}`, async (t) => {
    await t.rejects(open(t, fault), failing({ kind }))
  })

const AFTER: readonly (readonly [string, ErrorKind])[] = [
  ['mid-stream-throttling', 'rate_limited'],
  ['mid-stream-unavailable', 'unavailable'],
  ['mid-stream-internal', 'upstream_stream_error'],
  ['mid-stream-model-error', 'upstream_stream_error'],
  ['mid-stream-error-message', 'upstream_stream_error'],
  ['eof-no-stop', 'upstream_stream_error'],
  ['eof-mid-frame', 'upstream_stream_error'],
  ['bad-message-crc', 'upstream_stream_error'],
  ['bad-prelude-crc', 'upstream_stream_error'],
  ['lying-length', 'upstream_stream_error'],
  ['reset-mid-stream', 'upstream_stream_error'],
  ['hang-mid-stream', 'upstream_timeout']
]
for (const [fault, kind] of AFTER)
  t.test(`${fault} gives what came before, then ${kind}`, async (t) => {
    const { events, server } = await open(t, fault, { idleTimeoutMs: 80 })
    const { seen, error } = await collect(events)
    t.equal(error?.kind, kind)
    t.ok(seen.some((event) => event.type === 'text'))
    t.notOk(seen.some((event) => event.type === 'finish'))
    await until(() => server.inFlight() === 0)
  })

t.test('unknown events are passed over', async (t) => {
  const { seen, error } = await collect((await open(t, 'unknown-event')).events)
  t.equal(error, undefined)
  t.ok(seen.some((event) => event.type === 'finish'))
})

t.test('an event of 16 MiB arrives whole', async (t) => {
  const { seen, error } = await collect((await open(t, 'event-16m')).events)
  t.equal(error, undefined)
  t.ok(seen.some((event) => event.type === 'text' && event.text.length > 10_000_000))
})

t.test('leaving the iteration early ends the call', async (t) => {
  const { events, server } = await open(t, 'stream-200m')
  for await (const _batch of events) break
  await until(() => server.inFlight() === 0)
})

t.test('the caller who leaves while the stream is silent ends the call', async (t) => {
  const { events, server, left } = await open(t, 'hang-mid-stream')
  setTimeout(() => left.abort(), 30)
  const { error } = await collect(events)
  t.equal(error?.kind, 'client_closed')
  await until(() => server.inFlight() === 0)
})
