import t from 'tap'
import { Client } from 'undici'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { startStandin } from '../../src/standin/server.ts'
import { readFrames } from '../dialects/readers/read-sse.ts'
import { build, eventually, KEY } from '../support/helper.ts'
import { ask as askUntil, freePort, start } from '../support/process.ts'
import { asker, CHAT, NOVA, SONNET_46, say } from './asker.ts'

const gateway = await asker(t)
const { ask, stream, standin, post, base } = gateway
const models = (headers: Record<string, string>) => fetch(`${base}/v1/models`, { headers })

interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null }
}

t.test('A1 a request without a key is 401, and says how to send one', async (t) => {
  const response = await models({})
  t.equal(response.status, 401)
  t.equal(response.headers.get('www-authenticate'), 'Bearer')
  t.match(await response.json(), { error: { type: 'invalid_request_error', param: null, code: 'invalid_api_key', message: /./ } })
})

t.test('A2 a wrong key of any length gets the same answer, which does not repeat it', async (t) => {
  const wrong = ['a', KEY.slice(0, -1), `${KEY}0`, 'x'.repeat(4000), 'Bearer']
  const answers = await Promise.all(wrong.map((key) => models({ authorization: `Bearer ${key}` })))
  const bodies = (await Promise.all(answers.map((response) => response.json()))) as ErrorBody[]
  t.same([...new Set(answers.map(({ status }) => status))], [401])
  t.equal(new Set(bodies.map(({ error }) => error.message)).size, 1)
  t.notMatch(JSON.stringify(bodies), KEY.slice(0, -1))
})

t.test('A3 the key is taken from each of its headers', async (t) => {
  for (const headers of [{ 'api-key': KEY }, { 'x-api-key': KEY }, { authorization: `bearer ${KEY}` }])
    t.equal((await models(headers)).status, 200, JSON.stringify(headers))
})

t.test('A3 what a connection has shown before opens nothing for who comes after on it', async (t) => {
  const connection = new Client(base)
  t.teardown(() => connection.close())
  const status = async (headers: Record<string, string>) => {
    const { statusCode, body } = await connection.request({ method: 'GET', path: '/v1/models', headers })
    await body.dump()
    return statusCode
  }
  const basic = 'Basic dXNlcjpwYXNz'
  const wrong = `${KEY.slice(0, -1)}x`
  t.equal(await status({ authorization: `Bearer ${KEY}` }), 200)
  t.equal(await status({ authorization: `Bearer ${KEY}` }), 200)
  for (const headers of [{}, { authorization: `Bearer ${wrong}` }, { 'api-key': wrong }, { authorization: `Bearer ${KEY}x` }])
    t.equal(await status(headers as Record<string, string>), 401, JSON.stringify(headers))
  t.equal(await status({ authorization: basic, 'api-key': KEY }), 200)
  t.equal(await status({ authorization: basic }), 401)
})

t.test('A4 a secret may end with a newline and may be a bare string', async (t) => {
  const secrets = { bare: `${KEY}\n`, json: JSON.stringify({ api_key: `${KEY}\n` }) }
  for (const name of ['bare', 'json']) {
    const { post } = await build(t, { API_KEY_SECRET_ARN: name }, { secrets })
    t.equal((await post(CHAT, { model: NOVA, messages: say('hello') })).status, 200, name)
  }
})

t.test('A4 a secret without the field is told by its name and that of the field, and never by its content', async (t) => {
  const standin = await startStandin({ secrets: { wrong: JSON.stringify({ password: 'hunter2-secret' }) } })
  t.teardown(() => standin.close())
  const before = { ...process.env }
  Object.assign(process.env, standin.env)
  t.teardown(() => {
    process.env = before
  })
  const env = { ...standin.env, HOST: '127.0.0.1', API_KEY_SECRET_ARN: 'wrong' }
  const lines: string[] = []
  const output = { dropped: 0, end() {}, write: (line: string) => void lines.push(line) }
  const app = await buildApp(readConfig(env), output)
  t.teardown(() => app.close())
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.ok(await eventually(() => lines.join('').includes('api_key')), 'the log names the field')
  t.match(lines.join(''), /the secret wrong \(API_KEY_SECRET_ARN\)/)
  const reasons = await (await fetch(`${address}/ready`)).text()
  t.match(reasons, /look at API_KEY_SECRET_ARN/, 'and whoever asks without a key, the variable')
  t.notMatch(reasons, /secret wrong/)
  t.notMatch(lines.join(''), 'hunter2')
  t.notMatch(reasons, 'hunter2')
})

