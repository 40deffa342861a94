/** What JSON inside the strings of one request may be made of in all; the same as for its body. */
const MOST = { levels: 256, parts: 100_000, items: 500_000, exact: 20_000, unpacked: 8 * 1024 * 1024, further: 1000 } as const

/** Characters; a level takes two. */
const SHORT = 2 * MOST.levels

/** Characters of the shortest number that keeps its digits, with what parts it from the next: `-0,`. */
const SHORTEST_EXACT = 3

/**
 * Room for the JSON that the strings of one request hold (arguments of calls): parsing a few megabytes of brackets takes more memory than
 * a container has, numbers that keep their digits take as long as many others, and what is deep is more than the stack of code that calls
 * itself. Short texts that together are shorter than what is allowed cannot exceed it, and are not looked at.
 */
export class JsonRoom {
  private unread: number = SHORTEST_EXACT * MOST.exact
  private parts: number = MOST.parts
  private items: number = MOST.items
  private exact: number = MOST.exact
  /** Bytes that what is packed in strings may still unpack to: a kilobyte can become a megabyte. */
  unpacked: number = MOST.unpacked
  /** Calls that may still be found in the arguments of others. */
  further: number = MOST.further

  /** Whether a text may be parsed; it counts from then on. */
  take(text: string): boolean {
    if (text.length <= SHORT && text.length <= this.unread) {
      this.unread -= text.length
      return true
    }
    let { parts, items, exact } = this
    let levels: number = MOST.levels
    for (let at = 0; at < text.length && levels >= 0 && parts >= 0 && items >= 0 && exact >= 0; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) at = endOfString(text, at + 1)
      else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        levels--
        parts--
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) levels++
      else if (code === COLON) parts--
      else if (code === COMMA) items--
      else if (code === MINUS || isDigit(code)) {
        const end = endOfNumber(text, at + 1)
        if (mayChange(text, at, end)) exact--
        at = end - 1
      }
    }
    if (levels < 0 || parts < 0 || items < 0 || exact < 0) return false
    this.parts = parts
    this.items = items
    this.exact = exact
    return true
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COLON = 0x3a
const COMMA = 0x2c
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const LETTER_CASE = 0x20
const LOWER_E = 0x65
/** No number of fewer characters is changed by a double, unless it is written in an odd way. */
const LEAST_LENGTH = 16

/** The place of the quote that ends a string, or of the text's end. */
function endOfString(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) break
    if (code === BACKSLASH) at++
  }
  return at
}

function endOfNumber(text: string, start: number): number {
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!isDigit(code) && code !== DOT && code !== MINUS && code !== PLUS && (code | LETTER_CASE) !== LOWER_E) break
  }
  return at
}

/** Whether a number has an exponent, a fraction that ends in a zero or begins with many, many digits, or is a zero below zero. */
function mayChange(text: string, start: number, end: number): boolean {
  if (end - start >= LEAST_LENGTH) return true
  if (end - start < 2) return false
  const last = text.charCodeAt(end - 1)
  let dot = -1
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === DOT) dot = at
    else if ((code | LETTER_CASE) === LOWER_E) return true
  }
  if (dot >= 0) return last === ZERO || text.startsWith('00000', dot + 1)
  return text.charCodeAt(start) === MINUS && text.charCodeAt(start + 1) === ZERO
}

const ZERO = 0x30

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39
}
