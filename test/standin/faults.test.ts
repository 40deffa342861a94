import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import t from 'tap'
import { FAULTS } from '../../src/standin/faults.ts'
import { build, collect, NOVA, post, textOf, until, user } from './clients.ts'

const command = (modelId = NOVA) => new ConverseCommand({ modelId, messages: [user('hi')] })

t.test('every HTTP fault has its status and name, and a queue is spent call by call', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const statuses: Record<string, number> = {
    throttling: 429,
    'input-too-long': 400,
    'expired-token': 403,
    'not-found': 404,
    'model-timeout': 408,
    'model-error': 424,
    'model-not-ready': 429,
    internal: 500,
    unavailable: 503,
    'overloaded-529': 529
  }
  standin.fail(NOVA, ...Object.keys(statuses), 'none')
  const body = { messages: [{ role: 'user', content: [{ text: 'hi' }] }] }
  for (const status of [...Object.values(statuses), 200, 200]) {
    t.equal((await post(standin, `/model/${NOVA}/converse`, body)).status, status)
  }
})

t.test('a fault model meets its fault without being told, by stream too', async (t) => {
  const { runtime } = await build(t)
  await t.rejects(runtime.send(command('standin.fault-throttling')), {
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 429 }
  })
  await t.rejects(collect(runtime, 'standin.fault-throttling', 'hi'), { name: 'ThrottlingException' })
})

t.test('a throttle can say when to come back, and a front end can answer HTML', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] })
  standin.fail(NOVA, 'throttling-retry-after', 'bad-gateway-html')
  const call = () => fetch(`${standin.url}/model/${NOVA}/converse`, { method: 'POST', body })
  t.equal((await call()).headers.get('retry-after'), '1')
  const html = await call()
  t.equal(html.status, 502)
  t.match(await html.text(), /<html>/)
})

t.test('an exception as first frame rejects the call, one in the middle breaks the stream', async (t) => {
  const { runtime, standin } = await build(t)
  const rows = [
    ['first-frame-throttling', 'ThrottlingException', 0],
    ['first-frame-validation', 'ValidationException', 0],
    ['first-frame-internal', 'InternalServerException', 0],
    ['mid-stream-throttling', 'ThrottlingException', 4],
    ['mid-stream-internal', 'InternalServerException', 4],
    ['mid-stream-model-error', 'ModelStreamErrorException', 4],
    ['mid-stream-error-message', 'internalServerError', 4]
  ] as const
  for (const [fault, name, before] of rows) {
    standin.fail(NOVA, fault)
    t.match(await failure(runtime, 'hello there, a longer text to stream'), { name, seen: before }, fault)
  }
})

t.test('broken frames are told by the SDK, an early end is not', async (t) => {
  const { runtime, standin } = await build(t, { seed: 3 })
  for (const [fault, sentence] of [
    ['eof-mid-frame', /Truncated event message/],
    ['bad-prelude-crc', /prelude checksum/],
    ['bad-message-crc', /message checksum/],
    ['lying-length', /Truncated event message/],
    ['reset-mid-stream', /ECONNRESET|aborted|terminated/]
  ] as const) {
    standin.fail(NOVA, fault)
    t.match((await failure(runtime, 'hello')).message, sentence, fault)
  }
  standin.fail(NOVA, 'eof-no-stop')
  t.notOk((await collect(runtime, NOVA, 'hello')).some((event) => event.messageStop))
})

t.test('a reset before the headers leaves no answer, in either form and protocol', async (t) => {
  const { runtime, http2, standin } = await build(t)
  standin.fail(NOVA, 'reset-before-headers', 'reset-before-headers', 'reset-after-headers', 'reset-before-headers')
  await t.rejects(runtime.send(command()))
  await t.rejects(collect(runtime, NOVA, 'hi'))
  await t.rejects(collect(runtime, NOVA, 'hi'))
  await t.rejects(http2.send(command()))
})

