/** What an OpenAI client reads: the bodies of answers and chunks. Members that are not OpenAI's are marked as extensions. */

export type FinishReasonWord = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

export interface FunctionCallBody {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

export interface CustomCallBody {
  id: string
  type: 'custom'
  custom: { name: string; input: string }
}

export type ToolCallBody = FunctionCallBody | CustomCallBody

/**
 * Extension: reasoning that its model can check. The caller sends it back as it came.
 * `index` is there for openai-python, whose accumulator stops at list entries without one.
 */
export type ThinkingBlockBody =
  | { index: number; type: 'thinking'; thinking: string; signature: string }
  | { index: number; type: 'redacted_thinking'; data: string }

export interface AnnotationBody {
  /** Extension, for openai-python's accumulator. */
  index: number
  type: 'url_citation'
  url_citation: {
    start_index: number
    end_index: number
    url: string
    title: string
    /** Extension: the words that are cited. */
    cited_text?: string
    /** Extension: Bedrock's location as it came. */
    location?: unknown
  }
}

export interface MessageBody {
  role: 'assistant'
  content: string | null
  refusal: null
  annotations: AnnotationBody[]
  tool_calls?: ToolCallBody[]
  function_call?: { name: string; arguments: string }
  /** Extension. */
  reasoning_content?: string
  /** Extension. */
  thinking_blocks?: ThinkingBlockBody[]
}

export interface ChoiceBody {
  index: number
  message: MessageBody
  logprobs: null
  finish_reason: FinishReasonWord
  /** Extension: asked for with `additional_model_response_field_paths`. */
  additional_model_response_fields?: unknown
}

export interface UsageBody {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  /** Extension: US dollars, only where the caller asks for it; null: no price is known. */
  cost?: number | null
  prompt_tokens_details: {
    cached_tokens: number
    cache_write_tokens: number
    /** Extension: LiteLLM's name for `cache_write_tokens`. */
    cache_creation_tokens: number
    audio_tokens: number
  }
  completion_tokens_details: {
    /** Absent where the model does not tell. */
    reasoning_tokens?: number
    audio_tokens: number
    accepted_prediction_tokens: number
    rejected_prediction_tokens: number
  }
}

export interface CompletionBody {
  id: string
  object: 'chat.completion'
  created: number
  model: string
  /** Bedrock's `reserved` is an extension. */
  service_tier: string
  system_fingerprint: string
  choices: ChoiceBody[]
  usage: UsageBody
  /** Extension: a guardrail's trace, when the caller asked for one. */
  bedrock_trace?: unknown
}
