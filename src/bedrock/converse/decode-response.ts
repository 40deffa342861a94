import type { ModelEvent } from '../../core/event.ts'
import { isEmpty, isJsonObject, type Json, type JsonObject, toJson } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import { createEventDecoder } from './decode-events.ts'
import { explainsSilence } from './stop-reason.ts'

type Take = (eventType: string, payload: JsonObject) => void

/**
 * Reads a whole Converse answer as the events its stream would have given: it is turned into the stream's own frames
 * and read by the same decoder, so that the two cannot drift apart. Throws when the body holds no answer.
 */
export function decodeConverseResponse(body: unknown, context: AnswerContext): readonly ModelEvent[] {
  const content = isJsonObject(body) ? contentOf(body) : undefined
  if (content === undefined) throw new GatewayError('upstream_error', 'Bedrock answered without a message; try again')
  const decoder = createEventDecoder(context)
  const events: ModelEvent[] = []
  const take = (eventType: string, payload: JsonObject) => {
    for (const event of decoder.frame(eventType, payload)) events.push(event)
  }
  take('messageStart', {})
  for (let index = 0; index < content.length; index++) {
    const block = content[index]
    if (isJsonObject(block)) takeBlock(block, index, take)
  }
  take('messageStop', body as JsonObject)
  take('metadata', body as JsonObject)
  return events
}

const SAID_NOTHING: readonly Json[] = []

/**
 * The blocks of an answer; undefined: the body is none. An `output` without a message says nothing, which a guardrail leaves of an answer
 * (B47); without any `output` the answer is lost, unless the reason for stopping tells why there is none.
 */
function contentOf({ output, stopReason }: JsonObject): readonly Json[] | undefined {
  if (typeof stopReason !== 'string') return undefined
  if (output === undefined || output === null) return explainsSilence(stopReason) ? SAID_NOTHING : undefined
  const message = isJsonObject(output) ? (output.message ?? {}) : undefined
  const content = isJsonObject(message) ? (message.content ?? SAID_NOTHING) : undefined
  return Array.isArray(content) ? content : undefined
}

function takeBlock(block: JsonObject, contentBlockIndex: number, take: Take): void {
  if (isJsonObject(block.toolUse)) take('contentBlockStart', { contentBlockIndex, start: { toolUse: block.toolUse } })
  for (const delta of blockDeltas(block)) take('contentBlockDelta', { contentBlockIndex, delta })
  take('contentBlockStop', { contentBlockIndex })
}

function blockDeltas(block: JsonObject): readonly JsonObject[] {
  if (typeof block.text === 'string') return [{ text: block.text }]
  if (isJsonObject(block.toolUse)) return toolDeltas(block.toolUse)
  if (isJsonObject(block.reasoningContent)) return reasoningDeltas(block.reasoningContent)
  if (isJsonObject(block.citationsContent)) return citationDeltas(block.citationsContent)
  return []
}

/** An empty object streams as no input at all. */
function toolDeltas({ input }: JsonObject): readonly JsonObject[] {
  const empty = input === undefined || input === null || (isJsonObject(input) && isEmpty(input))
  return empty ? [] : [{ toolUse: { input: typeof input === 'string' ? input : toJson(input) } }]
}

function reasoningDeltas({ reasoningText, redactedContent }: JsonObject): readonly JsonObject[] {
  if (typeof redactedContent === 'string') return [{ reasoningContent: { redactedContent } }]
  if (!isJsonObject(reasoningText)) return []
  const { text, signature } = reasoningText
  return [
    ...(typeof text === 'string' ? [{ reasoningContent: { text } }] : []),
    ...(typeof signature === 'string' ? [{ reasoningContent: { signature } }] : [])
  ]
}

function citationDeltas({ content, citations }: JsonObject): readonly JsonObject[] {
  const texts = Array.isArray(content) ? content : []
  const marks = Array.isArray(citations) ? citations : []
  return [
    ...texts.flatMap((part: Json) => (isJsonObject(part) && typeof part.text === 'string' ? [{ text: part.text }] : [])),
    ...marks.flatMap((citation: Json) => (isJsonObject(citation) ? [{ citation }] : []))
  ]
}
