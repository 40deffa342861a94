import { createServer as createHttp } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { startStandin } from '../../src/standin/server.ts'
import { credentialsEndpoint, OWN_KEYS } from '../support/credentials-endpoint.ts'
import { build, KEY } from '../support/helper.ts'
import { startGateway } from '../support/process.ts'
import { noValkey, startValkey } from '../support/valkey.ts'

t.jobs = 3

const HELLO = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hello' }] }
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

/** A way to a port of this machine on which nothing moves while it is told to hang; what came meanwhile goes on later. */
async function valve(t: Test, target: number) {
  const sockets = new Set<Socket>()
  const held: (() => void)[] = []
  const state = { hangs: false, held: 0 }
  const pass = (to: Socket, bytes: Buffer) => {
    if (!state.hangs) return void to.write(bytes)
    state.held++
    held.push(() => to.write(bytes))
  }
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(one)
      one.on('data', (bytes) => pass(other, bytes))
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const resume = () => {
    state.hangs = false
    for (const go of held.splice(0)) go()
  }
  return { at: `127.0.0.1:${(server.address() as AddressInfo).port}`, state, resume }
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
    const { state, env } = await credentialsEndpoint(t, { hangs: true })
    const { base, child } = await startGateway(
      t,
      { API_KEY: KEY, UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '700', ...env },
      { without: OWN_KEYS, ready: 503 }
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
    const { state, env } = await credentialsEndpoint(t, { ttlMs: 8000 })
    const { base } = await startGateway(
      t,
      { API_KEY: KEY, UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '700', ...env },
      { without: OWN_KEYS, ready: 200 }
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

t.test(
  'S14: media that hang before their first byte or behind it: an error in time that names them, and they come back',
  async (t) => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==',
      'base64'
    )
    const state: { says: 'all' | 'half' | 'nothing' } = { says: 'nothing' }
    const server = createHttp((_request, response) => {
      if (state.says === 'nothing') return
      response.writeHead(200, { 'content-length': png.length })
      if (state.says === 'all') response.end(png)
      else response.write(png.subarray(0, 40))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const { base, standin } = await build(t, { REMOTE_MEDIA_TRUSTED_HOSTS: host, UPSTREAM_TOTAL_TIMEOUT_MS: '1000' })
    const url = `http://${host}/a.png`
    const picture = { type: 'image_url', image_url: { url } }
    const asked = (path: string, body: object) =>
      fetch(base + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: HELLO.model, ...body }),
        signal: AbortSignal.timeout(SOON_MS)
      })
    const all = () => [
      asked('/v1/chat/completions', { messages: [{ role: 'user', content: [picture, { type: 'text', text: 'q' }] }] }),
      asked('/v1/chat/completions', {
        stream: true,
        messages: [{ role: 'user', content: [picture, { type: 'text', text: 'q' }] }]
      }),
      asked('/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }] }),
      asked('/v1/messages', {
        max_tokens: 10,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'url', url } },
              { type: 'text', text: 'q' }
            ]
          }
        ]
      })
    ]
    for (const says of ['nothing', 'all', 'half', 'nothing', 'all'] as const) {
      state.says = says
      const [answers, other] = await Promise.all([Promise.all(all()), chat(base)])
      t.equal(other.status, 200, 'who refers to nothing does not wait')
      for (const answer of answers) {
        const text = await answer.text()
        if (says === 'all') t.equal(answer.status, 200, text)
        else {
          t.equal(answer.status, 504, text)
          t.match(text, /1 seconds/)
        }
      }
    }
    t.equal(
      standin.requests.filter(({ operation }) => operation === 'Converse').length,
      5 + 3 * 2,
      'nothing was sent of the others'
    )
  }
)

/** What a key with a budget, and one that keeps its responses, are answered. */
async function keeping(t: Test, env: Record<string, string>) {
  const keys = { keys: [{ name: 'one', key: KEY, budget_usd: { day: 100 } }] }
  const file = `${t.testdir({ 'keys.json': JSON.stringify(keys) })}/keys.json`
  const { base } = await build(t, { API_KEYS_FILE: file, RESPONSES_STORE_TIMEOUT_MS: '300', ...env })
  return { base, ...responsesOf(base) }
}

