import type { AnswerLayout } from '../../core/answer-layout.ts'
import type { CoreField } from '../../core/field.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Warning } from '../../core/warning.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import type { Traits } from '../../models/traits.ts'
import type { CachePlan, PromptPlaces } from '../../state/cache-ledger.ts'
import { nativeWishes } from './native-wish.ts'

/** What one request is encoded from. */
export interface EncodeInput {
  readonly request: ChatRequest
  readonly target: ModelTarget
  readonly traits: Traits
  readonly stream: boolean
  /** For Claude's own body: what only that has a place for is written too, and not reported as lost. */
  readonly isNative?: true
  readonly defaults: {
    /** The operator's limit for callers that set none; absent: the model's ceiling, at most 8192. */
    readonly maxTokens?: number
    /** Cache points without being asked. */
    readonly autoCache: boolean
  }
  /** Tokens that the answer will hardly exceed: the limit, where it is less than the one that would be sent. Not where the model reasons. */
  readonly fitted?: number
  /** Where points of the gateway's own pay, by what was seen of this caller; absent: as `autoCache` says. */
  readonly planCache?: ((model: string, places: PromptPlaces) => CachePlan) | undefined
  /** What this request is sent without, since the model has refused it. */
  readonly omissions: ReadonlySet<Omission>
  /** The answer that made a tool call, with its signed reasoning, of this caller and this model. */
  readonly recall?: (toolCallId: string) => AnswerLayout | undefined
}

/** The input and where its warnings go, handed from step to step. */
export interface EncodeScope extends EncodeInput {
  /** Reports something that could not be carried, once per field. */
  readonly warn: (field: CoreField, reason: string) => void
  /** The same of a part, by its path in the caller's request. */
  readonly warnAt: (param: string, reason: string) => void
}

/**
 * What can be left out of a request, each by a name that means one thing: a field that the gateway chose to write,
 * or one of the caller's that the request can do without, which is then reported.
 */
export type Omission =
  | 'temperature'
  | 'topP'
  /** topP where a temperature stands beside it. */
  | 'topPWithTemperature'
  | 'topK'
  | 'stopSequences'
  | `cachePoint.${CacheSpot}`
  | 'cacheTtl'
  | 'strict'
  | 'status'
  | 'structuredOutput'
  /** What asks for reasoning. */
  | 'reasoning'
  /** What asks for none, or for as little as there is. */
  | 'reasoningOff'
  /** Reasoning of earlier turns, the caller's and the gateway's own memory of it. */
  | 'reasoningBlocks'
  /** The wish that blocks with another past be passed over. */
  | 'blockBinding'
  | 'toolChoice.any'
  | 'toolChoice.tool'
  | 'streamingTools'
  | 'parallelToolCalls'
  | 'webSearch'
  | 'betas'
  | 'serviceTier'
  | 'latency'
  | 'prefill'
  /** The system prompt as such; it is said at the head of the first user turn. */
  | 'system'
  /** Turns of the system in mid-conversation; they are said as the user's. */
  | 'systemTurns'
  | RefusedSystem
  | 'responseFields'
  /** A native field that the caller did not name as one of the model's. */
  | `extra field ${string}`
  /** What the schema of the nth tool says beyond the names and types of its members. */
  | `schema of tool ${number}`
  /** The same of every tool: the model did not say which. */
  | 'schemas of tools'
  | 'blankText'
  | MostTokens

/** Where a cache point stands: among the tools, in the system prompt, or behind the kind of block that is right before it in a message. */
export type CacheSpot = 'tools' | 'system' | `behind ${string}`

/** A system text that was refused for what it says: the lines that hold a word, or the one text. */
export type RefusedSystem = `system line with ${string}` | `system text ${string}`

/** The most tokens that Bedrock said a model may be asked for. */
export type MostTokens = `maxTokens<=${number}`

/** Nothing is left out. */
export const NO_OMISSIONS: ReadonlySet<Omission> = new Set()

/** The name without words of the caller's, as logs and metrics may have it. */
export function kindOfOmission(name: Omission): string {
  if (name.startsWith('extra field ')) return 'extra field'
  if (name.startsWith('schema of tool ') || name === 'schemas of tools') return 'tool schema'
  return name.startsWith('system ') ? 'system text' : name
}

/** Tells whether this is left out of the request. */
export function isOmitted({ omissions }: Pick<EncodeInput, 'omissions'>, thing: Omission): boolean {
  return omissions.size > 0 && omissions.has(thing)
}

/** Tells whether the nth tool is sent with no more than the names and types of its members. */
export function isSchemaOmitted(encoding: Pick<EncodeInput, 'omissions'>, place: number): boolean {
  return isOmitted(encoding, `schema of tool ${place}`) || isOmitted(encoding, 'schemas of tools')
}

/** The least of the ceilings that Bedrock has told for this model; none: infinity. */
export function toldCeiling({ omissions }: EncodeInput): number {
  if (omissions.size === 0) return Number.POSITIVE_INFINITY
  const told = [...omissions]
    .filter((name) => name.startsWith('maxTokens<='))
    .map((name) => Number(name.slice('maxTokens<='.length)))
  return Math.min(...told)
}

/** Reports a cache mark that has lost its point, by its path in the caller's request where it has one. */
export function warnMark(
  { warn, warnAt }: Pick<EncodeScope, 'warn' | 'warnAt'>,
  { path }: { readonly path?: string | undefined },
  reason: string
): void {
  if (path === undefined) warn('cache', reason)
  else warnAt(path, reason)
}

/** Parts that are named, each by its path. What tells them to the caller has no room for more. */
const MOST_PARTS = 256

/** Starts an encoding with an empty list of warnings. */
export function beginEncoding(input: EncodeInput): { encoding: EncodeScope; warnings: readonly Warning[] } {
  const warnings: Warning[] = []
  let named: Set<string> | undefined
  const warn = (core: CoreField, reason: string) => {
    const wishes = core.startsWith('reasoning') ? nativeWishes(input.request) : []
    for (const field of wishes.length === 0 ? [core] : wishes) {
      if (!warnings.some((warning) => 'field' in warning && warning.field === field)) warnings.push({ field, reason })
    }
  }
  const warnAt = (param: string, reason: string) => {
    named ??= new Set()
    if (named.has(param) || named.size === MOST_PARTS) return
    named.add(param)
    warnings.push({ param, reason })
  }
  return { encoding: { ...input, warn, warnAt }, warnings }
}
