import type { ChatCompletionTool } from 'openai/resources'
import t from 'tap'
import { build, eventually, lastCall, sseData } from '../support/helper.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const say = (content: string) => [{ role: 'user' as const, content }]
const TOOLS: ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }
  },
  { type: 'function', function: { name: 'now' } }
]

const SCRIPTS = {
  text: { content: [{ text: 'Hello, ' }, { text: 'wörld 🌍' }] },
  'long text of many alphabets': { content: [{ text: 'Ein Stollen — 坑道 ⛏️ — führt waagerecht in den Berg. '.repeat(200) }] },
  'two parallel tool calls': {
    content: [
      { text: 'Checking.' },
      { toolUse: { toolUseId: 'tooluse_aaaaaaaaaaaaaaaaaaaaaa', name: 'get_weather', input: { city: 'Paris "é"' } } },
      { toolUse: { toolUseId: 'tooluse_bbbbbbbbbbbbbbbbbbbbbb', name: 'get_weather', input: { city: 'Rome' } } }
    ],
    stopReason: 'tool_use'
  },
  'a tool without arguments': {
    content: [{ toolUse: { toolUseId: 'tooluse_cccccccccccccccccccccc', name: 'now', input: {} } }],
    stopReason: 'tool_use'
  }
}

for (const [name, script] of Object.entries(SCRIPTS)) {
  t.test(`the official client's stream helper and plain call give the same completion: ${name}`, async (t) => {
    const { openai, standin } = await build(t)
    standin.answer(MODEL, script)
    const body = { model: MODEL, messages: say('go'), tools: TOOLS }
    const plain = await openai.chat.completions.create(body)
    const streamed = await openai.chat.completions
      .stream({ ...body, stream_options: { include_usage: true } })
      .finalChatCompletion()
    const bare = (completion: typeof plain) => ({
      choices: completion.choices.map(({ finish_reason, message: { content, role, refusal, tool_calls } }) => ({
        finish_reason,
        message: {
          content: content ?? '',
          role,
          refusal,
          tool_calls:
            tool_calls?.map(({ id, type, ...rest }) => ({
              id,
              type,
              function: 'function' in rest ? { name: rest.function.name, arguments: rest.function.arguments } : {}
            })) ?? []
        }
      })),
      usage: completion.usage,
      model: completion.model
    })
    t.same(bare(streamed), bare(plain))
    t.ok(plain.usage && plain.usage.total_tokens > 0)
    if (script.content.some((block) => 'toolUse' in block)) {
      t.equal(plain.choices[0]?.finish_reason, 'tool_calls')
      for (const call of plain.choices[0]?.message.tool_calls ?? [])
        t.type(JSON.parse('function' in call ? call.function.arguments : ''), 'object')
    }
  })
}

