import fc from 'fast-check'
import t from 'tap'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import type { FieldRow } from '../../../src/dialects/openai/field-row.ts'
import { decodeGuardrailHeaders } from '../../../src/dialects/openai-chat/decode-guardrail.ts'
import { decodeChatRequest } from '../../../src/dialects/openai-chat/decode-request.ts'
import { FIELDS } from '../../../src/dialects/openai-chat/fields.ts'
import { GatewayError } from '../../../src/errors.ts'
import { decode, refusal, USER, withoutPaths } from './decode.ts'

const READ: readonly (readonly [name: string, fields: JsonObject, request: object])[] = [
  ['max_completion_tokens before max_tokens', { max_completion_tokens: 5, max_tokens: 9 }, { maxTokens: 5 }],
  ['max_tokens alone', { max_tokens: 9, max_completion_tokens: null }, { maxTokens: 9 }],
  ['zeroes as values', { temperature: 0, top_p: 0 }, { temperature: 0, topP: 0 }],
  ['P3 a temperature of 1.7 as it is', { temperature: 1.7 }, { temperature: 1.7 }],
  ['one stop string', { stop: 'x' }, { stop: ['x'] }],
  ['stop strings without the empty ones', { stop: ['x', '', ' '] }, { stop: ['x', ' '] }],
  ['service tiers in our words', { service_tier: 'fast' }, { serviceTier: 'priority' }],
  ['the automatic tier as the default one', { service_tier: 'auto' }, { serviceTier: 'default' }],
  ['the scale tier as the default one', { service_tier: 'scale' }, { serviceTier: 'default' }],
  ['json_object', { response_format: { type: 'json_object' } }, { output: { type: 'json' } }],
  [
    'P10 json_schema',
    { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } } },
    { output: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true } }
  ],
  ['P5 reasoning effort', { reasoning_effort: 'xhigh' }, { reasoning: { effort: 'xhigh' } }],
  ['P5 no effort as no reasoning', { reasoning_effort: 'none' }, { reasoning: { effort: 'none', enabled: false } }],
  [
    'reasoning as OpenRouter has it',
    { reasoning: { effort: 'low', max_tokens: 2000, enabled: true } },
    { reasoning: { effort: 'low', budgetTokens: 2000, enabled: true } }
  ],
  [
    'thinking as Anthropic has it',
    { thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' } },
    { reasoning: { budgetTokens: 2000, enabled: true, display: 'omitted' } }
  ],
  ['disabled thinking', { thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
  [
    'metadata, user and safety_identifier',
    { metadata: { a: 'b', n: 1 }, user: 'u', safety_identifier: 's' },
    { metadata: { user: 'u', safety_identifier: 's', a: 'b', n: '1' } }
  ],
  ['P8 prompt_caching as a boolean', { prompt_caching: true }, { autoCache: { system: true, tools: true, messages: true } }],
  [
    'prompt_caching by parts',
    { prompt_caching: { system: true } },
    { autoCache: { system: true, tools: false, messages: false } }
  ],
  [
    'a cache mark on the whole request',
    { cache_control: { type: 'ephemeral', ttl: '1h' } },
    { autoCache: { system: false, tools: false, messages: true, mark: { ttl: '1h' } } }
  ],
  ['anthropic_beta as words', { anthropic_beta: 'a, b,a' }, { betas: ['a', 'b'] }],
  [
    'a guardrail',
    { guardrail: { identifier: 'g', version: 1, trace: 'enabled', stream_processing_mode: 'async' } },
    { guardrail: { identifier: 'g', version: '1', trace: 'enabled', streamProcessingMode: 'async' } }
  ],
  [
    "a guardrail in Bedrock's spelling",
    { guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: 'DRAFT' } },
    { guardrail: { identifier: 'g', version: 'DRAFT' } }
  ],
  ['latency', { performance_config: { latency: 'optimized' } }, { latency: 'optimized' }],
  [
    'native fields',
    { additional_model_request_fields: { a: 1 }, additional_model_response_field_paths: ['/a'] },
    { extraFields: { a: 1 }, responseFieldPaths: ['/a'] }
  ],
  ['web search', { web_search_options: {} }, { webSearch: true }],
  ['parallel tool calls', { parallel_tool_calls: false }, { parallelToolCalls: false }],
  ['top_k, where 0 and -1 set no limit', { top_k: 40 }, { topK: 40 }],
  [
    'P12 settings that only some models have',
    { seed: 1, logit_bias: { 5: 1 }, verbosity: 'low', presence_penalty: 1, min_p: 0.1 },
    { sampling: { seed: 1, logitBias: { 5: 1 }, verbosity: 'low', presencePenalty: 1, minP: 0.1 } }
  ]
]

for (const [name, fields, expected] of READ) {
  t.test(`reads ${name}`, async (t) => t.strictSame(withoutPaths(pick(decode(fields).request, expected)), expected))
  t.test(`P7 reads ${name} in extra_body too`, async (t) =>
    t.strictSame(withoutPaths(pick(decode({ extra_body: fields }).request, expected)), expected)
  )
}

const SILENT: readonly (readonly [name: string, fields: JsonObject])[] = [
  ['NextChat always sends both penalties', { presence_penalty: 0, frequency_penalty: 0 }],
  ['top_k 0 and -1', { top_k: 0 }],
  ['P4 empty stop strings', { stop: [''] }],
  ['an empty stop', { stop: '' }],
  ['an empty logit_bias', { logit_bias: {} }],
  ['logprobs false', { logprobs: false, top_logprobs: 0 }],
  ['text as the only modality', { modalities: ['text'] }],
  ['empty lists of tools', { tools: [], functions: [] }],
  ['stream options without a stream', { stream_options: {} }]
]

for (const [name, fields] of SILENT) {
  t.test(`fields that ask for nothing leave no trace: ${name}`, async (t) => {
    t.strictSame({ ...decode(fields), spell: undefined }, { ...decode({}), spell: undefined })
  })
}

t.test('null is absent, for every field but the two that must be there', async (t) => {
  const nothing = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, null]))
  t.strictSame({ ...decode({ ...nothing, model: 'm', messages: [USER] }), spell: undefined }, { ...decode({}), spell: undefined })
})