function responsesOf(base: string) {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  return {
    async respond(more: object = {}) {
      const body = JSON.stringify({ model: HELLO.model, input: 'hello', ...more })
      const answer = await fetch(`${base}/v1/responses`, { method: 'POST', headers, body, signal: AbortSignal.timeout(SOON_MS) })
      const { id } = (await answer.json()) as { id: string }
      return { status: answer.status, id, dropped: answer.headers.get('x-adit-dropped') }
    },
    async read(id: string) {
      const answer = await fetch(`${base}/v1/responses/${id}`, { headers, signal: AbortSignal.timeout(SOON_MS) })
      await answer.text()
      return answer.status
    }
  }
}

t.test('S14: a store of budgets or of responses that never answers, from the first word on', async (t) => {
  const REDIS_URL = `redis://${await silence(t)}`
  const open = await keeping(t, { REDIS_URL, RESPONSES_STORE: 'redis' })
  t.equal((await chat(open.base)).status, 200)
  const answer = await open.respond()
  t.equal(answer.status, 200)
  t.match(answer.dropped, /store/)
  t.equal(await open.read(answer.id), 503)
  t.equal((await open.respond({ previous_response_id: answer.id })).status, 503)
  const closed = await keeping(t, { REDIS_URL, BUDGET_STORE_DOWN: 'closed' })
  t.equal((await chat(closed.base)).status, 503)
})

t.test('S14: a store of budgets and responses that hangs in mid-run, and comes back', { skip: noValkey }, async (t) => {
  const { state, at, resume } = await valve(t, Number(new URL((await startValkey(t)).url).port))
  const env = { REDIS_URL: `redis://${at}`, RESPONSES_STORE: 'redis' }
  const [open, closed] = await Promise.all([keeping(t, env), keeping(t, { ...env, BUDGET_STORE_DOWN: 'closed' })])
  let kept = ''
  t.ok(
    await becomes(async () => {
      const { id, dropped } = await open.respond()
      kept = id
      return dropped === null && (await open.read(id)) === 200
    })
  )
  t.ok(await becomes(async () => (await chat(closed.base)).status === 200))
  state.hangs = true
  t.equal((await chat(open.base)).status, 200)
  t.equal((await chat(closed.base)).status, 503)
  t.match(await open.respond(), { status: 200, dropped: /store/ })
  t.equal(await open.read(kept), 503)
  t.ok(state.held > 0)
  resume()
  t.ok(await becomes(async () => (await open.read(kept)) === 200), 'what was kept is there')
  t.ok(await becomes(async () => (await chat(closed.base)).status === 200))
  t.ok(await becomes(async () => (await open.respond()).dropped === null))
})

t.test('S14: responses in an S3 that hangs at the start, in the middle and at the end', async (t) => {
  const s3 = await startStandin()
  t.teardown(() => s3.close())
  const { state, at, resume } = await valve(t, Number(new URL(s3.url).port))
  state.hangs = true
  const { base, child, exited } = await startGateway(t, {
    API_KEY: KEY,
    RESPONSES_STORE: 's3://adit-responses/kept',
    RESPONSES_STORE_TIMEOUT_MS: '300',
    AWS_ENDPOINT_URL_S3: `http://${at}`,
    DRAIN_DELAY_MS: '0',
    SHUTDOWN_GRACE_MS: '1000'
  })
  const { respond, read } = responsesOf(base)
  t.match(await respond(), { status: 200, dropped: /store/ })
  resume()
  let kept = ''
  t.ok(
    await becomes(async () => {
      const { id, dropped } = await respond()
      kept = id
      return dropped === null && (await read(id)) === 200
    })
  )
  state.hangs = true
  t.match(await respond(), { status: 200, dropped: /store/ })
  t.equal(await read(kept), 503)
  resume()
  t.ok(await becomes(async () => (await read(kept)) === 200))
  state.hangs = true
  const waiting = respond({ previous_response_id: kept }).catch(() => ({ status: 0 }))
  await becomes(async () => state.held > 0)
  child.kill('SIGTERM')
  t.equal(await exited, 0)
  t.ok([0, 503].includes((await waiting).status))
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
  const credentials = await credentialsEndpoint(t, { ttlMs: 8000 })
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
    { without: OWN_KEYS, ready: 200 }
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
