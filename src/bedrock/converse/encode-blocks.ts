import type { JsonObject } from '../../core/json.ts'
import type { Block, CacheMark, TextBlock, ToolResultBlock, Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Traits } from '../../models/traits.ts'
import type { DocumentNames } from './document-names.ts'
import { encodeMedia } from './encode-media.ts'
import type { ToolNames } from './tool-names.ts'

/** What the encoding of a block depends on. */
export interface BlockScope {
  readonly traits: Traits
  /** For error messages. */
  readonly model: string
  readonly names: ToolNames
  readonly documents: DocumentNames
  /** A guardrail is set, so text marked for it goes out as guardContent. */
  readonly guarded: boolean
  readonly status: boolean
  /** Citations are on for all documents of a request or for none: Claude refuses a mixture. */
  readonly cites: boolean
}

/** Encodes one block; its cache mark becomes a cachePoint behind it. */
export function encodeBlock(block: Block, scope: BlockScope, role: Turn['role']): readonly JsonObject[] {
  switch (block.type) {
    case 'text':
      return encodeText(block, scope)
    case 'image':
    case 'document':
    case 'video':
    case 'audio':
      return [encodeMedia(block, scope, role), ...cachePoint(block.cache)]
    case 'tool-call':
      return [
        { toolUse: { toolUseId: block.id, name: scope.names.toBedrock(block.name), input: block.input } },
        ...cachePoint(block.cache)
      ]
    case 'tool-result':
      return encodeToolResult(block, scope, role)
    // A cachePoint behind reasoning is refused, so its mark is passed over.
    case 'reasoning':
      return [{ reasoningContent: { reasoningText: { text: block.text, signature: block.signature ?? '' } } }]
    case 'redacted-reasoning':
      return [{ reasoningContent: { redactedContent: block.data } }]
    default:
      return unreachable(block)
  }
}

/** Encodes text of a message or of the system prompt. */
export function encodeText(block: TextBlock, { guarded }: BlockScope): readonly JsonObject[] {
  if (!guarded || block.guard === undefined) return [{ text: block.text }, ...cachePoint(block.cache)]
  const qualifiers = block.guard.length === 0 ? {} : { qualifiers: [...block.guard] }
  return [{ guardContent: { text: { text: block.text, ...qualifiers } } }, ...cachePoint(block.cache)]
}

/** A place after which the model may cache. */
export function cachePoint(mark: CacheMark | undefined): readonly JsonObject[] {
  if (mark === undefined) return []
  return [{ cachePoint: { type: 'default', ...(mark.ttl === undefined ? {} : { ttl: mark.ttl }) } }]
}

const NO_OUTPUT = '(no output)'

/**
 * Results stay text, byte for byte: a `json` block refuses arrays, scalars and some keys, and would rewrite what the tool said.
 * Marks inside a result move behind it, as no cachePoint may stand inside.
 */
function encodeToolResult(block: ToolResultBlock, scope: BlockScope, role: Turn['role']): readonly JsonObject[] {
  const parts = block.content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  const content = parts.map((part) => (part.type === 'text' ? { text: part.text } : encodeMedia(part, scope, role)))
  const mark = block.content.reduce<CacheMark | undefined>((found, part) => part.cache ?? found, block.cache)
  const isError = block.isError === true && scope.status
  const toolResult = {
    toolUseId: block.callId,
    content: content.length === 0 ? [{ text: NO_OUTPUT }] : content,
    ...(isError ? { status: 'error' } : {})
  }
  return [{ toolResult }, ...cachePoint(mark)]
}
