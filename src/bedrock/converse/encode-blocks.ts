import type { JsonObject } from '../../core/json.ts'
import { leaveOut } from '../../core/leave-out.ts'
import { searchText } from '../../core/search-text.ts'
import type { Block, CacheMark, ResultPart, SearchResultBlock, TextBlock, ToolResultBlock, Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { BlockScope } from './block-scope.ts'
import { cachePoint } from './cache-spots.ts'
import { encodeMedia } from './encode-media.ts'

/** Encodes one block behind those in `into`; its cache mark becomes a cachePoint behind it. */
export function encodeBlock(block: Block, scope: BlockScope, role: Turn['role'], into: JsonObject[]): void {
  switch (block.type) {
    case 'text':
      return encodeText(block, scope, into)
    case 'image':
    case 'document':
    case 'video':
    case 'audio':
      into.push(encodeMedia(block, scope, role))
      return addCachePoint(block.cache, into)
    case 'search-result':
      into.push(encodeSearchResult(block, scope))
      return addCachePoint(block.cache, into)
    case 'tool-call':
      into.push({
        toolUse: { toolUseId: block.id, name: scope.names.toBedrock(block.name), input: scope.properties.toBedrock(block.input) }
      })
      return addCachePoint(block.cache, into)
    case 'tool-result':
      return encodeToolResult(block, scope, role, into)
    // A cachePoint behind reasoning is refused, so its mark is passed over.
    case 'reasoning':
      into.push({ reasoningContent: { reasoningText: { text: block.text, signature: block.signature ?? '' } } })
      return
    case 'redacted-reasoning':
      into.push({ reasoningContent: { redactedContent: block.data } })
      return
    default:
      return unreachable(block)
  }
}

/** Encodes text of a message or of the system prompt behind what is in `into`. */
export function encodeText(block: TextBlock, { guarded, systemTurns }: BlockScope, into: JsonObject[]): void {
  if (systemTurns && block.isSystem) into.push({ systemText: block.text })
  else if (!guarded || block.guard === undefined) into.push({ text: block.text })
  else {
    const qualifiers = block.guard.length === 0 ? {} : { qualifiers: [...block.guard] }
    into.push({ guardContent: { text: { text: block.text, ...qualifiers } } })
  }
  addCachePoint(block.cache, into)
}

/** Adds a place after which the model may cache, where there is a mark. */
function addCachePoint(mark: CacheMark | undefined, into: JsonObject[]): void {
  if (mark !== undefined) into.push(cachePoint(mark))
}

/** Claude cites what is found; other families read it as text. Without words it is none, and its title and place are told. */
function encodeSearchResult(block: SearchResultBlock, { traits, cites }: BlockScope): JsonObject {
  const content = block.texts.filter((text) => text.trim() !== '').map((text) => ({ text }))
  if (!traits.searchResults || content.length === 0) return { text: searchText(block) || '.' }
  const { title, origin } = block
  return { searchResult: { source: origin || title, title: title || origin, content, citations: { enabled: cites } } }
}

function encodePart(part: ResultPart, scope: BlockScope, role: Turn['role']): JsonObject {
  if (part.type === 'text') return { text: part.text }
  if (part.type === 'search-result') return encodeSearchResult(part, scope)
  // Documents of tool results have no citations.
  return encodeMedia(part, { ...scope, cites: false }, role)
}

const NO_OUTPUT = '(no output)'

/**
 * Results stay text, byte for byte: a `json` block refuses arrays, scalars and some keys, and would rewrite what the tool said.
 * On Converse marks inside a result move behind it, as no cachePoint may stand inside.
 */
function encodeToolResult(block: ToolResultBlock, scope: BlockScope, role: Turn['role'], into: JsonObject[]): void {
  let orphan = block.cache
  const parts = leaveOut(
    block.content,
    (part) => part.type === 'text' && part.text.trim() === '',
    (mark) => {
      orphan ??= mark
    }
  )
  const content: JsonObject[] = []
  for (const part of parts) {
    content.push(encodePart(part, scope, role))
    if (scope.pointsInResults) addCachePoint(part.cache, content)
  }
  const moved = scope.pointsInResults ? [] : block.content
  const mark = moved.reduce<CacheMark | undefined>((found, part) => part.cache ?? found, orphan)
  const isError = block.isError === true && scope.status
  const toolResult = {
    toolUseId: block.callId,
    content: content.length === 0 ? [{ text: NO_OUTPUT }] : content,
    ...(isError ? { status: 'error' } : {})
  }
  into.push({ toolResult })
  addCachePoint(mark, into)
}
