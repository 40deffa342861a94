import fc from 'fast-check'
import type { FieldRow, FieldType } from '../../src/dialects/openai/field-row.ts'
import { FIELDS, type FieldName } from '../../src/dialects/openai-chat/fields.ts'
import { signReasoning } from '../../src/standin/signature.ts'
import { PNG } from '../acceptance/asker.ts'

/** Values of every type there is: one of them is wrong for any field. */
const ANY_TYPE = fc.constantFrom<unknown>(
  '',
  'word',
  0,
  1,
  -1,
  0.5,
  1e9,
  true,
  false,
  [],
  {},
  ['a'],
  [1],
  [null],
  { a: 1 },
  { type: 7 },
  { toString: 1, valueOf: 1 }
)

const BY_TYPE: Readonly<Record<FieldType, (row: FieldRow) => fc.Arbitrary<unknown>>> = {
  string: ({ values }) => fc.constantFrom(...(values ?? ['word', '']), 'no such word'),
  number: ({ min = -2, max = 2 }) => fc.constantFrom(min, max, (min + max) / 2, min - 0.1, max + 0.1, 0, 1),
  integer: ({ min = 0, max = 2 ** 31 }) => fc.constantFrom(min, max, min + 1, min - 1, max + 1, 0.5),
  boolean: () => fc.boolean(),
  array: () => fc.constantFrom<unknown[]>([], [null], [{}], ['']),
  object: () => fc.constantFrom<object>({}, { a: null }, { type: null }),
  any: () => ANY_TYPE
}

const SCHEMAS = fc.constantFrom<object>(
  {},
  { type: 'object' },
  { type: 'object', properties: { city: { type: 'string', pattern: '^(?=a)', minLength: 1 } }, required: ['city'] },
  {
    type: 'object',
    properties: { a: { oneOf: [{ type: 'string' }, { type: 'null' }] } },
    additionalProperties: { type: 'number' }
  },
  {
    type: 'object',
    properties: { a: { $ref: '#/$defs/a' } },
    $defs: { a: { type: 'array', items: { type: 'integer' }, minItems: 3 } }
  },
  { type: 'object', properties: { child: { $ref: '#' } } },
  { type: 'array', items: { type: 'string' } },
  { type: 'string', enum: ['a', 'b'] },
  { $schema: 'http://json-schema.org/draft-07/schema#', type: ['object', 'null'], properties: { properties: { const: 1 } } }
)
const NAMES = fc.constantFrom('lookup', 'a.b/c', 'ünïcödé', 'x'.repeat(80), 'json', '')
const FUNCTION = fc.record(
  {
    name: NAMES,
    description: fc.constantFrom('', ' ', 'Looks up.', null),
    parameters: fc.oneof({ weight: 9, arbitrary: SCHEMAS }, { weight: 1, arbitrary: fc.constant([]) }),
    strict: fc.constantFrom(true, false, null)
  },
  { requiredKeys: ['name'] }
)
const TOOL = fc.oneof(
  { weight: 2, arbitrary: FUNCTION.map(({ parameters, ...made }) => ({ ...made, input_schema: parameters })) },
  { weight: 6, arbitrary: FUNCTION.map((made) => ({ type: 'function', function: made })) },
  fc.record({ type: fc.constantFrom('web_search', 'custom', 'system_tool', 'function', null), name: NAMES }),
  fc.constant({
    type: 'custom',
    custom: { name: 'shell', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } }
  })
)
const FORMAT = fc.oneof(
  fc.record({ type: fc.constantFrom('json_object', 'json_schema'), schema: SCHEMAS }),
  fc.constantFrom<object>({ type: 'text' }, { type: 'json_object' }, { type: 'json_schema' }, { type: 'xml' }),
  fc
    .record({ name: NAMES, schema: SCHEMAS, strict: fc.constantFrom(true, false, null) })
    .map((json_schema) => ({ type: 'json_schema', json_schema }))
)
const CHOICE = fc.constantFrom<unknown>(
  'none',
  'auto',
  'required',
  'any',
  'some',
  { type: 'function', function: { name: 'lookup' } },
  { type: 'function', function: { name: 'nobody' } },
  { type: 'any', disable_parallel_tool_use: true },
  { type: 'tool', name: 'lookup' },
  { type: 'tool' },
  { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'lookup' } }] } }
)
const CACHE = fc.constantFrom<unknown>({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }, { ttl: '5m' }, { ttl: '7d' }, {})

