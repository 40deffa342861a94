import t, { type Test } from 'tap'
import { type BedrockOptions, type ChatRun, createBedrock } from '../../src/bedrock/bedrock.ts'
import type { ModelEvent } from '../../src/core/event.ts'
import type { ChatRequest } from '../../src/core/request.ts'
import { baseModelId } from '../../src/models/resolve.ts'
import type { ScriptedAnswer } from '../../src/standin/server.ts'
import { failing, foldEvents, setEnv, standin, until } from './build.ts'

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'us.amazon.nova-lite-v1:0'

function bedrock(t: Test, options: Partial<BedrockOptions> = {}) {
  const made = createBedrock({
    regions: ['us-east-1'],
    defaults: { autoCache: false },
    maxAttempts: 3,
    firstEventTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    random: () => 0,
    ...options
  })
  t.teardown(() => made.close())
  return made
}

function run(text: string, more: Partial<ChatRequest> & { models?: readonly string[]; signal?: AbortSignal } = {}): ChatRun {
  const { models = [CLAUDE], signal = new AbortController().signal, ...request } = more
  const [first, ...rest] = models.map((id) => ({ id, baseId: baseModelId(id) }))
  return {
    owner: 'alice',
    signal,
    targets: [first!, ...rest],
    request: {
      model: first!.id,
      system: [],
      turns: [{ role: 'user', content: [{ type: 'text', text }] }],
      tools: [],
      output: { type: 'text' },
      stream: true,
      maxTokens: 500,
      ...request
    }
  }
}

const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'Weather of a city',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
} as const

