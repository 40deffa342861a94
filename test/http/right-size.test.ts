import t, { type Test } from 'tap'
import type { RequestRecord } from '../../src/http/request-record.ts'
import { build, eventually, lastCall, sseData } from '../support/helper.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const MICRO = 'amazon.nova-micro-v1:0'
const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const KEYS = {
  keys: [
    { name: 'a', key: 'sk-a' },
    { name: 'b', key: 'sk-b' },
    { name: 'off', key: 'sk-off', right_size: 'off' },
    { name: 'all', key: 'sk-all', right_size: 'all' }
  ]
}
/** Answers until a limit is known, and the limit of answers that are short. */
const ENOUGH = 50
const FLOOR = 1024
const USUAL = 8192
/** Tokens of an answer beyond the floor, and of one that is not. */
const LONG = 'say #long 1500'
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }

/** In Converse's words or in Claude's own. */
function limitIn(body: unknown): number | undefined {
  const { inferenceConfig, max_tokens } = body as { inferenceConfig?: { maxTokens?: number }; max_tokens?: number }
  return inferenceConfig?.maxTokens ?? max_tokens
}

async function gateway(t: Test, env: Record<string, string> = { RIGHT_SIZE_LIMITS: 'unset' }) {
  const file = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
  const built = await build(t, { API_KEYS_FILE: file, UPSTREAM_MAX_ATTEMPTS: '1', ...env })
  const { standin, base } = built
  const records = new Map<string, RequestRecord>()
  built.app.onOver(({ id, record }) => void records.set(id, record))
  const send = (path: string, key: string, body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      ...(signal && { signal })
    })
  const user = (content: string) => ({ messages: [{ role: 'user', content }] })
  /** A chat; the limit that Bedrock was asked with last, and what the caller reads. */
  const ask = async (key: string, body: object = {}, words = 'hi', path = '/v1/chat/completions') => {
    const before = standin.requests.length
    const response = await send(path, key, { model: NOVA, ...user(words), ...body })
    const text = await response.text()
    const limits = standin.requests.slice(before).flatMap(({ body, modelId }) => (modelId === undefined ? [] : [limitIn(body)]))
    const { status, headers } = response
    const id = headers.get('x-request-id') ?? ''
    await eventually(() => records.has(id))
    const record = records.get(id)
    return { record, status, text, limits, limited: headers.get('x-adit-limited'), cost: headers.get('x-adit-cost') }
  }
  /** Answers that a key has had. */
  const teach = async (key: string, count = ENOUGH, body: object = {}) => {
    for (let i = 0; i < count; i += 10)
      await Promise.all(
        Array.from({ length: 10 }, async () =>
          (await send('/v1/chat/completions', key, { model: NOVA, ...user('hi'), ...body })).text()
        )
      )
  }
  return { ...built, send, user, ask, teach, records }
}

t.test('the limit that nobody sets is what the answers of this key and model need', async (t) => {
  const { ask, teach } = await gateway(t)
  t.match(await ask('sk-a'), { status: 200, limits: [USUAL], limited: null }, 'not before it is known')
  await teach('sk-a')
  const fitting = await ask('sk-a')
  t.match(fitting, { status: 200, limits: [FLOOR], limited: `${FLOOR}` })
  t.equal(fitting.record?.limited, FLOOR, 'the log tells it')
  t.equal(fitting.record?.limitCut, undefined)
  const explained = await ask('sk-a', {}, 'hi', '/v1/explain')
  t.match(JSON.parse(explained.text), { calls: [{ max_tokens: FLOOR }] }, explained.text)
  t.match(await ask('sk-a', { stream: true }), { limits: [FLOOR], limited: `${FLOOR}` })
  t.match(await ask('sk-a', { n: 2 }), { limits: [FLOOR, FLOOR], limited: `${FLOOR}` })

  t.match(await ask('sk-b'), { limits: [USUAL], limited: null }, 'another key has not taught it')
  t.match(await ask('sk-a', { model: MICRO }), { limits: [USUAL], limited: null }, 'nor another model')

  const tool = { tools: [TOOL] }
  for (const [what, body] of Object.entries({
    'an explicit limit': { max_tokens: 3000 },
    'an explicit limit by its newer name': { max_completion_tokens: 3000 },
    JSON: { response_format: { type: 'json_object' } },
    'JSON by a schema': { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA, strict: true } } },
    'a forced call': { ...tool, tool_choice: 'required' },
    'a call of one tool': { ...tool, tool_choice: { type: 'function', function: { name: 'look' } } },
    'a call in a stream': { ...tool, stream: true },
    reasoning: { reasoning_effort: 'low' },
    'native fields': { additional_model_request_fields: { inferenceConfig: { topK: 3 } } }
  })) {
    const { limits, limited, status, text } = await ask('sk-a', body)
    t.equal(status, 200, `${what}: ${text.slice(0, 200)}`)
    t.equal(limited, null, what)
    t.not(limits.at(-1), FLOOR, what)
  }
  t.match(await ask('sk-a', tool), { limits: [FLOOR] }, 'a call that may be taken back')
  t.match(await ask('sk-a', { ...tool, tool_choice: 'none', stream: true }), { limits: [FLOOR] })
})

t.test('never more than without', async (t) => {
  const { ask, teach } = await gateway(t, { RIGHT_SIZE_LIMITS: 'unset', DEFAULT_MAX_TOKENS: '700' })
  await teach('sk-a')
  t.match(await ask('sk-a'), { limits: [700], limited: null })
})

