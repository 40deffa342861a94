import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, isWithinDepth, type Json, type JsonObject, mayHoldHalves, mendStrings } from '../../core/json.ts'
import type { Block, ToolCallBlock } from '../../core/turn.ts'
import { CUSTOM_TOOL_FIELD } from '../openai/custom-tool.ts'
import { atMost, objectAt, optionalArray, optionalObject, stringAt } from '../openai/read-value.ts'
import { wrongType } from '../openai/refuse.ts'
import { decodePart, decodeParts, MOST_PARTS } from './decode-parts.ts'
import { decodeThoughtPart, decodeThoughts, isThoughtPart } from './decode-thoughts.ts'
import type { Report } from './report.ts'
import { splitObjects } from './split-objects.ts'

/**
 * Reads an assistant message: reasoning that came beside the content, the content, then tool calls. Empty text is no block.
 * Reasoning within the content counts before that beside it: some clients send both.
 */
export function decodeAssistant(message: JsonObject, path: string, callId: string, report: Report): Block[] {
  const content = decodeContent(message.content, `${path}.content`, report)
  const thoughts = content.some(isThought) ? [] : decodeThoughts(message, path, report)
  const refusal = message.refusal ? stringAt(message.refusal, `${path}.refusal`) : undefined
  const refused: Block[] = refusal ? [{ type: 'text', text: refusal, path: `${path}.refusal` }] : []
  return [...thoughts, ...content.filter(isNotEmpty), ...refused, ...decodeCalls(message, path, callId, report)]
}

/**
 * Tells whether a message sends several thoughts apart from its text and calls, so that nobody knows what stood between them:
 * beside the content, or in a content that has no place for the calls.
 */
export function hasReasoningApart(message: JsonObject, blocks: readonly Block[]): boolean {
  if (blocks.filter(({ type }) => type === 'reasoning').length < 2) return false
  const isBeside = Array.isArray(message.thinking_blocks) || Array.isArray(message.reasoning_details)
  return isBeside || (Array.isArray(message.content) && message.content.some(isThoughtPart) && Array.isArray(message.tool_calls))
}

function isThought({ type }: Block): boolean {
  return type === 'reasoning' || type === 'redacted-reasoning'
}

function isNotEmpty(block: Block): boolean {
  return block.type !== 'text' || block.text !== '' || block.cache !== undefined
}

/** Some clients replay Anthropic's own content: thinking stands there among the text parts, in the place it had. */
function decodeContent(content: Json | undefined, path: string, report: Report): Block[] {
  if (content === undefined || content === null || content === '') return []
  if (!Array.isArray(content) || !content.some(isThoughtPart)) return decodeParts(content, path, report)
  return atMost<Json>(content, MOST_PARTS, path).flatMap((part, index): readonly Block[] => {
    const at = `${path}[${index}]`
    return isThoughtPart(part) ? decodeThoughtPart(part, at, report) : [decodePart(part, at, report)]
  })
}

const MOST_CALLS = 1000

function decodeCalls(message: JsonObject, path: string, callId: string, report: Report): ToolCallBlock[] {
  if (message.tool_calls === undefined && message.function_call === undefined) return []
  const calls = optionalArray(message.tool_calls, `${path}.tool_calls`) ?? []
  const blocks = atMost(calls, MOST_CALLS, `${path}.tool_calls`).flatMap((call, index) =>
    decodeCall(call, `${path}.tool_calls[${index}]`, report)
  )
  const legacy = optionalObject(message.function_call, `${path}.function_call`)
  if (legacy === undefined || blocks.length > 0) return blocks
  return functionCalls(legacy, callId, `${path}.function_call`, report)
}

function decodeCall(value: Json, path: string, report: Report): ToolCallBlock[] {
  const call = objectAt(value, path)
  const id = stringAt(call.id, `${path}.id`)
  if (call.type === 'custom') {
    const custom = objectAt(call.custom, `${path}.custom`)
    const input = { [CUSTOM_TOOL_FIELD]: stringAt(custom.input, `${path}.custom.input`) }
    return [{ type: 'tool-call', id, name: stringAt(custom.name, `${path}.custom.name`), input, path }]
  }
  return functionCalls(objectAt(call.function, `${path}.function`), id, `${path}.function`, report)
}

/** One call; several where a client has joined the arguments of parallel calls, all with the path of the one. */
function functionCalls(call: JsonObject, id: string, path: string, report: Report): ToolCallBlock[] {
  const name = stringAt(call.name, `${path}.name`)
  return decodeArguments(call.arguments, `${path}.arguments`, report).map((input, index) => ({
    type: 'tool-call',
    id: index === 0 ? id : `${id}_${index}`,
    name,
    input,
    path
  }))
}

/** As deep as a request body may be. */
const MOST_LEVELS = 256

/** Arguments as objects. What is no JSON object stays whole under one key: a cut call must not end a conversation. */
function decodeArguments(value: Json | undefined, path: string, report: Report): readonly JsonObject[] {
  if (value === undefined || value === null) return [{}]
  if (isJsonObject(value)) return [value]
  if (typeof value !== 'string') throw wrongType(path, 'a string', value)
  if (value.trim() === '' || value.trim() === 'null') return [{}]
  const objects = report.room.take(value) ? objectsOf(value) : undefined
  if (objects?.every((one) => isWithinDepth(one, MOST_LEVELS))) {
    if (mayHoldHalves(value)) mendStrings(objects)
    return objects
  }
  report(path, 'not one JSON object; sent to the model whole, as rawInvalidInput')
  return [{ rawInvalidInput: value }]
}

function objectsOf(text: string): readonly JsonObject[] | undefined {
  const parsed = parseJson(text)
  return isJsonObject(parsed) ? [parsed] : splitObjects(text)
}

function parseJson(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
