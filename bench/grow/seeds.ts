import { FIELDS as MESSAGES } from '../../src/dialects/anthropic-messages/fields.ts'
import type { FieldRow } from '../../src/dialects/openai/field-row.ts'
import { FIELDS as CHAT } from '../../src/dialects/openai-chat/fields.ts'
import { FIELDS as COMPLETIONS } from '../../src/dialects/openai-completions/fields.ts'
import { FIELDS as RESPONSES } from '../../src/dialects/openai-responses/fields.ts'
import { sealSummary, sealThought } from '../../src/dialects/openai-responses/sealed.ts'
import { SEEDS as FUZZ_SEEDS } from '../fuzz/seed-bodies.ts'

/** A body that is answered with 200, as `npm run grow` makes sure first, and the table of the fields it may have. */
export interface GrowSeed {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** Fields that the body has not, with a small value each. */
  readonly others: readonly (readonly [field: string, value: unknown])[]
}

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'amazon.nova-lite-v1:0'
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const PDF = 'JVBERi0xLjQK'
const MARK = { type: 'ephemeral', ttl: '5m' }
const SCHEMA = {
  type: 'object',
  description: 'where',
  properties: { city: { type: 'string', pattern: '^a', enum: ['Bern'] }, 'the place': { $ref: '#/$defs/at' } },
  required: ['city'],
  $defs: { at: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }
}

const MESSAGES_BODY = {
  model: CLAUDE,
  max_tokens: 2000,
  system: [{ type: 'text', text: 'Be short.', cache_control: MARK }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'use a tool', citations: null, cache_control: MARK },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
        {
          type: 'document',
          title: 'a page',
          context: 'of a book',
          citations: { enabled: true },
          source: { type: 'base64', media_type: 'application/pdf', data: PDF }
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
        { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'words' }] } },
        { type: 'search_result', title: 'a', source: 'b', content: [{ type: 'text', text: 'c' }], citations: { enabled: true } }
      ]
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'c2ln' },
        { type: 'text', text: 'I look.', citations: [{ type: 'char_location', cited_text: 'a', document_index: 0 }] },
        { type: 'tool_use', id: 'c1', name: 'look.up', input: { city: 'Bern', at: [1, { a: 1 }] } }
      ]
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c1', is_error: false, content: [{ type: 'text', text: 'sunny' }] }]
    },
    { role: 'user', content: 'and now?' }
  ],
  tools: [
    { name: 'look.up', description: 'looks', input_schema: SCHEMA, cache_control: MARK, input_examples: [{ city: 'a' }] },
    { type: 'bash_20250124', name: 'bash' }
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'enabled', budget_tokens: 1024 },
  metadata: { user_id: 'me' },
  stop_sequences: ['x'],
  betas: ['a-2025-01-01']
}

