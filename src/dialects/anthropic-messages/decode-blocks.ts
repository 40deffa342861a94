import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Block, CacheMark, ResultPart, SearchResultBlock, TextBlock, ToolResultBlock } from '../../core/turn.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { decodeDocument, decodeImage } from './decode-media.ts'
import { reportUnknown } from './members.ts'
import { dictionaryAt, objectAt, optionalArray, optionalBoolean, optionalObject, optionalString, stringAt } from './read-value.ts'
import { badValue, wrongTag, wrongType } from './refuse.ts'
import type { Report } from './report.ts'

/** What becomes of a block of the conversation: for the documentation, beside what reads it. */
interface BlockRow {
  readonly note: string
  readonly decode: (block: JsonObject, path: string, report: Report) => readonly Block[]
}

const left: BlockRow['decode'] = (_block, path, report) => {
  report(path, 'Bedrock has no counterpart of this block')
  return []
}
const LEFT: BlockRow = { note: 'left out, reported', decode: left }

/** Every block that a message can hold (types of @anthropic-ai/sdk 1.14.0). */
export const BLOCKS = {
  text: { note: 'text; its `citations` are not sent back', decode: decodeText },
  image: { note: 'base64 or URL, where the model sees', decode: (block, path) => [decodeImage(block, path)] },
  document: { note: 'PDF, text, content or URL, with citations and context', decode: decodeDocument },
  search_result: {
    note: 'a search result to Claude, with citations; text to others: title, source, words',
    decode: (block, path) => [searchResult(block, path)]
  },
  thinking: { note: 'back to the model that signed it, byte for byte; else left out', decode: decodeThinking },
  redacted_thinking: {
    note: 'back to the family that encrypted it; else left out',
    decode: (block, path) => [{ type: 'redacted-reasoning', data: stringAt(block.data, `${path}.data`), path }]
  },
  tool_use: { note: 'a call', decode: decodeCall },
  tool_result: { note: 'its result: text, images, documents, search results, `is_error`', decode: decodeResult },
  server_tool_use: LEFT,
  web_search_tool_result: { note: 'text: titles and addresses, reported', decode: foundText },
  web_fetch_tool_result: { note: 'text, reported', decode: foundText },
  code_execution_tool_result: { note: 'text, reported', decode: foundText },
  bash_code_execution_tool_result: { note: 'text, reported', decode: foundText },
  text_editor_code_execution_tool_result: { note: 'text, reported', decode: foundText },
  tool_search_tool_result: LEFT,
  advisor_tool_result: LEFT,
  mcp_tool_use: LEFT,
  mcp_tool_result: { note: 'text, reported', decode: foundText },
  container_upload: LEFT,
  compaction: { note: 'text: the summary', decode: decodeCompaction },
  fallback: LEFT,
  tool_addition: LEFT,
  tool_removal: LEFT,
  mid_conv_system: { note: 'user text in its place', decode: foundText }
} as const satisfies Record<string, BlockRow>

const ROWS: ReadonlyMap<string, BlockRow> = new Map(Object.entries<BlockRow>(BLOCKS))

/** Blocks of one message. */
const MOST_BLOCKS = 10_000

/** Reads a message's content, a string or blocks, in its order. */
export function decodeContent(content: Json | undefined, path: string, report: Report): readonly Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, path }]
  if (!Array.isArray(content)) throw wrongType(path, 'a valid string or list')
  const blocks: Block[] = []
  optionalArray(content, path, MOST_BLOCKS)!.forEach((value, index) => {
    const at = `${path}.${index}`
    const block = objectAt(value, at)
    const type = stringAt(block.type, `${at}.type`)
    const row = ROWS.get(type)
    if (row === undefined) throw wrongTag(at, [...ROWS.keys()], type)
    reportBlock(block, type, at, report)
    const made = row.decode(block, at, report)
    const cache = decodeCacheMark(block, at, report)
    made.forEach((one, nth) => {
      blocks.push(cache === undefined || nth < made.length - 1 ? one : { ...one, cache })
    })
    if (cache !== undefined && made.length === 0) reportUnmarked(cache, report)
  })
  return blocks
}

/** Reports a mark that has nothing to mark. */
export function reportUnmarked({ path }: CacheMark, report: Report): void {
  if (path !== undefined) report(path, 'the block it marks is left out')
}

function reportBlock(block: JsonObject, type: string, path: string, report: Report): void {
  reportUnknown(block, type, path, report)
  if (isJsonObject(block.source)) reportUnknown(block.source, 'source', `${path}.source`, report)
  if (isJsonObject(block.citations)) reportUnknown(block.citations, 'wished_citations', `${path}.citations`, report)
}

