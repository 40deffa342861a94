import type { FinishReason } from '../../core/event.ts'
import type { FinishReasonWord } from './completion-body.ts'

const WORDS = {
  end: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-full': 'length',
  'tool-calls': 'tool_calls',
  filtered: 'content_filter',
  refusal: 'content_filter',
  // Not the end of the turn: clients that go on after `length` send what came back, which is what a pause waits for.
  pause: 'length',
  malformed: undefined
} as const satisfies Record<FinishReason, FinishReasonWord | undefined>

/**
 * The reason in OpenAI's words; undefined: it has none, and the answer is an error. A finished answer with calls is `tool_calls` whatever
 * the model said, and one without calls never is: Llama ends its calls with `end_turn`, AutoGen warns of the mismatch and the AI SDK's
 * loop stops at it.
 */
export function finishWord(reason: FinishReason, calls: number, legacyFunctions: boolean): FinishReasonWord | undefined {
  const word = WORDS[reason]
  if (word !== 'stop' && word !== 'tool_calls') return word
  if (calls === 0) return 'stop'
  return legacyFunctions ? 'function_call' : 'tool_calls'
}