t.test('A5 malformed JSON is a 400 in JSON that repeats nothing of the prompt', async (t) => {
  const response = await post(CHAT, `{"model":"${NOVA}","messages":[{"role":"user","content":"my secret plan"`)
  t.equal(response.status, 400)
  t.match(response.headers.get('content-type'), /^application\/json/)
  const text = await response.text()
  t.ok((JSON.parse(text) as ErrorBody).error.message)
  t.notMatch(text, 'secret plan')
})

t.test('A6 an unknown route is a 404 in JSON', async (t) => {
  const response = await post('/v1/nowhere', {})
  t.equal(response.status, 404)
  t.match(await response.json(), { error: { type: 'invalid_request_error' } })
})

t.test('A7 an unknown model is 404 model_not_found', async (t) => {
  const { status, body } = await ask({ model: 'nobody.knows-this-v1:0' })
  t.equal(status, 404)
  t.match(body.error, { code: 'model_not_found' })
})

const FAILURES: readonly [fault: string, status: number, code: string | null, retryAfter?: true][] = [
  ['access-denied', 403, 'access_denied'],
  ['not-found', 404, 'model_not_found'],
  ['validation', 400, null],
  ['throttling', 429, 'rate_limit_exceeded', true],
  ['quota', 429, 'insufficient_quota', true],
  ['model-timeout', 504, 'upstream_timeout'],
  ['model-not-ready', 503, 'server_is_overloaded', true],
  ['unavailable', 503, 'server_is_overloaded', true],
  ['internal', 502, 'upstream_error']
]

t.test('A8 A9 each failure of Bedrock before the first event has a status of its own, streaming or not', async (t) => {
  for (const [fault, status, code, retryAfter] of FAILURES) {
    for (const streaming of [false, true]) {
      // A model of its own each time: one that keeps failing is passed over for a while.
      const response = await post(CHAT, { model: `standin.fault-${fault}`, stream: streaming, messages: say('go') })
      const { error } = (await response.json()) as ErrorBody
      t.equal(response.status, status, fault)
      t.equal(error.code, code, fault)
      t.ok(error.type && error.message, fault)
      t.equal(response.headers.has('retry-after'), retryAfter === true, fault)
    }
  }
})

t.test('A9 an exception as the first event is a real status, not a stream', async (t) => {
  for (const [fault, status] of [
    ['first-frame-throttling', 429],
    ['first-frame-validation', 400]
  ] as const) {
    standin.fail(SONNET_46, fault)
    const { status: seen, headers, text } = await stream({ model: SONNET_46 })
    t.equal(seen, status)
    t.match(headers.get('content-type'), /^application\/json/)
    t.ok((JSON.parse(text) as ErrorBody).error.code)
  }
})

