import type { ReasoningFormat } from '../dialect.ts'

export type { ReasoningFormat } from '../dialect.ts'

/** What of a chat request concerns only the shape of its answer. */
export interface ChatOptions {
  /** Answers wanted (`n`). */
  readonly count: number
  readonly includeUsage: boolean
  /** The caller sent `functions`, so calls come back as `function_call`. */
  readonly legacyFunctions: boolean
  /** Absent: `field`. */
  readonly reasoningFormat?: ReasoningFormat
  /** The tier asked for; echoed until Bedrock tells the one used. */
  readonly serviceTier?: string
  /** Names of `custom` tools, whose one string is unwrapped from the model's JSON. */
  readonly customTools?: ReadonlySet<string>
  /** The caller asked for response fields of the model's own. */
  readonly responseFields?: boolean
}
