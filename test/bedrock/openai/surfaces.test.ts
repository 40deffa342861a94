import fc from 'fast-check'
import type OpenAI from 'openai'
import t, { type Test } from 'tap'
import type { StandinOptions } from '../../../src/standin/server.ts'
import { build, lastCall, sseData } from '../../support/helper.ts'

const GPT = 'openai.gpt-5.5'
const OSS = 'openai.gpt-oss-120b-1:0'
/** The operator sends open weights by Bedrock's own Chat Completions, and GPT-6 by its Responses. */
const ROWS = [
  { match: 'openai.gpt-oss-120b*', surface: 'chat-completions' },
  { match: 'openai.gpt-oss-20b*', surface: 'responses', host: 'mantle' },
  { match: 'openai.gpt-6-sol*', surface: 'responses' }
]

function start(t: Test, env: Record<string, string> = {}, options: StandinOptions = {}) {
  const folder = t.testdir({ 'rows.json': JSON.stringify(ROWS) })
  return build(t, { MODEL_TRAITS_FILE: `${folder}/rows.json`, UPSTREAM_MAX_ATTEMPTS: '1', ...env }, options)
}

const WEATHER = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'tells the weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  }
} as const
const say = (content: string) => [{ role: 'user' as const, content }]

for (const [model, path, sent] of [
  [GPT, '/mantle/openai/v1/responses', 'openai.gpt-5.5'],
  ['us.openai.gpt-6-sol', '/openai/v1/responses', 'us.openai.gpt-6-sol'],
  ['openai.gpt-oss-20b-1:0', '/mantle/v1/responses', 'openai.gpt-oss-20b'],
  [OSS, '/openai/v1/chat/completions', 'openai.gpt-oss-120b-1:0']
] as const) {
  t.test(`${model} is called at ${path}, and a stream says what the whole answer says`, async (t) => {
    const { openai, standin } = await start(t)
    const content = [
      { reasoningContent: { reasoningText: { text: 'Let me think. Ünïcode 😀' } } },
      { text: 'It is "fine"\n… 晴れ' },
      { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Zürich', n: 1 } } },
      { toolUse: { toolUseId: 'call_2', name: 'weather', input: {} } }
    ]
    standin.answer(sent, { content, usage: { inputTokens: 10, outputTokens: 7, cacheReadInputTokens: 3 } })
    const body = { model, messages: say('How is it?'), tools: [WEATHER], max_completion_tokens: 500 }
    const whole = await openai.chat.completions.create(body)
    const last = lastCall(standin)
    t.equal(last?.path, path)
    t.match(last?.body, { model: sent })
    t.match(whole.choices[0], {
      finish_reason: 'tool_calls',
      message: {
        content: 'It is "fine"\n… 晴れ',
        reasoning_content: 'Let me think. Ünïcode 😀',
        tool_calls: [
          { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Zürich","n":1}' } },
          { id: 'call_2', function: { name: 'weather', arguments: '{}' } }
        ]
      }
    })
    t.match(whole.usage, { prompt_tokens: 13, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 3 } })
    const stream = openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } })
    const folded = await stream.finalChatCompletion()
    const { parsed: _, ...message } = folded.choices[0]!.message as unknown as Record<string, unknown>
    t.match(message, { content: whole.choices[0]!.message.content })
    t.match(folded.choices[0]!.message.tool_calls, whole.choices[0]!.message.tool_calls as never)
    t.strictSame(folded.usage, whole.usage)
  })
}

