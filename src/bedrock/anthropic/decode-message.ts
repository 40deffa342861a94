import type { EventBatch, ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodedConverse } from '../converse/encode-request.ts'
import { NativeAnswer } from './native-answer.ts'

/** Reads a whole message of Claude's as the events its stream would have given. Throws GatewayError where the body is none. */
export function decodeMessage(body: unknown, plan: EncodedConverse): EventBatch {
  if (!isJsonObject(body) || !Array.isArray(body.content) || typeof body.stop_reason !== 'string') {
    throw new GatewayError('upstream_error', 'Bedrock answered without a message; try again')
  }
  const { content, usage, type: _type, ...rest } = body
  const answer = new NativeAnswer(plan)
  const events: ModelEvent[] = []
  answer.take({ type: 'message_start', message: {} }, events)
  content.forEach((content_block: Json, index: number) => {
    if (!isJsonObject(content_block)) return
    answer.take({ type: 'content_block_start', index, content_block }, events)
    answer.take({ type: 'content_block_stop', index }, events)
  })
  const { stop_reason, stop_sequence } = body
  const delta = { stop_reason, ...(stop_sequence === undefined ? {} : { stop_sequence }) }
  answer.take({ ...rest, type: 'message_delta', delta, ...(usage === undefined ? {} : { usage }) }, events)
  answer.take({ ...rest, type: 'message_stop' }, events)
  return events
}
