import t from 'tap'
import { build, KEY, lastCall } from '../helper.ts'

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
  ['POST', '/v1/responses', /Chat Completions/],
  ['GET', '/v1/responses/resp_1', /Responses API is not served/],
  ['POST', '/v1/images/generations', /Images are not made/],
  ['POST', '/v1/audio/speech', /Speech is not served/],
  ['POST', '/v1/audio/transcriptions', /Speech is not served/],
  ['GET', '/v1/files', /Files are not stored/],
  ['POST', '/v1/batches', /Files are not stored/],
  ['POST', '/v1/moderations', /guardrail/],
  ['POST', '/v1/messages', /Messages API is not served/],
  ['GET', '/v1/assistants', /not served here/],
  ['GET', '/v1/chat/completions/chatcmpl-1', /not stored/],
  ['POST', '/openai/deployments/gpt-4o/images/generations', /Images are not made/],
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
