import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { build, KEY } from '../helper.ts'
import { startGateway } from '../process.ts'

t.jobs = 3

const HELLO = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hello' }] }
const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
/** Far beyond every time that the gateways here are given, far below a hang. */
const SOON_MS = 8000

/** Takes connections and never says a word. */
async function silence(t: Test): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The container's credentials endpoint, which hangs while it is told to. */
async function credentialsEndpoint(t: Test, hangs: boolean) {
  const state = { hangs, ttlMs: 3_600_000 }
  const server = createHttp((_request, response) => {
    if (state.hangs) return
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        AccessKeyId: CREDENTIALS.containerAccessKeyId,
        SecretAccessKey: CREDENTIALS.secretAccessKey,
        Token: CREDENTIALS.sessionToken,
        Expiration: new Date(Date.now() + state.ttlMs).toISOString()
      })
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/credentials`
  return { state, env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token' } }
}

function chat(base: string, key = KEY, body: object = HELLO): Promise<Response> {
  return fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(SOON_MS)
  })
}

/** Asks until it is so, at most for a time far beyond what it takes. */
async function becomes(holds: () => Promise<boolean>): Promise<boolean> {
  for (let at = 0; at < 150; at++) {
    if (await holds()) return true
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return false
}

t.test(
  'S14: credentials that never come at the start: an error in time, /ready tells, and it comes back by itself',
  async (t) => {
    const { state, env } = await credentialsEndpoint(t, true)
    const { base, child } = await startGateway(
      t,
      { API_KEY: KEY, UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '700', ...env },
      { without: KEYS, ready: 503 }
    )
    for (const stream of [true, false]) {
      const answer = await chat(base, KEY, { ...HELLO, stream })
      t.ok([502, 504].includes(answer.status), String(answer.status))
      t.match(await answer.json(), { error: { type: 'server_error', message: /credentials/ } })
    }
    t.ok(
      await becomes(async () => {
        const ready = await fetch(`${base}/ready`)
        return /AWS_CONTAINER_CREDENTIALS/.test(await ready.text()) && ready.status === 503
      }),
      '/ready names the variable'
    )
    t.equal((await fetch(`${base}/health`)).status, 200)
    state.hangs = false
    t.ok(await becomes(async () => (await chat(base)).status === 200))
    t.ok(await becomes(async () => (await fetch(`${base}/ready`)).status === 200))
    t.equal(child.exitCode, null)
  }
)

t.test(
  'S14: credentials that never come at a renewal: an error in time, /ready tells, and it comes back by itself',
  async (t) => {
    const { state, env } = await credentialsEndpoint(t, false)
    state.ttlMs = 8000
    const { base } = await startGateway(
      t,
      { API_KEY: KEY, UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '700', ...env },
      { without: KEYS, ready: 200 }
    )
    state.hangs = true
    t.ok(await becomes(async () => (await chat(base)).status !== 200))
    const answer = await chat(base)
    t.match(await answer.json(), { error: { type: 'server_error', message: /credentials/ } })
    t.ok(await becomes(async () => (await fetch(`${base}/ready`)).status === 503))
    state.hangs = false
    state.ttlMs = 3_600_000
    t.ok(await becomes(async () => (await chat(base)).status === 200))
    t.ok(await becomes(async () => (await fetch(`${base}/ready`)).status === 200))
  }
)

for (const [variable, value, service] of [
  ['API_KEY_PARAM_NAME', '/payroll/adit/key', 'SSM'],
  ['API_KEY_SECRET_ARN', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:payroll', 'SECRETS_MANAGER']
] as const)
  t.test(`S14 S24: ${service} that never answers: 503 in time, and /ready and / name the variable alone`, async (t) => {
    const { base } = await startGateway(
      t,
      {
        [variable]: value,
        [`AWS_ENDPOINT_URL_${service}`]: `http://${await silence(t)}`,
        UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '700'
      },
      { ready: 503 }
    )
    t.equal((await chat(base)).status, 503)
    for (const path of ['/ready', '/']) {
      const text = await (await fetch(base + path)).text()
      t.match(text, new RegExp(variable))
      t.notMatch(text, /payroll|123456789012|arn:/)
    }
  })

