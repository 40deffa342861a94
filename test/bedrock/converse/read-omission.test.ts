import t from 'tap'
import { readOmission } from '../../../src/bedrock/converse/read-omission.ts'
import type { Omission } from '../../../src/bedrock/prepare/encode-scope.ts'
import type { ChatRequest } from '../../../src/core/request.ts'
import { GatewayError } from '../../../src/errors.ts'
import {
  assistant,
  call,
  encode,
  GPT_56,
  GPT_OSS,
  LLAMA,
  MISTRAL,
  NOVA,
  NOVA_2,
  OPUS_47,
  PNG,
  result,
  SONNET_45,
  SONNET_46,
  tool,
  user
} from './encode.ts'

const FIELD = (name: string) => `This model doesn't support the ${name} field. Remove ${name} and try again.`
const MODEL = (words: string) => `The model returned the following errors: ${words}`
const OUTPUT: ChatRequest['output'] = { type: 'json-schema', name: 'x', strict: true, schema: { type: 'object', properties: {} } }
const STRICT = { tools: [tool('a', { strict: true })] }
const FAILED = { tools: [tool()], turns: [user('q'), assistant(call('a')), user({ ...result('a'), isError: true } as never)] }

const THOUGHT = { type: 'reasoning', text: 'hm', signature: 'EsIg' } as const

const refusal = (message: string) => new GatewayError('invalid_request', message)

const LENGTH = { type: 'object', properties: { a: { type: 'string', minLength: 2 } } } as const
const LONG = (name: string) => tool(name, { inputSchema: LENGTH })
const TWO = { tools: [tool('plain'), LONG('odd')] }

/** Who refuses a schema says which in many ways, or in none. */
const SCHEMAS: readonly [message: string, model: string, request: Partial<ChatRequest>, omission: string][] = [
  [
    'tools.1.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12',
    SONNET_46,
    TWO,
    'schema of tool 1'
  ],
  ['tools.1.input_schema.properties: Property keys should match pattern', SONNET_46, TWO, 'schema of tool 1'],
  [
    'The value at toolConfig.tools.1.toolSpec.inputSchema.json.type must be one of the following: object.',
    LLAMA,
    TWO,
    'schema of tool 1'
  ],
  [
    'The value at toolConfig.tools.2.toolSpec.inputSchema.json is invalid.',
    SONNET_46,
    { tools: [tool('plain', { cache: {} }), LONG('odd')] },
    'schema of tool 1'
  ],
  [
    MODEL(
      'Malformed input request: #/toolConfig/tools/1/toolSpec/inputSchema/json: extraneous key [not] is not permitted, please reformat your input and try again.'
    ),
    NOVA,
    TWO,
    'schema of tool 1'
  ],
  [
    MODEL("Invalid schema for function 'odd': In context=('properties', 'a'), 'minLength' is not permitted."),
    GPT_56,
    TWO,
    'schema of tool 1'
  ],
  [MODEL('Invalid tools[1].function.parameters: schema is not supported'), MISTRAL, TWO, 'schema of tool 1'],
  [MODEL('Unsupported JSON schema feature: minLength'), GPT_OSS, TWO, 'schemas of tools'],
  [MODEL('3 schema violations found, please reformat your input and try again.'), 'deepseek.v3.2', TWO, 'schemas of tools'],
  ['$ref is not supported in tool schemas.', NOVA_2, TWO, 'schemas of tools'],
  [
    MODEL('tools.0.custom.input_schema: JSON schema is invalid.'),
    OPUS_47,
    { output: { ...OUTPUT, schema: LENGTH } },
    'schema of tool 0'
  ],
  [MODEL('Invalid JSON schema'), NOVA, { output: { ...OUTPUT, schema: LENGTH } }, 'schemas of tools']
]