t.test('a hang lasts no longer than told', async (t) => {
  const { runtime, standin } = await build(t, { hangMs: 50 })
  for (const fault of ['hang-before-headers', 'hang-after-headers', 'hang-mid-stream']) {
    standin.fail(NOVA, fault)
    const started = Date.now()
    await t.rejects(collect(runtime, NOVA, 'hello'), fault)
    t.ok(Date.now() - started >= 45, fault)
  }
  standin.fail(NOVA, 'slow-first-event')
  t.match(textOf(await collect(runtime, NOVA, 'hello')), /hello/)
  t.equal(standin.inFlight(), 0)
})

t.test('strange events and sizes still add up to an answer', async (t) => {
  const { runtime, standin } = await build(t)
  standin.fail(NOVA, 'unknown-event', 'unknown-fields', 'event-64k')
  t.match(textOf(await collect(runtime, NOVA, 'hello')), /hello/)
  t.match(textOf(await collect(runtime, NOVA, 'hello')), /hello/)
  t.equal(textOf(await collect(runtime, NOVA, 'hello')).length, 65_536)
})

t.test('one event can be just under 16 MiB', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] })
  const response = await fetch(`${standin.url}/model/standin.fault-event-16m/converse-stream`, { method: 'POST', body })
  const bytes = Buffer.from(await response.arrayBuffer())
  const second = bytes.readUInt32BE(bytes.readUInt32BE(0))
  t.ok(second > 16_000_000 && second < 16 * 1024 * 1024, `${second}`)
})

t.test('an answer without output has none', async (t) => {
  const { runtime } = await build(t)
  t.equal((await runtime.send(command('standin.fault-no-output'))).output, undefined)
})

t.test('the bucket fills with what calls reserve', async (t) => {
  const { runtime } = await build(t)
  const small = new ConverseCommand({
    modelId: 'standin.fault-token-bucket',
    messages: [user('hi')],
    inferenceConfig: { maxTokens: 6000 }
  })
  t.equal((await runtime.send(small)).stopReason, 'end_turn')
  await t.rejects(runtime.send(small), { name: 'ThrottlingException', message: /^Too many tokens/ })
})

t.test('200 MB are made only as fast as they are read', async (t) => {
  const { standin } = await build(t, { auth: 'off' })
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] })
  const before = process.memoryUsage().rss
  const response = await fetch(`${standin.url}/model/standin.fault-stream-200m/converse-stream`, { method: 'POST', body })
  const reader = response.body?.getReader()
  await reader?.read()
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.ok(process.memoryUsage().rss - before < 100_000_000)
  await reader?.cancel()
  t.ok(await until(() => standin.requests[0]?.aborted === true))
})

t.test('sees that the client left, over HTTP/1.1 and HTTP/2', async (t) => {
  const { runtime, http2, standin } = await build(t, { eventGapMs: 20 })
  for (const client of [runtime, http2]) {
    const leaving = new AbortController()
    const request = new ConverseStreamCommand({ modelId: NOVA, messages: [user('#slow 500')] })
    const { stream } = await client.send(request, { abortSignal: leaving.signal })
    t.equal(standin.inFlight(), 1)
    leaving.abort()
    await (async () => {
      for await (const _event of stream ?? []);
    })().catch(() => undefined)
    t.ok(await until(() => standin.requests.at(-1)?.aborted === true))
    t.equal(standin.inFlight(), 0)
    t.equal(standin.requests.at(-1)?.finished, false)
  }
})

t.test('a fault that does not exist is a mistake of the test', async (t) => {
  const { standin } = await build(t)
  t.throws(() => standin.fail(NOVA, 'nonsense'), /no fault named nonsense/)
  t.ok(Object.keys(FAULTS).every((name) => /^[a-z0-9-]+$/.test(name)))
})

async function failure(
  runtime: Parameters<typeof collect>[0],
  text: string
): Promise<{ name: string; message: string; seen: number }> {
  let seen = 0
  try {
    const { stream } = await runtime.send(new ConverseStreamCommand({ modelId: NOVA, messages: [user(text)] }))
    for await (const _event of stream ?? []) seen += 1
  } catch (error) {
    const { name, message } = error as Error
    return { name, message, seen }
  }
  return { name: 'none', message: 'none', seen }
}