const image = { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${PNG}` } }

/** Fields whose inside matters: what clients send, and what they should not. */
const BY_NAME: Partial<Record<FieldName, fc.Arbitrary<unknown>>> = {
  stop: fc.constantFrom<unknown>(
    'END',
    '',
    ' ',
    '\n',
    ['a', 'b'],
    ['a', ''],
    [' '],
    ['a', 'b', 'c', 'd', 'e'],
    Array(20).fill('z'),
    [1]
  ),
  stream_options: fc.constantFrom<object>({}, { include_usage: true }, { include_usage: null }, { include_usage: 1 }),
  n: fc.constantFrom<unknown>(1, 2, 0, 9, 1.5),
  max_tokens: fc.constantFrom(1, 16, 1025, 4096, 1e6, 2 ** 40, 0, -1),
  max_completion_tokens: fc.constantFrom(1, 15, 2000, 1e5, 0),
  tools: fc.array(TOOL, { maxLength: 3 }),
  functions: fc.array(FUNCTION, { maxLength: 2 }),
  tool_choice: CHOICE,
  function_call: fc.constantFrom<unknown>('none', 'auto', { name: 'lookup' }, { name: 'nobody' }, {}),
  response_format: FORMAT,
  reasoning: fc.constantFrom<object>(
    { effort: 'high' },
    { effort: null },
    { max_tokens: 3000 },
    { enabled: true },
    { exclude: true },
    { effort: 'so' }
  ),
  thinking: fc.constantFrom<object>(
    { type: 'enabled', budget_tokens: 1024 },
    { type: 'enabled', budget_tokens: 1 },
    { type: 'enabled', budget_tokens: 1e6 },
    { type: 'adaptive', display: 'summarized' },
    { type: 'disabled' },
    { type: 'enabled', budget_tokens: -1 },
    {}
  ),
  metadata: fc.constantFrom<object>(
    { 'a key': 'ünï' },
    { a: 1 },
    { a: null },
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'v']))
  ),
  modalities: fc.constantFrom<unknown[]>(['text'], ['text', 'audio'], [], [1]),
  logit_bias: fc.constantFrom<object>({}, { '50256': -100 }),
  prediction: fc.constantFrom<object>({ type: 'content', content: 'a' }, {}),
  prompt_cache_options: fc.constantFrom<object>({ mode: 'implicit', ttl: '1h' }, { mode: 'explicit' }, { mode: 'so' }, {}),
  prompt_caching: fc.constantFrom<unknown>(true, false, { system: true, tools: true, messages: true }, { system: 1 }),
  cache_control: CACHE,
  anthropic_beta: fc.constantFrom<unknown>(
    'context-1m-2025-08-07',
    ['interleaved-thinking-2025-05-14', 'no-such-flag'],
    [],
    '',
    [1]
  ),
  guardrail: fc.constantFrom<object>(
    { identifier: 'abc123', version: '1', trace: 'enabled', stream_processing_mode: 'async' },
    { identifier: 'abc123', version: 2 },
    {}
  ),
  guardrailConfig: fc.constantFrom<object>(
    { guardrailIdentifier: 'abc123', guardrailVersion: 'DRAFT' },
    { guardrailIdentifier: 1 }
  ),
  performance_config: fc.constantFrom<object>({ latency: 'optimized' }, { latency: 'standard' }, { latency: 'fast' }, {}),
  additional_model_request_fields: fc.constantFrom<object>({}, { thinking: { type: 'enabled', budget_tokens: 2000 } }),
  additional_model_response_field_paths: fc.constantFrom<unknown[]>([], ['/stop_sequence'], [''], [1]),
  system: fc.constantFrom<unknown>(
    'be brief',
    '',
    [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }],
    [image],
    7
  ),
  web_search_options: fc.constantFrom<object>({}, { search_context_size: 'low' }),
  extra_body: fc.constantFrom<object>({ top_k: 3 }, { temperature: 0.2, thinking: { type: 'disabled' } }, { top_k: 'a' }, {})
}

/** A value of one field: mostly of its own kind, sometimes null, sometimes of another type. */
function valuesOf(name: FieldName): fc.Arbitrary<unknown> {
  const row: FieldRow = FIELDS[name]
  // What is inside goes to the model as it is, so the model's refusal of it is the right answer.
  // The same holds for what a literal `extra_body` has beside fields.
  if (name === 'additional_model_request_fields' || name === 'extra_body') return BY_NAME[name] ?? fc.constant({})
  return fc.oneof(
    { weight: 8, arbitrary: BY_NAME[name] ?? BY_TYPE[row.type](row) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: ANY_TYPE }
  )
}

const NOT_DRAWN = new Set<FieldName>(['model', 'messages', 'stream'])

/** Some fields of the table with values of any kind. */
export const FIELDS_DRAWN: fc.Arbitrary<Record<string, unknown>> = fc
  .uniqueArray(fc.constantFrom(...(Object.keys(FIELDS) as FieldName[]).filter((name) => !NOT_DRAWN.has(name))), { maxLength: 5 })
  .chain((names) => fc.tuple(...names.map((name) => valuesOf(name).map((value) => [name, value] as const))))
  .map((pairs) => Object.fromEntries(pairs))

const file = { type: 'file', file: { filename: 'a b?.md', file_data: `data:text/markdown;base64,${btoa('# hi')}` } }
const calling = (...ids: string[]) => ({
  role: 'assistant',
  content: '',
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'lookup', arguments: id.length > 3 ? '{"a":' : '' } }))
})
const result = (tool_call_id: string, content: unknown = '') => ({ role: 'tool', tool_call_id, content })

const use = (id: string) => ({ type: 'tool_use', id, name: 'lookup', input: { a: 1 } })
const answer = (id: string, content: unknown) => ({ type: 'tool_result', tool_use_id: id, content, is_error: id === '' })
const source = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }

const MESSAGE = fc.constantFrom<unknown>(
  { role: 'user', content: 'hello' },
  { role: 'user', content: '' },
  { role: 'user', content: [{ type: 'text', text: ' ' }, image] },
  { role: 'user', content: [{ type: 'text', text: 'read', cache_control: { type: 'ephemeral' } }, file] },
  { role: 'user', content: null },
  { role: 'system', content: 'be brief' },
  { role: 'developer', content: [{ type: 'text', text: 'a' }] },
  { role: 'assistant', content: 'Once upon ' },
  { role: 'assistant', content: null, thinking_blocks: [{ type: 'redacted_thinking', data: signReasoning('') }] },
  { role: 'assistant' },
  calling('a'),
  calling('a', 'b.c/d'),
  result('a'),
  result('b.c/d', [{ type: 'text', text: 'it is' }, image]),
  result('nobody', '{"a":1}'),
  { role: 'function', name: 'lookup', content: 'done' },
  { role: 'assistant', content: [{ type: 'text', text: 'So' }, use('a'), use('')] },
  { role: 'assistant', tool_calls: [{ function: { name: 'lookup', arguments: '[]' } }] },
  { role: 'user', content: [answer('a', [{ type: 'text', text: 'it is' }, source]), { type: 'input_text', text: 'beside' }] },
  { role: 'user', content: [answer('', 'x'), answer('b.c/d', '')] },
  { role: 'tool', content: 'without an id' },
  { role: 'user', content: [source, { type: 'document', source: { type: 'text', data: 'a' }, title: 'b' }] },
  { role: 'robot', content: 'a' },
  { content: 'a' },
  { role: 'user', content: [{ type: 'hologram' }] },
  null
)

/** Conversations as clients send them and as they should not, of up to six messages. */
export const MESSAGES_DRAWN: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([{ role: 'user', content: 'hello' }]) },
  { weight: 8, arbitrary: fc.array(MESSAGE, { maxLength: 6 }) },
  { weight: 1, arbitrary: ANY_TYPE }
)
