import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type OpenAI from 'openai'

type Chat = OpenAI.Chat.Completions.ChatCompletion
type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk

/** An object with these members and no other. */
const only = <T extends TProperties>(members: T): TObject<T> => Type.Object(members, { additionalProperties: false })
const words = <T extends string>(...each: readonly T[]) => Type.Union(each.map((word) => Type.Literal(word)))
const count = Type.Integer({ minimum: 0 })
const id = Type.String({ minLength: 1 })

const Finish = words('stop', 'length', 'tool_calls', 'content_filter', 'function_call')
/** `reserved` is Bedrock's. */
const Tier = words('default', 'flex', 'priority', 'reserved')

const Usage = only({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: only({
    cached_tokens: count,
    cache_write_tokens: count,
    cache_creation_tokens: count,
    audio_tokens: count
  }),
  completion_tokens_details: only({
    reasoning_tokens: Type.Optional(count),
    audio_tokens: count,
    accepted_prediction_tokens: count,
    rejected_prediction_tokens: count
  })
})

const Annotation = only({
  index: count,
  type: Type.Literal('url_citation'),
  url_citation: only({
    start_index: count,
    end_index: count,
    url: Type.String(),
    title: Type.String(),
    cited_text: Type.Optional(Type.String()),
    location: Type.Optional(Type.Unknown())
  })
})

/** Extension. */
const Thinking = Type.Union([
  only({ index: count, type: Type.Literal('thinking'), thinking: Type.String(), signature: id }),
  only({ index: count, type: Type.Literal('redacted_thinking'), data: id })
])

const ToolCall = Type.Union([
  only({ id, type: Type.Literal('function'), function: only({ name: id, arguments: Type.String() }) }),
  only({ id, type: Type.Literal('custom'), custom: only({ name: id, input: Type.String() }) })
])

const Message = only({
  role: Type.Literal('assistant'),
  content: Type.Union([Type.String(), Type.Null()]),
  refusal: Type.Null(),
  annotations: Type.Array(Annotation),
  tool_calls: Type.Optional(Type.Array(ToolCall, { minItems: 1 })),
  function_call: Type.Optional(only({ name: id, arguments: Type.String() })),
  reasoning_content: Type.Optional(Type.String({ minLength: 1 })),
  thinking_blocks: Type.Optional(Type.Array(Thinking, { minItems: 1 }))
})

const head = { id: Type.RegExp(/^chatcmpl-[\w-]{20,}$/), created: count, model: id, service_tier: Tier, system_fingerprint: id }

export const ChatCompletion = only({
  ...head,
  object: Type.Literal('chat.completion'),
  choices: Type.Array(
    only({
      index: count,
      message: Message,
      logprobs: Type.Null(),
      finish_reason: Finish,
      additional_model_response_fields: Type.Optional(Type.Unknown())
    }),
    { minItems: 1 }
  ),
  usage: Usage,
  bedrock_trace: Type.Optional(Type.Unknown())
})

const CallDelta = Type.Union([
  only({ index: count, id, type: Type.Literal('function'), function: only({ name: id, arguments: Type.Literal('') }) }),
  only({ index: count, function: only({ arguments: Type.String({ minLength: 1 }) }) }),
  only({ index: count, id, type: Type.Literal('custom'), custom: only({ name: id, input: Type.Literal('') }) }),
  only({ index: count, custom: only({ input: Type.String() }) })
])

/** One kind of thing in each delta: no reasoning beside content, no two calls in one. */
const Delta = Type.Union([
  only({}),
  only({ role: Type.Literal('assistant'), content: Type.Literal(''), refusal: Type.Null() }),
  only({ content: Type.String({ minLength: 1 }) }),
  only({ reasoning_content: Type.String({ minLength: 1 }) }),
  only({ tool_calls: Type.Array(CallDelta, { minItems: 1, maxItems: 1 }) }),
  only({ function_call: only({ name: Type.Optional(id), arguments: Type.String() }) }),
  only({
    annotations: Type.Optional(Type.Array(Annotation, { minItems: 1 })),
    thinking_blocks: Type.Optional(Type.Array(Thinking, { minItems: 1 }))
  })
])

const chunkHead = { ...head, object: Type.Literal('chat.completion.chunk') }
const Choice = only({
  index: count,
  delta: Delta,
  logprobs: Type.Null(),
  finish_reason: Type.Union([Finish, Type.Null()]),
  additional_model_response_fields: Type.Optional(Type.Unknown())
})

/** A chunk has one choice, or is the last one with the usage of all. */
export const ChatCompletionChunk = Type.Union([
  only({ ...chunkHead, choices: Type.Array(Choice, { minItems: 1, maxItems: 1 }), usage: Type.Optional(Type.Null()) }),
  only({
    ...chunkHead,
    choices: Type.Array(Type.Never(), { maxItems: 0 }),
    usage: Usage,
    bedrock_trace: Type.Optional(Type.Unknown())
  })
])

