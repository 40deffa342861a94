import { transcode } from 'node:buffer'
import { heavyWork } from './core/heavy-work.ts'
import { toJson } from './core/json.ts'

/** At once for text that the engine keeps one byte a character, since it knows that nothing can be found in it. */
const WIDE = /[^\0-\xff]/
/** Shorter text is encoded before two calls into native code have begun. UTF-16 units. */
const LEAST_LENGTH = 512

/**
 * A value as the JSON of `toJson`, ready to be written: bytes where it is long and holds characters beyond Latin-1, as every answer with a dash or an
 * emoji does. Node writes such text one character at a time, measures it the same way before, and takes five times as long as this.
 * Other text is best left to Node, which writes it in one piece with the headers.
 */
export function writableJson(value: unknown): string | Buffer {
  return writableText(toJson(value))
}

function writableText(json: string): string | Buffer {
  const isSlow = json.length >= LEAST_LENGTH && WIDE.test(json)
  // Halves of characters, which `transcode` would not take, stand in no JSON text.
  return isSlow ? transcode(Buffer.from(json, 'utf16le'), 'utf16le', 'utf8') : json
}

/** A value as JSON, as the bytes of UTF-8. */
export function jsonToBytes(value: unknown): Buffer {
  return textToBytes(toJson(value))
}

/** The same for what may be megabytes, in pieces between which others are served. */
export async function heavyJsonToBytes(value: unknown): Promise<Buffer> {
  const json = await heavyWork.turn(() => toJson(value))
  return heavyWork.turn(() => textToBytes(json))
}

function textToBytes(json: string): Buffer {
  const text = writableText(json)
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text
}
