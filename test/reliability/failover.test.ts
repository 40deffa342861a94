import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type Built, build, eventually, KEY, sseData } from '../support/helper.ts'
import { calls } from './calls.ts'

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'us.amazon.nova-lite-v1:0'
const REGIONS = { AWS_REGION: 'us-east-1', BEDROCK_REGIONS: 'us-east-1,us-west-2' }
const ALIAS = { MODEL_ALIASES: JSON.stringify({ team: [CLAUDE, NOVA] }) }
const asks = (model: string, stream: boolean, content = 'hello') => ({ model, stream, messages: [{ role: 'user', content }] })
const CHAT = '/v1/chat/completions'

for (const stream of [true, false]) {
  const how = stream ? 'streaming' : 'not streaming'

  t.test(`the next region answers when the first is down, ${how}`, async (t) => {
    const gateway = await build(t, { ...REGIONS, UPSTREAM_MAX_ATTEMPTS: '1' })
    gateway.standin.fail(NOVA, 'unavailable', 'none')
    const response = await gateway.post(CHAT, asks(NOVA, stream))
    t.equal(response.status, 200)
    const text = await response.text()
    t.ok(!stream || text.endsWith('data: [DONE]\n\n'))
    t.strictSame(calls(gateway), [`us-east-1 ${NOVA}`, `us-west-2 ${NOVA}`])
  })

  t.test(`the next model of an alias answers when the first is throttled in every region, and is named, ${how}`, async (t) => {
    const gateway = await build(t, { ...REGIONS, ...ALIAS, UPSTREAM_MAX_ATTEMPTS: '1' })
    gateway.standin.fail(CLAUDE, 'throttling', 'throttling')
    const response = await gateway.post(CHAT, asks('team', stream))
    t.equal(response.status, 200)
    t.equal(response.headers.get('x-adit-model'), NOVA)
    await response.text()
    t.strictSame(calls(gateway), [`us-east-1 ${CLAUDE}`, `us-west-2 ${CLAUDE}`, `us-east-1 ${NOVA}`])
  })
}

t.test('nothing is called again after the first content event, whatever regions and models are left', async (t) => {
  const gateway = await build(t, { ...REGIONS, ...ALIAS })
  for (const fault of [
    'mid-stream-throttling',
    'mid-stream-unavailable',
    'reset-mid-stream',
    'eof-mid-frame',
    'bad-message-crc'
  ]) {
    gateway.standin.fail(CLAUDE, fault)
    const before = calls(gateway).length
    const data = sseData(await (await gateway.post(CHAT, asks('team', true))).text())
    t.match(JSON.parse(data.at(-1) ?? '{}'), { error: { code: String } }, fault)
    t.equal(calls(gateway).length - before, 1, fault)
  }
})

t.test('retry-after of a throttle is waited for, not less', async (t) => {
  const gateway = await build(t)
  gateway.standin.fail(NOVA, 'throttling-retry-after', 'none')
  t.equal((await gateway.post(CHAT, asks(NOVA, false))).status, 200)
  const [first, second] = gateway.standin.requests.filter(({ modelId }) => modelId === NOVA)
  t.ok((second?.startedAt ?? 0) - (first?.startedAt ?? 0) >= 990)
})

t.test('a retry that would begin after the deadline is not made, and the caller is told at once', async (t) => {
  const gateway = await build(t, { UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '900' })
  const response = await gateway.post(CHAT, asks('standin.fault-throttling-retry-after', true))
  t.equal(response.status, 429)
  t.equal(response.headers.get('retry-after'), '1')
  t.equal(calls(gateway).length, 1)
})

t.test('a breaker opens after five failures, passes the place over, probes it, and metrics tell all of it', async (t) => {
  const gateway = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  const state = async () => {
    const text = await gateway.app.metrics.text()
    return /adit_breaker_state\{[^}]*nova-lite[^}]*\} (\d)/.exec(text)?.[1]
  }
  gateway.standin.fail(NOVA, ...Array.from({ length: 5 }, () => 'internal'))
  for (let i = 0; i < 5; i++) t.equal((await gateway.post(CHAT, asks(NOVA, false))).status, 502)
  t.equal(await state(), '2', 'open')
  const refused = await gateway.post(CHAT, asks(NOVA, false))
  t.equal(refused.status, 503)
  t.ok(Number(refused.headers.get('retry-after')) >= 1)
  t.equal(calls(gateway).length, 5, 'it was not called')
  t.equal((await gateway.post(CHAT, asks('amazon.nova-micro-v1:0', false))).status, 200, 'another model is called')

  await new Promise((resolve) => setTimeout(resolve, 2100))
  gateway.standin.answer(NOVA, { content: [{ text: 'back' }], delayMs: 300 })
  const probe = gateway.post(CHAT, asks(NOVA, false))
  t.ok(await eventually(() => calls(gateway).filter((call) => call.includes(NOVA)).length === 6))
  t.equal(await state(), '1', 'half open while the probe runs')
  t.equal((await gateway.post(CHAT, asks(NOVA, false))).status, 503, 'nobody else gets in')
  t.equal((await probe).status, 200)
  t.equal(await state(), '0', 'closed')
  t.equal((await gateway.post(CHAT, asks(NOVA, false))).status, 200)
})

