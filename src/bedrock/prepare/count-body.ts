import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { searchText } from '../../core/search-text.ts'
import type { Block, Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'

/**
 * A conversation as Claude's own body, to be counted and never run: with its tools, which counting Converse's form passes over, and
 * without what costs no tokens. Media must have been fetched.
 */
export function countBody({ system, turns, tools }: ChatRequest): JsonObject {
  const functions = tools.flatMap((tool) => (tool.type === 'function' && tool.deferred !== true ? [tool] : []))
  return {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 1,
    messages: turns.map(encodeTurn).filter(({ content }) => content.length > 0),
    ...(system.length === 0 ? {} : { system: system.flatMap((block) => textBlock(block.text)) }),
    ...(functions.length === 0
      ? {}
      : {
          tools: functions.map(({ name, description, inputSchema }) => ({
            name: plainName(name),
            ...(description === undefined ? {} : { description }),
            input_schema: { type: 'object', ...inputSchema }
          }))
        })
  }
}

function encodeTurn({ role, content }: Turn): { readonly role: string; readonly content: readonly JsonObject[] } {
  return { role, content: content.flatMap(encodeBlock) }
}

function encodeBlock(block: Block): readonly JsonObject[] {
  switch (block.type) {
    case 'text':
      return textBlock(block.text)
    case 'image':
      if (block.source.type !== 'base64' || block.format === undefined) return []
      return [{ type: 'image', source: { type: 'base64', media_type: `image/${block.format}`, data: block.source.data } }]
    case 'document':
      if (block.source.type === 'text') return textBlock(block.source.text)
      if (block.source.type !== 'base64' || block.format !== 'pdf') return []
      return [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: block.source.data } }]
    case 'tool-call':
      return [{ type: 'tool_use', id: plainName(block.id), name: plainName(block.name), input: block.input }]
    case 'tool-result':
      return [{ type: 'tool_result', tool_use_id: plainName(block.callId), content: block.content.flatMap(encodeBlock) }]
    case 'search-result':
      return textBlock(searchText(block))
    case 'reasoning':
      return block.signature === undefined ? [] : [{ type: 'thinking', thinking: block.text, signature: block.signature }]
    case 'redacted-reasoning':
      return [{ type: 'redacted_thinking', data: block.data }]
    case 'audio':
    case 'video':
      return []
    default:
      return unreachable(block)
  }
}

function textBlock(text: string): readonly JsonObject[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

/** In the alphabet of names and ids; which of them it was makes no token. */
function plainName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 128) || '_'
}
