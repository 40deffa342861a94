import t from 'tap'
import { signReasoning } from '../../../src/standin/signature.ts'
import { eventually, lastCall } from '../../support/helper.ts'
import {
  GPT_OSS,
  LLAMA,
  messenger,
  NOVA,
  OPUS_47,
  OPUS_55,
  PNG,
  SONNET_45,
  SONNET_46,
  type StreamEvent,
  say,
  WEATHER
} from './messenger.ts'

const HAIKU_45 = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const EPHEMERAL = { type: 'ephemeral' }

t.test('2: blocks of every kind, the same whole and streamed', async (t) => {
  const { ask, client, standin } = await messenger(t)
  const content = [
    { reasoningContent: { reasoningText: { text: 'hm\n', signature: 'c2ln' } } },
    { reasoningContent: { redactedContent: 'cmVk' } },
    { text: 'one' },
    { text: 'two' },
    { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Paris' } } },
    { toolUse: { toolUseId: 'tooluse_2', name: 'now', input: {} } }
  ]
  const expected = [
    { type: 'thinking', thinking: 'hm\n', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'cmVk' },
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two' },
    { type: 'tool_use', id: 'tooluse_1', name: 'get_weather', input: { city: 'Paris' } },
    { type: 'tool_use', id: 'tooluse_2', name: 'now', input: {} }
  ]
  const asked = {
    model: SONNET_46,
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: 'hi' }],
    tools: [WEATHER, { ...WEATHER, name: 'now' }]
  }
  standin.answer(SONNET_46, { content, stopReason: 'end_turn' })
  const { body } = await ask(asked)
  t.same(body.content, expected)
  t.equal(body.stop_reason, 'tool_use')
  standin.answer(SONNET_46, { content, stopReason: 'end_turn' })
  t.same((await client.messages.stream(asked).finalMessage()).content, expected)
})

t.test('3, 4: names and ids that Bedrock refuses come back as they were', async (t) => {
  const { ask } = await messenger(t)
  const long = 'x'.repeat(100)
  const tools = [{ ...WEATHER, name: long }]
  const called = await ask({ model: NOVA, tools, tool_choice: { type: 'tool', name: long } })
  const sent = called.sent?.toolConfig?.tools[0]?.toolSpec?.name as string
  t.ok(sent.length <= 64)
  const [call] = called.body.content
  t.match(call, { type: 'tool_use', name: long })
  const id = 'functions.f:0'
  const next = await ask({
    model: NOVA,
    tools,
    messages: [
      ...say('go'),
      { role: 'assistant', content: [{ type: 'tool_use', id, name: long, input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'done', is_error: true }] }
    ]
  })
  t.equal(next.status, 200)
  const [, calling, result] = next.sent?.messages ?? []
  t.match(calling?.content[0], { toolUse: { toolUseId: /^[a-zA-Z0-9_-]+$/, name: sent } })
  t.match(result?.content[0], { toolResult: { status: 'error', content: [{ text: 'done' }] } })
})

t.test('5, 6: signed thinking goes back byte for byte, unsigned or to another family not at all', async (t) => {
  const { ask, standin } = await messenger(t)
  const text = 'hm…\n'
  const signature = signReasoning(text, 'anthropic.claude-sonnet-4-6')
  const call = { toolUse: { toolUseId: 'tooluse_a', name: 'get_weather', input: { city: 'x' } } }
  const settings = { tools: [WEATHER], thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4000 }
  standin.answer(SONNET_46, { content: [{ reasoningContent: { reasoningText: { text, signature } } }, call] })
  const { content } = (await ask({ ...settings, model: SONNET_46, messages: say('go') })).body
  t.same(content[0], { type: 'thinking', thinking: text, signature })
  const history = (assistant: unknown) => [
    ...say('go'),
    { role: 'assistant', content: assistant },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'tooluse_a', content: [{ type: 'text', text: 'ok' }] }] }
  ]
  const signed = await ask({ ...settings, model: SONNET_46, messages: history(content) })
  t.same(signed.sent?.messages[1]?.content[0], { reasoningContent: { reasoningText: { text, signature } } })
  const unsigned = { type: 'thinking', thinking: text, signature: '' }
  for (const [model, first] of [
    [SONNET_46, { ...unsigned, id: 'another' }],
    [NOVA, content[0]]
  ] as const) {
    const other = { ...content[1], id: 'toolu_other' }
    const messages = JSON.parse(JSON.stringify(history([first, other])).replaceAll('tooluse_a', 'toolu_other'))
    const { status, sent } = await ask({ ...settings, model, messages })
    t.equal(status, 200)
    t.notMatch(JSON.stringify(sent?.messages), /reasoningContent/)
  }
})

