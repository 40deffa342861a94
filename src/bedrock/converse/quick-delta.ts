import { type ByteString, compact } from '../../core/byte-string.ts'
import type { JsonObject } from '../../core/json.ts'
import type { QuickDelta } from '../answer/quick-delta.ts'
import type { Chunk } from '../transport/frame-label.ts'

const OPENING = /\{"contentBlockIndex":(\d),"delta":\{(?:"text"|"(toolUse)":\{"input"|"(reasoningContent)":\{"text"):/y
const PADDING = Buffer.from(',"p":')

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACE = 0x7d
const FIRST_PRINTABLE = 0x20
const LAST_ASCII = 0x7f
const NOT_FOUND = -1
const REPLACEMENT = '\ufffd'
/** `"\/nrtbf`; the others are rare in what models write. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/nrtbf'))

/** What a payload begins with, up to the piece itself. */
export interface Opening {
  readonly text: ByteString
  readonly index: number
  readonly kind: QuickDelta['kind']
  /** How many braces close what it opens, but for the last one. */
  readonly braces: 1 | 2
}

/** Reads what a payload at a place begins with; undefined where it is no plain delta of the wire. */
export type OpeningReader = (json: ByteString, at: number) => Opening | undefined

/**
 * Makes the short way for nearly every frame of one answer: it reads `{"contentBlockIndex":0,"delta":{"text":"..."},"p":"..."}`, and
 * the same of reasoning and of a tool's input, as Bedrock writes them, from `start` to `end`. It gives what `JSON.parse` gives, without
 * the padding `p`; undefined for anything that looks otherwise, even by one byte, which then goes the long way.
 */
export function createQuickReader(
  openingAt: OpeningReader = converseOpening
): (chunk: Chunk, start: number, end: number) => QuickDelta | undefined {
  let last: Opening | undefined
  return (chunk, start, end) => {
    const opening = isAt(last, chunk.text, start) ? last : openingAt(chunk.text, start)
    if (opening === undefined) return undefined
    last = opening
    const literalAt = start + opening.text.length
    const literalEnd = endOfString(chunk.bytes, literalAt, end)
    if (literalEnd === NOT_FOUND || !endsWell(chunk.bytes, literalEnd, end, opening.braces)) return undefined
    const text = textOf(chunk, literalAt, literalEnd)
    if (text === undefined) return undefined
    return { index: opening.index, kind: opening.kind, text, literal: chunk.text.slice(literalAt, literalEnd) }
  }
}

/** Nearly all frames begin like the one before. */
function isAt(opening: Opening | undefined, json: ByteString, at: number): opening is Opening {
  return opening !== undefined && json.slice(at, at + opening.text.length) === opening.text
}

/** The delta as the payload that it was read from, without the padding. */
export function quickPayload({ index: contentBlockIndex, kind, text }: QuickDelta): JsonObject {
  if (kind === 'input') return { contentBlockIndex, delta: { toolUse: { input: text } } }
  return { contentBlockIndex, delta: kind === 'text' ? { text } : { reasoningContent: { text } } }
}

function converseOpening(json: ByteString, at: number): Opening | undefined {
  OPENING.lastIndex = at
  const found = OPENING.exec(json)
  if (found === null) return undefined
  const [opening, index, tool, reasoning] = found
  const kind = tool !== undefined ? 'input' : reasoning !== undefined ? 'reasoning' : 'text'
  return { text: compact(opening), index: Number(index), kind, braces: kind === 'text' ? 1 : 2 }
}

/** The place behind the JSON string that begins at `start`; `NOT_FOUND` where none does, or where it is not over at `end`. */
function endOfString(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== QUOTE) return NOT_FOUND
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) return at + 1
    if (byte < FIRST_PRINTABLE) return NOT_FOUND
    if (byte === BACKSLASH && !SHORT_ESCAPES.has(bytes[++at]!)) return NOT_FOUND
  }
  return NOT_FOUND
}

/** Whether only the closing braces follow, with padding before the last one or without. */
function endsWell(bytes: Uint8Array, at: number, end: number, braces: Opening['braces']): boolean {
  const after = at + braces
  if (bytes[at] !== BRACE || bytes[after - 1] !== BRACE || bytes[end - 1] !== BRACE) return false
  if (after === end - 1) return true
  for (let i = 0; i < PADDING.length; i++) if (bytes[after + i] !== PADDING[i]) return false
  return endOfString(bytes, after + PADDING.length, end) === end - 1
}

/** The text of a JSON string; undefined where its bytes are no UTF-8, or seem so. */
function textOf({ bytes, text: json }: Chunk, start: number, end: number): string | undefined {
  let isAscii = true
  let isPlain = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte > LAST_ASCII) isAscii = false
    else if (byte === BACKSLASH) isPlain = false
  }
  if (isAscii && isPlain) return json.slice(start + 1, end - 1)
  const literal = isAscii ? json.slice(start, end) : bytes.toString('utf8', start, end)
  if (literal.includes(REPLACEMENT)) return undefined
  return isPlain ? literal.slice(1, -1) : (JSON.parse(literal) as string)
}
