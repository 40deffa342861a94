import type { FinishReason } from '../../core/event.ts'
import { isJsonObject, type Json } from '../../core/json.ts'

/** Bedrock's reasons for stopping, in our words; as of API 2026-11. */
const FINISH_REASON = {
  end_turn: 'end',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'context-full',
  guardrail_intervened: 'filtered',
  content_filtered: 'filtered',
  refusal: 'refusal',
  malformed_model_output: 'malformed',
  malformed_tool_use: 'malformed',
  pause_turn: 'pause'
} as const satisfies Record<string, FinishReason>

/** Tells whether Bedrock's word for the end of an answer is one of the table. */
export function isKnownStop(raw: string): raw is keyof typeof FINISH_REASON {
  return Object.hasOwn(FINISH_REASON, raw)
}

/** What words say that Bedrock may yet add for an output that it could not read, or that failed: such an answer is never whole. */
const FAILED = /malformed|invalid|error|fail|abort/i

function reasonOf(raw: string): FinishReason | undefined {
  if (isKnownStop(raw)) return FINISH_REASON[raw]
  return FAILED.test(raw) ? 'malformed' : undefined
}

/** Tells whether a model that stopped for this reason may have said nothing at all: it was filtered, cut, or its output was lost. */
export function explainsSilence(raw: string): boolean {
  const reason = reasonOf(raw)
  return reason !== undefined && reason !== 'end' && reason !== 'tool-calls'
}

/**
 * Why an answer ended. A word nobody knows is an `end`: a new word must not take all answers down, and `isKnownStop` tells of the guess.
 * Models say `end_turn` beside a tool call, and `tool_use` where the only tool was the gateway's or the provider's own: the calls decide.
 */
export function finishReason(raw: string, hasToolCalls: boolean): FinishReason {
  const reason = reasonOf(raw) ?? 'end'
  if (hasToolCalls) return reason === 'end' || reason === 'stop-sequence' ? 'tool-calls' : reason
  return reason === 'tool-calls' ? 'end' : reason
}

/** The stop string that was met: `/stop_sequence` of a whole answer, `/delta/stop_sequence` of a stream. */
export function stopSequence(extra: Json | undefined): string | undefined {
  if (!isJsonObject(extra)) return undefined
  const at = isJsonObject(extra.delta) ? extra.delta : extra
  return typeof at.stop_sequence === 'string' ? at.stop_sequence : undefined
}
