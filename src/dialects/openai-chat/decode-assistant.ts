import type { Json, JsonObject } from '../../core/json.ts'
import type { Block, ToolCallBlock } from '../../core/turn.ts'
import { atMost, optionalArray, optionalObject, stringAt } from '../openai/read-value.ts'
import { decodePart, decodeParts, MOST_PARTS } from './decode-parts.ts'
import { decodeThoughtPart, decodeThoughts, isThoughtPart } from './decode-thoughts.ts'
import { decodeCall, decodeToolUse, functionCalls, isToolUse } from './decode-tool-blocks.ts'
import { reportUnknown } from './members.ts'
import type { Report } from './report.ts'

/**
 * Reads an assistant message: reasoning that came beside the content, the content, then tool calls. Empty text is no block.
 * Reasoning within the content counts before that beside it, and so do calls: some clients send both. Ids that the caller does not give
 * begin with `callId`.
 */
export function decodeAssistant(message: JsonObject, path: string, callId: string, report: Report): Block[] {
  reportUnknown(message, 'assistant', path, report)
  const content = decodeContent(message.content, `${path}.content`, callId, report)
  const thoughts = content.some(isThought) ? [] : decodeThoughts(message, path, report)
  const refusal = message.refusal ? stringAt(message.refusal, `${path}.refusal`) : undefined
  const refused: Block[] = refusal ? [{ type: 'text', text: refusal, path: `${path}.refusal` }] : []
  const calls = decodeCalls(message, path, callId, report)
  const isNew = ({ id }: ToolCallBlock) => !content.some((block) => block.type === 'tool-call' && block.id === id)
  return [...thoughts, ...content.filter(isNotEmpty), ...refused, ...calls.filter(isNew)]
}

/**
 * Tells whether a message sends several thoughts apart from its text and calls, so that nobody knows what stood between them:
 * beside the content, or in a content that has no place for the calls.
 */
export function hasReasoningApart(message: JsonObject, blocks: readonly Block[]): boolean {
  if (blocks.filter(({ type }) => type === 'reasoning').length < 2) return false
  const isBeside = Array.isArray(message.thinking_blocks) || Array.isArray(message.reasoning_details)
  if (isBeside || !Array.isArray(message.content)) return isBeside
  const { content, tool_calls: calls } = message
  return Array.isArray(calls) && content.some(isThoughtPart) && !content.some(isToolUse)
}

function isThought({ type }: Block): boolean {
  return type === 'reasoning' || type === 'redacted-reasoning'
}

function isNotEmpty(block: Block): boolean {
  return block.type !== 'text' || block.text !== '' || block.cache !== undefined
}

/** Some clients replay Anthropic's own content: thinking and calls stand there among the text parts, in the place they had. */
function decodeContent(content: Json | undefined, path: string, callId: string, report: Report): Block[] {
  if (content === undefined || content === null || content === '') return []
  if (!Array.isArray(content) || !content.some(isOwnPart)) return decodeParts(content, path, report)
  return atMost<Json>(content, MOST_PARTS, path).flatMap((part, index): readonly Block[] => {
    const at = `${path}[${index}]`
    if (isThoughtPart(part)) return decodeThoughtPart(part, at, report)
    return isToolUse(part) ? decodeToolUse(part, at, `${callId}_part_${index}`, report) : [decodePart(part, at, report)]
  })
}

function isOwnPart(part: Json): boolean {
  return isThoughtPart(part) || isToolUse(part)
}

const MOST_CALLS = 1000

function decodeCalls(message: JsonObject, path: string, callId: string, report: Report): ToolCallBlock[] {
  if (message.tool_calls === undefined && message.function_call === undefined) return []
  const calls = optionalArray(message.tool_calls, `${path}.tool_calls`) ?? []
  const blocks = atMost(calls, MOST_CALLS, `${path}.tool_calls`).flatMap((call, index) =>
    decodeCall(call, `${path}.tool_calls[${index}]`, `${callId}_${index}`, report)
  )
  const legacy = optionalObject(message.function_call, `${path}.function_call`)
  if (legacy === undefined || blocks.length > 0) return blocks
  reportUnknown(legacy, 'calledFunction', `${path}.function_call`, report)
  return functionCalls(legacy, callId, `${path}.function_call`, report)
}