t.test('A10 a failure after the first event is an error event, and the stream ends without [DONE]', async (t) => {
  for (const fault of ['mid-stream-throttling', 'mid-stream-model-error', 'eof-mid-frame', 'bad-message-crc']) {
    standin.answer(SONNET_46, { content: [{ text: 'one two three four five' }], chunkSize: 3 })
    standin.fail(SONNET_46, fault)
    const { status, text } = await stream({ model: SONNET_46 })
    t.equal(status, 200)
    t.notMatch(text, '[DONE]')
    const last = readFrames(text).at(-1) as unknown as ErrorBody
    t.type(last.error.message, 'string')
    t.type(last.error.type, 'string')
    t.notMatch(text, /arn:aws|node_modules|\.ts:\d/)
    t.notMatch(text, /"finish_reason":"/)
  }
})

t.test('A11 prompts and answers are never logged, whatever DEBUG says', async (t) => {
  const standin = await startStandin()
  t.teardown(() => standin.close())
  standin.answer(NOVA, { content: [{ text: 'sesame-answer' }] })
  for (const DEBUG of ['no', 'true']) {
    const port = await freePort()
    const own = start(t, 'src/server.ts', { ...standin.env, HOST: '127.0.0.1', PORT: String(port), API_KEY: KEY, DEBUG })
    const address = `http://127.0.0.1:${port}`
    await askUntil(`${address}/ready`, 200)
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
    for (const body of [
      { messages: say('open sesame-prompt') },
      { messages: [{ role: 'sesame-role', content: 'sesame-prompt' }] }
    ])
      await (await fetch(`${address}${CHAT}`, { method: 'POST', headers, body: JSON.stringify({ model: NOVA, ...body }) })).text()
    t.ok(await eventually(() => own.output().split('"path":"/v1/chat/completions"').length === 3), own.output())
    t.notMatch(own.output(), /sesame-(prompt|answer)/, `DEBUG=${DEBUG}`)
    t.notMatch(own.output(), KEY)
    own.child.kill('SIGTERM')
  }
})

t.test(
  'A12 /health needs no key and is quick while 50 streams are silent, and there are no pages of documentation',
  async (t) => {
    standin.answer(SONNET_46, { content: [{ text: 'a' }], delayMs: 20_000 })
    const leave = new AbortController()
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ model: SONNET_46, stream: true, messages: say('go') })
    for (let i = 0; i < 50; i++) fetch(base + CHAT, { method: 'POST', headers, body, signal: leave.signal }).catch(() => {}) // ended below
    t.ok(await eventually(() => standin.inFlight() === 50, 10_000))
    const times: number[] = []
    for (let i = 0; i < 40; i++) {
      const began = performance.now()
      const response = await fetch(`${base}/health`)
      await response.text()
      t.equal(response.status, 200)
      times.push(performance.now() - began)
    }
    // The middle one, since a busy machine may delay any single one.
    t.ok((times.sort((a, b) => a - b)[20] ?? 0) < 500, `${times}`)
    leave.abort()
    t.ok(await eventually(() => standin.inFlight() === 0, 5000))
    for (const path of ['/docs', '/redoc', '/openapi.json', '/api/v1/docs']) {
      const response = await fetch(base + path)
      t.ok([401, 404].includes(response.status), path)
      await response.body?.cancel()
    }
  }
)

t.test('X11 a client that leaves in the middle of a stream ends the call to Bedrock within a second', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'word '.repeat(200) }], chunkSize: 5, gapMs: 50 })
  const leave = new AbortController()
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ model: SONNET_46, stream: true, messages: say('go') })
  const response = await fetch(base + CHAT, { method: 'POST', headers, body, signal: leave.signal })
  const reader = response.body?.getReader()
  await reader?.read()
  leave.abort()
  await reader?.read().catch(() => {}) // it was left
  t.ok(await eventually(() => standin.inFlight() === 0, 1000))
  t.ok(standin.requests.findLast(({ modelId }) => modelId === SONNET_46)?.aborted)
})

t.test('X12 while a model is silent, comments keep the connection alive and are all that is sent', async (t) => {
  const quick = await asker(t, { HEARTBEAT_MS: '100', STREAM_COMMIT_MS: '100' })
  quick.standin.answer(NOVA, { content: [{ text: 'late' }], delayMs: 600 })
  const { status, text } = await quick.stream({})
  t.equal(status, 200)
  const [silent = ''] = text.split('data: ', 1)
  t.ok(silent.split(': ping\n\n').length > 2, silent)
  t.match(silent, /^(: [a-z ]+\n\n)+$/)
  t.match(text, /late.*\[DONE\]\n\n$/s)
})
