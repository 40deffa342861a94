const CHAT = '/v1/chat/completions'
const NOVA = 'amazon.nova-lite-v1:0'
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string', pattern: '^(?=a)' }, at: { $ref: '#/$defs/at' } },
  required: ['city'],
  $defs: { at: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }
}
const TOOLS = [
  { type: 'function', function: { name: 'look.up', description: 'looks', parameters: SCHEMA, strict: true } },
  { type: 'custom', custom: { name: 'run', description: 'runs', format: { type: 'text' } } }
]
const HISTORY = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: [{ type: 'text', text: 'use a tool', cache_control: { type: 'ephemeral' } }] },
  {
    role: 'assistant',
    content: 'I look.',
    thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'c2ln' }],
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look.up', arguments: '{"city":"Bern"}' } }]
  },
  { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'sunny' }] },
  { role: 'user', content: 'and now?' }
]

/** Bodies that are taken as they are, between them with nearly every field there is. */
export const SEEDS: readonly { readonly path: string; readonly body: object }[] = [
  {
    path: CHAT,
    body: {
      model: NOVA,
      messages: [{ role: 'user', content: 'hello' }],
      temperature: 0.5,
      top_p: 0.9,
      stop: ['x'],
      max_tokens: 50
    }
  },
  {
    path: CHAT,
    body: {
      model: NOVA,
      stream: true,
      stream_options: { include_usage: true },
      messages: HISTORY,
      tools: TOOLS,
      tool_choice: 'auto'
    }
  },
  {
    path: CHAT,
    body: {
      model: CLAUDE,
      messages: HISTORY,
      tools: TOOLS,
      parallel_tool_calls: false,
      metadata: { a: 'b' },
      user: 'me',
      reasoning_effort: 'low'
    }
  },
  {
    path: CHAT,
    body: {
      model: CLAUDE,
      stream: true,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,YQ==' } }
          ]
        }
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA, strict: true } },
      extra_body: { top_k: 5, additional_model_request_fields: { a: { b: 1 } }, anthropic_beta: ['x'] }
    }
  },
  {
    path: CHAT,
    body: {
      model: NOVA,
      n: 2,
      messages: HISTORY.slice(1, 2),
      functions: [{ name: 'f', parameters: SCHEMA }],
      function_call: { name: 'f' },
      seed: 1,
      logit_bias: { 1: 2 },
      service_tier: 'auto',
      guardrail: { identifier: 'abc', version: '1' },
      performance_config: { latency: 'standard' }
    }
  },
  { path: '/v1/completions', body: { model: NOVA, prompt: ['one', 'two'], max_tokens: 20, stop: '.' } },
  {
    path: '/v1/embeddings',
    body: { model: 'amazon.titan-embed-text-v2:0', input: ['one', 'two'], dimensions: 256, encoding_format: 'base64' }
  },
  {
    path: '/v1/embeddings',
    body: { model: 'cohere.embed-multilingual-v3', input: [[1, 2, 3], 'two'], input_type: 'search_query' }
  }
]
