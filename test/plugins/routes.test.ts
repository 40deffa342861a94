import OpenAI from 'openai'
import t from 'tap'
import { build, KEY, lastCall } from '../support/helper.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const ARN = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/f6e5d4c3b2a1'
const CHAT = { model: MODEL, messages: [{ role: 'user', content: 'hi' }] }
const BASES = ['/v1', '/v1/v1', '/api/v1', '/api/v1/v1', '/api', '', '/openai', '/openai/v1']

t.test('every base URL that users type leads to the same answers', async (t) => {
  const { base, post } = await build(t)
  const headers = { authorization: `Bearer ${KEY}` }
  for (const prefix of BASES) {
    t.equal((await post(`${prefix}/chat/completions`, CHAT)).status, 200, `${prefix}/chat/completions`)
    const vector = await post(`${prefix}/embeddings`, { model: 'amazon.titan-embed-text-v2:0', input: 'a' })
    t.equal(vector.status, 200, `${prefix}/embeddings`)
    t.equal((await post(`${prefix}/completions`, { model: MODEL, prompt: 'a' })).status, 200, `${prefix}/completions`)
    for (const path of ['/models', `/models/${MODEL}`, '/models?api-version=2024-10-21'])
      t.equal((await fetch(base + prefix + path, { headers })).status, 200, prefix + path)
    t.equal((await fetch(`${base}${prefix}/models`)).status, 401, `${prefix}/models needs a key`)
  }
})

t.test('the operator’s own prefix is served with and without /v1', async (t) => {
  const { post } = await build(t, { API_ROUTE_PREFIX: '/ai/v1' })
  for (const prefix of ['/ai/v1', '/ai/v1/v1', '/ai', '/v1'])
    t.equal((await post(`${prefix}/chat/completions`, CHAT)).status, 200, prefix)
  t.equal((await post('/api/v1/chat/completions', CHAT)).status, 404)
})

