import t from 'tap'
import { asker, call, OPUS_47, PNG, SONNET_45, SONNET_46, say, tool } from '../../acceptance/asker.ts'
import { lastCall } from '../../support/helper.ts'
import { natively } from './natively.ts'

const gateway = await asker(t, { ...natively(t), MEDIA_URLS: 'off' })
const { ask, stream, standin } = gateway

interface Native {
  [field: string]: unknown
  messages: { role: string; content: Record<string, unknown>[] }[]
  tools?: Record<string, unknown>[]
}
const sentOf = () => lastCall(standin)?.body as Native

t.test('a plain question goes as Claude has it, and its usage comes back', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'hi' }], usage: { inputTokens: 21, outputTokens: 9, totalTokens: 30 } })
  const { body, status } = await ask({ model: SONNET_46, messages: [{ role: 'system', content: 'be brief' }, ...say('hello')] })
  t.equal(status, 200)
  t.match(body.usage, { prompt_tokens: 21, completion_tokens: 9 })
  t.equal(lastCall(standin)?.operation, 'InvokeModel')
  t.strictSame(sentOf(), {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 8192,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    system: [{ type: 'text', text: 'be brief' }]
  })
})

t.test('tools, choice, pictures, results and marks stand where they stood', async (t) => {
  const mark = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const { status } = await stream({
    model: SONNET_46,
    tools: [tool('look', { description: 'looks', parameters: { type: 'object', properties: { at: { type: 'string' } } } })],
    tool_choice: 'required',
    parallel_tool_calls: false,
    stop: ['END'],
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'long', ...mark }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }
        ]
      },
      { role: 'assistant', content: null, tool_calls: [call('toolu_1', 'look', '{"at":"x"}')] },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'seen' }
    ]
  })
  t.equal(status, 200)
  t.equal(lastCall(standin)?.operation, 'InvokeModelWithResponseStream')
  const { system, messages, tools, tool_choice, stop_sequences } = sentOf()
  t.strictSame(system, [{ type: 'text', text: 'long', cache_control: { type: 'ephemeral', ttl: '1h' } }])
  t.strictSame(messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }
      ]
    },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'x' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'seen' }] }] }
  ])
  t.match(tools, [{ name: 'look', description: 'looks', input_schema: { properties: { at: { type: 'string' } } } }])
  t.strictSame(tool_choice, { type: 'any', disable_parallel_tool_use: true })
  t.strictSame(stop_sequences, ['END'])
})

t.test('thinking is said as the generation takes it', async (t) => {
  await ask({ model: SONNET_45, max_tokens: 8000, reasoning_effort: 'high', messages: say('think') })
  const { thinking, max_tokens } = sentOf()
  t.match(thinking, { type: 'enabled', budget_tokens: Number })
  t.ok((thinking as { budget_tokens: number }).budget_tokens < (max_tokens as number))
  const { status } = await ask({ model: OPUS_47, reasoning_effort: 'high', messages: say('think') })
  t.equal(status, 200)
  t.match(sentOf(), { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } })
})

t.test('a schema is enforced by Claude itself, or by a tool that is turned back into text', async (t) => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false }
  const response_format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } }
  for (const model of [SONNET_45, OPUS_47]) {
    const { body, status } = await ask({ model, response_format, messages: say('a number') })
    t.equal(status, 200, model)
    t.match(JSON.parse(body.choices[0]?.message.content ?? ''), { n: Number }, model)
    t.equal(body.choices[0]?.finish_reason, 'stop', model)
  }
  await ask({ model: SONNET_45, response_format, messages: say('a number') })
  t.match(sentOf().output_config, { format: { type: 'json_schema', schema: { required: ['n'] } } })
})

t.test('the stop string that was met, refusals and cache counts are told', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'a' }], stopReason: 'refusal' })
  t.equal((await ask({ model: SONNET_46, messages: say('x') })).body.choices[0]?.finish_reason, 'content_filter')
  const usage = { inputTokens: 40, outputTokens: 12, cacheReadInputTokens: 3000, cacheWriteInputTokens: 570 }
  const cacheDetails = [
    { ttl: '5m', inputTokens: 500 },
    { ttl: '1h', inputTokens: 70 }
  ]
  for (const streamed of [false, true]) {
    standin.answer(SONNET_46, { content: [{ text: 'a' }], usage: { ...usage, cacheDetails } })
    const asked = { model: SONNET_46, messages: say('x'), stream_options: { include_usage: true } }
    const text = streamed ? (await stream(asked)).text : JSON.stringify((await ask(asked)).body)
    t.match(text, '"prompt_tokens":3610')
    t.match(text, '"cached_tokens":3000')
    t.match(text, '"cache_write_tokens":570')
  }
})

t.test('F7: an answer that lost its content is what its reason for stopping tells', async (t) => {
  const calls = () => standin.requests.filter(({ operation }) => operation === 'InvokeModel').length
  for (const [stopReason, word] of [
    ['guardrail_intervened', 'content_filter'],
    ['refusal', 'content_filter'],
    ['max_tokens', 'length']
  ] as const) {
    standin.answer(SONNET_46, { content: [], output: 'absent', stopReason })
    const before = calls()
    t.match((await ask({ model: SONNET_46 })).body.choices, [{ message: { content: '' }, finish_reason: word }])
    t.equal(calls(), before + 1)
  }
  standin.answer(SONNET_46, { content: [], output: 'absent', stopReason: 'end_turn' })
  t.equal((await ask({ model: SONNET_46 })).status, 502)
  standin.answer(SONNET_46)
})

t.test('a guardrail, a tier and metadata go by headers', async (t) => {
  const { status } = await ask({
    model: SONNET_46,
    messages: say('x'),
    service_tier: 'priority',
    metadata: { team: 'a' },
    guardrailConfig: { guardrailIdentifier: 'abc', guardrailVersion: '1', trace: 'enabled' }
  })
  t.equal(status, 200)
  const headers = lastCall(standin)?.headers ?? {}
  t.match(headers, {
    'x-amzn-bedrock-guardrailidentifier': 'abc',
    'x-amzn-bedrock-guardrailversion': '1',
    'x-amzn-bedrock-trace': 'ENABLED',
    'x-amzn-bedrock-service-tier': 'priority'
  })
  const metadata = Buffer.from(`${headers['x-amzn-bedrock-request-metadata']}`, 'base64').toString()
  t.match(JSON.parse(metadata), { team: 'a' })
})

t.test('what only Converse can say goes by Converse', async (t) => {
  const docx = {
    type: 'file',
    file: {
      filename: 'a.docx',
      file_data: `data:application/vnd.openxmlformats-officedocument.wordprocessingml.document;base64,UEsDBA==`
    }
  }
  await ask({ model: SONNET_46, messages: say([docx, { type: 'text', text: 'read' }]) })
  t.equal(lastCall(standin)?.operation, 'Converse')
})

for (const fault of ['mid-stream-throttling', 'eof-no-stop', 'reset-mid-stream', 'bad-message-crc', 'mid-stream-error-message']) {
  t.test(`a native stream that breaks by ${fault} never looks complete`, async (t) => {
    standin.fail(SONNET_46, fault)
    const { text } = await stream({ model: SONNET_46, messages: say('long:60') })
    t.match(text, '"error"')
    t.notMatch(text, '[DONE]')
  })
}

t.test('a first frame that throttles is a 429', async (t) => {
  standin.fail(SONNET_46, 'first-frame-throttling')
  t.equal((await stream({ model: SONNET_46, messages: say('x') })).status, 429)
})
