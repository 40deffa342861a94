import { request } from 'node:http'
import t from 'tap'
import { build, eventually, KEY } from '../support/helper.ts'
import { freePort } from '../support/process.ts'
import { startWatched } from './watched.ts'

const CHAT = '/v1/chat/completions'
const NOVA = 'amazon.nova-lite-v1:0'
const asks = (content: string, stream: boolean) => ({ model: NOVA, stream, messages: [{ role: 'user', content }] })

t.test('more work than is allowed at once gets 503 with retry-after, what runs is finished, and /health answers', async (t) => {
  const { base, post, standin } = await build(t, { MAX_CONCURRENT_REQUESTS: '3' })
  const running = await Promise.all(Array.from({ length: 3 }, () => post(CHAT, asks('#slow 60', true))))
  for (const stream of [true, false]) {
    const refused = await post(CHAT, asks('hello', stream))
    t.equal(refused.status, 503)
    t.ok(Number(refused.headers.get('retry-after')) >= 1)
    t.match(await refused.json(), { error: { code: 'server_is_overloaded' } })
  }
  t.equal((await fetch(`${base}/health`)).status, 200)
  t.equal(standin.requests.filter(({ operation }) => operation === 'Converse').length, 0, 'Bedrock heard nothing of it')
  for (const response of running) t.ok((await response.text()).endsWith('data: [DONE]\n\n'), 'whole')
  t.equal((await post(CHAT, asks('hello', false))).status, 200, 'and then there is room again')
})

t.test('while the event loop lags new work gets 503, what runs is finished, and then all is well again', async (t) => {
  const { app, base, post } = await build(t, { MAX_EVENT_LOOP_DELAY_MS: '150' })
  const running = await post(CHAT, asks('#slow 100', true))
  const busy = setInterval(() => {
    for (const until = performance.now() + 400; performance.now() < until; );
  }, 1)
  t.teardown(() => clearInterval(busy))
  t.ok(await eventually(() => app.overload.lagging(), 10_000))
  const refused = await post(CHAT, asks('hello', false))
  t.equal(refused.status, 503)
  t.ok(refused.headers.get('retry-after'))
  t.equal((await fetch(`${base}/health`)).status, 200)
  clearInterval(busy)
  t.ok((await running.text()).endsWith('data: [DONE]\n\n'))
  t.ok(await eventually(() => !app.overload.lagging(), 10_000))
  t.equal((await post(CHAT, asks('hello', false))).status, 200)
})

/** Status and `connection` header of a GET over a connection of its own; 0 when nobody listens. */
function look(url: string): Promise<{ status: number; connection?: string }> {
  return new Promise((resolve) => {
    const sent = request(url, { headers: { authorization: `Bearer ${KEY}` }, agent: false }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, connection: String(response.headers.connection) })
    })
    sent.once('error', () => resolve({ status: 0 }))
    sent.end()
  })
}

t.test('a drain tells the balancer, serves what still comes, finishes what runs, and exits 0', async (t) => {
  const metricsPort = await freePort()
  const { base, post, child, exited } = await startWatched(t, {
    env: { DRAIN_DELAY_MS: '1500', METRICS_PORT: String(metricsPort) },
    standin: { eventGapMs: 50 }
  })
  const running = await post(asks('#slow 60', true))
  child.kill('SIGTERM')
  for (let tries = 0; tries < 100 && (await look(`${base}/ready`)).status !== 503; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  t.match(await look(`${base}/ready`), { status: 503 })
  t.equal((await look(`${base}/health`)).status, 200, 'it is alive')
  t.match(
    await look(`${base}/v1/models`),
    { status: 200, connection: 'close' },
    'a late request is served, over no kept connection'
  )
  const late = await post(asks('late', true))
  t.equal(late.status, 200)
  t.ok((await late.text()).endsWith('data: [DONE]\n\n'))
  t.ok((await running.text()).endsWith('data: [DONE]\n\n'), 'what ran is whole')
  t.equal(await exited, 0)
  t.equal((await look(`${base}/health`)).status, 0, 'nobody listens any more')
})
