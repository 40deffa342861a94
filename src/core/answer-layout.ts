import type { ReasoningBlock, RedactedReasoningBlock } from './turn.ts'

/** An answer's blocks in their order: the reasoning itself, how many characters of text stand between, and which calls. No two texts in a row. */
export type AnswerLayout = readonly LayoutItem[]

export type LayoutItem =
  | ReasoningBlock
  | RedactedReasoningBlock
  | { readonly type: 'text'; readonly length: number }
  | { readonly type: 'tool-call'; readonly id: string }
