import t from 'tap'
import { build } from '../helper.ts'

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