t.test('7, 8: thinking in what each generation takes', async (t) => {
  const { ask } = await messenger(t)
  const native = async (body: object) => (await ask(body)).sent?.additionalModelRequestFields
  const enabled = await native({ model: SONNET_45, thinking: { type: 'adaptive' }, max_tokens: 8000 })
  t.match(enabled, { thinking: { type: 'enabled', budget_tokens: Number } })
  t.equal(await native({ model: SONNET_45, thinking: { type: 'adaptive' }, max_tokens: 500 }), undefined)
  t.match(await native({ model: OPUS_47, thinking: { type: 'enabled', budget_tokens: 4000 }, max_tokens: 8000 }), {
    thinking: { type: 'adaptive' }
  })
  t.notMatch(await native({ model: OPUS_55, thinking: { type: 'disabled' }, max_tokens: 8000 }), { thinking: {} })
})

t.test('an effort alone switches nothing on, and thinking is shown as the model does by itself', async (t) => {
  const { ask } = await messenger(t)
  const effort = await ask({ model: SONNET_46, output_config: { effort: 'high' } })
  t.same(effort.sent?.additionalModelRequestFields, { output_config: { effort: 'high' } })
  const shown = async (thinking: object) => (await ask({ model: OPUS_47, thinking, max_tokens: 8000 })).sent
  t.same((await shown({ type: 'adaptive' }))?.additionalModelRequestFields?.thinking, { type: 'adaptive' })
  t.same((await shown({ type: 'adaptive', display: 'summarized' }))?.additionalModelRequestFields?.thinking, {
    type: 'adaptive',
    display: 'summarized'
  })
})

t.test('9, 10: cache marks stay where they stand, with their TTL', async (t) => {
  const { ask } = await messenger(t)
  const mark = (ttl: string, more: object = {}) => ({ cache_control: { ...EPHEMERAL, ttl, ...more } })
  const { sent, headers } = await ask(
    {
      model: SONNET_45,
      tools: [{ ...WEATHER, ...mark('1h') }],
      system: [{ type: 'text', text: 'be good', ...mark('1h', { scope: 'global' }) }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', ...mark('5m') }] },
        { role: 'assistant', content: 'b' },
        { role: 'user', content: [{ type: 'text', text: 'c', ...mark('5m') }] }
      ]
    },
    { 'anthropic-beta': 'prompt-caching-scope-2026-01-05,extended-cache-ttl-2025-04-11' }
  )
  const point = (ttl: string) => ({ cachePoint: { type: 'default', ttl } })
  t.same(sent?.toolConfig?.tools[1], point('1h'))
  t.same(sent?.system?.[1], point('1h'))
  t.same([sent?.messages[0]?.content[1], sent?.messages[2]?.content[1]], [point('5m'), point('5m')])
  t.equal(headers.get('x-adit-dropped'), 'system.0.cache_control.scope, anthropic-beta')
  const top = await ask({ model: SONNET_45, cache_control: EPHEMERAL })
  t.same(top.sent?.messages[0]?.content, [{ text: 'hello' }, { cachePoint: { type: 'default' } }])
})

t.test('11: a system’s turn stays in its place', async (t) => {
  const { ask } = await messenger(t)
  for (const model of [OPUS_47, SONNET_45, NOVA]) {
    const { sent } = await ask({ model, system: 'S', messages: [...say('a'), { role: 'system', content: 'now' }] })
    t.same([sent?.system, sent?.messages], [[{ text: 'S' }], [{ role: 'user', content: [{ text: 'a' }, { text: 'now' }] }]])
  }
})

t.test('15: any user id is fine', async (t) => {
  const { ask } = await messenger(t)
  for (const user_id of [JSON.stringify({ device: 'a', account: 'b' }), 'x'.repeat(300), 'ä'])
    t.equal((await ask({ model: SONNET_45, metadata: { user_id } })).status, 200)
})