function decodeText(block: JsonObject, path: string, report: Report): readonly Block[] {
  const text = stringAt(block.text, `${path}.text`)
  if (Array.isArray(block.citations) && block.citations.length > 0)
    report(`${path}.citations`, 'citations of earlier answers do not go back to the model')
  // A blank text with a mark stays: its mark moves to the block before it.
  return text === '' && (block.cache_control ?? null) === null ? [] : [{ type: 'text', text, path }]
}

/** Unsigned reasoning came from another model, and no model takes it back. */
function decodeThinking(block: JsonObject, path: string): readonly Block[] {
  const text = stringAt(block.thinking, `${path}.thinking`)
  const signature = optionalString(block.signature, `${path}.signature`)
  return signature ? [{ type: 'reasoning', text, signature, path }] : []
}

function decodeCall(block: JsonObject, path: string): readonly Block[] {
  const id = stringAt(block.id, `${path}.id`)
  const name = stringAt(block.name, `${path}.name`)
  if (name === '') throw badValue(`${path}.name`, 'String should have at least 1 character')
  return [{ type: 'tool-call', id, name, input: dictionaryAt(block.input ?? {}, `${path}.input`), path }]
}

function decodeResult(block: JsonObject, path: string, report: Report): readonly Block[] {
  const callId = stringAt(block.tool_use_id, `${path}.tool_use_id`)
  const isError = optionalBoolean(block.is_error, `${path}.is_error`)
  const content = resultContent(block.content, `${path}.content`, report)
  const result: ToolResultBlock = {
    type: 'tool-result',
    callId,
    content,
    path,
    ...(isError === true ? { isError } : {})
  }
  return [result]
}

const RESULT_PARTS = ['text', 'image', 'document', 'search_result', 'tool_reference']

function resultContent(content: Json | undefined, path: string, report: Report): readonly ResultPart[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return (optionalArray(content, path, MOST_BLOCKS) ?? []).flatMap((value, index): readonly ResultPart[] => {
    const at = `${path}.${index}`
    const part = objectAt(value, at)
    const type = stringAt(part.type, `${at}.type`)
    reportBlock(part, type, at, report)
    const made = resultPart(part, type, at, report)
    const cache = decodeCacheMark(part, at, report)
    if (cache === undefined) return made
    if (made.length === 0) reportUnmarked(cache, report)
    return made.map((one, nth) => (nth === made.length - 1 ? { ...one, cache } : one))
  })
}

function resultPart(part: JsonObject, type: string, path: string, report: Report): readonly ResultPart[] {
  switch (type) {
    case 'text':
      return decodeText(part, path, report) as readonly TextBlock[]
    case 'image':
      return [decodeImage(part, path)]
    case 'document':
      return decodeDocument(part, path)
    case 'search_result':
      return [searchResult(part, path)]
    case 'tool_reference':
      return [{ type: 'text', text: `[The tool ${stringAt(part.tool_name, `${path}.tool_name`)} can be called now]`, path }]
    default:
      throw wrongTag(path, RESULT_PARTS, type)
  }
}

function searchResult(block: JsonObject, path: string): SearchResultBlock {
  const texts = (optionalArray(block.content, `${path}.content`, MOST_BLOCKS) ?? []).map((part, index) => {
    const at = `${path}.content.${index}`
    return stringAt(objectAt(part, at).text, `${at}.text`)
  })
  const title = stringAt(block.title, `${path}.title`)
  const origin = stringAt(block.source, `${path}.source`)
  const citations = optionalObject(block.citations, `${path}.citations`)?.enabled === true
  return { type: 'search-result', title, origin, texts, path, ...(citations ? { citations } : {}) }
}

function decodeCompaction(block: JsonObject, path: string): readonly Block[] {
  const said = optionalString(block.content, `${path}.content`)
  return said === undefined || said === '' ? [] : [{ type: 'text', text: said, path }]
}

/** What a tool of Anthropic's has found, as far as it is words: the model that reads on has no such tool. */
function foundText(block: JsonObject, path: string, report: Report): readonly Block[] {
  const text = wordsIn(block.content).join('\n')
  report(path, 'Bedrock has no counterpart of this block; its words are sent as text')
  return text === '' ? [] : [{ type: 'text', text, path }]
}

const WORD_MEMBERS = ['title', 'url', 'text', 'source', 'data', 'stdout', 'stderr', 'content']
/** A search result holds the text of a page, which holds words. */
const DEEPEST = 5

function wordsIn(value: Json | undefined, depth = 0): readonly string[] {
  if (depth > DEEPEST || value === undefined || value === null) return []
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (Array.isArray(value)) return value.flatMap((item: Json) => wordsIn(item, depth + 1))
  if (!isJsonObject(value) || value.media_type === 'application/pdf') return []
  return WORD_MEMBERS.flatMap((name) => wordsIn(value[name], depth + 1))
}
