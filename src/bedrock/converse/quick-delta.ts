import type { JsonObject } from '../../core/json.ts'

const INDEX = '{"contentBlockIndex":'
const TEXT = ',"delta":{"text":"'
const REASONING = ',"delta":{"reasoningContent":{"text":"'
const PADDING = ',"p":"'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const LAST_ASCII = 0x7f
const ZERO = 0x30
const NINE = 0x39
const NOT_FOUND = -1

/**
 * The short way for nearly every frame of an answer: reads `{"contentBlockIndex":0,"delta":{"text":"..."},"p":"..."}`, and the same
 * of reasoning, as Bedrock writes them. Gives what `JSON.parse` gives, without the padding `p`; undefined for anything
 * that looks otherwise, even by one byte, which then goes the long way.
 */
export function readQuickDelta(payload: Buffer): JsonObject | undefined {
  // One character for a byte, so that places in the text are places in the bytes.
  const json = payload.toString('latin1')
  if (!json.startsWith(INDEX)) return undefined
  const digit = json.charCodeAt(INDEX.length)
  const afterIndex = INDEX.length + 1
  // Answers of ten blocks and more are rare.
  if (digit < ZERO || digit > NINE) return undefined
  const isText = json.startsWith(TEXT, afterIndex)
  if (!isText && !json.startsWith(REASONING, afterIndex)) return undefined
  const start = afterIndex + (isText ? TEXT : REASONING).length
  const end = endOfPlainString(json, start)
  if (end === NOT_FOUND || !endsWell(json, end + 1, isText ? '}' : '}}')) return undefined
  const text = isAscii(json, start, end) ? json.slice(start, end) : payload.toString('utf8', start, end)
  const contentBlockIndex = digit - ZERO
  return isText ? { contentBlockIndex, delta: { text } } : { contentBlockIndex, delta: { reasoningContent: { text } } }
}

/** The place of the quote that ends a string without escapes. */
function endOfPlainString(json: string, start: number): number {
  for (let at = start; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) return at
    if (code === BACKSLASH || code < FIRST_PRINTABLE) return NOT_FOUND
  }
  return NOT_FOUND
}

function isAscii(json: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (json.charCodeAt(at) > LAST_ASCII) return false
  return true
}

/** Whether only the closing braces follow, with padding before the last one or without. */
function endsWell(json: string, at: number, braces: string): boolean {
  if (!json.startsWith(braces, at)) return false
  const after = at + braces.length
  if (after === json.length - 1) return json.endsWith('}')
  if (!json.startsWith(PADDING, after)) return false
  return endOfPlainString(json, after + PADDING.length) === json.length - 2 && json.endsWith('}')
}
