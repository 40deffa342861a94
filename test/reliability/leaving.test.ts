import { request } from 'node:http'
import t from 'tap'
import { startStandin } from '../../src/standin/server.ts'
import { build, eventually, KEY } from '../support/helper.ts'
import { ask, freePort, start } from '../support/process.ts'

const CHAT = '/v1/chat/completions'
const NOVA = 'amazon.nova-lite-v1:0'
const HANGS = 'standin.fault-hang-before-headers'

/** Sends a body; `leave` closes the connection. */
function send(base: string, id: string, body: object) {
  const sent = request(base + CHAT, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-request-id': id }
  })
  let text = ''
  sent.on('response', (response) => {
    response.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    response.on('error', () => {})
  })
  sent.on('error', () => {})
  sent.end(JSON.stringify({ messages: [{ role: 'user', content: '#slow 300' }], ...body }))
  return { text: () => text, leave: () => sent.destroy() }
}

t.test('a client that leaves after a stream was committed to, and before the model spoke, ends the call', async (t) => {
  const { base, standin, app } = await build(t, { STREAM_COMMIT_MS: '50', HEARTBEAT_MS: '50' }, { hangMs: 20_000 })
  const { text, leave } = send(base, 'committed', { model: HANGS, stream: true })
  t.ok(await eventually(() => text().includes(': ping')), 'it was committed to')
  t.equal(standin.inFlight(), 1)
  leave()
  t.ok(await eventually(() => standin.inFlight() === 0, 1000), 'the call is cancelled within a second')
  t.ok(await eventually(() => app.lifecycle.inFlight === 0, 1000))
})

t.test('one of several choices that is still awaited ends with the rest when the client leaves', async (t) => {
  const { base, standin, app } = await build(t)
  const { text, leave } = send(base, 'choices', { model: NOVA, stream: true, n: 4 })
  t.ok(await eventually(() => text().includes('"index":3')), 'all have begun')
  t.equal(standin.inFlight(), 4)
  leave()
  t.ok(await eventually(() => standin.inFlight() === 0 && app.lifecycle.inFlight === 0, 1000))
})

t.test('a client that leaves has its line in the log and its place in the metrics', async (t) => {
  const standin = await startStandin({ hangMs: 20_000 })
  t.teardown(() => standin.close())
  const [port, metricsPort] = await Promise.all([freePort(), freePort()])
  const gateway = start(t, 'src/server.ts', {
    ...standin.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    API_KEY: KEY
  })
  const base = `http://127.0.0.1:${port}`
  await ask(`${base}/ready`, 200)

  const reading = send(base, 'left-reading', { model: NOVA, stream: true })
  t.ok(await eventually(() => reading.text().includes('s1'), 5000))
  reading.leave()
  t.ok(await eventually(() => standin.inFlight() === 0, 5000))
  const waiting = send(base, 'left-waiting', { model: HANGS })
  t.ok(await eventually(() => standin.inFlight() === 1, 5000))
  waiting.leave()

  const lines = () =>
    gateway
      .output()
      .split('\n')
      .filter((line) => line.includes('left-'))
  t.ok(await eventually(() => lines().length === 2, 5000))
  const [first, second] = lines().map((line) => JSON.parse(line))
  t.match(first, { reqId: 'left-reading', status: 200, model: NOVA, attempts: 1, error: 'client_closed', client_left: true })
  t.match(second, { reqId: 'left-waiting', status: 499, asked: HANGS, error: 'client_closed', client_left: true })
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  t.match(metrics, /adit_requests_total\{[^}]*status="499"[^}]*\} 1/)
  t.match(metrics, /adit_in_flight(\{[^}]*\})? 0/)
})
