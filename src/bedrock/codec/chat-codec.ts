import type { EventBatch, ModelEvent } from '../../core/event.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import type { EncodeInput, Omission } from '../prepare/encode-scope.ts'
import type { PromptDigest } from '../prepare/prompt-digest.ts'
import type { BedrockHost } from '../transport/endpoint.ts'
import type { Frame, Framing } from '../transport/event-stream.ts'

/** Where a conversation is sent. */
export interface CalledPath {
  /** Below the endpoint, percent-encoded. */
  readonly path: string
  /** Absent: Bedrock's runtime. */
  readonly host?: BedrockHost
}

/** Turns the frames of one streamed answer into events. */
export interface AnswerDecoder {
  /** Adds what an event frame brings. What the wire may add one day is passed over; what is broken throws. */
  read(frame: Frame, into: ModelEvent[]): void
  /** Nothing that follows belongs to the answer, whether its bytes end or not. Absent: the token counts tell. */
  readonly isOver?: boolean
  /** Called at the clean end of the bytes. Throws where the answer is not over: a cut answer never looks complete. */
  end(): void
}

/** What a refusal says can be left out, so that the request may be taken without it. */
export interface Refused {
  readonly omissions: readonly Omission[]
  /**
   * The sentence proves that the model lacks the field, whatever a caller writes into it: worth remembering.
   * False for all refusals of what a caller wrote.
   */
  readonly isMissing: boolean
}

/** A conversation in the words of a Bedrock wire. */
export interface EncodedChat {
  /** Without the model's id. */
  readonly body: JsonObject
  /** Beside those every call has; lower-case names. Absent: none. */
  readonly headers?: Readonly<Record<string, string>>
  /** The answer comes in frames; else whole, and a stream is made of it. */
  readonly streaming: boolean
  readonly warnings: readonly Warning[]
  /** The caller's schema that the answer is to be held against; absent: none. */
  readonly outputSchema?: JsonObject
  /** The body has cache points. */
  readonly hasCachePoints?: true
  /** The prompt is too short for the model to keep anything of it, and so nothing can be missed in its cache. */
  readonly isShort?: true
  /** What has read the prompt of the body already. */
  readonly digest?: PromptDigest
  /** The limit of the answer, tokens, where it is `EncodeInput.fitted` and not the one that would be sent without. */
  readonly fitted?: number
}

/** How conversations are said on one of Bedrock's wires, and its answers read. Pure. */
export interface ChatCodec<Encoded extends EncodedChat = EncodedChat> {
  /** How the events of a streamed answer lie in its bytes. */
  readonly framing: Framing
  /** Throws GatewayError where leaving something out would change what the answer means. */
  encode(input: EncodeInput): Encoded
  call(encoded: Encoded, target: ModelTarget): CalledPath
  decoder(encoded: Encoded): AnswerDecoder
  /** Reads a whole answer as the events its stream would have given. Throws GatewayError where it is none. */
  decodeWhole(text: string, encoded: Encoded): EventBatch
  /** Reads a refusal of the encoded request; undefined: nothing can be left out. `tried`: joined names of what did not help. */
  readOmission(error: unknown, encoded: Encoded, tried: ReadonlySet<string>): Refused | undefined
}