export const TextCompletion = only({
  id: Type.RegExp(/^cmpl-[\w-]{20,}$/),
  object: Type.Literal('text_completion'),
  created: count,
  model: id,
  choices: Type.Array(
    only({ text: Type.String(), index: count, logprobs: Type.Null(), finish_reason: words('stop', 'length', 'content_filter') })
  ),
  usage: only({ prompt_tokens: count, completion_tokens: count, total_tokens: count })
})

const embeddings = <T extends TProperties[string]>(vector: T) =>
  only({
    object: Type.Literal('list'),
    data: Type.Array(only({ object: Type.Literal('embedding'), index: count, embedding: vector }), { minItems: 1 }),
    model: id,
    usage: only({ prompt_tokens: count, total_tokens: count })
  })
export const Embeddings = embeddings(Type.Array(Type.Number(), { minItems: 1 }))
export const Base64Embeddings = embeddings(Type.RegExp(/^[A-Za-z0-9+/]+=*$/))

export const Model = only({
  id,
  object: Type.Literal('model'),
  created: count,
  owned_by: id,
  shutdown_date: Type.Optional(Type.RegExp(/^\d{4}-\d\d-\d\d$/)),
  // Anthropic's.
  type: Type.Literal('model'),
  display_name: id,
  created_at: Type.String(),
  // Ours.
  name: id,
  kind: Type.Optional(id),
  base_model: id,
  input_modalities: Type.Optional(Type.Array(id)),
  output_modalities: Type.Optional(Type.Array(id)),
  streaming: Type.Optional(Type.Boolean()),
  lifecycle: Type.Optional(words('active', 'legacy')),
  resolves_to: Type.Optional(Type.Array(id))
})

export const ErrorBody = only({
  error: only({
    message: id,
    type: words('invalid_request_error', 'rate_limit_error', 'server_error', 'authentication_error', 'permission_error'),
    param: Type.Union([Type.String(), Type.Null()]),
    code: Type.Union([id, Type.Null()])
  })
})

/** Throws where a value is not what the schema says, with the first place that is wrong. */
export function mustFit(schema: TObject | typeof ChatCompletionChunk, value: unknown): void {
  if (Value.Check(schema, value)) return
  const [first] = Value.Errors(schema, value)
  throw new Error(`${first?.path}: ${first?.message} in ${JSON.stringify(value)}`)
}

// The build breaks here when these schemas and the `openai` package's types part; `service_tier` has Bedrock's `reserved`.
type Fits<Ours extends Theirs, Theirs> = Ours
export type ChatFits = Fits<Omit<Static<typeof ChatCompletion>, 'service_tier'>, Omit<Chat, 'service_tier'>>
export type ChunkFits = Fits<Omit<Static<typeof ChatCompletionChunk>, 'service_tier'>, Omit<ExtendedChunk, 'service_tier'>>
export type TierFits = Fits<Exclude<Static<typeof Tier>, 'reserved'>, NonNullable<Chat['service_tier']>>
export type TextFits = Fits<Static<typeof TextCompletion>, OpenAI.Completion>
export type EmbeddingsFit = Fits<Static<typeof Embeddings>, OpenAI.CreateEmbeddingResponse>
export type ModelFits = Fits<Static<typeof Model>, OpenAI.Model>

type ChunkChoice = Chunk['choices'][number]
/** A delta has three members of ours. */
type ExtendedDelta = ChunkChoice['delta'] & { reasoning_content?: string; annotations?: object[]; thinking_blocks?: object[] }
type ExtendedChunk = Omit<Chunk, 'choices'> & { choices: (Omit<ChunkChoice, 'delta'> & { delta: ExtendedDelta })[] }

/** What stands beside OpenAI's own members, by name. */
type Beside<Ours, Theirs> = Exclude<keyof Ours, keyof Theirs>
type OurChoice = Static<typeof ChatCompletion>['choices'][number]
export type Extensions = Fits<
  {
    body: Beside<Static<typeof ChatCompletion>, Chat>
    choice: Beside<OurChoice, Chat['choices'][number]>
    message: Beside<OurChoice['message'], Chat['choices'][number]['message']>
    usage: Beside<Static<typeof Usage>['prompt_tokens_details'], NonNullable<OpenAI.CompletionUsage['prompt_tokens_details']>>
    model: Beside<Static<typeof Model>, OpenAI.Model>
  },
  {
    body: 'bedrock_trace'
    choice: 'additional_model_response_fields'
    message: 'reasoning_content' | 'thinking_blocks'
    usage: 'cache_creation_tokens'
    model:
      | 'type'
      | 'display_name'
      | 'created_at'
      | 'name'
      | 'kind'
      | 'base_model'
      | 'input_modalities'
      | 'output_modalities'
      | 'streaming'
      | 'lifecycle'
      | 'resolves_to'
  }
>
