import { type ByteString, jsonBytes } from '../../core/byte-string.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

interface Event extends JsonObject {
  readonly type: string
}

/**
 * The stream of a response that is whole, made anew: the events of the live one in their order, each text in one piece. Given are those
 * with a number above `after`, and the last one always.
 */
export function replay(response: JsonObject, after: number): ByteString {
  const events = [...eventsOf(response)]
  let out = ''
  events.forEach((event, sequence_number) => {
    if (sequence_number > after || sequence_number === events.length - 1)
      out += `event: ${event.type}\ndata: ${jsonBytes({ ...event, sequence_number })}\n\n`
  })
  return out
}

function* eventsOf(response: JsonObject): Generator<Event> {
  const begun = { ...response, status: 'in_progress', completed_at: null, incomplete_details: null, usage: null, output: [] }
  yield { type: 'response.created', response: begun }
  yield { type: 'response.in_progress', response: begun }
  const output = Array.isArray(response.output) ? response.output.filter(isJsonObject) : []
  for (const [output_index, item] of output.entries()) {
    yield { type: 'response.output_item.added', output_index, item: begunItem(item) }
    yield* contentEvents(item, { item_id: item.id ?? null, output_index })
    yield { type: 'response.output_item.done', output_index, item }
  }
  yield { type: `response.${String(response.status)}`, response }
}

/** What a live stream tells later, by the type of the item. */
const LATER: Readonly<Record<string, JsonObject>> = {
  message: { content: [] },
  reasoning: { summary: [] },
  function_call: { arguments: '' },
  custom_tool_call: { input: '' }
}

function begunItem(item: JsonObject): JsonObject {
  const { encrypted_content, ...rest } = item
  const isReasoning = item.type === 'reasoning'
  const begun = { ...(isReasoning ? rest : item), ...LATER[String(item.type)] }
  return item.status === undefined || isReasoning ? begun : { ...begun, status: 'in_progress' }
}

type Place = Readonly<Record<'item_id' | 'output_index', Json>>

function* contentEvents(item: JsonObject, place: Place): Generator<Event> {
  const call = { ...place, name: item.name ?? '' }
  switch (item.type) {
    case 'message':
      return yield* partEvents(item.content, place, textEvents)
    case 'reasoning':
      return yield* partEvents(item.summary, place, summaryEvents)
    case 'function_call':
      yield { type: 'response.function_call_arguments.delta', ...place, delta: item.arguments ?? '' }
      return yield { type: 'response.function_call_arguments.done', ...call, arguments: item.arguments ?? '' }
    case 'custom_tool_call':
      yield { type: 'response.custom_tool_call_input.delta', ...place, delta: item.input ?? '' }
      return yield { type: 'response.custom_tool_call_input.done', ...place, input: item.input ?? '' }
  }
}

function* partEvents(
  parts: Json | undefined,
  place: Place,
  eventsOfPart: (part: JsonObject, place: Place, index: number) => Generator<Event>
): Generator<Event> {
  const list: readonly Json[] = Array.isArray(parts) ? parts : []
  for (const [index, part] of list.entries()) if (isJsonObject(part)) yield* eventsOfPart(part, place, index)
}

function* textEvents(part: JsonObject, place: Place, content_index: number): Generator<Event> {
  const at = { ...place, content_index }
  const text = part.text ?? ''
  yield { type: 'response.content_part.added', ...at, part: { ...part, text: '', annotations: [] } }
  if (text !== '') yield { type: 'response.output_text.delta', ...at, delta: text, logprobs: [] }
  const annotations: readonly Json[] = Array.isArray(part.annotations) ? part.annotations : []
  for (const [annotation_index, annotation] of annotations.entries())
    yield { type: 'response.output_text.annotation.added', ...at, annotation_index, annotation }
  yield { type: 'response.output_text.done', ...at, text, logprobs: [] }
  yield { type: 'response.content_part.done', ...at, part }
}

function* summaryEvents(part: JsonObject, place: Place, summary_index: number): Generator<Event> {
  const at = { ...place, summary_index }
  yield { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } }
  yield { type: 'response.reasoning_summary_text.delta', ...at, delta: part.text ?? '' }
  yield { type: 'response.reasoning_summary_text.done', ...at, text: part.text ?? '' }
  yield { type: 'response.reasoning_summary_part.done', ...at, part }
}