t.test('16: what was cached is told apart from the input, with the time it is kept for', async (t) => {
  const { ask, events, standin } = await messenger(t)
  const usage = {
    inputTokens: 40,
    outputTokens: 12,
    totalTokens: 3622,
    cacheReadInputTokens: 3000,
    cacheWriteInputTokens: 570,
    cacheDetails: [
      { ttl: '5m', inputTokens: 500 },
      { ttl: '1h', inputTokens: 70 }
    ]
  }
  const counts = {
    input_tokens: 40,
    output_tokens: 12,
    cache_read_input_tokens: 3000,
    cache_creation_input_tokens: 570,
    cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 70 }
  }
  standin.answer(SONNET_45, { content: [{ text: 'hi' }], usage })
  t.match((await ask({ model: SONNET_45 })).body.usage, counts)
  standin.answer(SONNET_45, { content: [{ text: 'hi' }], usage })
  t.match((await events({ model: SONNET_45 })).list.at(-2), { type: 'message_delta', usage: counts })
})

t.test('17, 18: why an answer ended', async (t) => {
  const { ask, standin } = await messenger(t)
  for (const stopReason of ['content_filtered', 'guardrail_intervened']) {
    standin.answer(NOVA, { content: [{ text: 'x' }], stopReason })
    const { body } = await ask({ model: NOVA })
    t.match(body, { stop_reason: 'refusal', stop_sequence: null, stop_details: { type: 'refusal' } })
  }
  standin.answer(NOVA, { content: [{ text: 'x' }], stopReason: 'model_context_window_exceeded' })
  t.equal((await ask({ model: NOVA })).body.stop_reason, 'model_context_window_exceeded')
  standin.answer(NOVA, { content: [{ text: 'x' }], stopReason: 'malformed_tool_use' })
  t.match((await ask({ model: NOVA })).body, { type: 'error', error: { type: 'api_error' } })
})

t.test('19: a throttle before the first event has its status', async (t) => {
  const { events, standin } = await messenger(t)
  standin.fail(NOVA, 'first-frame-throttling', 'none')
  const { status, headers, text } = await events({ model: NOVA })
  t.equal(status, 429)
  t.match(JSON.parse(text), { type: 'error', error: { type: 'rate_limit_error' } })
  t.ok(Number(headers.get('retry-after')) > 0)
})

t.test('24: the form of the answer, for every way that a model has', async (t) => {
  const { ask } = await messenger(t)
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false }
  for (const model of [SONNET_45, OPUS_47, NOVA, GPT_OSS]) {
    const { body } = await ask({ model, output_config: { format: { type: 'json_schema', schema } } })
    const text = body.content.findLast((block) => block.type === 'text')
    t.match(JSON.parse(text?.type === 'text' ? text.text : ''), { n: Number }, model)
    t.equal(body.stop_reason, 'end_turn')
    t.notOk(body.content.some(({ type }) => type === 'tool_use'))
  }
})

t.test('27: media of a private address are not read', async (t) => {
  const { ask, base } = await messenger(t)
  for (const type of ['image', 'document']) {
    const { status, body, sent } = await ask({ messages: say([{ type, source: { type: 'url', url: `${base}/health` } }]) })
    t.match([status, body.error?.type, sent], [400, 'invalid_request_error', undefined])
    t.match(body.error?.message, /messages\.0\.content\.0/)
  }
})

