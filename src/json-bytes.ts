import { transcode } from 'node:buffer'
import { isRawNumber } from './core/exact-json.ts'
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

/** Characters that are written before others have their turn. */
const LONGEST_PIECE = 2_000_000
/** Objects deeper than this are written whole: what has megabytes of text has it above. */
const LEVELS = 10

/** The same for what may be megabytes, in pieces between which others are served. */
export async function heavyJsonToBytes(value: unknown, longest = LONGEST_PIECE): Promise<Buffer> {
  const texts = textsOf(value, longest, LEVELS)
  const bytes: Buffer[] = []
  const writeSome = (): boolean => {
    for (let length = 0; length < longest; ) {
      const { done, value: text } = texts.next()
      if (done) return true
      length += text.length
      bytes.push(textToBytes(text))
    }
    return false
  }
  while (!(await heavyWork.turn(writeSome)));
  return heavyWork.turn(() => Buffer.concat(bytes))
}

/** The JSON of a value, in texts that are about `longest` characters at most. */
function* textsOf(value: unknown, longest: number, levels: number): Generator<string, void> {
  if (typeof value === 'string' && value.length > longest) return yield* slicesOf(value, longest)
  if (levels === 0 || typeof value !== 'object' || value === null || isRawNumber(value)) return yield toJson(value ?? null)
  const isList = Array.isArray(value)
  let text = isList ? '[' : '{'
  let isFirst = true
  for (const [name, member] of isList ? value.entries() : Object.entries(value)) {
    if (member === undefined && !isList) continue
    text += `${isFirst ? '' : ','}${isList ? '' : `${toJson(name)}:`}`
    isFirst = false
    for (const piece of textsOf(member, longest, levels - 1)) {
      text += piece
      if (text.length < longest) continue
      yield text
      text = ''
    }
  }
  yield `${text}${isList ? ']' : '}'}`
}

function* slicesOf(text: string, longest: number): Generator<string, void> {
  yield '"'
  for (let at = 0; at < text.length; ) {
    const end = at + longest
    // A pair stays together.
    const isHigh = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
    const slice = text.slice(at, isHigh ? end + 1 : end)
    yield toJson(slice).slice(1, -1)
    at += slice.length
  }
  yield '"'
}

function textToBytes(json: string): Buffer {
  const text = writableText(json)
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text
}
