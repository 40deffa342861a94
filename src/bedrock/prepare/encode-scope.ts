import type { ChatRequest } from '../../core/request.ts'
import type { ReasoningBlock, RedactedReasoningBlock } from '../../core/turn.ts'
import type { Warning } from '../../core/warning.ts'
import type { ModelTarget } from '../../models/resolve.ts'
import type { Traits } from '../../models/traits.ts'

/** What one request is encoded from. */
export interface EncodeInput {
  readonly request: ChatRequest
  readonly target: ModelTarget
  readonly traits: Traits
  readonly stream: boolean
  readonly defaults: {
    /** The operator's limit for callers that set none; absent: the model's ceiling, at most 8192. */
    readonly maxTokens?: number
    /** Cache points without being asked. */
    readonly autoCache: boolean
  }
  /** Things this model has refused before, by the names of `Omission`. */
  readonly omissions: ReadonlySet<string>
  /** Signed reasoning that came before a tool call, for callers that do not send it back. */
  readonly recall?: (toolCallId: string) => readonly (ReasoningBlock | RedactedReasoningBlock)[] | undefined
}

/** The input and where its warnings go, handed from step to step. */
export interface Encoding extends EncodeInput {
  /** Reports something that could not be carried, once per parameter. */
  readonly warn: (param: string, reason: string) => void
}

/** What may be left out: what the gateway chose to send, or can leave out. */
export type Omission =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stopSequences'
  | 'cachePoint'
  | 'cacheTtl'
  | 'strict'
  | 'status'
  | 'structuredOutput'
  | 'reasoning'
  | 'toolChoice'
  | 'streamingTools'
  | 'parallelToolCalls'
  | 'betas'
  | 'serviceTier'
  | 'latency'
  | 'prefill'
  | 'system'
  | 'responseFields'
  | 'blankText'
  | MostTokens

/** The most tokens that Bedrock said a model may be asked for. */
export type MostTokens = `maxTokens<=${number}`

/** Tells whether the model has refused this before. */
export function isOmitted({ omissions }: EncodeInput, thing: Omission): boolean {
  return omissions.has(thing)
}

/** The least of the ceilings that Bedrock has told for this model; none: infinity. */
export function toldCeiling({ omissions }: EncodeInput): number {
  if (omissions.size === 0) return Number.POSITIVE_INFINITY
  const told = [...omissions]
    .filter((name) => name.startsWith('maxTokens<='))
    .map((name) => Number(name.slice('maxTokens<='.length)))
  return Math.min(...told)
}

/** Starts an encoding with an empty list of warnings. */
export function beginEncoding(input: EncodeInput): { encoding: Encoding; warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  const warn = (param: string, reason: string) => {
    if (!warnings.some((warning) => warning.param === param)) warnings.push({ param, reason })
  }
  return { encoding: { ...input, warn }, warnings }
}