t.test('28: where a model takes no tools in a stream, the whole answer is streamed', async (t) => {
  const { events, standin } = await messenger(t)
  standin.answer(LLAMA, { content: [{ toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Paris' } } }] })
  const { status, list } = await events({ model: LLAMA, tools: [WEATHER] })
  t.equal(status, 200)
  t.equal(lastCall(standin)?.operation, 'Converse')
  t.match(collected(list), [{ type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } }])
  t.equal(list.at(-1)?.type, 'message_stop')
})

t.test('34: clients of both APIs at once, each in its own shape', async (t) => {
  const { client, openai, standin } = await messenger(t)
  const names = Array.from({ length: 8 }, (_, index) => index)
  const answers = await Promise.all(
    names.map(async (index) => {
      const content = `number ${index}`
      if (index % 2 === 0) {
        const { choices } = await openai.chat.completions.create({ model: NOVA, messages: [{ role: 'user', content }] })
        return choices[0]?.message.content
      }
      const message = await client.messages.create({ model: NOVA, max_tokens: 100, messages: [{ role: 'user', content }] })
      return message.content[0]?.type === 'text' ? message.content[0].text : undefined
    })
  )
  for (const index of names) t.match(answers[index], `number ${index}`)
  standin.fail(NOVA, ...names.map(() => 'throttling'))
  const failures = await Promise.allSettled([
    client.messages.create({ model: NOVA, max_tokens: 10, messages: [{ role: 'user', content: 'a' }] }),
    openai.chat.completions.create({ model: NOVA, messages: [{ role: 'user', content: 'a' }] })
  ])
  t.match(failures, [
    { reason: { status: 429, error: { type: 'error', error: { type: 'rate_limit_error' } } } },
    { reason: { status: 429, type: 'rate_limit_error' } }
  ])
})

t.test('35: where the client leaves, Bedrock’s answer is ended', async (t) => {
  const { client, standin } = await messenger(t)
  for (const model of [NOVA, OPUS_47]) {
    const editing = model === NOVA ? {} : { tools: [{ type: 'bash_20250124' as const, name: 'bash' as const }] }
    const messages = [{ role: 'user' as const, content: '#slow 2000' }]
    const stream = await client.messages.create({ model, max_tokens: 100, messages, stream: true, ...editing })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    t.ok(await eventually(() => lastCall(standin)?.aborted === true), model)
    t.equal(standin.inFlight(), 0)
  }
})

t.test('33: a key’s limits under Anthropic’s names', async (t) => {
  const keys = { keys: [{ name: 'two', key: 'sk-two', requests_per_minute: 2 }] }
  const { post } = await messenger(t, { API_KEYS_FILE: `${t.testdir({ 'keys.json': JSON.stringify(keys) })}/keys.json` })
  const asked = () =>
    post('/v1/messages', { model: NOVA, max_tokens: 10, messages: say('hi') }, { authorization: 'Bearer sk-two' })
  const first = await asked()
  t.equal(first.status, 200)
  t.equal(first.headers.get('anthropic-ratelimit-requests-limit'), '2')
  t.equal(first.headers.get('anthropic-ratelimit-requests-remaining'), '1')
  t.match(first.headers.get('anthropic-ratelimit-requests-reset'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  await asked()
  const third = await asked()
  t.match([third.status, await third.json()], [429, { type: 'error', error: { type: 'rate_limit_error' } }])
  const wait = Number(third.headers.get('retry-after'))
  t.ok(wait >= 1 && wait <= 60)
})

t.test('every block of a message reaches the model, or is told', async (t) => {
  const { ask } = await messenger(t)
  const source = { type: 'base64', media_type: 'image/png', data: PNG }
  const { status, sent, headers } = await ask({
    model: SONNET_45,
    messages: say([
      { type: 'text', text: 'read' },
      { type: 'image', source },
      { type: 'document', title: 'Notes', context: 'mine', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
      { type: 'search_result', title: 'T', source: 'https://example.com', content: [{ type: 'text', text: 'found' }] },
      { type: 'container_upload', file_id: 'f' }
    ])
  })
  t.equal(status, 200)
  t.match(sent?.messages[0]?.content, [
    { text: 'read' },
    { image: { format: 'png' } },
    { document: { name: 'Notes', format: 'txt', context: 'mine' } },
    { searchResult: { title: 'T', source: 'https://example.com', content: [{ text: 'found' }], citations: { enabled: false } } }
  ])
  t.equal(headers.get('x-adit-dropped'), 'messages.0.content.4')
  const strange = await ask({ messages: say([{ type: 'hologram' }]) })
  t.match([strange.status, strange.body.error?.message], [400, /^messages\.0\.content\.0: /])
})

t.test('what a search has found is cited by Claude, by either wire, and words to others', async (t) => {
  const { ask, events, standin } = await messenger(t)
  const found = (title: string) => ({
    type: 'search_result',
    title,
    source: 'https://example.com/a',
    content: [{ type: 'text', text: 'Rock is hard.' }],
    citations: { enabled: true }
  })
  const messages = [
    ...say([found('A'), { type: 'text', text: 'so?' }]),
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [found('B')] }] }
  ]
  const location = { searchResultLocation: { searchResultIndex: 1, start: 0, end: 1 } }
  const citation = { title: 'B', source: 'https://example.com/a', sourceContent: [{ text: 'Rock is hard.' }], location }
  const answer = { content: [{ citationsContent: { content: [{ text: 'Hard.' }], citations: [citation] } }] }
  const native = { ...WEATHER, input_examples: [{ city: 'Paris' }] }
  for (const tools of [[WEATHER], [native]]) {
    standin.answer(SONNET_45, answer)
    const { status, body, sent } = await ask({ model: SONNET_45, messages, tools })
    t.equal(status, 200, JSON.stringify(body))
    const [first, , last] = (sent as unknown as { messages: { content: Record<string, unknown>[] }[] }).messages
    if (tools[0] === native) {
      t.match(first?.content[0], { type: 'search_result', title: 'A', citations: { enabled: true } })
      t.match(last?.content[0], {
        type: 'tool_result',
        content: [{ type: 'search_result', title: 'B', source: 'https://example.com/a' }]
      })
    } else {
      t.match(first?.content[0], { searchResult: { title: 'A', citations: { enabled: true } } })
      t.match(last?.content[0], { toolResult: { content: [{ searchResult: { title: 'B' } }] } })
    }
    const cited = {
      type: 'search_result_location',
      title: 'B',
      source: 'https://example.com/a',
      cited_text: 'Rock is hard.',
      search_result_index: 1,
      start_block_index: 0,
      end_block_index: 1
    }
    t.match(body.content[0], { type: 'text', text: 'Hard.', citations: [cited] })
    const { list } = await events({ model: SONNET_45, messages, tools })
    t.ok(list.some((event) => event.type === 'content_block_delta' && event.delta.type === 'citations_delta'))
  }
  const nova = await ask({ model: NOVA, messages, tools: [WEATHER] })
  t.equal(nova.status, 200)
  t.match(nova.sent?.messages[0]?.content[0], { text: 'A\nhttps://example.com/a\nRock is hard.' })
})

t.test('a conversation begun in Chat and continued in Messages keeps its signed thinking byte for byte', async (t) => {
  const { post, ask } = await messenger(t)
  const asked = 'Use the weather tool for Paris'
  const fn = { type: 'function', function: { name: 'get_weather', parameters: WEATHER.input_schema } }
  const chat = await post('/v1/chat/completions', {
    model: SONNET_46,
    messages: say(asked),
    tools: [fn],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 4000
  })
  const [choice] = (await chat.json()).choices
  const [thought] = choice.message.thinking_blocks
  const [call] = choice.message.tool_calls
  t.ok(thought.signature)
  const { status, sent } = await ask({
    model: SONNET_46,
    tools: [WEATHER],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 4000,
    messages: [
      ...say(asked),
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: thought.thinking, signature: thought.signature },
          { type: 'tool_use', id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }
        ]
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '22 degrees' }] }
    ]
  })
  t.equal(status, 200)
  t.same(sent?.messages[1]?.content[0], {
    reasoningContent: { reasoningText: { text: thought.thinking, signature: thought.signature } }
  })
})

