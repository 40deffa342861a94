/// <reference lib="dom" />
import { type ErrorBody, type Failure, toFailure } from './call-api.ts'
import { readEvents } from './read-events.ts'

/** What a chat stream has said so far. */
export interface Answer {
  content: string
  finish: string
  usage: Usage | undefined
  /** Milliseconds from the request to the first text. */
  firstMs: number | undefined
  totalMs: number
}

export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens?: number }
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number }
}

/** Where the pieces of an answer are shown as they come. */
export interface AnswerView {
  content(delta: string): void
  reasoning(delta: string): void
}

export interface Chunk {
  readonly error?: ErrorBody
  readonly usage?: Usage | null
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null }
    readonly finish_reason?: string | null
  }[]
}

export function newAnswer(): Answer {
  return { content: '', finish: '', usage: undefined, firstMs: undefined, totalMs: 0 }
}

/** Reads a chat stream into `answer` and the view. Gives the failure the stream told of, or that it ended too early. */
export async function readAnswer(
  response: Response,
  answer: Answer,
  view: AnswerView & { readonly startedAt: number }
): Promise<Failure | undefined> {
  if (response.body === null) return toFailure('Empty', { message: 'The reply has no body.' }, response)
  for await (const data of readEvents(response.body)) {
    if (data === '[DONE]') return undefined
    const chunk = JSON.parse(data) as Chunk
    if (chunk.error !== undefined) return toFailure('Failed while answering', chunk.error, response)
    takeChunk(chunk, answer, view)
  }
  return toFailure('Cut short', { message: 'The stream ended before the answer was complete.' }, response)
}

export function takeChunk(chunk: Chunk, answer: Answer, view: AnswerView & { readonly startedAt: number }): void {
  answer.usage = chunk.usage ?? answer.usage
  const choice = chunk.choices?.[0]
  const content = choice?.delta?.content ?? ''
  const reasoning = choice?.delta?.reasoning_content ?? ''
  answer.finish = choice?.finish_reason ?? answer.finish
  if (content === '' && reasoning === '') return
  answer.firstMs ??= performance.now() - view.startedAt
  if (reasoning !== '') view.reasoning(reasoning)
  if (content === '') return
  answer.content += content
  view.content(content)
}

/** What an answer cost and took, in one line. */
export function describeAnswer(answer: Answer): string {
  const { usage, firstMs, totalMs, finish } = answer
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0
  const parts = [
    usage && `${usage.prompt_tokens} tokens in${cached > 0 ? ` (${cached} cached)` : ''}`,
    usage && `${usage.completion_tokens} out${reasoning > 0 ? ` (${reasoning} reasoning)` : ''}`,
    firstMs !== undefined && `first after ${seconds(firstMs)}`,
    `${seconds(totalMs)} in all`,
    finish === 'length' && 'ended by the token limit',
    finish === 'content_filter' && 'ended by a content filter'
  ]
  return parts.filter((part) => typeof part === 'string').join(' · ')
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`
}