t.test('S24: what AWS says of the keys is in the log, not in /ready', async (t) => {
  const { base, output } = await startGateway(
    t,
    { API_KEY_PARAM_NAME: '/payroll/adit/key', AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1' },
    { ready: 503 }
  )
  t.ok(await becomes(async () => output().includes('/payroll/adit/key')))
  t.notMatch(await (await fetch(`${base}/ready`)).text(), /payroll/)
})

t.test('S14: a store of the limits that never answers, from the first word on', async (t) => {
  const keys = { keys: [{ name: 'one', key: KEY, requests_per_minute: 1000, tokens_per_minute: 100_000 }] }
  const file = `${t.testdir({ 'keys.json': JSON.stringify(keys) })}/keys.json`
  const { base } = await build(t, { API_KEYS_FILE: file, REDIS_URL: `redis://${await silence(t)}` })
  for (let at = 0; at < 3; at++) t.equal((await chat(base)).status, 200)
})

t.test('S16: a collector that never answers does not hold up the end beyond the grace', async (t) => {
  const { base, child, exited } = await startGateway(t, {
    API_KEY: KEY,
    SHUTDOWN_GRACE_MS: '1000',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${await silence(t)}`
  })
  t.equal((await chat(base)).status, 200)
  const startedAt = performance.now()
  child.kill('SIGTERM')
  t.equal(await exited, 0)
  t.ok(performance.now() - startedAt < 5000)
})

/** SSM with one key, which hangs while it is told to. */
async function parameterStore(t: Test, key: string) {
  const state = { hangs: false, key, asked: 0 }
  const server = createHttp((request, response) => {
    request.resume().on('end', () => {
      state.asked++
      if (state.hangs) return
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ Parameter: { Name: '/adit/key', Type: 'SecureString', Value: state.key, Version: 1 } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { state, env: { API_KEY_PARAM_NAME: '/adit/key', AWS_ENDPOINT_URL_SSM: url } }
}

t.test(
  'S14: keys that hang in the middle: known ones go on, unknown ones are told in time, a new one works without a restart',
  async (t) => {
    const { state, env } = await parameterStore(t, 'sk-first')
    const { base, child } = await startGateway(t, env, { ready: 200 })
    t.equal((await chat(base, 'sk-first')).status, 200)
    state.hangs = true
    state.key = 'sk-second'
    // Readings that unknown keys cause are seconds apart; each answer is there within the time of a reading.
    const before = state.asked
    t.ok(
      await becomes(async () => {
        t.equal((await chat(base, 'sk-second')).status, 401)
        t.equal((await chat(base, 'sk-first')).status, 200)
        return state.asked > before
      })
    )
    t.equal((await fetch(`${base}/ready`)).status, 200)
    state.hangs = false
    t.ok(await becomes(async () => (await chat(base, 'sk-second')).status === 200))
    t.equal((await chat(base, 'sk-first')).status, 401)
    t.equal(child.exitCode, null)
  }
)

t.test('S14: keys, credentials, media and the store that all hang at the end do not hold it up beyond the grace', async (t) => {
  const keys = await parameterStore(t, JSON.stringify({ keys: [{ name: 'one', key: KEY, requests_per_minute: 1000 }] }))
  const credentials = await credentialsEndpoint(t, false)
  credentials.state.ttlMs = 8000
  const media = await silence(t)
  const { base, child, exited } = await startGateway(
    t,
    {
      ...keys.env,
      ...credentials.env,
      REDIS_URL: `redis://${await silence(t)}`,
      REMOTE_MEDIA_TRUSTED_HOSTS: media,
      DRAIN_DELAY_MS: '0',
      SHUTDOWN_GRACE_MS: '1000'
    },
    { without: KEYS, ready: 200 }
  )
  t.equal((await chat(base)).status, 200)
  keys.state.hangs = true
  credentials.state.hangs = true
  const picture = { type: 'image_url', image_url: { url: `http://${media}/a.png` } }
  const waiting = [
    chat(base, KEY, { ...HELLO, messages: [{ role: 'user', content: [picture] }] }),
    chat(base, 'sk-unknown'),
    chat(base)
  ].map((asked) =>
    asked.then(
      ({ status }) => status,
      () => 'cut'
    )
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  child.kill('SIGTERM')
  t.equal(await exited, 0)
  for (const outcome of await Promise.all(waiting))
    t.ok([200, 401, 'cut'].includes(outcome) || Number(outcome) >= 500, String(outcome))
})
