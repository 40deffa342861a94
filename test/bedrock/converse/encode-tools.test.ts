import t from 'tap'
import type { JsonObject } from '../../../src/core/json.ts'
import type { ChatRequest } from '../../../src/core/request.ts'
import {
  at,
  dropped,
  encode,
  GPT_OSS,
  LLAMA,
  MISTRAL,
  MIXTRAL,
  NOVA,
  NOVA_2,
  OPUS_47,
  OPUS_55,
  refusalOf,
  SONNET_45,
  SONNET_46,
  tool
} from './encode.ts'

const LOOKUP = tool('lookup', {
  description: 'Finds',
  inputSchema: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] }
})
const REQUIRED: ChatRequest['toolChoice'] = { type: 'required' }
const NAMED: ChatRequest['toolChoice'] = { type: 'tool', name: 'lookup' }

t.test('T1 a tool without description, or with a blank one, has none on the wire', async (t) => {
  const tools = [tool('a'), tool('b', { description: ' ' }), LOOKUP]
  const specs = at(encode(SONNET_46, { tools }).body, 'toolConfig.tools') as unknown as { toolSpec: JsonObject }[]
  t.strictSame(
    specs.map(({ toolSpec }) => toolSpec.description),
    [undefined, undefined, 'Finds']
  )
})

const SCHEMAS: readonly [promise: string, given: JsonObject | undefined, sent: JsonObject][] = [
  ['T2 a tool without parameters takes an empty object', undefined, { type: 'object', properties: {} }],
  [
    'a root of another type becomes an object',
    { type: 'custom', properties: { a: {} } },
    { type: 'object', properties: { a: {} } }
  ],
  [
    "clients' own members are taken out",
    { type: 'object', properties: {}, custom: 1, defer_loading: true },
    { type: 'object', properties: {} }
  ],
  [
    'definitions stay',
    { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: {} } },
    { type: 'object', properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: {} } }
  ],
  [
    'patterns with look-around are taken out, others stay',
    { type: 'object', properties: { a: { pattern: '^(?!x)' }, b: { pattern: '^x' } } },
    { type: 'object', properties: { a: {}, b: { pattern: '^x' } } }
  ]
]
for (const [promise, given, sent] of SCHEMAS) {
  t.test(promise, async (t) => {
    const tools = [given === undefined ? tool() : tool('lookup', { inputSchema: given })]
    t.strictSame(at(encode(SONNET_46, { tools }).body, 'toolConfig.tools.0.toolSpec.inputSchema.json'), sent)
  })
}

const CHOICES: readonly [
  promise: string,
  model: string,
  request: Partial<ChatRequest>,
  choice: JsonObject | undefined,
  drops: readonly string[]
][] = [
  ['no choice sends none', SONNET_46, {}, undefined, []],
  ['auto is auto', SONNET_46, { toolChoice: { type: 'auto' } }, { auto: {} }, []],
  ['T4 required is any', SONNET_46, { toolChoice: REQUIRED }, { any: {} }, []],
  ['T4 a named function is tool', SONNET_46, { toolChoice: NAMED }, { tool: { name: 'lookup' } }, []],
  [
    'T4 required on a model without force is auto, told in words and reported',
    LLAMA,
    { toolChoice: REQUIRED },
    { auto: {} },
    ['tool_choice']
  ],
  ['T4 the newest Claude cannot be forced', OPUS_55, { toolChoice: NAMED }, { auto: {} }, ['tool_choice']],
  [
    'T4 a thinking Claude cannot be forced',
    SONNET_45,
    { toolChoice: NAMED, reasoning: { effort: 'low' } },
    { auto: {} },
    ['tool_choice']
  ],
  [
    'T4 a thinking gpt-oss can be forced',
    GPT_OSS,
    { toolChoice: NAMED, reasoning: { effort: 'low' } },
    { tool: { name: 'lookup' } },
    []
  ],
  ['T4 a name for a model that knows only any leaves that one tool', MISTRAL, { toolChoice: NAMED }, { any: {} }, []]
]
for (const [promise, model, request, choice, drops] of CHOICES) {
  t.test(promise, async (t) => {
    const encoded = encode(model, { tools: [LOOKUP, tool('other')], ...request })
    t.strictSame(at(encoded.body, 'toolConfig.toolChoice'), choice)
    t.strictSame(dropped(encoded), drops)
  })
}

t.test('T4 a name for a model that knows only any leaves no other tool', async (t) => {
  const { body } = encode(MISTRAL, { tools: [tool('other'), LOOKUP], toolChoice: NAMED })
  t.equal((at(body, 'toolConfig.tools') as unknown[]).length, 1)
})

t.test('T4 what cannot be forced is asked for in words', async (t) => {
  const { body } = encode(OPUS_55, { tools: [LOOKUP], toolChoice: NAMED })
  t.match(at(body, 'system.0.text'), /calling the tool lookup/)
})

t.test('T4 a force that Bedrock refused before is not sent again', async (t) => {
  const encoded = encode(
    SONNET_46,
    { tools: [LOOKUP], toolChoice: REQUIRED },
    { omissions: new Set(['toolChoice.any', 'toolChoice.tool']) }
  )
  t.strictSame(at(encoded.body, 'toolConfig.toolChoice'), { auto: {} })
})

