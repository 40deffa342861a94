import type { FinishReason } from '../../core/event.ts'
import { isJsonObject, type Json } from '../../core/json.ts'

/** Bedrock's reasons for stopping, in our words; as of API 2026-11. */
const FINISH_REASON = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
  refusal: 'content-filter',
  // No reason of ours says "broken"; the caller finds the provider's word in the details.
  malformed_model_output: 'stop',
  malformed_tool_use: 'stop',
  pause_turn: 'stop'
} as const satisfies Record<string, FinishReason>

/**
 * Why an answer ended. A word nobody knows is a `stop`.
 * Models say `end_turn` beside a tool call, and `tool_use` where the only tool was the gateway's or the provider's own: the calls decide.
 */
export function finishReason(raw: string, hasToolCalls: boolean): FinishReason {
  const reason = Object.hasOwn(FINISH_REASON, raw) ? FINISH_REASON[raw as keyof typeof FINISH_REASON] : 'stop'
  if (reason === 'stop' && hasToolCalls) return 'tool-calls'
  return reason === 'tool-calls' && !hasToolCalls ? 'stop' : reason
}

/** The stop string that was met: `/stop_sequence` of a whole answer, `/delta/stop_sequence` of a stream. */
export function stopSequence(extra: Json | undefined): string | undefined {
  if (!isJsonObject(extra)) return undefined
  const at = isJsonObject(extra.delta) ? extra.delta : extra
  return typeof at.stop_sequence === 'string' ? at.stop_sequence : undefined
}
