import t from 'tap'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { decode, refusal } from './decode.ts'

const tool = (name: string, more: JsonObject = {}): JsonObject => ({ type: 'function', function: { name, ...more } })
const named = (name: string): JsonObject => ({ type: 'function', function: { name } })

t.test('T1 T2 a tool needs neither description nor parameters', async (t) => {
  t.strictSame(decode({ tools: [tool('now')] }).request.tools, [{ type: 'function', name: 'now', path: 'tools[0].function' }])
})

t.test('a tool keeps description, schema, strictness and cache mark', async (t) => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } }, $schema: 'x' }
  const { request } = decode({
    tools: [{ ...tool('now', { description: 'd', parameters, strict: true }), cache_control: { type: 'ephemeral' } }]
  })
  t.strictSame(request.tools, [
    {
      type: 'function',
      name: 'now',
      description: 'd',
      inputSchema: parameters,
      strict: true,
      path: 'tools[0].function',
      cache: { path: 'tools[0].cache_control' }
    }
  ])
})

t.test('a flat function is read like a wrapped one', async (t) => {
  t.strictSame(decode({ tools: [{ type: 'function', name: 'now' }] }).request.tools, [
    { type: 'function', name: 'now', path: 'tools[0]' }
  ])
})

t.test('T11 names in any alphabet pass unchanged', async (t) => {
  t.equal(decode({ tools: [tool('get /{city}.天気')] }).request.tools[0]?.name, 'get /{city}.天気')
})

t.test('a custom tool becomes a function of one string, its grammar told', async (t) => {
  const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } }
  const { request, options } = decode({ tools: [{ type: 'custom', custom: { name: 'patch', description: 'd', format } }] })
  t.match(request.tools, [
    { type: 'function', name: 'patch', description: /^d\n\n.*lark.*\nstart: "a"$/s, inputSchema: { required: ['input'] } }
  ])
  t.ok(options.customTools?.has('patch'))
})

t.test('a tool that runs at OpenAI is left out and reported', async (t) => {
  const { request, warnings } = decode({ tools: [{ type: 'web_search' }, tool('now')] })
  t.strictSame([request.tools.length, warnings.map(({ param }) => param)], [1, ['tools[0]']])
})

t.test("a tool of Bedrock's own is kept by its name", async (t) => {
  t.strictSame(decode({ tools: [{ type: 'system_tool', name: 'nova_grounding' }] }).request.tools, [
    { type: 'system', name: 'nova_grounding', path: 'tools[0]' }
  ])
})

t.test('functions are tools of one call at a time, answered as function_call', async (t) => {
  const { request, options } = decode({
    functions: [{ name: 'now', parameters: { type: 'object' } }],
    function_call: { name: 'now' }
  })
  t.strictSame(request.tools, [{ type: 'function', name: 'now', inputSchema: { type: 'object' }, path: 'functions[0]' }])
  t.strictSame(
    [request.toolChoice, request.parallelToolCalls, options.legacyFunctions],
    [{ type: 'tool', name: 'now' }, false, true]
  )
})

const CHOICES: readonly (readonly [name: string, choice: Json, read: object | undefined, tools: readonly string[]])[] = [
  ['nothing', null, undefined, ['a', 'b']],
  ['auto', 'auto', { type: 'auto' }, ['a', 'b']],
  ['T3 none', 'none', { type: 'none' }, ['a', 'b']],
  ['T4 required', 'required', { type: 'required' }, ['a', 'b']],
  ["any, Mistral's word for required", 'any', { type: 'required' }, ['a', 'b']],
  ['T4 a named tool', named('b'), { type: 'tool', name: 'b' }, ['a', 'b']],
  ['a named custom tool', { type: 'custom', custom: { name: 'b' } }, { type: 'tool', name: 'b' }, ['a', 'b']],
  [
    'T4 allowed tools',
    { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [named('b')] } },
    { type: 'required' },
    ['b']
  ]
]

for (const [name, choice, read, left] of CHOICES) {
  t.test(`reads a tool choice of ${name}`, async (t) => {
    const { request } = decode({ tools: [tool('a'), tool('b')], tool_choice: choice })
    t.strictSame([request.toolChoice, request.tools.map((each) => each.name)], [read, left])
  })
}

const REFUSED: readonly (readonly [name: string, fields: JsonObject, kind: string, param: string])[] = [
  ['two tools of one name', { tools: [tool('a'), tool('a', { description: 'd' })] }, 'invalid_value', 'tools'],
  ['a tool without name', { tools: [{ type: 'function', function: {} }] }, 'missing_parameter', 'tools[0].function.name'],
  ['a tool with an empty name', { tools: [tool('')] }, 'invalid_value', 'tools[0].function.name'],
  ['a tool without function', { tools: [{ type: 'function' }] }, 'missing_parameter', 'tools[0].function'],
  ['parameters that are no object', { tools: [tool('a', { parameters: true })] }, 'invalid_type', 'tools[0].function.parameters'],
  [
    'parameters whose root is an array',
    { tools: [tool('a', { parameters: { type: 'array' } })] },
    'invalid_value',
    'tools[0].function.parameters'
  ],
  ['an unknown choice', { tools: [tool('a')], tool_choice: 'maybe' }, 'invalid_value', 'tool_choice'],
  ['a choice that is a number', { tools: [tool('a')], tool_choice: 4 }, 'invalid_type', 'tool_choice'],
  ['a choice of an absent tool', { tools: [tool('a')], tool_choice: named('b') }, 'invalid_value', 'tool_choice'],
  [
    'a choice without name',
    { tools: [tool('a')], tool_choice: { type: 'function' } },
    'missing_parameter',
    'tool_choice.function.name'
  ],
  ['a required call without tools', { tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
  [
    'an allowed tool that is absent',
    { tools: [tool('a')], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named('b')] } } },
    'invalid_value',
    'tool_choice.allowed_tools.tools[0]'
  ]
]

for (const [name, fields, kind, param] of REFUSED) {
  t.test(`refuses ${name} and names ${param}`, async (t) => {
    const error = refusal(fields)
    t.strictSame([error.kind, error.param], [kind, param])
  })
}