t.test('20: however a stream breaks, it ends in an error, after one call', async (t) => {
  const { events, standin } = await messenger(t)
  for (const [fault, type] of [
    ['mid-stream-internal', 'api_error'],
    ['mid-stream-unavailable', 'overloaded_error'],
    ['eof-no-stop', 'api_error'],
    ['reset-mid-stream', 'api_error']
  ] as const) {
    const calls = () => standin.requests.filter(({ operation }) => operation === 'ConverseStream').length
    const before = calls()
    standin.fail(NOVA, fault, 'none')
    const { list, text } = await events({ model: NOVA })
    t.match(list.at(-1), { type: 'error', error: { type } }, fault)
    t.notMatch(text, /message_stop|message_delta/, fault)
    t.equal(calls(), before + 1, fault)
  }
})

t.test('22, 23: Bedrock’s own sentences come as they are, without what is the operator’s', async (t) => {
  const { ask, standin } = await messenger(t)
  standin.fail(NOVA, 'input-too-long', 'none')
  const long = await ask({ model: NOVA })
  t.match(
    [long.status, long.body.error],
    [400, { type: 'invalid_request_error', message: 'Input is too long for requested model.' }]
  )
  standin.fail(NOVA, 'access-denied', 'none')
  const denied = await ask({ model: NOVA })
  t.match([denied.status, denied.body.error?.type], [403, 'permission_error'])
  t.notMatch(denied.body.error?.message, /arn:|\d{12}/)
})