t.test('Azure’s paths name the model, whatever the body says', async (t) => {
  const { base, post, standin } = await build(t)
  for (const model of [MODEL, encodeURIComponent(ARN), ARN, 'us.anthropic.claude-sonnet-4-6']) {
    const response = await fetch(`${base}/openai/deployments/${model}/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: CHAT.messages })
    })
    t.match(await response.json(), { model: decodeURIComponent(model) })
    t.equal(lastCall(standin)?.modelId, decodeURIComponent(model))
  }
  const other = await post(`/openai/deployments/${MODEL}/chat/completions`, { ...CHAT, model: 'somebody.else' })
  t.match(await other.json(), { model: MODEL })
  const vector = await post('/openai/deployments/amazon.titan-embed-text-v2:0/embeddings', { input: 'a' })
  t.match(await vector.json(), { model: 'amazon.titan-embed-text-v2:0' })
  t.match(await (await post(`/openai/deployments/${MODEL}/completions`, { prompt: 'a' })).json(), { model: MODEL })
})

t.test('a balance query finds an unlimited budget of which nothing is used, with a key only', async (t) => {
  const { base } = await build(t)
  const headers = { authorization: `Bearer ${KEY}` }
  for (const prefix of ['', '/v1', '/api', '/api/v1']) {
    const usage = `${base}${prefix}/dashboard/billing/usage?start_date=2026-11-01&end_date=2026-11-30`
    const subscription = `${base}${prefix}/dashboard/billing/subscription`
    t.match(await (await fetch(usage, { headers })).json(), { total_usage: 0 })
    t.match(await (await fetch(subscription, { headers })).json(), { hard_limit_usd: 100_000_000 })
    t.equal((await fetch(usage)).status, 401)
    t.equal((await fetch(subscription)).status, 401)
  }
})

const ELSEWHERE: readonly [method: string, path: string, message: RegExp][] = [
  ['POST', '/v1/audio/speech', /Speech is not served/],
  ['POST', '/v1/audio/transcriptions', /Speech is not served/],
  ['GET', '/v1/files', /Files are not stored/],
  ['POST', '/v1/batches', /Files are not stored/],
  ['GET', '/v1/assistants', /not served here/],
  ['GET', '/v1/chat/completions/chatcmpl-1', /not stored/],
  ['POST', '/v2/nothing', /usually ends in \/v1/]
]

t.test('a part of the OpenAI API that is not served is a 404 of OpenAI’s shape that says what to do', async (t) => {
  const { base } = await build(t)
  for (const [method, path, message] of ELSEWHERE) {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', origin: 'http://chat.example' },
      ...(method === 'POST' && { body: '{}' })
    })
    t.equal(response.status, 404, path)
    t.equal(response.headers.get('access-control-allow-origin'), '*', path)
    const { error } = (await response.json()) as { error: { message: string } }
    t.match(error, { message, type: 'invalid_request_error', param: null, code: null }, path)
    t.match(error.message, `Invalid URL (${method} ${path})`)
  }
})

const TOO_LONG: readonly [method: string, path: string, cut: string][] = [
  ['POST', '/v1/chat/completions/chat/completions', '/v1'],
  ['POST', '/v1/chat/completions/v1/chat/completions', '/v1'],
  ['POST', '/api/v1/chat/completions/chat/completions', '/api/v1'],
  ['POST', '/chat/completions/chat/completions', '/v1'],
  ['POST', '/openai/deployments/gpt-4o/chat/completions/chat/completions', '/openai/deployments/gpt-4o'],
  ['POST', '/v1/chat/chat/completions', '/v1'],
  ['POST', '/v1/chat/completions/chat/completions/chat/completions', '/v1'],
  ['POST', '/v1/chat/completions/completions', '/v1'],
  ['POST', '/v1/chat/completions/embeddings', '/v1'],
  ['POST', '/v1/chat/completions/responses', '/v1'],
  ['GET', '/v1/chat/completions/models', '/v1'],
  ['GET', '/v1/chat/completions/models/gpt-4o', '/v1'],
  ['GET', '/v1/models/models', '/v1'],
  ['POST', '/v1/models/chat/completions', '/v1'],
  ['POST', '/v1/completions/completions', '/v1'],
  ['POST', '/v1/embeddings/embeddings', '/v1'],
  ['POST', '/v1/responses/chat/completions', '/v1'],
  ['POST', '/v1/v1/v1/chat/completions', '/v1'],
  ['POST', '/proxy/openai/v1/chat/completions', '/v1'],
  ['GET', '/proxy/v1/models', '/v1'],
  ['POST', '/v1/api/embeddings', '/v1']
]

t.test('F45: a base URL that is too long is a 404 that says where to cut it', async (t) => {
  const { base } = await build(t)
  for (const [method, path, cut] of TOO_LONG) {
    const response = await fetch(`${base}${path}?x=1`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: '{}' })
    })
    t.equal(response.status, 404, path)
    const { error } = (await response.json()) as { error: { message: string } }
    t.match(error, { type: 'invalid_request_error', param: null, code: null })
    t.match(error.message, /base URL of your client ends in '/, path)
    t.match(error.message, new RegExp(` cut it (at|to the gateway's own address and) '${cut}'`), path)
    const wrong = /ends in '([^']*)'/.exec(error.message)?.[1] ?? ''
    t.ok(path.startsWith(wrong) && wrong.length < path.length, error.message)
  }
})

t.test('F45: the official client shows what to cut', async (t) => {
  const { base } = await build(t)
  const client = new OpenAI({ baseURL: `${base}/v1/chat/completions`, apiKey: KEY, maxRetries: 0 })
  const cut = { status: 404, message: /cut it at '\/v1'/ }
  await t.rejects(client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'a' }] }), cut)
  await t.rejects(client.models.list(), cut)
  await t.rejects(client.embeddings.create({ model: 'text-embedding-3-small', input: 'a' }), cut)
})

t.test('a multipart body for a route that is not served is 404 too, not 415', async (t) => {
  const { base } = await build(t)
  const body = new FormData()
  body.set('file', new Blob(['x']), 'x.wav')
  const response = await fetch(`${base}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
    body
  })
  t.equal(response.status, 404)
})

t.test('HEAD on what GET serves is answered without a body', async (t) => {
  const { base } = await build(t)
  const response = await fetch(`${base}/v1/models`, { method: 'HEAD', headers: { authorization: `Bearer ${KEY}` } })
  t.equal(response.status, 200)
  t.equal(await response.text(), '')
})
