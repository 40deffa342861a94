import {
  anything,
  boolean,
  dictionary,
  items,
  matching,
  model,
  type NativeCheck,
  numeric,
  string,
  stringOr,
  tagged,
  words
} from './native-shape.ts'

/** A request in Claude's own words after its shape was checked: only what the rules look at. */
export interface NativeRequest {
  readonly max_tokens: number
  readonly messages: readonly {
    readonly role: 'user' | 'assistant' | 'system'
    readonly content: string | readonly NativeBlock[]
  }[]
  readonly system?: string | readonly NativeBlock[]
  readonly tools?: readonly NativeTool[]
  readonly tool_choice?: { readonly type: string; readonly name?: string; readonly disable_parallel_tool_use?: boolean }
  readonly temperature?: number
  readonly top_p?: number
  readonly stop_sequences?: readonly string[]
  readonly output_config?: { readonly effort?: string; readonly format?: { readonly schema: unknown } }
  readonly anthropic_beta?: readonly string[]
  readonly [other: string]: unknown
}

export interface NativeBlock {
  readonly type: string
  readonly cache_control?: { readonly ttl?: string }
  readonly [other: string]: unknown
}

export interface NativeTool {
  readonly type?: string
  readonly name: string
  readonly description?: string
  readonly input_schema?: unknown
  readonly strict?: boolean
  readonly cache_control?: { readonly ttl?: string }
  readonly [other: string]: unknown
}

// `scope` is refused on Bedrock, whatever Anthropic's own API takes.
const CACHE = tagged({ ephemeral: model({ type: string, ttl: words('5m', '1h') }, ['type']) })
const SOURCE = model({ type: words('base64'), media_type: string, data: string }, ['type', 'media_type', 'data'])
const IMAGE_SOURCE = tagged({
  base64: model({ type: string, media_type: words('image/jpeg', 'image/png', 'image/gif', 'image/webp'), data: string }, [
    'media_type',
    'data'
  ])
})
const CITES = model({ enabled: boolean })
const TEXT = model({ type: string, text: string, cache_control: CACHE, citations: items(dictionary) }, ['text'])
const IMAGE = model({ type: string, source: IMAGE_SOURCE, cache_control: CACHE }, ['source'])
const DOCUMENT = model(
  {
    type: string,
    title: string,
    context: string,
    citations: CITES,
    cache_control: CACHE,
    source: tagged({
      base64: SOURCE,
      text: model({ type: string, media_type: words('text/plain'), data: string }, ['media_type', 'data']),
      content: model({ type: string, content: anything }, ['content'])
    })
  },
  ['source']
)
const SEARCH_RESULT = model(
  { type: string, source: string, title: string, content: items(TEXT), citations: CITES, cache_control: CACHE },
  ['source', 'title', 'content']
)
const TOOL_ID = matching(/^[a-zA-Z0-9_-]+$/)
const IN_RESULT = tagged({
  text: TEXT,
  image: IMAGE,
  document: DOCUMENT,
  search_result: SEARCH_RESULT,
  tool_reference: model({ type: string, tool_name: string, cache_control: CACHE }, ['tool_name'])
})
const USE = model({ type: string, id: TOOL_ID, name: string, input: dictionary, cache_control: CACHE, caller: dictionary }, [
  'id',
  'name',
  'input'
])
const BLOCK = tagged({
  text: TEXT,
  image: IMAGE,
  document: DOCUMENT,
  search_result: SEARCH_RESULT,
  thinking: model({ type: string, thinking: string, signature: string }, ['thinking', 'signature']),
  redacted_thinking: model({ type: string, data: string }, ['data']),
  tool_use: USE,
  tool_result: model(
    { type: string, tool_use_id: TOOL_ID, content: stringOr(items(IN_RESULT)), is_error: boolean, cache_control: CACHE },
    ['tool_use_id']
  ),
  server_tool_use: USE,
  tool_search_tool_result: model({ type: string, tool_use_id: TOOL_ID, content: dictionary, cache_control: CACHE }, [
    'tool_use_id',
    'content'
  ])
})

const CUSTOM = model(
  {
    type: string,
    name: matching(/^[a-zA-Z0-9_-]{1,128}$/),
    description: string,
    input_schema: dictionary,
    strict: boolean,
    cache_control: CACHE,
    defer_loading: boolean,
    input_examples: items(dictionary),
    eager_input_streaming: boolean
  },
  ['name', 'input_schema']
)
const CLIENT = model(
  {
    type: string,
    name: string,
    cache_control: CACHE,
    defer_loading: boolean,
    max_characters: numeric(1, 1e9, true),
    display_width_px: numeric(1, 1e5, true),
    display_height_px: numeric(1, 1e5, true),
    display_number: numeric(0, 1e3, true),
    enable_zoom: boolean
  },
  ['name']
)
const TOOL = tagged(
  {
    custom: CUSTOM,
    'bash_*': CLIENT,
    'text_editor_*': CLIENT,
    'memory_*': CLIENT,
    'computer_*': CLIENT,
    'tool_search_tool_*': CLIENT
  },
  'custom'
)

const PARALLEL = { type: string, disable_parallel_tool_use: boolean }
const CHOICE = tagged({
  auto: model(PARALLEL),
  any: model(PARALLEL),
  tool: model({ ...PARALLEL, name: string }, ['name']),
  none: model({ type: string })
})

const MESSAGE = model({ role: words('user', 'assistant', 'system'), content: stringOr(items(BLOCK)) }, ['role', 'content'])

/**
 * Claude's body as Bedrock takes it, from the model parameters of Bedrock's guide and the types of `@anthropic-ai/sdk` 1.14: neither
 * `model` nor `stream` stands in it, and what only Anthropic's own API has is unknown.
 */
export const NATIVE_SHAPE: NativeCheck = model(
  {
    anthropic_version: words('bedrock-2023-05-31'),
    anthropic_beta: items(string),
    max_tokens: numeric(1, Number.MAX_SAFE_INTEGER, true),
    messages: items(MESSAGE),
    system: stringOr(items(tagged({ text: TEXT }))),
    tools: items(TOOL),
    tool_choice: CHOICE,
    temperature: numeric(0, 1),
    top_p: numeric(0, 1),
    top_k: numeric(0, Number.MAX_SAFE_INTEGER, true),
    stop_sequences: items(string),
    thinking: dictionary,
    output_config: model({
      effort: string,
      format: tagged({ json_schema: model({ type: string, schema: dictionary }, ['schema']) })
    }),
    context_management: dictionary,
    metadata: model({ user_id: string }),
    'amazon-bedrock-guardrailConfig': model({ streamProcessingMode: words('SYNCHRONOUS', 'ASYNCHRONOUS'), tagSuffix: string })
  },
  ['anthropic_version', 'max_tokens', 'messages']
)
