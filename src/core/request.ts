import type { Json, JsonObject } from './json.ts'
import type { CacheMark, TextBlock, Tool, Turn } from './turn.ts'

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly description?: string
      readonly schema: JsonObject
      readonly strict: boolean
    }

/** How hard the model should think. Effort and budget may both be given; the budget is in tokens and wins where a model takes one. */
export interface ReasoningWish {
  readonly effort?: Effort
  readonly budgetTokens?: number
  /** `false` asks for no reasoning at all, `true` for the model's default amount. */
  readonly enabled?: boolean
  /** Anthropic's `thinking.display`: `summarized` or `omitted`. */
  readonly display?: string
  /** What is not said stays as the model has it: an effort alone switches nothing on, and reasoning is shown as the model does by itself. */
  readonly isLiteral?: true
}

export interface Guardrail {
  readonly identifier: string
  readonly version: string
  readonly trace?: 'enabled' | 'disabled' | 'enabled_full'
  readonly streamProcessingMode?: 'sync' | 'async'
}

export type ServiceTier = 'default' | 'priority' | 'flex' | 'reserved'

/** Names of settings that only some models have. */
export const SAMPLING_NAMES = [
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'repetitionPenalty',
  'minP',
  'logitBias',
  'verbosity'
] as const

export type SamplingName = (typeof SAMPLING_NAMES)[number]

/** Settings that only some models have, as the caller gave them; what asks for nothing is absent. */
export type Sampling = Readonly<Partial<Record<SamplingName, Json>>>

/**
 * A conversation to be continued, in our own words: what two dialects and two Bedrock APIs need,
 * and nothing that only one of them knows. Absent means "the caller did not say".
 */
export interface ChatRequest {
  /** The model as the caller named it. */
  readonly model: string
  /** Instructions that come before the conversation, one block per source message. */
  readonly system: readonly TextBlock[]
  readonly turns: readonly Turn[]
  /** Tokens the answer may have, reasoning included; at least 1. */
  readonly maxTokens?: number
  /** The same where the caller sets none, made to fit the model's ceiling where one is known; absent: the usual limit. */
  readonly usualMaxTokens?: number
  /** Where the conversation is too long for the model, its oldest turns may be left out. */
  readonly truncates?: true
  /** 0..2 as OpenAI has it; the Bedrock side clamps. */
  readonly temperature?: number
  /** 0..1 */
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /**
   * Where no tool can be called, calls and results of the history stay what they are: the model is told of their tools as before, and that
   * it cannot call them. Absent: they go as text.
   */
  readonly keepsCalls?: true
  /** `false`: at most one tool call per answer. */
  readonly parallelToolCalls?: boolean
  readonly output: OutputFormat
  readonly reasoning?: ReasoningWish
  /** Whether the answer is wanted event by event. */
  readonly stream: boolean
  readonly serviceTier?: ServiceTier
  readonly latency?: 'standard' | 'optimized'
  readonly guardrail?: Guardrail
  /** At most 16 pairs reach Bedrock; characters outside its alphabet are replaced. */
  readonly metadata?: Readonly<Record<string, string>>
  /** The operator's pairs of the caller's key: they come first, and no pair of the caller's takes their place. */
  readonly keyPairs?: Readonly<Record<string, string>>
  /** Cache marks the gateway shall set by itself; absent: the operator's default. */
  readonly autoCache?: {
    readonly system: boolean
    readonly tools: boolean
    readonly messages: boolean
    readonly mark?: CacheMark
    /** Path of the wish in the caller's request, to report it by. */
    readonly path?: string
  }
  /** Anthropic beta flags. */
  readonly betas?: readonly string[]
  /** Fields for the model's native body, merged deeply, never over what the gateway must set. */
  readonly extraFields?: JsonObject
  /** Names of those that the caller did not name as the model's: what the model has no field for is left out and reported. */
  readonly looseFields?: ReadonlySet<string>
  readonly responseFieldPaths?: readonly string[]
  /** The caller asked for the model's own web search. */
  readonly webSearch?: boolean
  /** The same where the model has one, else left out and reported by this path in the caller's request. */
  readonly optionalSearch?: string
  /** Sent where a model's traits name a place for them, else reported. */
  readonly sampling?: Sampling
  /** What only Anthropic's dialect and Claude's own body know. */
  readonly anthropic?: AnthropicFields
  /** What only OpenAI's Responses dialect and the surface of that name know. */
  readonly openai?: OpenaiFields
}

/** A request of OpenAI's Responses API, for a way to a model that speaks the same language. */
export interface OpenaiFields {
  /** The conversation as the caller wrote it, with what is kept of it; references are what they refer to. */
  readonly items: readonly Json[]
  /** Settings that the core has no place for, by their names in the dialect. */
  readonly settings: JsonObject
  /** How the model's thoughts shall be summed up: `auto`, `concise`, `detailed`; absent: the caller did not say. */
  readonly summary?: string
}

/** A request of Anthropic's Messages API, for a way to Claude that speaks the same language. */
export interface AnthropicFields {
  /** The body as the caller wrote it, with everything that the core has no place for; media by URL are not fetched in it. */
  readonly body: JsonObject
  /** What of the conversation shall be forgotten on the way; absent: nothing. */
  readonly contextManagement?: JsonObject
}
