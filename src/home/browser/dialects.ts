/// <reference lib="dom" />
import type { Answer, AnswerView } from './answer.ts'
import type { ErrorBody } from './call-api.ts'
import type { DialectName, Message } from './state.ts'

/** Where a dialect is asked, below the base URL. */
export function dialectPath(dialect: DialectName): string {
  return dialect === 'chat' ? 'chat/completions' : dialect
}

/** A conversation, asked for as a stream. */
export function dialectBody(dialect: DialectName, model: string, messages: readonly Message[]): object {
  switch (dialect) {
    case 'chat':
      return { model, messages, stream: true, stream_options: { include_usage: true } }
    case 'responses':
      return { model, input: messages, reasoning: { summary: 'auto' }, store: false, stream: true }
    case 'messages':
      return { model, max_tokens: 4096, messages, stream: true }
  }
}

/** Takes the data of one event. Gives `end` where the answer is over, and the error where it failed. */
export function takeEvent(dialect: DialectName, data: string, answer: Answer, view: AnswerView): 'end' | ErrorBody | undefined {
  switch (dialect) {
    case 'chat':
      return data === '[DONE]' ? 'end' : takeChunk(JSON.parse(data) as Chunk, answer, view)
    case 'responses':
      return takeResponseEvent(JSON.parse(data) as ResponseEvent, answer, view)
    case 'messages':
      return takeMessageEvent(JSON.parse(data) as MessageEvent, answer, view)
  }
}

export interface Chunk {
  readonly error?: ErrorBody
  readonly usage?: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly prompt_tokens_details?: { readonly cached_tokens?: number }
    readonly completion_tokens_details?: { readonly reasoning_tokens?: number }
  } | null
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null }
    readonly finish_reason?: string | null
  }[]
}

export function takeChunk({ error, usage, choices }: Chunk, answer: Answer, view: AnswerView): ErrorBody | undefined {
  if (error !== undefined) return error
  if (usage) {
    answer.usage = {
      input: usage.prompt_tokens,
      output: usage.completion_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0
    }
  }
  const choice = choices?.[0]
  if (choice?.finish_reason === 'length') answer.end = 'limit'
  if (choice?.finish_reason === 'content_filter') answer.end = 'filter'
  view.reasoning(choice?.delta?.reasoning_content ?? '')
  view.content(choice?.delta?.content ?? '')
  return undefined
}

/** What of the events of the Responses API the page reads. */
export interface ResponseEvent {
  readonly type: string
  readonly delta?: string
  readonly message?: string
  readonly code?: string | null
  readonly response?: {
    readonly incomplete_details?: { readonly reason?: string } | null
    readonly usage?: {
      readonly input_tokens: number
      readonly output_tokens: number
      readonly input_tokens_details?: { readonly cached_tokens?: number }
      readonly output_tokens_details?: { readonly reasoning_tokens?: number }
    } | null
  }
}

export function takeResponseEvent(event: ResponseEvent, answer: Answer, view: AnswerView): 'end' | ErrorBody | undefined {
  const usage = event.response?.usage
  if (usage) {
    answer.usage = {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cached: usage.input_tokens_details?.cached_tokens ?? 0,
      reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0
    }
  }
  switch (event.type) {
    case 'response.output_text.delta':
      view.content(event.delta ?? '')
      return undefined
    case 'response.reasoning_summary_text.delta':
      view.reasoning(event.delta ?? '')
      return undefined
    case 'error':
      return { message: event.message ?? '', code: event.code ?? 'error' }
    case 'response.incomplete':
      answer.end = event.response?.incomplete_details?.reason === 'content_filter' ? 'filter' : 'limit'
      return 'end'
    case 'response.completed':
      return 'end'
    default:
      return undefined
  }
}

/** Tokens as Anthropic counts them: what was cached is not among the input. */
export interface MessageUsage {
  readonly input_tokens?: number | null
  readonly output_tokens?: number | null
  readonly cache_read_input_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
  readonly output_tokens_details?: { readonly thinking_tokens?: number } | null
}

/** What of the events of Anthropic's Messages API the page reads. */
export interface MessageEvent {
  readonly type: string
  readonly error?: ErrorBody
  readonly usage?: MessageUsage
  readonly delta?: { readonly text?: string; readonly thinking?: string; readonly stop_reason?: string | null }
}

export function takeMessageEvent(event: MessageEvent, answer: Answer, view: AnswerView): 'end' | ErrorBody | undefined {
  const { type, error, usage, delta } = event
  if (error !== undefined) return error
  if (usage !== undefined) {
    const cached = usage.cache_read_input_tokens ?? 0
    answer.usage = {
      input: (usage.input_tokens ?? 0) + cached + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens ?? 0,
      cached,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0
    }
  }
  view.reasoning(delta?.thinking ?? '')
  view.content(delta?.text ?? '')
  if (delta?.stop_reason === 'max_tokens' || delta?.stop_reason === 'model_context_window_exceeded') answer.end = 'limit'
  if (delta?.stop_reason === 'refusal') answer.end = 'filter'
  return type === 'message_stop' ? 'end' : undefined
}
