import t from 'tap'
import { build } from '../support/helper.ts'

const ASK = [{ role: 'user', content: 'Say hello' }]
const TOOL = { name: 'f', parameters: { type: 'object', properties: {} } }

/** Model, fields, and how the header or the refusal has to name what could not be carried. */
const DROPPED = [
  ['us.anthropic.claude-sonnet-4-6', { max_completion_tokens: 900_000 }, 'max_completion_tokens'],
  ['us.anthropic.claude-sonnet-4-6', { max_tokens: 900_000 }, 'max_tokens'],
  ['us.anthropic.claude-sonnet-4-6', { extra_body: { max_tokens: 900_000 } }, 'extra_body.max_tokens'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { reasoning_effort: 'high' }, 'reasoning_effort'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { reasoning: { effort: 'high' } }, 'reasoning.effort'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { extra_body: { reasoning: { effort: 'high' } } }, 'extra_body.reasoning.effort'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { thinking: { type: 'enabled', budget_tokens: 2048 } }, 'thinking'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { extra_body: { seed: 7 } }, 'extra_body.seed'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { seed: 7 }, 'seed'],
  [
    'us.meta.llama3-3-70b-instruct-v1:0',
    { tools: [{ type: 'function', function: { ...TOOL, strict: true } }] },
    'tools[0].function.strict'
  ],
  ['us.meta.llama3-3-70b-instruct-v1:0', { functions: [{ ...TOOL, strict: true }] }, 'functions[0].strict'],
  ['us.meta.llama3-3-70b-instruct-v1:0', { extra_body: { top_k: 5 } }, 'extra_body.top_k']
] as const

t.test('F8: what could not be carried is named as its caller wrote it', async (t) => {
  const { post } = await build(t)
  for (const [model, fields, name] of DROPPED) {
    for (const stream of [false, true]) {
      const response = await post('/v1/chat/completions', { model, stream, messages: ASK, ...fields })
      await response.text()
      t.equal(response.status, 200, JSON.stringify(fields))
      t.ok(
        response.headers.get('x-adit-dropped')?.split(', ').includes(name),
        `${name} in ${response.headers.get('x-adit-dropped')}`
      )
    }
  }
})

t.test('F8: a wish to reason that came as the native field is named as that, in every dialect', async (t) => {
  const { post } = await build(t)
  const wish = { type: 'enabled', budget_tokens: 2048 }
  for (const [path, body] of [
    ['/v1/chat/completions', { messages: ASK }],
    ['/v1/responses', { input: 'Say hello' }],
    ['/v1/completions', { prompt: 'Say hello' }]
  ] as const) {
    for (const name of ['reasoning_config', 'thinking']) {
      for (const stream of [false, true]) {
        const sent = { model: 'us.meta.llama3-3-70b-instruct-v1:0', stream, ...body, extra_body: { [name]: wish } }
        const response = await post(path, sent)
        await response.text()
        t.strictSame([response.status, response.headers.get('x-adit-dropped')], [200, `extra_body.${name}`], path)
      }
    }
  }
})

const MARK = { cache_control: { type: 'ephemeral' } }
const HOUR = { cache_control: { type: 'ephemeral', ttl: '1h' } }
const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0'
const THINKING = { type: 'enabled', budget_tokens: 2048 }
const marked = (type: string, more: object = MARK) => ({ type, text: 'a', ...more })
const PATHS = {
  chat: ['/v1/chat/completions', { messages: ASK }],
  responses: ['/v1/responses', { input: 'Say hello' }],
  messages: ['/v1/messages', { messages: ASK, max_tokens: 5000 }]
} as const