const REFUSALS: readonly [message: string, model: string, request: Partial<ChatRequest>, omission: string][] = [
  [
    'The text field in the ContentBlock object at messages.1.content.1 is blank. Add text to the text field, and try again.',
    SONNET_45,
    { turns: [user('q'), assistant(THOUGHT, '\n\n', THOUGHT, 'a'), user('b')] },
    'blankText'
  ],
  [FIELD('temperature'), NOVA, { temperature: 0.5 }, 'temperature'],
  [MODEL('`temperature` is deprecated for this model.'), NOVA, { temperature: 0.5 }, 'temperature'],
  [FIELD('topP'), NOVA, { topP: 0.5 }, 'topP'],
  [
    MODEL('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    NOVA,
    { temperature: 0.5, topP: 0.5 },
    'topPWithTemperature'
  ],
  [MODEL('`top_k` is deprecated for this model.'), SONNET_46, { topK: 5 }, 'topK'],
  [MODEL('Malformed input request: #/inferenceConfig: extraneous key [topK] is not permitted'), NOVA, { topK: 5 }, 'topK'],
  [FIELD('stopSequences'), NOVA, { stop: ['a'] }, 'stopSequences'],
  [FIELD('cachePoint'), SONNET_46, { turns: [user({ type: 'text', text: 'a', cache: {} })] }, 'cachePoint.behind text'],
  [
    MODEL('cache_control.ttl: Extra inputs are not permitted'),
    SONNET_46,
    { turns: [user({ type: 'text', text: 'a', cache: { ttl: '1h' } })] },
    'cacheTtl'
  ],
  [MODEL('tools.0.custom.strict: Extra inputs are not permitted'), SONNET_46, { tools: [tool('a', { strict: true })] }, 'strict'],
  [FIELD('status'), SONNET_46, FAILED, 'status'],
  ["This model doesn't support tool use in streaming mode.", SONNET_46, { tools: [tool()] }, 'streamingTools'],
  [MODEL('output_config.format: Extra inputs are not permitted'), SONNET_46, { output: OUTPUT }, 'structuredOutput'],
  [FIELD('outputConfig'), SONNET_46, { output: OUTPUT }, 'structuredOutput'],
  [
    MODEL('tool_choice: type "tool" and "any" are not supported for this model.'),
    SONNET_46,
    { tools: [tool()], toolChoice: { type: 'required' } },
    'toolChoice.any,toolChoice.tool'
  ],
  [FIELD('toolConfig.toolChoice.any'), SONNET_46, { tools: [tool()], toolChoice: { type: 'required' } }, 'toolChoice.any'],
  [
    MODEL('tool_choice.disable_parallel_tool_use: Extra inputs are not permitted'),
    SONNET_46,
    { tools: [tool()], parallelToolCalls: false },
    'parallelToolCalls'
  ],
  [MODEL('invalid beta flag'), SONNET_46, { betas: ['context-1m-2025-08-07'] }, 'betas'],
  [MODEL('"thinking.type.enabled" is not supported for this model.'), SONNET_45, { reasoning: { effort: 'low' } }, 'reasoning'],
  [
    MODEL('Malformed input request: extraneous key [reasoningConfig] is not permitted'),
    NOVA_2,
    { reasoning: { effort: 'low' } },
    'reasoning,reasoningOff'
  ],
  [
    MODEL('This model does not support assistant message prefill. The conversation must end with a user message.'),
    SONNET_45,
    { turns: [user('a'), assistant('b')] },
    'prefill'
  ],
  ['The provided service tier is not supported for this model.', NOVA, { serviceTier: 'flex' }, 'serviceTier'],
  ['Latency performance configuration is not supported for this model.', NOVA, { latency: 'optimized' }, 'latency'],
  [
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    NOVA,
    { system: [{ type: 'text', text: 's' }] },
    'system'
  ],
  [
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
    NOVA,
    { maxTokens: 5000 },
    'maxTokens<=4096'
  ],
  [
    MODEL('max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for this model'),
    SONNET_46,
    { maxTokens: 9000 },
    'maxTokens<=8192'
  ]
]
for (const [message, model, request, names] of [...REFUSALS, ...SCHEMAS]) {
  t.test(`"${message.slice(0, 90)}" is answered by leaving out ${names}`, async (t) => {
    const encoded = encode(model, request)
    const omissions = readOmission(refusal(message), encoded)?.omissions ?? []
    t.equal(omissions.join(), names)
    const again = encode(model, request, { omissions: new Set<Omission>(omissions) })
    t.not(readOmission(refusal(message), again)?.omissions.join(), names, 'what is left out is not named again')
    t.not(
      JSON.stringify([again.body, again.streaming]),
      JSON.stringify([encoded.body, encoded.streaming]),
      'the next request is another one'
    )
  })
}

t.test('F22: a refused schema is never remembered, and once two were named all are taken', async (t) => {
  for (const [message, model, request] of SCHEMAS) {
    t.match(readOmission(refusal(message), encode(model, request)), { isMissing: false }, message)
  }
  const tools = ['a', 'b', 'c', 'd'].map(LONG)
  const said = refusal('tools.2.custom.input_schema: JSON schema is invalid.')
  const tried = new Set(['schema of tool 0', 'schema of tool 1'])
  t.strictSame(readOmission(said, encode(SONNET_46, { tools }), tried)?.omissions, ['schemas of tools'])
  t.equal(
    readOmission(said, encode(SONNET_46, { tools: [tool('a'), tool('b'), tool('c')] })),
    undefined,
    'nothing is left to take away'
  )
})

const FAULTS: readonly [message: string, request: Partial<ChatRequest>][] = [
  ['The provided model identifier is invalid.', { temperature: 0.5 }],
  ['Input is too long for requested model.', { temperature: 0.5 }],
  [FIELD('temperature'), {}],
  [
    "This model doesn't support the image content block that you provided. Update the content block and try again.",
    { temperature: 0.5 }
  ]
]
for (const [message, request] of FAULTS) {
  t.test(`"${message}" leaves nothing out of a request that holds ${Object.keys(request).join() || 'nothing'}`, async (t) => {
    t.equal(readOmission(refusal(message), encode(NOVA, request)), undefined)
  })
}

/** Sentences about a value, or with room for words of a caller's: whatever they name, they prove nothing about the model. */
const VALUES: readonly [message: string, request: Partial<ChatRequest>][] = [
  [MODEL('top_k: Input should be less than or equal to 500'), { topK: 5 }],
  [MODEL('temperature: must be less than or equal to 1.0'), { temperature: 0.5 }],
  [MODEL('#/stopSequences: expected maxItems: 4'), { stop: ['a'] }],
  [MODEL('Invalid value for anthropic_beta: `no-such-beta-2020-01-01`'), { betas: ['context-1m-2025-08-07'] }],
  [MODEL('Thinking may not be enabled when tool_choice forces tool use.'), { tools: [tool()], toolChoice: { type: 'required' } }],
  ["Tool 'tool_choice is not supported' not found in provided tools.", { tools: [tool()], toolChoice: { type: 'required' } }],
  [
    MODEL('x-anthropic-billing-header is a reserved keyword and may not be used in the system prompt.'),
    { system: [{ type: 'text', text: 'x-anthropic-billing-header: a' }] }
  ],
  [MODEL('tools.0.custom.input_schema: enum value "tools.0.custom.strict: Extra inputs are not permitted"'), STRICT],
  [MODEL(`${FIELD('temperature')} was said by a tool`), { temperature: 0.5 }],
  [MODEL('The compiled grammar is too large, which would cause performance issues.'), { output: OUTPUT }],
  [MODEL('messages.0.content.2.type: Field required'), { turns: [user({ type: 'text', text: 'a', cache: {} })] }]
]
for (const [message, request] of VALUES) {
  t.test(`S2: "${message.slice(0, 90)}" is heeded for the one request and not remembered`, async (t) => {
    t.match(readOmission(refusal(message), encode(SONNET_45, request)), { isMissing: false })
  })
}

const FIELDS: readonly [message: string, model: string, request: Partial<ChatRequest>][] = [
  [FIELD('temperature'), NOVA, { temperature: 0.5 }],
  [
    MODEL('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    NOVA,
    { temperature: 0.5, topP: 0.5 }
  ],
  [MODEL('"thinking.type.enabled" is not supported for this model.'), SONNET_45, { reasoning: { effort: 'low' } }],
  [
    MODEL(
      'Malformed input request: #/inferenceConfig: extraneous key [topK] is not permitted, please reformat your input and try again.'
    ),
    NOVA,
    { topK: 5 }
  ],
  [
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
    NOVA,
    { maxTokens: 5000 }
  ],
  [MODEL('tools.0.custom.strict: Extra inputs are not permitted'), SONNET_45, STRICT]
]
for (const [message, model, request] of FIELDS) {
  t.test(`"${message.slice(0, 90)}" is memoize, unless the caller wrote fields of their own`, async (t) => {
    t.match(readOmission(refusal(message), encode(model, request)), { isMissing: true })
    t.match(readOmission(refusal(message), encode(model, { ...request, extraFields: { x: 1 } })), { isMissing: false })
    t.match(readOmission(refusal(message), encode(model, { ...request, betas: ['x'] })), { isMissing: false })
  })
}

t.test('a cache point is remembered for the kind of block it was refused behind, where there was no other', async (t) => {
  const marked = { type: 'text', text: 'a', cache: {} } as const
  const asked = (turns: ChatRequest['turns']) => readOmission(refusal(FIELD('cachePoint')), encode(SONNET_45, { turns }))
  t.strictSame(asked([user(marked)]), { omissions: ['cachePoint.behind text'], isMissing: true })
  t.match(asked([user(PNG, marked)]), { isMissing: false })
  t.match(asked([user({ ...PNG, cache: {} }, marked)]), { isMissing: false })
})
