import type { ByteString } from './byte-string.ts'
import type { Json } from './json.ts'
import type { Citation } from './turn.ts'
import type { Usage } from './usage.ts'

/**
 * Why an answer ended. `pause`: the provider has stopped in the middle of its turn and can be asked to go on. `malformed`: it could not
 * read what the model wrote, so that what came is not the answer.
 */
export type FinishReason =
  | 'end'
  | 'stop-sequence'
  | 'length'
  | 'context-full'
  | 'tool-calls'
  | 'filtered'
  | 'refusal'
  | 'pause'
  | 'malformed'

/**
 * One step of an answer. An unary answer is read as the very events its stream would have given,
 * so streaming and not streaming cannot drift apart.
 *
 * Laws: `start` first and once; deltas of one block are contiguous; every block ends with `block-end`;
 * `finish` once, after all blocks; then at most one `usage`, last. A stream that ends without `finish` has failed.
 * `block` is the block's number in the answer; it rises, and tells neighbouring blocks of one kind apart.
 * `literal` is a piece of text once more, as the JSON string it came in, with its quotes: who writes JSON may copy it. Absent where the
 * piece did not come as one.
 * `phase` is the provider's word for what a text is in its turn (`commentary`, `final_answer`), where it has one.
 */
export type ModelEvent =
  /** `usage`: what is known of the prompt by now, where the provider tells so early. */
  | { readonly type: 'start'; readonly usage?: Usage }
  | {
      readonly type: 'text'
      readonly block: number
      readonly text: string
      readonly literal?: ByteString
      readonly phase?: string
    }
  | { readonly type: 'citation'; readonly block: number; readonly citation: Citation }
  | { readonly type: 'reasoning'; readonly block: number; readonly text: string; readonly literal?: ByteString }
  | { readonly type: 'reasoning-signature'; readonly block: number; readonly signature: string }
  | { readonly type: 'reasoning-redacted'; readonly block: number; readonly data: string }
  /** A call of one of the caller's tools begins; id and name are the caller's to see. */
  | { readonly type: 'tool-start'; readonly block: number; readonly id: string; readonly name: string }
  /** A piece of the call's arguments: JSON text, cut anywhere. A whole call's pieces join to one JSON object. */
  | { readonly type: 'tool-input'; readonly block: number; readonly json: string; readonly literal?: ByteString }
  | { readonly type: 'block-end'; readonly block: number }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly details: FinishDetails }
  | { readonly type: 'usage'; readonly usage: Usage; readonly details: UsageDetails }

export interface FinishDetails {
  /** The provider's own word, e.g. `guardrail_intervened`. */
  readonly raw: string
  /** The provider's word is none that we know, and the reason beside it a guess. */
  readonly isUnknown?: true
  /** The stop string that was met, where the provider tells. */
  readonly stopSequence?: string
  /** `additionalModelResponseFields` as they came. */
  readonly extra?: Json
}

export interface UsageDetails {
  /** The provider's own time for the answer, milliseconds. */
  readonly latencyMs?: number
  readonly serviceTier?: string
  /** It was served with optimized latency; what was asked for may have fallen back. */
  readonly isOptimized?: true
  readonly trace?: Json
}

/** Events that arrived in one network read, in order. Moved as a whole, so that nothing is awaited per event. */
export type EventBatch = readonly ModelEvent[]