t.test('P7 the top level wins over extra_body', async (t) => {
  t.equal(decode({ temperature: 0, extra_body: { temperature: 1 } }).request.temperature, 0)
})

t.test('a fault in extra_body is named where it stands', async (t) => {
  t.equal(refusal({ extra_body: { top_k: 'x' } }).param, 'extra_body.top_k')
})

t.test('fields that nobody knows are left out and reported; those of a literal extra_body are for the model (F36)', async (t) => {
  const { request, warnings } = decode({ plugins: [], extra_body: { foo: 1, 'nor this': 2 }, 'not a name': 1 })
  t.strictSame(
    warnings.map(({ param }) => param),
    ['plugins']
  )
  t.strictSame([request.extraFields, request.looseFields], [{ foo: 1 }, new Set(['foo'])])
})

t.test('what is lost inside a field is reported too, once', async (t) => {
  const named = { role: 'user', name: 'Ann', content: 'hi' }
  const result = { role: 'tool', tool_call_id: 'a', name: 'look', content: 'x' }
  const messages = [named, { ...named, role: 'assistant' }, result]
  const { warnings } = decode({ messages, web_search_options: { search_context_size: 'low', user_location: null } })
  t.strictSame(
    warnings.map(({ param }) => param),
    ['web_search_options.search_context_size', 'messages.name']
  )
})

t.test('what concerns only the answer is apart from the request', async (t) => {
  const { options } = decode({ n: 3, stream: true, stream_options: { include_usage: true }, service_tier: 'fast' })
  t.strictSame(options, {
    count: 3,
    includeUsage: true,
    legacyFunctions: false,
    reasoningFormat: 'field',
    serviceTier: 'priority'
  })
  t.equal(decode({ reasoning: { exclude: true } }).options.reasoningFormat, 'none')
})

