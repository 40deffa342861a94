import { request } from 'node:http'
import t from 'tap'
import { build, KEY } from '../support/helper.ts'

const OK = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hello' }] }
const CHAT = '/v1/chat/completions'

t.test("bad input gets an error of OpenAI's shape, and the process goes on", async (t) => {
  const { base, post } = await build(t)
  const get = (path: string, headers: Record<string, string> = { authorization: `Bearer ${KEY}` }) =>
    fetch(base + path, { headers })
  const rows: readonly (readonly [string, () => Promise<Response>, number, object])[] = [
    ['malformed JSON', () => post(CHAT, '{"model": '), 400, { message: /could not parse the JSON/, code: null }],
    [
      'bytes that are not UTF-8',
      () =>
        fetch(base + CHAT, {
          method: 'POST',
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
          body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])
        }),
      400,
      { message: /UTF-8/ }
    ],
    ['an empty body', () => post(CHAT, ''), 400, {}],
    ['a body that is no object', () => post(CHAT, '[]'), 400, {}],
    ['a wrong type', () => post(CHAT, { ...OK, temperature: 'hot' }), 400, { param: 'temperature' }],
    [
      'a wrong type deep down',
      () => post(CHAT, { ...OK, messages: [{ role: 'user', content: 5 }] }),
      400,
      { param: 'messages[0].content' }
    ],
    [
      'a wrong role',
      () => post(CHAT, { ...OK, messages: [{ role: 'robot', content: 'a' }] }),
      400,
      { param: 'messages[0].role', code: 'invalid_value' }
    ],
    ['no model', () => post(CHAT, { messages: OK.messages }), 400, { param: 'model', code: 'missing_required_parameter' }],
    ['no messages', () => post(CHAT, { model: OK.model }), 400, { param: 'messages' }],
    [
      'an unknown model',
      () => post(CHAT, { ...OK, model: 'nobody.knows-this-v1:0' }),
      404,
      { code: 'model_not_found', message: /nobody\.knows-this/ }
    ],
    [
      'a form instead of JSON',
      () => post(CHAT, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      { message: /content-type: application\/json/ }
    ],
    ['an unknown route', () => post('/v1/nothing', {}), 404, { message: 'Invalid URL (POST /v1/nothing)' }],
    ['an unknown route outside', () => get('/nothing'), 404, { message: 'Invalid URL (GET /nothing)' }],
    ['the wrong method', () => get(CHAT), 405, { code: 'method_not_supported' }],
    ['no key', () => get('/v1/models', {}), 401, { code: 'invalid_api_key' }],
    ['a wrong key', () => get('/v1/models', { authorization: 'Bearer wrong' }), 401, { code: 'invalid_api_key' }],
    ['a broken path', () => get('/v1/models/%E0%A4%A'), 400, {}]
  ]
  for (const [name, ask, status, error] of rows) {
    const response = await ask()
    t.equal(response.status, status, name)
    const body = (await response.json()) as { error: Record<string, unknown> }
    t.same(Object.keys(body.error).sort(), ['code', 'message', 'param', 'type'], name)
    t.match(body.error, error, name)
    t.ok(response.headers.get('x-request-id'), name)
    t.equal(response.headers.get('access-control-allow-origin'), '*', name)
    if (status === 401) t.equal(response.headers.get('www-authenticate'), 'Bearer', name)
  }
  t.equal((await post(CHAT, OK)).status, 200, 'the process goes on')
})

t.test('__proto__ is dropped, however it is spelt', async (t) => {
  const { post } = await build(t)
  for (const name of ['__proto__', '\\u005f_proto__', '\\u005F\\u005Fproto__', '__pr\\u006fto__']) {
    const body = JSON.stringify(OK).replace('{', `{"${name}":{"temperature":2},`)
    const response = await post(CHAT, body)
    t.equal(response.status, 200, name)
    t.equal(response.headers.get('x-adit-dropped'), null, name)
    await response.text()
  }
})

t.test('a body of 40 MB is refused with 413 before it has been read', async (t) => {
  const { base, post } = await build(t)
  const status = await new Promise((resolve, reject) => {
    const sent = request(
      `${base}${CHAT}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'content-length': 40_000_000 }
      },
      (response) => {
        response.resume()
        resolve(response.statusCode)
        sent.destroy()
      }
    )
    sent.on('error', reject)
    sent.write('{')
  })
  t.equal(status, 413)
  t.equal((await post(CHAT, OK)).status, 200)
})

for (const header of ['authorization', 'api-key', 'x-api-key']) {
  t.test(`the key is taken from ${header}`, async (t) => {
    const { base } = await build(t)
    const value = header === 'authorization' ? `bearer ${KEY}` : KEY
    t.equal((await fetch(`${base}/v1/models`, { headers: { [header]: value } })).status, 200)
  })
}

t.test('a Bedrock key used by mistake gets a hint', async (t) => {
  const { base } = await build(t)
  const response = await fetch(`${base}/v1/models`, { headers: { authorization: 'Bearer bedrock-api-key-abc' } })
  t.match(await response.json(), { error: { message: /Amazon Bedrock API key/ } })
})

const SOURCES: readonly (readonly [string, Record<string, string>])[] = [
  ['an SSM SecureString with a hierarchical name', { API_KEY_PARAM_NAME: '/team/adit/key' }],
  ['an SSM parameter by ARN', { API_KEY_PARAM_NAME: 'arn:aws:ssm:us-east-1:123456789012:parameter/team/adit/key' }],
  [
    'a bare string in Secrets Manager',
    { API_KEY_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:bare-StAnDi' }
  ],
  ['{"api_key"} in Secrets Manager', { API_KEY_SECRET_ARN: 'json' }]
]
for (const [name, env] of SOURCES) {
  t.test(`the key comes from ${name}`, async (t) => {
    const { post } = await build(t, env, {
      parameters: { '/team/adit/key': KEY },
      secrets: { bare: `${KEY}\n`, json: JSON.stringify({ api_key: KEY }) }
    })
    t.equal((await post(CHAT, OK)).status, 200)
    t.equal((await post(CHAT, OK, { authorization: 'Bearer other' })).status, 401)
  })
}

t.test('the paths that users type all lead to the same place', async (t) => {
  const { post, base } = await build(t)
  for (const prefix of ['/api/v1', '/api/v1/v1', '/v1', '/v1/v1', '/openai/v1', '/openai/deployments/amazon.nova-lite-v1:0']) {
    t.equal((await post(`${prefix}/chat/completions?api-version=2024-10-21`, OK)).status, 200, prefix)
  }
  t.equal((await post('/openai/deployments/amazon.nova-lite-v1:0/chat/completions', { messages: OK.messages })).status, 200)
  t.equal((await fetch(`${base}/health`)).status, 200)
})

t.test('a preflight needs no key and allows authorization by name', async (t) => {
  const { base } = await build(t)
  const response = await fetch(base + CHAT, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://chat.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os'
    }
  })
  t.equal(response.status, 204)
  t.match(response.headers.get('access-control-allow-headers'), /authorization.*content-type.*x-stainless-os/)
  t.match(response.headers.get('access-control-expose-headers') ?? '', /x-request-id/)
})
