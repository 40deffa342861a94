/** Kinds of harm that Bedrock's guardrails tell apart. */
export const HARMS = ['violence', 'hate', 'sexual', 'misconduct', 'insults'] as const

export type Harm = (typeof HARMS)[number]

/** One thing to be judged by itself. */
export interface ModerationItem {
  readonly texts: readonly string[]
  readonly images: readonly ModerationImage[]
}

export interface ModerationImage {
  readonly format: 'png' | 'jpeg'
  /** Base64. */
  readonly data: string
}

/** What was found in one item. */
export interface Verdict {
  /** From 0 to 1. */
  readonly scores: Readonly<Record<Harm, number>>
  /** Kinds that are held against it. */
  readonly found: ReadonlySet<Harm>
  /** Something is held against it, if only what is no kind of harm: a topic, a word, somebody's data. */
  readonly flagged: boolean
}