t.test('a conversation goes to Responses as items, with what was encrypted in its place', async (t) => {
  const { openai, standin } = await build(t)
  standin.answer(GPT, {
    content: [
      { reasoningContent: { redactedContent: 'c2VhbGVk' } },
      { toolUse: { toolUseId: 'call_a', name: 'weather', input: { city: 'Bern' } } }
    ]
  })
  const first = await openai.chat.completions.create({ model: GPT, messages: say('weather?'), tools: [WEATHER] })
  standin.answer(GPT, { content: [{ text: 'Sunny.' }] })
  const second = await openai.chat.completions.create({
    model: GPT,
    messages: [
      { role: 'system', content: 'Be brief.' },
      ...say('weather?'),
      first.choices[0]!.message,
      { role: 'tool', tool_call_id: 'call_a', content: 'sun' }
    ],
    tools: [WEATHER],
    tool_choice: 'required',
    parallel_tool_calls: false,
    reasoning_effort: 'high',
    verbosity: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object', properties: {} } } }
  })
  t.equal(second.choices[0]?.message.content, 'Sunny.')
  t.match(lastCall(standin)?.body, {
    model: GPT,
    instructions: 'Be brief.',
    store: false,
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'high', summary: 'auto' },
    parallel_tool_calls: false,
    tool_choice: 'required',
    text: { verbosity: 'low', format: { type: 'json_schema' } },
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'weather?' }] },
      { type: 'reasoning', summary: [], encrypted_content: 'c2VhbGVk' },
      { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Bern"}' },
      { type: 'function_call_output', call_id: 'call_a', output: 'sun' }
    ]
  })
})

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

t.test('Responses to Responses: what the core has no place for goes as the caller wrote it', async (t) => {
  const { post, standin } = await build(t)
  const tool = { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false }
  const written = '{ "id": 12345678901234567890.10,\n "deep": {"x": 1.0, "y": 1e400} }'
  const settings = {
    metadata: { a: 'b' },
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    safety_identifier: 's',
    user: 'u'
  }
  const input = [
    { role: 'developer', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'weather?' },
        { type: 'input_image', image_url: PIXEL, detail: 'high' }
      ]
    },
    { type: 'message', role: 'assistant', phase: 'commentary', content: [{ type: 'output_text', text: 'I look.' }] },
    { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: written },
    { type: 'function_call_output', call_id: 'call_a', output: ['sun', 'wind'].map((text) => ({ type: 'input_text', text })) },
    { role: 'system', content: 'Now in French.' },
    { role: 'user', content: 'again' },
    { role: 'user', content: 'again' },
    { role: 'assistant', phase: 'final_answer', content: 'Soleil.' },
    { role: 'user', content: 'thanks' }
  ]
  const body = { model: GPT, store: false, input, tools: [tool], reasoning: { summary: 'detailed' }, ...settings }
  const response = await post('/v1/responses', body)
  t.equal(response.status, 200)
  t.equal(response.headers.get('x-adit-dropped'), null)
  const sent = lastCall(standin)?.body as Record<string, unknown>
  t.match(sent, { ...settings, instructions: 'Be brief.', reasoning: { summary: 'detailed' }, store: false })
  const text = (role: string, said: string, more: object = {}) => ({
    type: 'message',
    role,
    content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: said }],
    ...more
  })
  t.strictSame(sent.input, [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'weather?' },
        { type: 'input_image', image_url: PIXEL, detail: 'high' }
      ]
    },
    text('assistant', 'I look.', { phase: 'commentary' }),
    { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: written },
    { type: 'function_call_output', call_id: 'call_a', output: input[4]?.output },
    text('developer', 'Now in French.'),
    text('user', 'again'),
    text('user', 'again'),
    text('assistant', 'Soleil.', { phase: 'final_answer' }),
    text('user', 'thanks')
  ])
  await post('/v1/responses', { ...body, reasoning: { effort: 'low' } })
  t.match(lastCall(standin)?.body, { reasoning: { effort: 'low', summary: 'auto' } })
})

