import { APIError } from 'openai'
import t from 'tap'
import { build, sseData } from '../support/helper.ts'
import { added, asker, NOVA, SONNET_46, say, tool } from './asker.ts'

const MALFORMED = ['malformed_model_output', 'malformed_tool_use'] as const
const ANSWERS = {
  'of words': [{ text: 'Half a' }],
  'of a call': [{ toolUse: { toolUseId: 'tooluse_a', name: 'f', input: { a: 1 } } }],
  'of nothing': []
}

const whole = await build(t)
const plain = await asker(t)

for (const stopReason of MALFORMED)
  for (const [kind, content] of Object.entries(ANSWERS)) {
    t.test(`F1: ${stopReason} ${kind} is a 502, whole`, async (t) => {
      const { openai, standin } = whole
      const before = standin.requests.length
      standin.answer(SONNET_46, { content, stopReason })
      const asked = openai.chat.completions.create({
        model: SONNET_46,
        messages: say('go') as never,
        tools: [tool('f')] as never
      })
      const error = await asked.then(
        () => undefined,
        (thrown: unknown) => thrown
      )
      t.ok(error instanceof APIError)
      t.match(error, { status: 502, type: 'server_error', code: 'upstream_error', error: { message: new RegExp(stopReason) } })
      t.equal(standin.requests.slice(before).filter(({ operation }) => operation === 'Converse').length, 1, 'one call')
    })

    t.test(`F1: ${stopReason} ${kind} ends a stream with an error and without [DONE]`, async (t) => {
      const { openai, standin, stream } = plain
      standin.answer(SONNET_46, { content, stopReason })
      const { text } = await stream({ model: SONNET_46, tools: [tool('f')], stream_options: { include_usage: true } })
      const frames = sseData(text)
      t.match(JSON.parse(frames.at(-1) ?? ''), { error: { type: 'server_error', code: 'upstream_error' } })
      t.notMatch(text, /\[DONE\]|"finish_reason":"|"usage":\{/)
      if (kind === 'of words') t.match(text, /Half/, 'what came before is not lost')
      const events = await openai.chat.completions.create({ model: SONNET_46, messages: say('go') as never, stream: true })
      await t.rejects(
        async () => {
          for await (const _ of events);
        },
        { code: 'upstream_error' }
      )
    })
  }

t.test('F1: one malformed choice of several fails the request', async (t) => {
  const { ask, stream, standin } = await asker(t)
  const both = [{ content: [{ text: 'a' }] }, { content: [{ text: 'b' }], stopReason: 'malformed_model_output' }]
  standin.answer(NOVA, ...both)
  t.equal((await ask({ n: 2 })).status, 502)
  standin.answer(NOVA, ...both)
  const { text } = await stream({ n: 2 })
  t.match(JSON.parse(sseData(text).at(-1) ?? ''), { error: { code: 'upstream_error' } })
  t.notMatch(text, /\[DONE\]/)
})

t.test('F1: a malformed answer fails the older endpoint too', async (t) => {
  const { openai, standin, post } = await build(t)
  standin.answer(NOVA, { content: [{ text: 'Half a' }], stopReason: 'malformed_model_output' })
  await t.rejects(openai.completions.create({ model: NOVA, prompt: 'go' }), { status: 502, code: 'upstream_error' })
  const text = await (await post('/v1/completions', { model: NOVA, prompt: 'go', stream: true })).text()
  t.match(text, /Half/)
  t.match(JSON.parse(sseData(text).at(-1) ?? ''), { error: { code: 'upstream_error' } })
  t.notMatch(text, /\[DONE\]/)
})

t.test('F1: a pause is no end: length, whatever came', async (t) => {
  const { ask, stream, standin, openai } = await asker(t)
  for (const content of Object.values(ANSWERS)) {
    standin.answer(SONNET_46, { content, stopReason: 'pause_turn' })
    const asked = { model: SONNET_46, tools: [tool('f')] }
    t.equal((await ask(asked)).body.choices[0]?.finish_reason, 'length')
    t.equal(added((await stream(asked)).text).finish_reason, 'length')
  }
  standin.answer(NOVA, { content: [{ text: 'a' }], stopReason: 'pause_turn' })
  t.equal((await openai.completions.create({ model: NOVA, prompt: 'go' })).choices[0]?.finish_reason, 'length')
})

t.test('F1: a malformed end by a name that nobody knows yet is no stop either', async (t) => {
  const { ask, stream, standin, post } = await asker(t)
  for (const stopReason of [
    'malformed_reasoning',
    'MALFORMED_TOOL_USE',
    'tool_use_malformed',
    'invalid_model_output',
    'model_error'
  ]) {
    standin.answer(NOVA, { content: [{ text: 'a' }], stopReason })
    t.equal((await ask({})).status, 502)
    t.notMatch((await stream({})).text, /\[DONE\]|"finish_reason":"/)
    for (const [path, body] of [
      ['/v1/messages', { max_tokens: 9, messages: say('go') }],
      ['/v1/responses', { input: 'go' }],
      ['/v1/completions', { prompt: 'go' }]
    ] as const)
      t.equal((await post(path, { model: NOVA, ...body })).status, 502, path)
  }
})

t.test('F1: an end without a reason is none, in every dialect', async (t) => {
  const { ask, stream, standin, post } = await asker(t)
  for (const model of [NOVA, SONNET_46]) {
    standin.answer(model, { content: [{ text: 'Half' }], stopReason: '' })
    t.equal((await ask({ model })).status, 502)
    const { text } = await stream({ model })
    t.match(JSON.parse(sseData(text).at(-1) ?? ''), { error: { type: 'server_error' } })
    t.notMatch(text, /\[DONE\]|"finish_reason":"/)
    for (const [path, body] of [
      ['/v1/messages', { max_tokens: 9, messages: say('go') }],
      ['/v1/responses', { input: 'go' }]
    ] as const) {
      t.equal((await post(path, { model, ...body })).status, 502, path)
      t.notMatch(await (await post(path, { model, stream: true, ...body })).text(), /message_stop|response\.completed/, path)
    }
  }
})

t.test('F1: a word that nobody knows is given as an end, and told', async (t) => {
  const { ask, stream, standin, post } = await asker(t)
  standin.answer(NOVA, { content: [{ text: 'a' }], stopReason: 'brand_new' })
  const { body, headers } = await ask({})
  t.equal(body.choices[0]?.finish_reason, 'stop')
  t.equal(headers.get('x-adit-dropped'), 'finish_reason')
  t.equal(added((await stream({})).text).finish_reason, 'stop')
  const older = await post('/v1/completions', { model: NOVA, prompt: 'go' })
  t.equal(older.headers.get('x-adit-dropped'), 'finish_reason')
})

const SILENT = [
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['stop_sequence', 'stop']
] as const

for (const output of ['empty', 'absent'] as const)
  for (const [stopReason, word] of SILENT)
    t.test(`F7: ${stopReason} with its output ${output} is an empty answer of one call`, async (t) => {
      const { openai, standin } = whole
      const before = standin.requests.length
      standin.answer(SONNET_46, { content: [], output, stopReason })
      const answer = await openai.chat.completions.create({ model: SONNET_46, messages: say('go') as never })
      t.match(answer.choices, [{ message: { content: '', refusal: null }, finish_reason: word }])
      const older = await openai.completions.create({ model: SONNET_46, prompt: 'go' })
      t.match(older.choices, [{ text: '', finish_reason: word }])
      t.equal(standin.requests.slice(before).filter(({ operation }) => operation === 'Converse').length, 2)
      const stream = await openai.chat.completions.create({ model: SONNET_46, messages: say('go') as never, stream: true })
      const words = []
      for await (const { choices } of stream) words.push(choices[0]?.finish_reason)
      t.same(words.at(-1), word)
    })

t.test('F7: an empty output at the end of a turn is what its stream is, and malformed is an error of one call', async (t) => {
  const { ask, stream, standin } = await asker(t, { UPSTREAM_MAX_ATTEMPTS: '3' })
  standin.answer(NOVA, { content: [], output: 'empty', stopReason: 'end_turn' })
  t.match((await ask({})).body.choices, [{ message: { content: '' }, finish_reason: 'stop' }])
  t.equal(added((await stream({})).text).finish_reason, 'stop')
  standin.answer(NOVA, { content: [], output: 'empty', stopReason: 'malformed_model_output' })
  const calls = () => standin.requests.filter(({ operation }) => operation === 'Converse').length
  const before = calls()
  t.equal((await ask({})).status, 502)
  t.equal(calls(), before + 1)
})

t.test('F7: a turn that lost its output is asked for again', async (t) => {
  const { ask, standin } = await asker(t, { UPSTREAM_MAX_ATTEMPTS: '2' })
  standin.answer(NOVA, { content: [], output: 'absent', stopReason: 'end_turn' }, { content: [{ text: 'a' }] })
  t.match((await ask({})).body.choices, [{ message: { content: 'a' } }])
})

const KIMI = 'moonshotai.kimi-k2.5'
const THOUGHT = 'I have read the note.\n\nIt says: PINEAPPLE.'

/** What the content is where the tag is never closed, by `REASONING_FORMAT`. */
const FORMATS = {
  field: THOUGHT,
  none: THOUGHT,
  think: `<think>${THOUGHT}</think>\n\n${THOUGHT}`,
  both: `<think>${THOUGHT}</think>\n\n${THOUGHT}`
}

for (const [REASONING_FORMAT, content] of Object.entries(FORMATS))
  t.test(`F4: reasoning that is never closed is the answer, with reasoning as ${REASONING_FORMAT}`, async (t) => {
    const { openai, standin, ask, stream } = await asker(t, { REASONING_FORMAT })
    const field = REASONING_FORMAT === 'field' || REASONING_FORMAT === 'both' ? THOUGHT : undefined
    for (const tag of ['<think>', '<thinking>']) {
      standin.answer(KIMI, { content: [{ text: `${tag}${THOUGHT}\n` }], chunkSize: 7 })
      const { body } = await ask({ model: KIMI })
      const message = body.choices[0]?.message as { content: string | null; reasoning_content?: string } | undefined
      t.same([message?.content, message?.reasoning_content, body.choices[0]?.finish_reason], [content, field, 'stop'])
      const { text } = await stream({ model: KIMI })
      const streamed = added(text)
      t.same([streamed.message.content, streamed.message.reasoning_content, streamed.finish_reason], [content, field, 'stop'])
      const older = await openai.completions.create({ model: KIMI, prompt: 'go' })
      t.equal(older.choices[0]?.text, THOUGHT)
    }
  })

t.test('F4: reasoning that leads to an answer or a call is not given twice', async (t) => {
  const { ask, standin } = await asker(t)
  const called = { toolUse: { toolUseId: 'tooluse_a', name: 'f', input: {} } }
  standin.answer(KIMI, { content: [{ text: '<think>a</think>b' }] }, { content: [{ text: '<think>a' }, called] })
  t.match((await ask({ model: KIMI })).body.choices[0]?.message, { content: 'b', reasoning_content: 'a' })
  const { body } = await ask({ model: KIMI, tools: [tool('f')] })
  t.match(body.choices[0]?.message, { content: null, reasoning_content: 'a', tool_calls: [{}] })
})

const GPT = 'us.openai.gpt-5.6-sol'

t.test('F5: GPT counts its cached input once, streamed as whole', async (t) => {
  const { openai, standin } = await asker(t)
  const model = { model: GPT, messages: say('go') as never }
  const rows = [
    [{ inputTokens: 2, cacheWriteInputTokens: 4993 }, { inputTokens: 4995, cacheWriteInputTokens: 4993 }, 4995],
    [{ inputTokens: 2, cacheReadInputTokens: 4993 }, { inputTokens: 4995, cacheReadInputTokens: 4993 }, 4995],
    [{ inputTokens: 9 }, { inputTokens: 9 }, 9],
    [{ inputTokens: 2, cacheWriteInputTokens: 9 }, { inputTokens: 2, cacheWriteInputTokens: 9 }, 11]
  ] as const
  for (const [whole, streamed, prompt] of rows) {
    standin.answer(GPT, { content: [{ text: 'a' }], usage: { ...whole, outputTokens: 19 } })
    t.match((await openai.chat.completions.create(model)).usage, { prompt_tokens: prompt, total_tokens: prompt + 19 })
    standin.answer(GPT, { content: [{ text: 'a' }], usage: { ...streamed, outputTokens: 19, totalTokens: 10_007 } })
    const usages = []
    const options = { stream: true, stream_options: { include_usage: true } } as const
    for await (const { usage } of await openai.chat.completions.create({ ...model, ...options })) if (usage) usages.push(usage)
    t.match(usages, [{ prompt_tokens: prompt, total_tokens: prompt + 19 }])
  }
})

t.test('F5: other families say in a stream what they say in a whole answer', async (t) => {
  const { standin, stream } = await asker(t)
  const usage = { inputTokens: 4995, cacheWriteInputTokens: 4993, outputTokens: 1 }
  standin.answer(SONNET_46, { content: [{ text: 'a' }], usage })
  const { text } = await stream({ model: SONNET_46, stream_options: { include_usage: true } })
  t.equal((added(text).usage as { prompt_tokens: number }).prompt_tokens, 9988)
})

const DEEPSEEK = 'deepseek.v3.2'

t.test('F6: the marker that DeepSeek leaves before its calls reaches nobody, however it is cut', async (t) => {
  const called = { toolUse: { toolUseId: 'tooluse_a', name: 'f', input: { city: 'Tokyo' } } }
  for (const framing of ['whole', 'byte'] as const) {
    const { standin, ask, stream } = await asker(t, {}, { framing })
    for (const chunkSize of [1, 4, 11, 100]) {
      standin.answer(DEEPSEEK, { content: [{ text: 'I will look.\n\n<｜DSML｜function_calls' }, called], chunkSize })
      const asked = { model: DEEPSEEK, tools: [tool('f')] }
      t.match((await ask(asked)).body.choices[0]?.message, { content: 'I will look.\n\n', tool_calls: [{}] })
      const { message, finish_reason } = added((await stream(asked)).text)
      t.match(message, { content: 'I will look.\n\n', tool_calls: [{ function: { arguments: '{"city":"Tokyo"}' } }] })
      t.equal(finish_reason, 'tool_calls')
      const thought = { reasoningContent: { reasoningText: { text: 'Where?\n<｜DSML｜function_calls>' } } }
      standin.answer(DEEPSEEK, { content: [thought, { text: 'There: <｜DSML｜tool' }, called], chunkSize })
      const told = { content: 'There: ', reasoning_content: 'Where?\n', tool_calls: [{}] }
      t.match((await ask(asked)).body.choices[0]?.message, told)
      t.match(added((await stream(asked)).text).message, told)
    }
  }
})

const CALLS_AT_ONCE = [
  { toolUse: { toolUseId: 'tooluse_a', name: 'f', input: { city: 'Rome', deep: [1, { a: null }] } } },
  { toolUse: { toolUseId: 'tooluse_b', name: 'g', input: { city: 'Oslo' } } },
  { toolUse: { toolUseId: 'tooluse_c', name: 'f', input: {} } }
]
const MIXED = [
  ['two and three calls', CALLS_AT_ONCE],
  ['text and calls', [{ text: 'I will look at both.' }, ...CALLS_AT_ONCE, { text: 'And that is it.' }]],
  ['reasoning and a call', [{ reasoningContent: { reasoningText: { text: 'Both, I think.' } } }, ...CALLS_AT_ONCE]]
] as const

for (const [what, content] of MIXED)
  for (const framing of ['whole', 'byte'] as const)
    t.test(`F3: ${what} written at once are whole, as in a whole answer, with bytes ${framing}`, async (t) => {
      const { standin, ask, stream } = await asker(t, {}, { framing })
      for (const model of [SONNET_46, NOVA, KIMI]) {
        standin.answer(model, { content, interleaved: true, chunkSize: 3 })
        const asked = { model, tools: [tool('f'), tool('g')] }
        const whole = (await ask(asked)).body.choices[0]
        const streamed = added((await stream(asked)).text)
        const calls = streamed.message.tool_calls?.map(({ index: _, ...call }) => call)
        t.same(calls, whole?.message.tool_calls)
        t.equal(calls?.[0]?.function?.arguments, '{"city":"Rome","deep":[1,{"a":null}]}')
        t.equal(calls?.[1]?.function?.arguments, '{"city":"Oslo"}')
        t.equal(streamed.message.content, whole?.message.content ?? '')
        t.equal(streamed.finish_reason, 'tool_calls')
      }
    })
