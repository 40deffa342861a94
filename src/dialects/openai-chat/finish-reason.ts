import type { FinishReason } from '../../core/event.ts'
import type { FinishReasonWord } from './completion-body.ts'

const WORDS = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter'
} as const satisfies Record<FinishReason, FinishReasonWord>

/**
 * The reason in OpenAI's words. A finished answer with calls is `tool_calls` whatever the model said, and one without
 * calls never is: Llama ends its calls with `end_turn`, AutoGen warns of the mismatch and the AI SDK's loop stops at it.
 */
export function finishWord(reason: FinishReason, calls: number, legacyFunctions: boolean): FinishReasonWord {
  if (reason === 'length' || reason === 'content-filter') return WORDS[reason]
  if (calls === 0) return 'stop'
  return legacyFunctions ? 'function_call' : WORDS['tool-calls']
}