t.test('T4 a name that is not among the tools is a 400', async (t) => {
  t.match(
    refusalOf(() => encode(SONNET_46, { tools: [LOOKUP], toolChoice: { type: 'tool', name: 'x' } })),
    { kind: 'invalid_value', param: 'tool_choice' }
  )
})

t.test('T4 forcing a model that has no tools is a 400, offering them is reported', async (t) => {
  t.match(
    refusalOf(() => encode(MIXTRAL, { tools: [LOOKUP], toolChoice: REQUIRED })),
    { kind: 'unsupported_parameter', param: 'tool_choice' }
  )
  const encoded = encode(MIXTRAL, { tools: [LOOKUP] })
  t.strictSame(dropped(encoded), ['tools'])
  t.notOk('toolConfig' in encoded.body)
})

t.test('T3 none leaves no toolConfig', async (t) => {
  t.notOk('toolConfig' in encode(SONNET_46, { tools: [LOOKUP], toolChoice: { type: 'none' } }).body)
})

t.test('T11 names outside the alphabet are mapped there and back, always alike, and never collide', async (t) => {
  const names = ['a.b', 'a_b', 'a:b', 'x'.repeat(70), `${'x'.repeat(64)}y`, 'ünïcode']
  const run = () => encode(SONNET_46, { tools: names.map((name) => tool(name)) })
  const { body, context } = run()
  const sent = (at(body, 'toolConfig.tools') as unknown as { toolSpec: { name: string } }[]).map(({ toolSpec }) => toolSpec.name)
  t.ok(sent.every((name) => /^[a-zA-Z0-9_-]{1,64}$/.test(name)))
  t.equal(new Set(sent).size, names.length)
  t.strictSame(
    sent.map((name) => context.toolNames.get(name) ?? name),
    names
  )
  t.strictSame(run().body, body)
})

t.test('a tool defined twice is sent once and reported', async (t) => {
  const encoded = encode(SONNET_46, { tools: [LOOKUP, LOOKUP] })
  t.equal((at(encoded.body, 'toolConfig.tools') as unknown[]).length, 1)
  t.strictSame(dropped(encoded), ['tools[1]'])
})

t.test('parallel false goes to Claude with a type only where no choice is sent', async (t) => {
  const request = { tools: [LOOKUP], parallelToolCalls: false }
  t.strictSame(at(encode(SONNET_46, request).body, 'additionalModelRequestFields.tool_choice'), {
    type: 'auto',
    disable_parallel_tool_use: true
  })
  const forced = encode(SONNET_46, { ...request, toolChoice: REQUIRED })
  t.strictSame(at(forced.body, 'additionalModelRequestFields.tool_choice'), { disable_parallel_tool_use: true })
  t.strictSame(dropped(encode(NOVA, request)), ['parallel_tool_calls'])
})

t.test('strict goes where the grammar takes the schema, closed on every object', async (t) => {
  const strict = { ...LOOKUP, strict: true }
  const spec = at(encode(SONNET_46, { tools: [strict] }).body, 'toolConfig.tools.0.toolSpec') as JsonObject
  t.equal(spec.strict, true)
  t.equal(at(spec, 'inputSchema.json.additionalProperties'), false)
  for (const model of [OPUS_47, NOVA, LLAMA]) {
    const encoded = encode(model, { tools: [strict] })
    t.notOk('strict' in (at(encoded.body, 'toolConfig.tools.0.toolSpec') as JsonObject))
    t.strictSame(dropped(encoded), ['tools[0].strict'])
  }
})

t.test('strict is dropped where the schema cannot be compiled', async (t) => {
  const open = tool('open', {
    strict: true,
    inputSchema: { type: 'object', properties: { m: { type: 'object', additionalProperties: { type: 'string' } } } }
  })
  t.strictSame(dropped(encode(SONNET_46, { tools: [open] })), ['tools[0].strict'])
})

t.test('a model that refuses tools in streams is asked for the whole answer, and only with tools', async (t) => {
  t.equal(encode(LLAMA, { tools: [LOOKUP] }).streaming, false)
  t.equal(encode(LLAMA, {}).streaming, true)
  t.equal(encode(SONNET_46, { tools: [LOOKUP] }).streaming, true)
  t.equal(encode(SONNET_46, { tools: [LOOKUP] }, { omissions: new Set(['streamingTools']) }).streaming, false)
  t.equal(encode(SONNET_46, { stream: false }).streaming, false)
})

t.test('web search is grounding where the model has it, else a 400', async (t) => {
  t.strictSame(at(encode(NOVA_2, { webSearch: true }).body, 'toolConfig.tools'), [{ systemTool: { name: 'nova_grounding' } }])
  t.match(
    refusalOf(() => encode(SONNET_46, { webSearch: true })),
    { kind: 'unsupported_parameter', param: 'web_search_options' }
  )
})

t.test('a system tool goes beside the functions, once', async (t) => {
  const { body, context } = encode(NOVA_2, { tools: [LOOKUP, { type: 'system', name: 'nova_grounding' }], webSearch: true })
  const tools = at(body, 'toolConfig.tools') as object[]
  t.strictSame(
    tools.map((entry) => Object.keys(entry)[0]),
    ['toolSpec', 'systemTool']
  )
  t.ok(context.systemTools?.includes('nova_grounding'))
})
