import type { FinishReason } from '../../core/event.ts'

export type StopReasonWord =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'

/** Anthropic's word for every end; undefined: it has none, and the answer is an error. What was filtered was refused, as far as callers know. */
export const STOP_REASONS = {
  end: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'context-full': 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  filtered: 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  malformed: undefined
} as const satisfies Record<FinishReason, StopReasonWord | undefined>

/** What stands beside a refusal: Bedrock gives neither category nor words. */
export const REFUSED = { type: 'refusal', category: null, explanation: null } as const