const REFUSED: readonly (readonly [name: string, fields: JsonObject, kind: string, param: string])[] = [
  [
    'a path into the answer that is no pointer',
    { additional_model_response_field_paths: ['/a', 'b'] },
    'invalid_value',
    'additional_model_response_field_paths[1]'
  ],
  ['no model', { model: null }, 'missing_parameter', 'model'],
  ['a model that is no string', { model: 4 }, 'invalid_type', 'model'],
  ['too high a temperature', { temperature: 2.1 }, 'invalid_value', 'temperature'],
  ['a negative temperature', { temperature: -0.1 }, 'invalid_value', 'temperature'],
  ['a temperature in words', { temperature: 'hot' }, 'invalid_type', 'temperature'],
  ['no tokens', { max_tokens: 0 }, 'invalid_value', 'max_tokens'],
  ['half a token', { max_completion_tokens: 1.5 }, 'invalid_type', 'max_completion_tokens'],
  ['P11 no choice at all', { n: 0 }, 'invalid_value', 'n'],
  ['P11 nine choices', { n: 9 }, 'invalid_value', 'n'],
  ['P12 logprobs', { logprobs: true }, 'unsupported_parameter', 'logprobs'],
  ['audio answers', { modalities: ['text', 'audio'] }, 'unsupported_value', 'modalities'],
  ['stop strings that are none', { stop: ['a', 1] }, 'invalid_type', 'stop[1]'],
  ['P4 more stop strings than Converse takes', { stop: Array.from({ length: 2501 }, String) }, 'array_too_long', 'stop'],
  ['an unknown tier', { service_tier: 'gold' }, 'invalid_value', 'service_tier'],
  ['an unknown effort', { reasoning_effort: 'huge' }, 'invalid_value', 'reasoning_effort'],
  ['an unknown thinking type', { thinking: { type: 'x' } }, 'invalid_value', 'thinking.type'],
  ['an unknown format', { response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
  [
    'a schema without a name',
    { response_format: { type: 'json_schema', json_schema: { schema: {} } } },
    'missing_parameter',
    'response_format.json_schema.name'
  ],
  ['json_schema without one', { response_format: { type: 'json_schema' } }, 'missing_parameter', 'response_format.json_schema'],
  ['a guardrail without version', { guardrail: { identifier: 'g' } }, 'missing_parameter', 'guardrail.version'],
  ['a stream in words', { stream: 'yes' }, 'invalid_type', 'stream'],
  ['include_usage in words', { stream_options: { include_usage: 'yes' } }, 'invalid_type', 'stream_options.include_usage'],
  ['metadata with an object', { metadata: { a: {} } }, 'invalid_type', 'metadata.a'],
  ['prompt_caching in words', { prompt_caching: 'yes' }, 'invalid_type', 'prompt_caching'],
  ['an extra_body that is none', { extra_body: 'x' }, 'invalid_type', 'extra_body']
]

for (const [name, fields, kind, param] of REFUSED) {
  t.test(`refuses ${name} and names ${param}`, async (t) => {
    const error = refusal(fields)
    t.strictSame([error.kind, error.param, error.status], [kind, param, 400])
  })
}

t.test('refusals speak as OpenAI does', async (t) => {
  t.equal(
    refusal({ messages: [{ role: 'robot', content: 'a' }] }).message,
    "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
  )
  t.equal(refusal({ logprobs: true }).message, "Unsupported parameter: 'logprobs' is not supported with this model.")
  t.equal(
    refusal({ temperature: 3 }).message,
    "Invalid 'temperature': integer above maximum value. Expected a value <= 2, but got 3 instead."
  )
  t.equal(refusal({ temperature: 'x' }).message, "Invalid type for 'temperature': expected a decimal, but got a string instead.")
  t.equal(refusal({ model: null }).message, "Missing required parameter: 'model'.")
})

t.test('guardrail headers are read, and the body wins over them', async (t) => {
  const headers = {
    'x-amzn-bedrock-guardrailidentifier': 'h',
    'x-amzn-bedrock-guardrailversion': '2',
    'x-amzn-bedrock-trace': 'ENABLED'
  }
  const guardrail = decodeGuardrailHeaders(headers)
  t.strictSame(guardrail, { identifier: 'h', version: '2', trace: 'enabled' })
  t.equal(decodeGuardrailHeaders({}), undefined)
  const body = { model: 'm', messages: [USER], guardrail: { identifier: 'b', version: '1' } }
  const { request } = decodeChatRequest(body, { reasoningFormat: 'field', ...(guardrail ? { guardrail } : {}) })
  t.equal(request.guardrail?.identifier, 'b')
})

t.test('any value in any field is read or refused with its name', async (t) => {
  const anyField = fc.constantFrom(...Object.keys(FIELDS))
  fc.assert(
    fc.property(anyField, fc.jsonValue(), fc.boolean(), (name, value, nested) => {
      const field = { [name]: value as Json }
      readOrRefuse(nested ? { extra_body: field } : field)
    }),
    { numRuns: 3000 }
  )
  t.pass()
})

t.test('each field at its ends and just past them is read or refused with its name', async (t) => {
  for (const [name, row] of Object.entries<FieldRow>(FIELDS)) {
    for (const value of [row.min, row.max, (row.min ?? 0) - 1, (row.max ?? 0) + 1, ...(row.values ?? []), '', [], {}, true]) {
      if (value !== undefined) readOrRefuse({ [name]: value })
    }
  }
  t.pass()
})

const key = fc.constantFrom(
  'role',
  'content',
  'type',
  'text',
  'tool_calls',
  'id',
  'function',
  'arguments',
  'image_url',
  'url',
  'file',
  'thinking_blocks',
  'cache_control',
  'tool_call_id',
  'name'
)
const word = fc.constantFrom(
  'user',
  'assistant',
  'tool',
  'system',
  'text',
  'image_url',
  'file',
  'function',
  'thinking',
  'data:image/png;base64,AAAA',
  'x'
)
const { shape } = fc.letrec<{ shape: Json }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.constantFrom(null, true, 1),
    fc.array(tie('shape'), { maxLength: 3 }),
    fc.dictionary(key, tie('shape'), { maxKeys: 5 })
  )
}))

t.test('messages and tools of any shape are read or refused with a name', async (t) => {
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 4 }), fc.array(shape, { maxLength: 3 }), (messages, tools) => {
      readOrRefuse({ messages, tools })
      readOrRefuse({ messages: messages.map((message) => ({ role: 'assistant', ...(message as object) })) })
      readOrRefuse({ messages: [{ role: 'user', content: messages }] })
    }),
    { numRuns: 2000 }
  )
  t.pass()
})

function readOrRefuse(fields: JsonObject): void {
  try {
    decode(fields)
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 400 || error.param === null) throw error
  }
}

function pick(from: object, like: object): object {
  return Object.fromEntries(Object.keys(like).map((name) => [name, (from as Record<string, unknown>)[name]]))
}