/** Dialect, model, body, and the whole header. */
const EACH: readonly [dialect: keyof typeof PATHS, model: string, body: object, dropped: string | null][] = [
  [
    'chat',
    LLAMA,
    { reasoning_effort: 'high', reasoning: { effort: 'high' }, thinking: THINKING },
    'reasoning_effort, reasoning.effort, thinking'
  ],
  ['chat', LLAMA, { reasoning_effort: 'high', reasoning: { exclude: true } }, 'reasoning_effort'],
  [
    'chat',
    LLAMA,
    { extra_body: { reasoning_config: THINKING }, additional_model_request_fields: { thinking: THINKING } },
    'additional_model_request_fields.thinking, extra_body.reasoning_config'
  ],
  ['messages', LLAMA, { thinking: THINKING, output_config: { effort: 'high' } }, 'thinking, output_config.effort'],
  ['messages', LLAMA, { output_config: { effort: 'high' } }, 'output_config.effort'],
  ['messages', LLAMA, { betas: ['x'], anthropic_beta: ['y'] }, 'betas, anthropic_beta'],
  [
    'chat',
    'us.anthropic.claude-sonnet-4-6',
    { max_completion_tokens: 900_000, max_tokens: 800_000 },
    'max_completion_tokens, max_tokens'
  ],
  ['chat', LLAMA, { prompt_caching: true, ...MARK }, 'prompt_caching, cache_control'],
  ['responses', LLAMA, { prompt_cache_key: 'a', prompt_caching: true }, 'prompt_caching, prompt_cache_key'],
  [
    'chat',
    LLAMA,
    {
      tools: [{ type: 'function', function: TOOL, ...MARK }],
      messages: [
        { role: 'system', content: [marked('text')] },
        { role: 'user', content: 'q', ...MARK }
      ]
    },
    'tools[0].cache_control, messages[0].content[0].cache_control, messages[1].cache_control'
  ],
  [
    'messages',
    LLAMA,
    {
      tools: [{ name: 'f', input_schema: { type: 'object' }, ...MARK }],
      system: [marked('text')],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'q' }, marked('text')] }],
      ...MARK
    },
    'tools.0.cache_control, system.0.cache_control, messages.0.content.1.cache_control, cache_control'
  ],
  [
    'responses',
    LLAMA,
    { input: [{ role: 'user', content: [marked('input_text'), marked('input_text', { prompt_cache_breakpoint: true })] }] },
    'input[0].content[0].cache_control, input[0].content[1].prompt_cache_breakpoint'
  ],
  [
    'messages',
    'us.anthropic.claude-sonnet-4-6',
    { system: [marked('text')], messages: [{ role: 'user', content: ['1', '2', '3', '4'].map(() => marked('text')) }] },
    'system.0.cache_control'
  ],
  [
    'messages',
    'amazon.nova-lite-v1:0',
    { messages: [{ role: 'user', content: [marked('text', HOUR)] }] },
    'messages.0.content.0.cache_control.ttl'
  ],
  ['chat', 'amazon.nova-lite-v1:0', { extra_body: HOUR }, 'extra_body.cache_control.ttl'],
  ['responses', 'openai.gpt-5.4', {}, null],
  ['responses', 'openai.gpt-5.4', { metadata: { a: 'b' } }, null],
  ['chat', 'openai.gpt-5.4', { metadata: { a: 'b' } }, 'metadata'],
  ['chat', 'openai.gpt-5.4', { user: 'u', extra_body: { safety_identifier: 's' } }, 'user, extra_body.safety_identifier'],
  ['chat', 'amazon.nova-lite-v1:0', { functions: [TOOL] }, 'functions'],
  ['chat', 'amazon.nova-lite-v1:0', { functions: [TOOL], parallel_tool_calls: false }, 'parallel_tool_calls, functions']
]

t.test('F8: each that a caller wrote is named, in its place', async (t) => {
  const { post } = await build(t)
  for (const [dialect, model, body, dropped] of EACH) {
    const [path, usual] = PATHS[dialect]
    for (const stream of [false, true]) {
      const response = await post(path, { model, stream, ...usual, ...body })
      const text = await response.text()
      t.strictSame([response.status, response.headers.get('x-adit-dropped')], [200, dropped], `${JSON.stringify(body)} ${text}`)
    }
  }
})

const REFUSED = [
  [{ functions: [TOOL], function_call: { name: 'f' } }, 'function_call'],
  [{ tools: [{ type: 'function', function: TOOL }], tool_choice: 'required' }, 'tool_choice'],
  [{ extra_body: { tools: [{ type: 'function', function: TOOL }], tool_choice: 'required' } }, 'extra_body.tool_choice'],
  [{ web_search_options: {} }, 'web_search_options']
] as const

t.test('F8: a refusal names the field as its caller wrote it', async (t) => {
  const { post } = await build(t)
  for (const [fields, param] of REFUSED) {
    for (const stream of [false, true]) {
      const response = await post('/v1/chat/completions', {
        model: 'amazon.titan-text-lite-v1',
        stream,
        messages: ASK,
        ...fields
      })
      const { error } = (await response.json()) as { error: { param: string } }
      t.strictSame([response.status, error.param], [400, param])
    }
  }
})