t.test('with a ledger a cut answer is mended however long its quota takes, before all others of its pool', async (t) => {
  const ledger = { RIGHT_SIZE_LIMITS: 'unset', QUEUE_MS: '100', SERVICE_QUOTAS: 'false' }
  const { ask, teach, standin } = await gateway(t, ledger)
  await teach('sk-a')
  standin.fail(NOVA, 'none', 'throttling-tokens', 'throttling-tokens', 'none')
  const mended = await ask('sk-a', {}, LONG)
  t.match(mended, { status: 200, limits: [FLOOR, USUAL, USUAL, USUAL], limited: `${FLOOR}; repeated` })
  t.equal(mended.record?.limitCut, 'repeated')
})

t.test('an answer that our limit cuts is asked for once more, with the limit it has without', async (t) => {
  const { ask, teach, standin } = await gateway(t)
  await teach('sk-a')
  standin.fail(NOVA, 'none', 'throttling')
  const failed = await ask('sk-a', {}, LONG)
  t.match(failed, { status: 200, limits: [FLOOR, USUAL], limited: `${FLOOR}; cut` }, 'what there is, is given')
  t.equal(JSON.parse(failed.text).choices[0].finish_reason, 'length')
  t.equal(failed.record?.limitCut, 'cut')

  const learnt = FLOOR * 2 * 1.5
  const words = 'say #long 2500'
  const usual = await ask('sk-b', {}, words)
  const mended = await ask('sk-a', {}, words)
  t.same(mended.limits, [learnt, USUAL])
  t.equal(mended.limited, `${learnt}; repeated`)
  const gist = ({ text }: { text: string }) => {
    const { choices, usage } = JSON.parse(text)
    return { choices, usage }
  }
  t.same(gist(mended), gist(usual), 'the caller gets what it would have had')
  t.ok(Number(mended.cost) > Number(usual.cost), 'and both calls were paid')
  t.match(mended.record, { limited: learnt, limitCut: 'repeated', attempts: 2, finish: 'stop' })

  const told = await ask('sk-a', { input: 'say #long 4500', messages: undefined }, '', '/v1/responses')
  t.match(told, { status: 200, limits: [Number, Number], limited: / repeated$/ })
  t.equal(JSON.parse(told.text).status, 'completed')

  await teach('sk-b')
  const twice = await ask('sk-b', {}, 'hi #max')
  t.equal(JSON.parse(twice.text).choices[0].finish_reason, 'length')
  t.equal(twice.limits.length, 2, 'only once')
})

t.test('whoever has left is asked for nothing more', async (t) => {
  const { teach, standin, send, user, records } = await gateway(t)
  await teach('sk-a')
  standin.fail(NOVA, 'none', 'hang-before-headers')
  const before = standin.requests.length
  const leaving = new AbortController()
  const asked = t.rejects(send('/v1/chat/completions', 'sk-a', { model: NOVA, ...user(LONG) }, {}, leaving.signal))
  t.ok(await eventually(() => standin.requests.length === before + 2), 'it is being asked for once more')
  leaving.abort()
  await asked
  t.ok(await eventually(() => standin.requests.at(-1)?.aborted === true), 'that call ends at once')
  t.ok(await eventually(() => [...records.values()].some(({ clientLeft }) => clientLeft === true)))
  t.equal(standin.requests.length, before + 2)
})

t.test('a stream that our limit cuts says so', async (t) => {
  const { ask, teach } = await gateway(t)
  await teach('sk-a')
  const { text, limits, limited, record } = await ask('sk-a', { stream: true }, LONG)
  t.same(limits, [FLOOR], 'what has been given is not taken back')
  t.equal(limited, `${FLOOR}`)
  const frames = sseData(text)
    .slice(0, -1)
    .map((data) => JSON.parse(data))
  t.equal(frames.findLast(({ choices }) => choices[0]?.finish_reason)?.choices[0].finish_reason, 'length')
  t.equal(record?.limitCut, 'cut')
  const next = await ask('sk-a', { stream: true }, LONG)
  t.ok((next.limits[0] ?? 0) > FLOOR, 'and the next one has more room')
  t.match(next.text, /"finish_reason":"stop"/)
})

t.test('a key may say otherwise', async (t) => {
  const { ask, teach } = await gateway(t)
  await Promise.all([teach('sk-off'), teach('sk-all')])
  t.match(await ask('sk-off'), { limits: [USUAL], limited: null })
  t.match(await ask('sk-all', { max_tokens: 3000 }), { limits: [FLOOR], limited: `${FLOOR}` })
  t.match(await ask('sk-all', { max_tokens: 300 }), { limits: [300], limited: null })
  t.match(await ask('sk-all', { max_tokens: 3000 }, LONG), { limits: [FLOOR, 3000], limited: `${FLOOR}; repeated` })
  const json = { max_tokens: 3000, response_format: { type: 'json_object' } }
  t.match(await ask('sk-all', json), { limits: [3000] }, 'JSON is never cut')

  await teach('sk-all', ENOUGH, { model: HAIKU })
  t.match(await ask('sk-all', { model: HAIKU, max_tokens: 3000 }, 'hi', '/v1/messages'), { limits: [FLOOR], limited: `${FLOOR}` })
})

t.test('off, every call is as it was', async (t) => {
  const plain = await gateway(t, {})
  await plain.teach('sk-a')
  for (const [stream, words] of [
    [false, 'hi'],
    [true, LONG],
    [false, LONG]
  ] as const) {
    const { limits, limited, record } = await plain.ask('sk-a', { stream }, words)
    t.same(limits, [USUAL])
    t.equal(limited, null)
    t.equal(record?.limited, undefined)
    t.equal(
      lastCall(plain.standin)?.bodyText,
      JSON.stringify({
        messages: [{ role: 'user', content: [{ text: words }] }],
        inferenceConfig: { maxTokens: USUAL },
        requestMetadata: { adit_key: 'a' }
      })
    )
  }
})
