import { isJsonObject, type Json } from './json.ts'
import type { ChatRequest } from './request.ts'
import { searchText } from './search-text.ts'
import type { Block } from './turn.ts'

/** Tokens of a text. */
export type CountText = (text: string) => number

/** UTF-16 units of English prose and code for each token, on the low side: an estimate shall not be too small. */
const UNITS_PER_TOKEN = 3.5

/** Tokens by the length alone: of no cost, and far off for scripts other than Latin. */
export const byLength: CountText = (text) => text.length / UNITS_PER_TOKEN

/** What a picture costs at its largest, by Anthropic's documentation; its bytes say nothing. */
const IMAGE_TOKENS = 1600
/** A page of a PDF, as words and as a picture. */
const PAGE_TOKENS = 2000
/** Base64 characters of a page, on the low side. */
const UNITS_PER_PAGE = 100_000
const MOST_PAGES = 100
/** What stands around each turn and each tool. */
const FRAME_TOKENS = 8

/** Tokens of a prompt before a model has counted them: its words by `count`, media by the piece. Whole, and never less for more words. */
export function estimateTokens({ system, turns, tools }: ChatRequest, count: CountText): number {
  let tokens = 0
  for (const block of system) tokens += count(block.text)
  for (const turn of turns) {
    tokens += FRAME_TOKENS
    for (const block of turn.content) tokens += ofBlock(block, count)
  }
  for (const tool of tools) {
    tokens += FRAME_TOKENS
    if (tool.type === 'function') tokens += count(JSON.stringify([tool.name, tool.description, tool.inputSchema]))
  }
  return Math.ceil(tokens)
}

/** Base64 and addresses of data hold no words. */
const FILE = /^[\w+/=:;,.-]{1000}/

/** Tokens of a body in a model's own words, by its length: all texts in it, and files by the piece. Whole. */
export function estimateBody(body: Json | undefined): number {
  return Math.ceil(ofJson(body))
}

function ofJson(value: Json | undefined): number {
  if (typeof value === 'string') return FILE.test(value) ? IMAGE_TOKENS : byLength(value)
  if (Array.isArray(value)) return (value as readonly Json[]).reduce<number>((sum, one) => sum + ofJson(one), 0)
  if (!isJsonObject(value)) return 0
  return Object.entries(value).reduce((sum, [name, one]) => sum + byLength(name) + ofJson(one), 0)
}

function ofBlock(block: Block, count: CountText): number {
  switch (block.type) {
    case 'text':
    case 'reasoning':
      return count(block.text)
    case 'search-result':
      return count(searchText(block))
    case 'tool-call':
      return count(block.name) + count(JSON.stringify(block.input))
    case 'tool-result':
      return block.content.reduce((sum, part) => sum + ofBlock(part, count), FRAME_TOKENS)
    case 'document':
      return ofDocument(block, count)
    case 'redacted-reasoning':
      return 0
    default:
      return IMAGE_TOKENS
  }
}

function ofDocument({ source }: Extract<Block, { type: 'document' }>, count: CountText): number {
  if (source.type === 'text') return count(source.text)
  const pages = source.type === 'base64' ? Math.ceil(source.data.length / UNITS_PER_PAGE) : 1
  return Math.min(pages, MOST_PAGES) * PAGE_TOKENS
}