t.test('an answer that takes longer than allowed in all is ended', async (t) => {
  const gateway = await build(t, { UPSTREAM_TOTAL_TIMEOUT_MS: '700' })
  gateway.standin.answer(NOVA, { content: [{ text: 'word '.repeat(400) }], gapMs: 40, chunkSize: 5 })
  const data = sseData(await (await gateway.post(CHAT, asks(NOVA, true))).text())
  t.match(JSON.parse(data.at(-1) ?? '{}'), { error: { code: 'upstream_timeout', message: /longer than/ } })
  t.ok(data.length > 2, 'what came before was given')
  t.ok(await eventually(() => gateway.standin.inFlight() === 0, 1000), 'the call is cancelled')

  gateway.standin.answer(NOVA, { content: [{ text: 'late' }], delayMs: 5000 })
  for (const stream of [true, false]) {
    const response = await gateway.post(CHAT, asks(NOVA, stream))
    t.equal(response.status, 504)
    t.match(await response.json(), { error: { code: 'upstream_timeout' } })
    t.ok(await eventually(() => gateway.standin.inFlight() === 0, 1000))
  }
  t.equal(calls(gateway).length, 3, 'and none of them again')
})

/** Asks, waits until `running`, leaves. Resolves with the milliseconds from leaving until `over`. */
async function leave(t: Test, gateway: Built, body: object, moments: { running: () => boolean; over: () => boolean }) {
  const left = new AbortController()
  const asked = fetch(gateway.base + CHAT, {
    method: 'POST',
    signal: left.signal,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body)
  }).then((response) => response.text())
  asked.catch(() => {})
  t.ok(await eventually(moments.running, 5000), 'it is under way')
  left.abort()
  t.ok(await eventually(moments.over, 1000), 'it is over within a second')
  t.ok(await eventually(() => gateway.app.lifecycle.inFlight === 0, 1000), 'and so is the request')
}

t.test('a client that leaves cancels Bedrock within a second', async (t) => {
  const gateway = await build(t, { STREAM_COMMIT_MS: '50' }, { hangMs: 20_000 })
  const { standin } = gateway
  const moments = { running: () => standin.inFlight() === 1, over: () => standin.inFlight() === 0 }
  for (const stream of [true, false])
    for (const fault of ['hang-before-headers', 'hang-after-headers', 'hang-mid-stream'])
      await t.test(`${fault}, ${stream ? 'streaming' : 'not streaming'}`, async (t) => {
        await leave(t, gateway, asks(`standin.fault-${fault}`, stream), moments)
      })
})

t.test('a client that leaves while a retry is waited for ends the wait, and no call follows', async (t) => {
  const gateway = await build(t)
  const { standin } = gateway
  const failed = () => standin.requests.filter(({ modelId, finished }) => modelId !== undefined && finished).length
  await leave(t, gateway, asks('standin.fault-throttling-retry-after', true), {
    running: () => failed() === 1,
    over: () => standin.inFlight() === 0
  })
  await new Promise((resolve) => setTimeout(resolve, 1200))
  t.equal(calls(gateway).length, 1)
})

t.test('a client that leaves while an image is fetched ends the fetch, and Bedrock is not called', async (t) => {
  let fetching = 0
  const server = createServer((request) => {
    fetching++
    request.once('close', () => fetching--)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const gateway = await build(t, { REMOTE_MEDIA_TRUSTED_HOSTS: host })
  const content = [{ type: 'image_url', image_url: { url: `http://${host}/a.png` } }]
  await leave(
    t,
    gateway,
    { model: NOVA, messages: [{ role: 'user', content }] },
    { running: () => fetching === 1, over: () => fetching === 0 }
  )
  t.strictSame(calls(gateway), [])
})