t.test('the phases of an answer reach who asks by Responses, whole and streamed, and go back with it', async (t) => {
  const { openai, standin } = await build(t)
  standin.answer(GPT, {
    content: [
      { text: 'I look.', phase: 'commentary' },
      { text: 'Sunny.', phase: 'final_answer' }
    ]
  })
  const body = { model: GPT, input: 'weather?', store: false }
  const whole = await openai.responses.create(body)
  const told = [
    { type: 'message', phase: 'commentary', content: [{ text: 'I look.' }] },
    { type: 'message', phase: 'final_answer', content: [{ text: 'Sunny.' }] }
  ]
  t.match(whole.output, told)
  t.match((await openai.responses.stream(body).finalResponse()).output, told)
  const input = [
    { role: 'user', content: 'weather?' },
    ...whole.output,
    { role: 'user', content: 'sure?' }
  ] as OpenAI.Responses.ResponseInput
  await openai.responses.create({ ...body, input })
  t.match(lastCall(standin)?.body, { input: [{}, { phase: 'commentary' }, { phase: 'final_answer' }, {}] })
  const chat = await openai.chat.completions.create({ model: GPT, messages: say('weather?') })
  t.equal(chat.choices[0]?.message.content, 'I look.Sunny.')
})

t.test('what only Converse carries is left out on mantle and named, and on the runtime the call goes by Converse', async (t) => {
  const { post, standin } = await start(t)
  const extras = { guardrail: { identifier: 'abc1', version: '1' }, top_k: 5, metadata: { a: 'b' }, seed: 4 }
  const ask = (model: string) => post('/v1/chat/completions', { model, messages: say('hello'), ...extras })
  const mantle = await ask(GPT)
  t.equal(mantle.status, 200)
  t.strictSame(mantle.headers.get('x-adit-dropped')?.split(', ').sort(), ['guardrail', 'metadata', 'seed', 'top_k'])
  t.equal((await ask('us.openai.gpt-6-sol')).status, 200)
  t.equal(lastCall(standin)?.operation, 'Converse')
})

t.test('refusals keep their status and their words, in the words of OpenAI', async (t) => {
  const { openai, standin } = await start(t)
  const ask = (model: string) => openai.chat.completions.create({ model, messages: say('hello') })
  for (const [fault, status, code] of [
    ['throttling', 429, 'rate_limit_exceeded'],
    ['input-too-long', 400, 'context_length_exceeded'],
    ['unavailable', 503, 'server_is_overloaded'],
    ['bad-gateway-html', 502, 'upstream_error']
  ] as const) {
    for (const model of [GPT, OSS]) {
      standin.fail(model, fault)
      await t.rejects(ask(model), { status, code }, `${fault} of ${model}`)
    }
  }
  await t.rejects(ask('openai.gpt-5.4-nobody'), { status: 404, code: 'model_not_found' })
})

