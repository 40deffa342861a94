import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, isWithinDepth, type Json, type JsonObject } from '../../core/json.ts'
import type { Block, ReasoningBlock, RedactedReasoningBlock, ToolCallBlock } from '../../core/turn.ts'
import { CUSTOM_TOOL_FIELD } from '../openai/custom-tool.ts'
import { atMost, objectAt, optionalArray, optionalObject, optionalString, stringAt } from '../openai/read-value.ts'
import { wrongChoice, wrongType } from '../openai/refuse.ts'
import { decodeParts } from './decode-parts.ts'
import type { Report } from './report.ts'
import { splitObjects } from './split-objects.ts'

type ThoughtBlock = ReasoningBlock | RedactedReasoningBlock

/** Reads an assistant message: signed reasoning, then text, then tool calls. Empty content is no block. */
export function decodeAssistant(message: JsonObject, path: string, callId: string, report: Report): Block[] {
  const { thoughts, rest } = splitContent(message.content, `${path}.content`)
  const replayed = [...decodeThoughts(message, path), ...thoughts]
  const text = rest === undefined ? [] : decodeParts(rest, `${path}.content`, report)
  const refusal = message.refusal ? stringAt(message.refusal, `${path}.refusal`) : undefined
  const refused: Block[] = refusal ? [{ type: 'text', text: refusal, path: `${path}.refusal` }] : []
  return [...replayed, ...text.filter(isNotEmpty), ...refused, ...decodeCalls(message, path, callId, report)]
}

function isNotEmpty(block: Block): boolean {
  return block.type !== 'text' || block.text !== '' || block.cache !== undefined
}

/** Some clients replay Anthropic's own content: thinking stands there among the text parts. */
function splitContent(content: Json | undefined, path: string): { thoughts: ThoughtBlock[]; rest: Json | undefined } {
  if (content === undefined || content === null || content === '') return { thoughts: [], rest: undefined }
  if (!Array.isArray(content)) return { thoughts: [], rest: content }
  const isThought = (part: Json) => isJsonObject(part) && (part.type === 'thinking' || part.type === 'redacted_thinking')
  if (!content.some(isThought)) return { thoughts: [], rest: content }
  const thoughts = content.flatMap((part: Json, index) => (isThought(part) ? thinkingBlock(part, `${path}[${index}]`) : []))
  return { thoughts, rest: content.filter((part: Json) => !isThought(part)) }
}

/** `reasoning_content` is never sent back: it has no signature, and a model would take it for its own answer. */
function decodeThoughts(message: JsonObject, path: string): ThoughtBlock[] {
  if (message.thinking_blocks === undefined && message.reasoning_details === undefined) return []
  const blocks = optionalArray(message.thinking_blocks, `${path}.thinking_blocks`)
  if (blocks !== undefined) return blocks.flatMap((block, index) => thinkingBlock(block, `${path}.thinking_blocks[${index}]`))
  const details = optionalArray(message.reasoning_details, `${path}.reasoning_details`) ?? []
  return details.flatMap((detail, index) => reasoningDetail(detail, `${path}.reasoning_details[${index}]`))
}

function thinkingBlock(value: Json, path: string): ThoughtBlock[] {
  const block = objectAt(value, path)
  if (block.type === 'redacted_thinking')
    return [{ type: 'redacted-reasoning', data: stringAt(block.data, `${path}.data`), path }]
  const type = stringAt(block.type, `${path}.type`)
  if (type !== 'thinking') throw wrongChoice(`${path}.type`, ['thinking', 'redacted_thinking'], type)
  const signature = optionalString(block.signature, `${path}.signature`)
  return signed(optionalString(block.thinking, `${path}.thinking`), signature, path)
}

function reasoningDetail(value: Json, path: string): ThoughtBlock[] {
  const detail = objectAt(value, path)
  if (detail.type === 'reasoning.encrypted')
    return [{ type: 'redacted-reasoning', data: stringAt(detail.data, `${path}.data`), path }]
  return signed(optionalString(detail.text, `${path}.text`), optionalString(detail.signature, `${path}.signature`), path)
}

function signed(text: string | undefined, signature: string | undefined, path: string): ThoughtBlock[] {
  return signature ? [{ type: 'reasoning', text: text ?? '', signature, path }] : []
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
  const parsed = parseJson(value)
  const objects = isJsonObject(parsed) ? [parsed] : splitObjects(value)
  if (objects?.every((one) => isWithinDepth(one, MOST_LEVELS))) return objects
  report(path, 'not one JSON object; sent to the model whole, as rawInvalidInput')
  return [{ rawInvalidInput: value }]
}

function parseJson(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
