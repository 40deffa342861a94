import t, { type Test } from 'tap'
import { eventually } from '../support/helper.ts'
import { startGateway } from '../support/process.ts'

const KEY = 'sk-privacy-keyword'
const NOVA = 'amazon.nova-lite-v1:0'
const SONNET = 'us.anthropic.claude-sonnet-4-6'
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const say = (content: unknown) => [{ role: 'user', content }]

/** The gateway as a process that logs all it can, and what it has logged of requests. */
async function loud(t: Test) {
  const gateway = await startGateway(t, { API_KEY: KEY, LOG_LEVEL: 'trace', DEBUG: '1', UPSTREAM_MAX_ATTEMPTS: '1' })
  const { base, standin } = gateway
  const post = async (path: string, body: object | string, key = KEY) => {
    const response = await fetch(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
    return { status: response.status, text: await response.text() }
  }
  const requests = () =>
    gateway
      .output()
      .split('\n')
      .filter((line) => line.includes('"msg":"request"') && line.includes('/v1/'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { standin, post, gateway, requests }
}

const CHAT = '/v1/chat/completions'
const TOOLS = [{ type: 'function', function: { name: 'look_up', description: 'toolword', parameters: { type: 'object' } } }]
const HISTORY = [
  { role: 'system', content: 'systemword' },
  ...say([
    { type: 'text', text: 'promptword' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }
  ]),
  {
    role: 'assistant',
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"q":"argumentword"}' } }]
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'resultword' }
]
const WHOLE = { model: SONNET, messages: HISTORY, tools: TOOLS, user: 'userword', metadata: { team: 'metaword' } }
const FETCHED = say([{ type: 'image_url', image_url: { url: 'http://127.0.0.1:1/a.png?signature=urlword' } }])

/** Path, body, and the status it gets. */
const ASKED: readonly (readonly [path: string, body: object | string, status: number])[] = [
  [CHAT, WHOLE, 200],
  [CHAT, { ...WHOLE, stream: true }, 200],
  [CHAT, { ...WHOLE, n: 2, stream: true, logit_bias: { fieldword: 1 }, unknown_field: 'promptword' }, 200],
  ['/v1/completions', { model: NOVA, prompt: 'promptword' }, 200],
  ['/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: ['promptword', 'resultword'] }, 200],
  [`${CHAT}?token=queryword`, { model: NOVA, messages: say('promptword') }, 200],
  [CHAT, '{"model": "m", "messages": promptword', 400],
  [CHAT, { model: NOVA, messages: [{ role: 'user', content: { text: 'promptword' } }] }, 400],
  [CHAT, { model: NOVA, messages: FETCHED }, 400],
  [CHAT, { model: 'standin.fault-validation', messages: say('promptword') }, 400],
  [CHAT, { model: 'standin.fault-bad-gateway-html', messages: say('promptword') }, 502],
  [CHAT, { model: 'standin.fault-mid-stream-internal', messages: say('promptword'), stream: true }, 200],
  [CHAT, { model: 'standin.fault-eof-mid-frame', messages: say('promptword'), stream: true }, 200],
  ['/v1/embeddings', { model: NOVA, input: 'promptword' }, 400],
  ['/v1/nothing', { prompt: 'promptword' }, 404]
]

t.test('no log at any level holds prompts, answers, arguments, media, URLs of media or keys', async (t) => {
  const { standin, post, gateway, requests } = await loud(t)
  standin.answer(SONNET, {
    content: [
      { reasoningContent: { reasoningText: { text: 'thoughtword', signature: 'c2lnd29yZA==' } } },
      { text: 'answerword' },
      { toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: { q: 'argumentword' } } }
    ],
    stopReason: 'tool_use'
  })
  for (const [path, body, status] of ASKED) {
    const response = await post(path, body)
    t.equal(response.status, status, `${path} ${status}`)
    if (body === WHOLE) t.match(response.text, /answerword[\s\S]*argumentword/)
  }
  t.equal((await post(CHAT, WHOLE, 'sk-wrong-keyword')).status, 401)

  t.ok(await eventually(() => requests().length === ASKED.length + 1), 'each request has its line')
  t.ok(
    requests().every(({ status, error }) => Number(status) < 400 || error !== undefined),
    'each failure has its kind'
  )
  t.notMatch(gateway.output(), /\w+word|c2lnd29yZA|iVBORw0KGgo/)
  t.notOk(gateway.output().includes(standin.env.AWS_SECRET_ACCESS_KEY ?? 'no secret'), 'nor the secret of the AWS account')
})

t.test(
  'an answer that does not fit the schema is named in the log, also where a stream can no longer tell its caller',
  async (t) => {
    const { standin, post, requests } = await loud(t)
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
    const body = {
      model: SONNET,
      stream: true,
      seed: 7,
      messages: say('a city'),
      response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } }
    }
    for (const json of ['{"town":"Rome"}', '{"city":"Rome"}']) {
      standin.answer(SONNET, { content: [{ text: json }] })
      t.match((await post(CHAT, body)).text, /\[DONE\]/)
    }
    t.ok(await eventually(() => requests().length === 2))
    t.same(
      requests().map(({ dropped }) => dropped),
      [['seed', 'response_format'], ['seed']]
    )
  }
)
