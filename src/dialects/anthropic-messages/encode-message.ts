import type { AnswerBlock, Completion } from '../../core/collect.ts'
import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Head } from '../dialect.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import { encodeCitation } from './encode-citation.ts'
import { encodeUsage, type UsageBody } from './encode-usage.ts'
import { REFUSED, STOP_REASONS, type StopReasonWord } from './finish-reason.ts'

export interface MessageBody {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly model: string
  readonly content: readonly JsonObject[]
  readonly stop_reason: StopReasonWord
  readonly stop_sequence: string | null
  readonly stop_details?: typeof REFUSED
  readonly usage: UsageBody
}

/** An answer as one `message`. Throws where it is malformed. */
export function encodeMessage(completion: Completion, { id, model }: Head): MessageBody {
  const { blocks, finish, finishDetails, usage, usageDetails } = completion
  const word = STOP_REASONS[finish]
  if (word === undefined) throw malformedAnswer(finishDetails)
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: blocks.map(encodeBlock),
    stop_reason: word,
    stop_sequence: word === 'stop_sequence' ? (finishDetails.stopSequence ?? null) : null,
    ...(word === 'refusal' ? { stop_details: REFUSED } : {}),
    usage: encodeUsage(usage, usageDetails)
  }
}

function encodeBlock(block: AnswerBlock): JsonObject {
  switch (block.type) {
    case 'text':
      return {
        type: 'text',
        text: block.text,
        ...(block.citations.length === 0 ? {} : { citations: block.citations.map(encodeCitation) })
      }
    case 'reasoning':
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' }
    case 'redacted-reasoning':
      return { type: 'redacted_thinking', data: block.data }
    case 'tool-call':
      return { type: 'tool_use', id: block.id, name: block.name, input: inputOf(block.json) }
    default:
      return unreachable(block)
  }
}

/** The arguments as an object. A call that was cut has none that could be read: the answer's end says that it was. */
function inputOf(json: string): JsonObject {
  try {
    const input = parseExact(json)
    return isJsonObject(input) ? input : {}
  } catch {
    return {}
  }
}
