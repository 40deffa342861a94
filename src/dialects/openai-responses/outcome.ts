import type { FinishReason } from '../../core/event.ts'

/** How an answer ended. */
export type Outcome =
  | { readonly status: 'completed' }
  | { readonly status: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' }

const COMPLETED: Outcome = { status: 'completed' }
const CUT: Outcome = { status: 'incomplete', reason: 'max_output_tokens' }
const FILTERED: Outcome = { status: 'incomplete', reason: 'content_filter' }

/** The status of an answer, by why it ended; undefined: it is none, and the answer is an error. */
export const OUTCOMES = {
  end: COMPLETED,
  'stop-sequence': COMPLETED,
  'tool-calls': COMPLETED,
  length: CUT,
  'context-full': CUT,
  filtered: FILTERED,
  refusal: FILTERED,
  // Not the end of the turn: the conversation can be sent again to go on.
  pause: CUT,
  malformed: undefined
} as const satisfies Record<FinishReason, Outcome | undefined>