for (const model of [GPT, OSS])
  for (const fault of ['mid-stream-throttling', 'mid-stream-internal', 'eof-no-stop', 'reset-mid-stream', 'eof-mid-frame']) {
    t.test(`${fault} of ${model} never looks finished`, async (t) => {
      const { openai, post, standin } = await start(t)
      const body = { model, messages: say('#long 40'), stream: true as const }
      standin.fail(model, fault, fault)
      const response = await post('/v1/chat/completions', body)
      const text = await response.text()
      t.notMatch(text, /\[DONE\]|"finish_reason":"/)
      // Responses says much before its first word: then there is no stream yet, and a status tells.
      const last = response.status === 200 ? sseData(text).at(-1)! : text
      t.match(JSON.parse(last), { error: { type: /server_error|rate_limit/ } })
      const read = async () => {
        for await (const _ of await openai.chat.completions.create(body));
      }
      await t.rejects(read())
    })
  }

t.test('law: any cut of the bytes gives the same answer', async (t) => {
  for (const framing of ['whole', 'byte', 'random'] as const) {
    const { openai } = await start(t, {}, { framing, seed: 7 })
    for (const model of [GPT, OSS]) {
      const stream = openai.chat.completions.stream({ model, messages: say('#long 30 ünï 😀') })
      const folded = await stream.finalChatCompletion()
      const whole = await openai.chat.completions.create({ model, messages: say('#long 30 ünï 😀') })
      t.equal(folded.choices[0]?.message.content, whole.choices[0]?.message.content, `${framing} ${model}`)
    }
  }
})

t.test('F1: an answer that a surface calls incomplete is no stop, whatever its reason', async (t) => {
  const { openai, standin } = await build(t)
  standin.answer(GPT, { content: [{ text: 'Half' }], stopReason: 'pause_turn' })
  const body = { model: GPT, messages: say('go') }
  t.equal((await openai.chat.completions.create(body)).choices[0]?.finish_reason, 'length')
  const finished: (string | null | undefined)[] = []
  for await (const { choices } of await openai.chat.completions.create({ ...body, stream: true }))
    if (choices[0]?.finish_reason) finished.push(choices[0].finish_reason)
  t.strictSame(finished, ['length'])
})

t.test('F7: an answer that lost its output is what its reason for stopping tells, or is asked for again', async (t) => {
  const { openai, standin } = await start(t, { UPSTREAM_MAX_ATTEMPTS: '2' })
  const calls = () => standin.requests.filter(({ operation }) => operation.startsWith('Create')).length
  for (const model of [GPT, OSS])
    for (const output of ['empty', 'absent'] as const) {
      const body = { model, messages: say('go') }
      for (const [stopReason, finish_reason] of [
        ['guardrail_intervened', 'content_filter'],
        ['max_tokens', 'length']
      ] as const) {
        standin.answer(model, { content: [], output, stopReason })
        const before = calls()
        t.match((await openai.chat.completions.create(body)).choices, [{ message: { content: '' }, finish_reason }])
        t.equal(calls(), before + 1)
      }
      standin.answer(model, { content: [], output: 'absent', stopReason: 'end_turn' }, { content: [{ text: 'a' }] })
      t.equal((await openai.chat.completions.create(body)).choices[0]?.message.content, 'a')
    }
})

t.test('F3: calls that a surface writes in turn are whole, as in the whole answer', async (t) => {
  const { openai, standin } = await start(t)
  const call = (toolUseId: string, input: object) => ({ toolUse: { toolUseId, name: 'weather', input } })
  const calls = [
    call('call_1', { city: 'Rome "x"', n: [1, { a: null }] }),
    call('call_2', {}),
    call('call_3', { city: 'Oslo 😀' })
  ]
  for (const [model, called] of [
    [GPT, GPT],
    ['openai.gpt-oss-20b-1:0', 'openai.gpt-oss-20b'],
    [OSS, OSS]
  ] as const)
    for (const content of [calls, [{ text: 'I will look at them.' }, ...calls], [...calls.toReversed(), { text: 'So.' }]]) {
      standin.answer(called, { content, interleaved: true, chunkSize: 3 })
      const body = { model, messages: say('go'), tools: [WEATHER] }
      const whole = (await openai.chat.completions.create(body)).choices[0]!
      const folded = (await openai.chat.completions.stream(body).finalChatCompletion()).choices[0]!
      t.match(folded.message.tool_calls, whole.message.tool_calls as never)
      t.equal(folded.message.tool_calls?.length, 3)
      t.equal(folded.message.content ?? '', whole.message.content ?? '')
      t.equal(folded.finish_reason, 'tool_calls')
    }
})

t.test('law: whatever is answered, a stream folds to the whole answer', async (t) => {
  const { openai, standin } = await start(t)
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((one) => one.trim() !== '')
  const block = fc.oneof(
    text.map((said) => ({ text: said })),
    text.map((said) => ({ reasoningContent: { reasoningText: { text: said } } })),
    fc.tuple(fc.uuid(), fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }))).map(([id, input]) => ({
      toolUse: { toolUseId: id, name: 'weather', input }
    }))
  )
  const stop = fc.constantFrom('end_turn', 'max_tokens', 'content_filtered')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(GPT, OSS),
      fc.array(block, { minLength: 1, maxLength: 6 }),
      stop,
      async (model, content, stopReason) => {
        standin.answer(model, { content, stopReason })
        const body = { model, messages: say('go'), tools: [WEATHER] }
        const whole = await openai.chat.completions.create(body)
        let folded = ''
        let finish: string | null = null
        const calls: Record<number, string> = {}
        for await (const { choices } of await openai.chat.completions.create({ ...body, stream: true })) {
          folded += choices[0]?.delta.content ?? ''
          finish = choices[0]?.finish_reason ?? finish
          for (const { index, function: called } of choices[0]?.delta.tool_calls ?? [])
            calls[index] = (calls[index] ?? '') + (called?.arguments ?? '')
        }
        const { message, finish_reason } = whole.choices[0]!
        t.equal(folded, message.content ?? '')
        t.equal(finish, finish_reason)
        t.strictSame(
          Object.values(calls),
          (message.tool_calls ?? []).map((call) => (call.type === 'function' ? call.function.arguments : ''))
        )
      }
    ),
    { numRuns: 40 }
  )
})

