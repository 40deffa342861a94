import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ReasoningBlock, RedactedReasoningBlock } from '../../core/turn.ts'
import { decodeCacheMark } from './decode-cache.ts'
import type { Report } from './report.ts'

export type ThoughtBlock = ReasoningBlock | RedactedReasoningBlock

/**
 * Reads reasoning that a message carries beside its content: LiteLLM's `thinking_blocks`, else OpenRouter's `reasoning_details`.
 * Reasoning is the model's own and helps or is of no use: what is foreign or malformed is left out and reported, and never refused.
 * `reasoning_content` is not read: it has no signature, and a model would take it for its own answer.
 */
export function decodeThoughts(message: JsonObject, path: string, report: Report): ThoughtBlock[] {
  const { thinking_blocks: blocks, reasoning_details: details } = message
  if (isGiven(blocks)) return readList(blocks, `${path}.thinking_blocks`, thinkingBlock, report)
  return isGiven(details) ? readList(details, `${path}.reasoning_details`, reasoningDetail, report) : []
}

/** Reads a part of Anthropic's own content that holds reasoning. */
export function decodeThoughtPart(part: Json, path: string, report: Report): ThoughtBlock[] {
  return readOne(part, path, thinkingBlock, report)
}

/** Tells such a part from what is meant for the reader. */
export function isThoughtPart(part: Json): boolean {
  return isJsonObject(part) && (part.type === 'thinking' || part.type === 'redacted_thinking')
}

function isGiven(value: Json | undefined): value is Exclude<Json, null> {
  return value !== undefined && value !== null
}

/** A block; nothing for one without a signature, which no model takes back; undefined for what is no block of ours. */
type Read = (value: JsonObject) => ThoughtBlock | 'unsigned' | undefined

function readList(list: Json, path: string, read: Read, report: Report): ThoughtBlock[] {
  if (Array.isArray(list)) return list.flatMap((item: Json, index) => readOne(item, `${path}[${index}]`, read, report))
  report(path, 'not a list of reasoning blocks')
  return []
}

function readOne(value: Json, path: string, read: Read, report: Report): ThoughtBlock[] {
  const block = isJsonObject(value) ? read(value) : undefined
  if (block === undefined) report(path, 'not reasoning of a model on Bedrock')
  const cache = isJsonObject(value) ? decodeCacheMark(value, path, report) : undefined
  if (block !== undefined && block !== 'unsigned') return [{ ...block, path, ...(cache === undefined ? {} : { cache }) }]
  if (cache?.path !== undefined) report(cache.path, 'the block it marks is left out')
  return []
}

function thinkingBlock({ type, data, thinking, signature }: JsonObject): ReturnType<Read> {
  if (type === 'redacted_thinking') return opaque(data)
  return type === 'thinking' ? signed(thinking, signature) : undefined
}

/** OpenRouter's name for what Claude signs and encrypts; those of other providers mean nothing to any model on Bedrock. */
const OWN_FORMAT = 'anthropic-claude-v1'

function reasoningDetail({ type, format, data, text, signature }: JsonObject): ReturnType<Read> {
  if (isGiven(format) && format !== OWN_FORMAT) return undefined
  if (type === 'reasoning.encrypted') return opaque(data)
  return type === 'reasoning.summary' ? 'unsigned' : signed(text, signature)
}

/** As Bedrock gives it: base64, with the mark of its family before it where it is not Claude's. */
const OPAQUE = /^(?:[\w-]{1,32}:)?[A-Za-z0-9+/]+={0,2}$/

function opaque(data: Json | undefined): RedactedReasoningBlock | undefined {
  return typeof data === 'string' && OPAQUE.test(data) ? { type: 'redacted-reasoning', data } : undefined
}

function signed(text: Json | undefined, signature: Json | undefined): ReturnType<Read> {
  if ((isGiven(text) && typeof text !== 'string') || (isGiven(signature) && typeof signature !== 'string')) return undefined
  if (!signature) return 'unsigned'
  return { type: 'reasoning', text: text ?? '', signature }
}