const CLAUDE_CODE = {
  max_tokens: 32_000,
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.332; cc_entrypoint=cli;' },
    { type: 'text', text: 'You are Claude Code.', cache_control: EPHEMERAL },
    { type: 'text', text: 'You help with code. '.repeat(200), cache_control: EPHEMERAL }
  ],
  thinking: { type: 'adaptive' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'high' },
  metadata: { user_id: JSON.stringify({ device_id: 'd', account_uuid: '', session_id: 's' }) },
  tools: [
    { ...WEATHER, input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...WEATHER.input_schema } },
    { name: 'Later', description: 'Loaded on demand', input_schema: { type: 'object', properties: {} }, defer_loading: true }
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<system-reminder>today</system-reminder>' },
        { type: 'text', text: 'Use the weather tool for Paris', cache_control: EPHEMERAL }
      ]
    },
    { role: 'system', content: 'The user has opened a file.' }
  ]
}
const CODE_BETAS =
  'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20'

/** Names of the tools that the model may call at once, on either wire: Claude reads of deferred ones in its own body. */
function openTools(sent: unknown): unknown[] {
  const { toolConfig, tools } = (sent ?? {}) as { toolConfig?: { tools: object[] }; tools?: object[] }
  const all = (toolConfig?.tools ?? tools ?? []) as { toolSpec?: { name: string }; name?: string; defer_loading?: boolean }[]
  return all.flatMap(({ toolSpec, name, defer_loading }) => (defer_loading === true ? [] : (toolSpec?.name ?? name ?? [])))
}

t.test('30: what Claude Code sends first, and after its tool, to every family', async (t) => {
  const { events } = await messenger(t)
  const headers = { 'anthropic-beta': CODE_BETAS, 'anthropic-version': '2023-06-01' }
  for (const model of [OPUS_47, OPUS_55, SONNET_46, HAIKU_45, NOVA, GPT_OSS]) {
    const first = await events({ ...CLAUDE_CODE, model }, headers)
    t.equal(first.status, 200, model)
    t.equal(first.list.at(-1)?.type, 'message_stop')
    t.same(openTools(first.sent), ['get_weather'])
    t.equal(first.sent?.system?.filter((block) => 'text' in block).length, 2)
    if (model.includes('claude'))
      t.equal(JSON.stringify(first.sent).split(/cachePoint|cache_control/).length - 1, 3, 'three marks')
    const content = collected(first.list)
    const [call] = content.filter((block) => block.type === 'tool_use')
    t.equal(call?.name, 'get_weather', model)
    const second = await events(
      {
        ...CLAUDE_CODE,
        model,
        messages: [
          ...CLAUDE_CODE.messages,
          { role: 'assistant', content },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: call?.id, content: '22 degrees', cache_control: EPHEMERAL }]
          },
          { role: 'system', content: 'Be brief.' }
        ]
      },
      headers
    )
    t.equal(second.status, 200, model)
    t.match(JSON.stringify(collected(second.list)), /22 degrees/)
  }
})

/** The content of a streamed message, as a client keeps it. */
function collected(list: readonly StreamEvent[]) {
  const blocks: { type: string; id?: string; name?: string; [member: string]: unknown }[] = []
  const inputs = new Map<number, string>()
  for (const event of list) {
    if (event.type === 'content_block_start') blocks.push({ ...event.content_block })
    if (event.type !== 'content_block_delta') continue
    const block = blocks[event.index]!
    const { delta } = event
    if (delta.type === 'text_delta') block.text = `${block.text}${delta.text}`
    if (delta.type === 'thinking_delta') block.thinking = `${block.thinking}${delta.thinking}`
    if (delta.type === 'signature_delta') block.signature = delta.signature
    if (delta.type === 'input_json_delta') inputs.set(event.index, (inputs.get(event.index) ?? '') + delta.partial_json)
  }
  for (const [index, json] of inputs) blocks[index]!.input = JSON.parse(json)
  return blocks
}