t.test('the stand-in refuses what each surface refuses', async (t) => {
  const { standin } = await build(t)
  const { startStandin } = await import('../../../src/standin/server.ts')
  const open = await startStandin({ auth: 'off' })
  t.teardown(() => open.close())
  const ask = async (path: string, body: object) => {
    const response = await fetch(open.url + path, { method: 'POST', body: JSON.stringify(body) })
    return [response.status, ((await response.json()) as { error?: { message: string } }).error?.message] as const
  }
  const input = 'hello'
  const messages = say(input)
  t.match(await ask('/mantle/v1/responses', { model: GPT, input }), [400, /isn't supported on this route/])
  t.match(await ask('/mantle/openai/v1/chat/completions', { model: GPT, messages }), [400, /does not support/])
  t.match(await ask('/mantle/openai/v1/responses', { model: 'us.openai.gpt-6-sol', input }), [404, /does not exist/])
  t.match(await ask('/openai/v1/responses', { model: 'openai.gpt-6-sol', input }), [400, /on-demand throughput/])
  t.match(await ask('/openai/v1/responses', { model: 'us.openai.gpt-6-sol', input, background: true }), [400, /background/])
  t.match(await ask('/openai/v1/chat/completions', { model: 'amazon.nova-lite-v1:0', messages }), [400, /does not support/])
  t.match(await ask('/openai/v1/responses', { model: 'us.openai.gpt-6-sol', input, top_k: 4 }), [
    400,
    /Unknown parameter: 'top_k'/
  ])
  t.match(await ask('/mantle/openai/v1/responses', { model: GPT, input: [{ type: 'additional_tools', tools: [] }] }), [
    400,
    /additional_tools/
  ])
  const signed = await fetch(`${standin.url}/mantle/openai/v1/responses`, { method: 'POST', body: '{}' })
  t.equal(signed.status, 403, 'no signature')
})

t.test('models that only mantle has are listed, and one of which no row tells is called there', async (t) => {
  const { app, openai, standin } = await build(t)
  await app.catalog.refresh()
  const listed = (await openai.models.list()).data.map(({ id }) => id)
  t.ok(listed.includes('openai.gpt-5.4') && listed.includes(GPT))
  t.equal(listed.filter((id) => id.includes('gpt-oss-120b')).length, 1, 'what both have is listed once')
  t.match(await openai.models.retrieve(GPT), { id: GPT, owned_by: 'openai', kind: 'mantle' })
  const answer = await openai.chat.completions.create({ model: 'acme.mantle-only', messages: say('hello') })
  t.ok(answer.choices[0]?.message.content)
  t.equal(lastCall(standin)?.path, '/mantle/v1/chat/completions')
})

t.test('without the right to list, or without mantle, the other lists are as they were', async (t) => {
  const { openai } = await build(t, {}, { deny: ['ListModels'] })
  const listed = (await openai.models.list()).data.map(({ id }) => id)
  t.notOk(listed.includes(GPT))
  t.ok(listed.includes('amazon.nova-lite-v1:0'))
  const answer = await openai.chat.completions.create({ model: GPT, messages: say('hello') })
  t.ok(answer.choices[0]?.message.content, 'and a row is enough to call')
})
