import type { ByteString } from '../core/byte-string.ts'
import type { Completion } from '../core/collect.ts'
import type { EventBatch } from '../core/event.ts'
import type { Spell } from '../core/field.ts'
import type { ChatRequest } from '../core/request.ts'
import type { SpeltWarning } from '../core/warning.ts'
import type { ErrorKind, GatewayError } from '../errors.ts'
import type { Records } from '../state/response-store.ts'

/** How reasoning is shown: its own field, `<think>` tags in the content, both, or not at all. */
export type ReasoningFormat = 'field' | 'think' | 'both' | 'none'

/** Turns cl100k tokens back into their text; throws when a token does not exist. */
export type DecodeTokens = (tokens: readonly number[]) => string

/** What a decoder may read beside the body. */
export interface DecodeContext {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The operator's setting. */
  readonly reasoningFormat: ReasoningFormat
  /** The limit of an answer whose caller sets none, where the operator has set one for this dialect or for all. Tokens. */
  readonly maxTokens?: number
  /** What the caller has kept here; absent: nothing is kept, or not for this dialect. */
  readonly records?: Records
  /** Loads the vocabulary; some 300 ms at the first call of a process. */
  vocabulary(): Promise<DecodeTokens>
}

/** A body that has been read. */
export interface Decoded<Options> {
  /** Conversations that are answered side by side. All are of one model, and all are streamed or none is. */
  readonly requests: readonly [ChatRequest, ...ChatRequest[]]
  /** Answers wanted to each. */
  readonly count: number
  /** What concerns only the shape of the answer. */
  readonly options: Options
  readonly warnings: readonly SpeltWarning[]
  /** How this caller wrote the core's fields. */
  readonly spell: Spell
}

/** What all parts of one answer share. */
export interface Head {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  /** The id that was called. */
  readonly model: string
}

/** The stream of one response. Synchronous: events in, whole frames out. */
export interface ConversationStream {
  /** The frames of one read of one answer; each event keeps its own frame, however the events are cut into batches. */
  batch(choice: number, events: EventBatch): ByteString
  /** Asked for when all events of an answer are written: why it is none, however orderly its bytes ended. */
  failure(choice: number): GatewayError | undefined
  /** Asked for when all events are written, before `end`: keeps the answer; the promise must be waited for, and never rejects. */
  keep?(): Promise<void> | undefined
  /** What may be said before the model answers, where clients wait for a sign; absent: nothing. */
  greet?(): ByteString
  /** Another model than was thought answers a stream that is open already. */
  answeredBy?(model: string): void
  /** The last frames of a complete stream. */
  end(): ByteString
  /** The last frames of a broken one, also before its first batch: nothing in them looks like an end. `param`: see `ErrorWords`. */
  fail(error: GatewayError, param: string | null, requestId: string): ByteString
  /** What a silent stream says, so that nobody on the way takes it for dead. */
  heartbeat(): ByteString
}

/** How a family of dialects says errors. */
export interface ErrorWords {
  /** HTTP status of a kind. */
  status(kind: ErrorKind): number
  /** The body of an error answer. `param`: the field to change, as the caller wrote it. */
  body(error: GatewayError, param: string | null, requestId: string): object
  /** What its clients read of an error beside status and body; absent: nothing. */
  headers?(error: GatewayError): Readonly<Record<string, string>>
  /** Bedrock's own answer is sent as it came, where there is one. */
  readonly asSaid?: true
  /** The header in which its clients look for the id of a request; absent: only in the gateway's own. */
  readonly idHeader?: string
  /** The limits of a key under its own names, from OpenAI's; absent: its clients read OpenAI's. */
  limitHeaders?(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>
}

/** A wire format in which callers converse with models. It knows the core and nothing of Bedrock. */
export interface Dialect<Options> {
  /** What ids of answers begin with. */
  readonly idPrefix: string
  /** JSON Schema of the body's outer shape, where one is checked before it is decoded. */
  readonly schema?: object
  readonly errors: ErrorWords
  /** It reads and keeps `DecodeContext.records`. */
  readonly keepsRecords?: true
  /** Reads a body. Throws a 400 that names the field as the caller wrote it. */
  decode(body: unknown, context: DecodeContext): Decoded<Options> | Promise<Decoded<Options>>
  /** Whole answers, all choices of the first conversation, then of the next. */
  encode(completions: readonly Completion[], head: Head, options: Options): object | Promise<object>
  /** Begins the stream of `choices` answers. */
  stream(options: Options, head: Head, choices: number): ConversationStream
}