t.test('a stream has its chunks in the order every client needs, and its headers', async (t) => {
  const { post, standin } = await build(t)
  standin.answer(MODEL, SCRIPTS['two parallel tool calls'])
  const response = await post('/v1/chat/completions', {
    model: MODEL,
    messages: say('go'),
    tools: TOOLS,
    stream: true,
    stream_options: { include_usage: true }
  })
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  t.equal(response.headers.get('cache-control'), 'no-cache, no-transform')
  t.equal(response.headers.get('x-accel-buffering'), 'no')
  t.ok(response.headers.get('x-request-id'))
  t.match(response.headers.get('server-timing'), /total;dur=/)
  t.equal(response.headers.get('access-control-allow-origin'), '*')
  const data = sseData(await response.text())
  t.equal(data.at(-1), '[DONE]')
  const chunks = data.slice(0, -1).map((text) => JSON.parse(text))
  t.equal(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.created} ${chunk.object} ${chunk.model}`)).size, 1)
  t.match(chunks[0]?.choices[0].delta, { role: 'assistant', content: '' })
  t.equal(chunks.filter((chunk) => chunk.choices[0]?.delta.role).length, 1)
  t.same(chunks.at(-1).choices, [])
  t.ok(chunks.at(-1).usage.total_tokens > 0)
  t.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null))
  t.match(chunks.at(-2).choices[0], { delta: {}, finish_reason: 'tool_calls' })
  const calls = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])
  t.same(
    calls.filter((call) => call.id).map((call) => call.index),
    [0, 1]
  )
  t.ok(
    calls
      .filter((call) => call.id)
      .every((call) => call.type === 'function' && call.function.name === 'get_weather' && call.function.arguments === '')
  )
  t.ok(calls.filter((call) => !call.id).every((call) => call.type === undefined && call.function.name === undefined))
})

t.test('a tool round trip reaches the model as Bedrock wants it', async (t) => {
  const { openai, standin } = await build(t)
  const runner = openai.chat.completions.runTools({
    model: MODEL,
    messages: [{ role: 'developer', content: 'Be brief.' }, ...say('use the weather tool')],
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'The weather in a city',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
          parse: JSON.parse,
          function: async () => ({ celsius: 22 })
        }
      }
    ]
  })
  t.match(await runner.finalContent(), /22/)
  const last = standin.requests.filter((request) => request.operation === 'Converse').at(-1)?.body as {
    system: unknown
    messages: { role: string; content: object[] }[]
  }
  t.same(last.system, [{ text: 'Be brief.' }])
  t.same(
    last.messages.map(({ role, content }) => [role, ...content.map((block) => Object.keys(block)[0])]),
    [
      ['user', 'text'],
      ['assistant', 'toolUse'],
      ['user', 'toolResult']
    ]
  )
})

t.test('an image as a data URL reaches the model as bytes', async (t) => {
  const { openai, standin } = await build(t)
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  await openai.chat.completions.create({
    model: MODEL,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
        ]
      }
    ]
  })
  t.match(lastCall(standin)?.body, {
    messages: [{ content: [{ text: 'What is this?' }, { image: { format: 'png', source: { bytes: png } } }] }]
  })
})

t.test('the call to Bedrock is cancelled within a second when the client leaves', async (t) => {
  for (const stream of [true, false]) {
    const { base, standin } = await build(t)
    standin.answer(MODEL, { content: [{ text: 'word '.repeat(200) }], gapMs: 50, delayMs: stream ? 0 : 5000 })
    const leave = new AbortController()
    const pending = fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      signal: leave.signal,
      headers: { authorization: 'Bearer sk-test-0123456789', 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, stream, messages: say('go') })
    }).then((response) => response.text())
    pending.catch(() => {})
    t.ok(await eventually(() => standin.inFlight() === 1), `stream ${stream}: the call is running`)
    leave.abort()
    t.ok(await eventually(() => standin.inFlight() === 0, 1000), `stream ${stream}: the call is cancelled`)
    t.equal(lastCall(standin)?.aborted, true)
  }
})

const STATUS = {
  throttling: [429, 'rate_limit_error', 'rate_limit_exceeded'],
  validation: [400, 'invalid_request_error', null],
  internal: [502, 'server_error', 'upstream_error'],
  unavailable: [503, 'server_error', 'server_is_overloaded']
} as const
for (const [fault, [status, type, code]] of Object.entries(STATUS)) {
  for (const stream of [true, false]) {
    t.test(`${fault} before the first event is a real status, ${stream ? 'streaming' : 'unary'}`, async (t) => {
      const { post } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
      const response = await post('/v1/chat/completions', { model: `standin.fault-${fault}`, stream, messages: say('go') })
      t.equal(response.status, status)
      t.match(await response.json(), { error: { type, code, message: String } })
      t.match(response.headers.get('content-type'), 'application/json')
    })
  }
}

t.test('an exception as the first frame of a 200 is a real status too', async (t) => {
  const { post } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  const response = await post('/v1/chat/completions', {
    model: 'standin.fault-first-frame-throttling',
    stream: true,
    messages: say('go')
  })
  t.equal(response.status, 429)
})

for (const fault of [
  'mid-stream-throttling',
  'mid-stream-internal',
  'mid-stream-error-message',
  'eof-no-stop',
  'eof-mid-frame',
  'bad-message-crc',
  'reset-mid-stream'
]) {
  t.test(`${fault} becomes an error event, and the stream ends without [DONE]`, async (t) => {
    const { post } = await build(t)
    const response = await post('/v1/chat/completions', { model: `standin.fault-${fault}`, stream: true, messages: say('go') })
    t.equal(response.status, 200)
    const data = sseData(await response.text())
    t.match(JSON.parse(data.at(-1) ?? ''), { error: { message: String, type: String, param: null } })
    t.notOk(data.includes('[DONE]'))
    t.notOk(data.some((text) => /"finish_reason":"(stop|length|tool_calls)"/.test(text)))
  })
}

t.test('a silent model is committed to with a comment, pings follow, and the answer still comes whole', async (t) => {
  const { post, standin } = await build(t, { STREAM_COMMIT_MS: '50', HEARTBEAT_MS: '30' })
  standin.answer(MODEL, { content: [{ text: 'at last' }], delayMs: 300 })
  const response = await post('/v1/chat/completions', { model: MODEL, stream: true, messages: say('go') })
  const text = await response.text()
  t.match(text, /^: waiting/)
  t.match(text, /: ping\n\n/)
  t.ok(text.endsWith('data: [DONE]\n\n'))
  t.match(text, 'at')
})

t.test('n choices come together, streamed or not', async (t) => {
  const { openai, standin } = await build(t)
  standin.answer(MODEL, { content: [{ text: 'one' }], usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } })
  const plain = await openai.chat.completions.create({ model: MODEL, n: 3, messages: say('go') })
  t.same(
    plain.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, 'one'],
      [1, 'one'],
      [2, 'one']
    ]
  )
  t.equal(plain.usage?.completion_tokens, 6)
  const streamed = await openai.chat.completions
    .stream({ model: MODEL, n: 3, messages: say('go'), stream_options: { include_usage: true } })
    .finalChatCompletion()
  t.same(
    streamed.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, 'one'],
      [1, 'one'],
      [2, 'one']
    ]
  )
  t.equal(streamed.usage?.completion_tokens, 6)
})

t.test('X5 a client that drops the signed reasoning of a tool turn still succeeds on the next one', async (t) => {
  const { openai, standin } = await build(t)
  const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
  const asked = { model, reasoning_effort: 'low' as const, max_tokens: 4000, tools: TOOLS }
  standin.answer(
    model,
    {
      content: [
        { reasoningContent: { reasoningText: { text: 'I need the tool.' } } },
        { toolUse: { toolUseId: 'tooluse_dddddddddddddddddddddd', name: 'now', input: {} } }
      ],
      stopReason: 'tool_use'
    },
    { content: [{ text: 'It is noon.' }] }
  )
  const first = await openai.chat.completions.create({ ...asked, messages: say('what time is it?') })
  const call = first.choices[0]?.message.tool_calls?.[0]
  if (call?.type !== 'function') return t.fail('the model calls the tool')
  const second = await openai.chat.completions.create({
    ...asked,
    messages: [
      ...say('what time is it?'),
      { role: 'assistant', content: null, tool_calls: [{ id: call.id, type: 'function', function: call.function }] },
      { role: 'tool', tool_call_id: call.id, content: '12:00' }
    ]
  })
  t.equal(second.choices[0]?.message.content, 'It is noon.')
  const { messages } = lastCall(standin)!.body as { messages: { content: object[] }[] }
  t.match(messages[1]?.content[0], { reasoningContent: { reasoningText: { text: 'I need the tool.', signature: String } } })
})

t.test('a long question of many alphabets reaches Bedrock as it was asked', async (t) => {
  const { openai, standin } = await build(t)
  const asked = 'Was ist ein Stollen — 坑道 ⛏️? '.repeat(500)
  await openai.chat.completions.create({ model: MODEL, messages: say(asked) })
  t.match(lastCall(standin)?.body, { messages: [{ content: [{ text: asked }] }] })
})
