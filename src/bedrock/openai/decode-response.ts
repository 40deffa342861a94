import type { EventBatch, ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json, type JsonObject, objects } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import { openaiError } from './openai-error.ts'
import { textOf } from './openai-wire.ts'
import { ResponsesAnswer } from './responses-answer.ts'

/** Reads a whole response as the events its stream would have given. Throws GatewayError where the body is none, or a failed one. */
export function decodeResponse(body: unknown, context: AnswerContext, model: string): EventBatch {
  if (isJsonObject(body) && body.status === 'failed') throw openaiError(body.error, model)
  const output = isJsonObject(body) ? outputOf(body) : undefined
  if (output === undefined) throw new GatewayError('upstream_error', 'Bedrock answered without a response; try again')
  const answer = new ResponsesAnswer(context, model)
  const events: ModelEvent[] = []
  const take = (event: JsonObject) => answer.take(event, events)
  take({ type: 'response.created' })
  output.forEach((item: Json, output_index: number) => {
    if (isJsonObject(item)) for (const event of eventsOf(item, output_index)) take(event)
  })
  take({ type: 'response.completed', response: body as JsonObject })
  return events
}

/** The items of an answer; undefined: the body is none. One that was cut may have none at all (B47). */
function outputOf({ output, status }: JsonObject): readonly Json[] | undefined {
  if (Array.isArray(output)) return output
  return status === 'incomplete' && (output === undefined || output === null) ? [] : undefined
}

function* eventsOf(item: JsonObject, output_index: number): Generator<JsonObject> {
  yield { type: 'response.output_item.added', output_index, item }
  if (item.type === 'message') yield* partEvents(item, output_index)
  if (item.type === 'reasoning') {
    const said = objects(item.summary).length > 0 ? objects(item.summary) : objects(item.content)
    for (const { text } of said) {
      yield { type: 'response.reasoning_summary_part.added', output_index }
      yield { type: 'response.reasoning_summary_text.delta', output_index, delta: textOf(text) }
    }
  }
  yield { type: 'response.output_item.done', output_index, item }
}

function* partEvents(item: JsonObject, output_index: number): Generator<JsonObject> {
  const parts = objects(item.content)
  for (const [content_index, { type, text, refusal, annotations }] of parts.entries()) {
    const at = { output_index, content_index }
    if (type === 'refusal') yield { ...at, type: 'response.refusal.delta', delta: textOf(refusal) }
    else yield { ...at, type: 'response.output_text.delta', delta: textOf(text) }
    for (const annotation of objects(annotations)) yield { ...at, type: 'response.output_text.annotation.added', annotation }
    yield { ...at, type: 'response.content_part.done' }
  }
}
