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
/** A member takes as long as so many characters, beside its text. */
const MEMBER_WEIGHT = 32
/** Objects deeper than this are written whole: what has megabytes of text has it above. */
const LEVELS = 10

/** What is written until others have their turn. */
interface Piece {
  text: string
  weight: number
}

/** The same for what may be megabytes, or have members by the hundred thousand, in pieces between which others are served. */
export async function heavyJsonToBytes(value: unknown, longest = LONGEST_PIECE): Promise<Buffer> {
  const piece: Piece = { text: '', weight: 0 }
  const writing = write(value, piece, longest, LEVELS)
  const bytes: Buffer[] = []
  const writeSome = (): boolean => {
    const { done = false } = writing.next()
    bytes.push(textToBytes(piece.text))
    piece.text = ''
    piece.weight = 0
    return done
  }
  while (!(await heavyWork.turn(writeSome)));
  return heavyWork.turn(() => Buffer.concat(bytes))
}

/** Writes the JSON of a value, and stops each time the piece is full. */
function* write(value: unknown, piece: Piece, longest: number, levels: number): Generator<void, void> {
  if (typeof value === 'string' && value.length > longest) return yield* writeText(value, piece, longest)
  if (!isParent(value) || levels === 0) return put(piece, toJson(value ?? null))
  const list: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined
  const names = list === undefined ? Object.keys(value) : []
  let before = list === undefined ? '{' : '['
  for (let at = 0; at < (list ?? names).length; at++) {
    const member = list === undefined ? value[names[at]!] : list[at]
    if (member === undefined && list === undefined) continue
    if (list === undefined) before += `${toJson(names[at])}:`
    // Hardly any member is long or holds others: without a generator of its own each is written in a fifth of the time.
    if (isParent(member) || (typeof member === 'string' && member.length > longest)) {
      put(piece, before)
      yield* write(member, piece, longest, levels - 1)
    } else put(piece, before + toJson(member ?? null))
    before = ','
    if (piece.weight >= longest) yield
  }
  put(piece, (before === ',' ? '' : before) + (list === undefined ? '}' : ']'))
}

function put(piece: Piece, text: string): void {
  piece.text += text
  piece.weight += text.length + MEMBER_WEIGHT
}

function isParent(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isRawNumber(value)
}

function* writeText(text: string, piece: Piece, longest: number): Generator<void, void> {
  put(piece, '"')
  for (let at = 0; at < text.length; ) {
    const end = at + longest
    // A pair stays together.
    const isHigh = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
    const slice = text.slice(at, isHigh ? end + 1 : end)
    put(piece, toJson(slice).slice(1, -1))
    at += slice.length
    yield
  }
  put(piece, '"')
}

function textToBytes(json: string): Buffer {
  const text = writableText(json)
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text
}