t.test('an answer is the same in a stream and as a whole', async (t) => {
  const server = await standin(t, { framing: 'random' })
  const answers: readonly ScriptedAnswer[] = [
    { content: [{ text: 'Grüße 😀' }, { text: ' und mehr' }] },
    {
      content: [{ text: 'let me see' }, { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Paris' } } }],
      stopReason: 'tool_use'
    },
    { content: [{ text: 'cut' }], stopReason: 'max_tokens' }
  ]
  const link = bedrock(t)
  for (const answer of answers) {
    server.answer(CLAUDE, answer)
    const streamed = await link.chat(run('hello', { tools: [WEATHER] }))
    const whole = await link.chat(run('hello', { tools: [WEATHER], stream: false }))
    const [one, other] = [await foldEvents(streamed.events), await foldEvents(whole.events)]
    t.strictSame(one.blocks, other.blocks)
    t.equal(one.finish, other.finish)
    t.equal(one.usage.inputTokens, other.usage.inputTokens)
  }
  t.match(
    server.requests.map((request) => request.operation),
    ['ConverseStream', 'Converse']
  )
})

t.test('the answer tells the model, the region, the calls and the request id', async (t) => {
  const server = await standin(t)
  server.fail(CLAUDE, 'internal', 'none')
  const answer = await bedrock(t).chat(run('hello'))
  t.match(answer, { model: CLAUDE, region: 'us-east-1', attempts: 2, requestId: /^[0-9a-f-]{36}$/ })
  await foldEvents(answer.events)
})

for (const fault of ['first-frame-throttling', 'first-frame-internal', 'reset-after-headers', 'eof-no-stop'])
  t.test(`${fault} before anything was given: the next call answers`, async (t) => {
    const server = await standin(t)
    server.fail(CLAUDE, fault === 'eof-no-stop' ? 'reset-before-headers' : fault, 'none')
    const answer = await bedrock(t).chat(run('hello'))
    t.equal((await foldEvents(answer.events)).finish, 'end')
  })

t.test('nothing is called again after the first event', async (t) => {
  const server = await standin(t, { framing: 'whole' })
  server.fail(CLAUDE, 'mid-stream-internal', 'none')
  const answer = await bedrock(t).chat(run('#long 40', { models: [CLAUDE, NOVA] }))
  await t.rejects(foldEvents(answer.events), failing({ kind: 'upstream_stream_error' }))
  t.equal(server.requests.length, 1)
})

t.test('the second region answers when the first is down, and the second model when the regions are', async (t) => {
  const server = await standin(t)
  const link = bedrock(t, { regions: ['us-east-1', 'us-west-2'], maxAttempts: 1 })
  server.fail(CLAUDE, 'unavailable', 'none')
  t.equal((await link.chat(run('hello', { stream: false }))).region, 'us-west-2')
  server.fail(CLAUDE, 'unavailable', 'throttling', 'none')
  const answer = await link.chat(run('hello', { stream: false, models: [CLAUDE, NOVA] }))
  t.match(answer, { model: NOVA, region: 'us-east-1', attempts: 3 })
})

t.test('an ARN is called in its own region only', async (t) => {
  const server = await standin(t)
  const arn = 'arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0'
  await bedrock(t, { regions: ['us-east-1', 'us-west-2'] })
    .chat(run('hello', { models: [arn], stream: false }))
    .catch(() => {})
  t.match(server.requests[0]?.headers.authorization, /\/us-west-2\/bedrock\//)
})

t.test('what Bedrock refuses by name is left out, tried again, reported, and left out from then on', async (t) => {
  const server = await standin(t)
  const model = 'us.anthropic.claude-opus-4-7'
  const heard: string[] = []
  const link = bedrock(t, {
    traitRows: [{ match: '*', temperature: true }],
    observer: { omitted: ({ name }) => heard.push(name) }
  })
  const asked = run('hello', { models: [model], temperature: 0.5 })
  const first = await link.chat(asked)
  t.match(first, { attempts: 2, warnings: [{ field: 'temperature' }] })
  t.equal((await foldEvents(first.events)).finish, 'end')
  const second = await link.chat(asked)
  t.match(second, { attempts: 1, warnings: [{ field: 'temperature' }] })
  t.strictSame(heard, ['temperature'])
  t.equal(server.requests.length, 3)
})

t.test('F13: whoever hears of what is left out hears no words of the caller', async (t) => {
  await standin(t)
  const heard: string[] = []
  const link = bedrock(t, { observer: { omitted: ({ name }) => heard.push(name) } })
  const system = [{ type: 'text', text: 'x-anthropic-billing-header: secret' }] as const
  await foldEvents((await link.chat(run('hello', { models: ['us.anthropic.claude-sonnet-4-6'], system }))).events)
  t.strictSame(heard, ['system text'])
})

t.test('a refusal that is no matter of one thing is told, after one call', async (t) => {
  const server = await standin(t)
  server.fail(CLAUDE, 'validation')
  await t.rejects(bedrock(t).chat(run('hello')), failing({ kind: 'invalid_request', message: /synthetic validation failure/ }))
  t.equal(server.requests.length, 1)
})

for (const stream of [true, false])
  t.test(`the caller who leaves ends the call (${stream ? 'streaming' : 'whole'})`, async (t) => {
    const server = await standin(t, { hangMs: 20_000 })
    server.fail(CLAUDE, 'hang-before-headers')
    const left = new AbortController()
    const asked = bedrock(t).chat(run('hello', { stream, signal: left.signal }))
    await until(() => server.inFlight() === 1)
    left.abort()
    await t.rejects(asked, failing({ kind: 'client_closed' }))
    await until(() => server.inFlight() === 0)
    t.equal(server.requests.length, 1)
  })

t.test('silence before the first event is a timeout, and is not tried again when the time is over', async (t) => {
  const server = await standin(t, { hangMs: 20_000 })
  server.fail(CLAUDE, 'hang-after-headers', 'none')
  await t.rejects(bedrock(t, { firstEventTimeoutMs: 80 }).chat(run('hello')), failing({ kind: 'upstream_timeout' }))
  t.equal(server.requests.length, 1)
})

t.test('a warm gateway is ready; one without credentials says what to set, and recovers', async (t) => {
  const server = await standin(t)
  const link = bedrock(t)
  t.match(link.ready(), { ok: false })
  await link.warm()
  t.strictSame(link.ready(), { ok: true, reasons: [] })

  setEnv(t, { AWS_ACCESS_KEY_ID: undefined, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
  const poor = bedrock(t)
  await t.rejects(poor.warm(), failing({ kind: 'upstream_auth', message: /AWS_ACCESS_KEY_ID/ }))
  t.match(poor.ready(), { ok: false, reasons: [/AWS_ACCESS_KEY_ID/] })
  setEnv(t, { AWS_ACCESS_KEY_ID: server.env.AWS_ACCESS_KEY_ID })
  await poor.warm()
  t.ok(poor.ready().ok)
})

t.test('without regions the SDK says which', async (t) => {
  await standin(t)
  const link = bedrock(t, { regions: [] })
  t.equal(link.region, '')
  await link.warm()
  t.equal(link.region, 'us-east-1')
})

t.test('an invocation gives body, headers and the way it went', async (t) => {
  await standin(t)
  const id = 'amazon.titan-embed-text-v2:0'
  const answer = await bedrock(t).invoke({
    owner: '',
    targets: [{ id, baseId: id }],
    body: { inputText: 'hello' },
    signal: new AbortController().signal
  })
  t.match(answer, { model: id, region: 'us-east-1', body: { embedding: [] } })
  t.ok(answer.headers['x-amzn-requestid'])
})

t.test('a hundred answers at once are all read to their end', async (t) => {
  const server = await standin(t, { framing: 'random' })
  const link = bedrock(t)
  const all = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const seen: ModelEvent[] = []
      for await (const batch of (await link.chat(run('#long 20'))).events) seen.push(...batch)
      return seen.at(-1)?.type
    })
  )
  t.ok(all.every((type) => type === 'usage'))
  await until(() => server.inFlight() === 0)
})