const RESPONSES_BODY = {
  model: CLAUDE,
  instructions: 'Be short.',
  input: [
    { role: 'developer', content: 'Be kind.' },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'look' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` }
      ]
    },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: sealThought({ type: 'reasoning', text: 'hm', signature: 'c2ln' }, CLAUDE)
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.', annotations: [] }] },
    { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'look', arguments: '{"city":"Bern"}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'sunny' }] },
    { type: 'custom_tool_call', call_id: 'c2', name: 'run', input: 'ls' },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'done' },
    { type: 'local_shell_call', call_id: 'c3', action: { type: 'exec', command: ['ls'], env: { a: 'b' } }, status: 'completed' },
    { type: 'local_shell_call_output', call_id: 'c3', output: '{"output":"a"}' },
    { type: 'compaction', encrypted_content: sealSummary('we began') },
    {
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'm', parameters: SCHEMA }] }]
    },
    { type: 'function_call', call_id: 'c4', name: 'm', namespace: 'n', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c4', output: 'x' },
    { role: 'user', content: 'and now?' }
  ],
  tools: [
    { type: 'function', name: 'look', description: 'looks', parameters: SCHEMA, strict: true },
    { type: 'custom', name: 'run', description: 'runs', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    { type: 'namespace', name: 'a', description: 'more', tools: [{ type: 'function', name: 'b', parameters: SCHEMA }] },
    { type: 'local_shell' }
  ],
  tool_choice: 'auto',
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'answer', schema: SCHEMA, strict: true } },
  metadata: { a: 'b' },
  include: ['reasoning.encrypted_content']
}

const CHAT_BODY = {
  model: CLAUDE,
  system: [{ type: 'text', text: 'Be short.' }],
  messages: [
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      name: 'me',
      content: [
        { type: 'text', text: 'hello', cache_control: MARK },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'auto' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }
      ]
    },
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'I look.' }],
      reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 'c2ln', format: 'anthropic-claude-v1' }],
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'look.up', arguments: '{"city":"Bern"}' } },
        { id: 'c2', type: 'custom', custom: { name: 'run', input: 'ls' } }
      ]
    },
    { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
    { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'done' }] },
    { role: 'user', content: 'and now?' }
  ],
  tools: [
    { type: 'function', function: { name: 'look.up', description: 'looks', parameters: SCHEMA, strict: true } },
    { type: 'custom', custom: { name: 'run', description: 'runs', format: { type: 'text' } } }
  ],
  tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', name: 'look.up' }] } },
  response_format: { type: 'json_schema', json_schema: { name: 'a', description: 'b', schema: SCHEMA, strict: true } },
  anthropic_beta: 'x,y',
  stop: ['x'],
  extra_body: { top_k: 5 }
}

const OLD_CHAT_BODY = {
  model: NOVA,
  n: 8,
  messages: [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"city":"Bern"}' } },
    { role: 'function', name: 'f', content: 'sunny' }
  ],
  functions: [{ name: 'f', parameters: SCHEMA }],
  function_call: 'auto',
  response_format: { type: 'json_object', schema: SCHEMA },
  logit_bias: { 1: 2 }
}

const EMBEDDING = { type: 'any', outcome: 'mapped', note: '' } as const
const EMBEDDINGS: Readonly<Record<string, FieldRow>> = Object.fromEntries(
  ['model', 'input', 'dimensions', 'encoding_format', 'input_type', 'truncate', 'user', 'extra_body'].map((name) => [
    name,
    EMBEDDING
  ])
)

const TABLES: Readonly<Record<string, Readonly<Record<string, FieldRow>>>> = {
  '/v1/chat/completions': CHAT,
  '/v1/completions': COMPLETIONS,
  '/v1/embeddings': EMBEDDINGS,
  '/v1/responses': RESPONSES,
  '/v1/responses/compact': RESPONSES,
  '/v1/responses/input_tokens': RESPONSES,
  '/v1/messages': MESSAGES,
  '/v1/messages/count_tokens': MESSAGES
}

const SMALL: Readonly<Record<FieldRow['type'], unknown>> = {
  string: 'a',
  number: 1,
  integer: 1,
  boolean: true,
  array: ['a'],
  object: { a: 'b' },
  any: 'a'
}

const seed = (path: string, body: Readonly<Record<string, unknown>>): GrowSeed => ({
  path,
  body,
  others: Object.entries(TABLES[path] ?? {})
    .filter(([field]) => body[field] === undefined)
    .map(([field, row]) => [field, SMALL[row.type]] as const)
})

/** Fields that no body of a dialect has are tried beside the first of its bodies alone. */
function firstOthers(seeds: readonly GrowSeed[]): readonly GrowSeed[] {
  const seen = new Set<string>()
  return seeds.map((one) => {
    const others = one.others.filter(([field]) => !seen.has(`${one.path} ${field}`))
    for (const [field] of others) seen.add(`${one.path} ${field}`)
    return { ...one, others }
  })
}

/** Bodies of every dialect whose fields are made to grow: between them they have nearly every member that is read. */
export const GROW_SEEDS: readonly GrowSeed[] = firstOthers([
  seed('/v1/chat/completions', CHAT_BODY),
  seed('/v1/chat/completions', { ...CHAT_BODY, model: NOVA }),
  seed('/v1/chat/completions', OLD_CHAT_BODY),
  seed('/v1/chat/completions', {
    model: NOVA,
    messages: [{ role: 'user', content: 'a' }],
    additional_model_request_fields: { inferenceConfig: { topK: 20 } },
    extra_body: { inferenceConfig: { topK: 20 } }
  }),
  seed('/v1/responses', RESPONSES_BODY),
  seed('/v1/responses/compact', RESPONSES_BODY),
  seed('/v1/responses/input_tokens', RESPONSES_BODY),
  seed('/v1/messages', MESSAGES_BODY),
  seed('/v1/messages', { ...MESSAGES_BODY, model: NOVA, thinking: undefined }),
  seed('/v1/messages', { ...MESSAGES_BODY, output_config: { format: { type: 'json_schema', schema: SCHEMA } } }),
  seed('/v1/messages/count_tokens', MESSAGES_BODY),
  ...FUZZ_SEEDS.filter(({ path }) => path !== '/v1/chat/completions').map(({ path, body }) => seed(path, { ...body })),
  seed('/v1/embeddings', { model: 'amazon.titan-embed-image-v1', input: [`data:image/png;base64,${PNG}`] }),
  seed('/v1/explain', { ...CHAT_BODY, system: undefined, messages: CHAT_BODY.messages.filter(({ role }) => role !== 'user') }),
  seed('/v1/explain', MESSAGES_BODY),
  seed('/v1/explain', RESPONSES_BODY),
  seed('/v1/images/generations', {
    prompt: 'a rock',
    n: 1,
    size: '1024x1024',
    quality: 'high',
    negative_prompt: 'a tree',
    user: 'a'
  }),
  seed('/v1/images/edits', { prompt: 'a', image: `data:image/png;base64,${PNG}`, mask: `data:image/png;base64,${PNG}` }),
  seed('/v1/moderations', {
    model: 'omni-moderation-latest',
    input: [{ type: 'text', text: 'a' }]
  }),
  seed('/v1/rerank', {
    model: 'cohere.rerank-v3-5:0',
    query: 'a',
    documents: ['b', { text: 'c', d: 'e' }],
    rank_fields: ['text'],
    top_n: 1
  }),
  seed('/v2/rerank', { model: 'cohere.rerank-v3-5:0', query: 'a', documents: ['b', 'c'], max_tokens_per_doc: 100 }),
  seed('/v1/conversations', {
    metadata: { a: 'b' },
    items: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] }]
  }),
  seed(`/model/${NOVA}/converse`, {
    messages: [{ role: 'user', content: [{ text: 'a' }, { image: { format: 'png', source: { bytes: PNG } } }] }]
  })
])
