/**
 * A number with the digits it was written in, as `JSON.rawJSON` makes it: `JSON.stringify` writes them again. For whoever walks a value it
 * is a leaf, and no object.
 */
export interface RawNumber {
  readonly rawJSON: string
}

/** ES2026, of which TypeScript 7.0 knows nothing; in Node since 22. */
const raw = JSON as unknown as { rawJSON(text: string): RawNumber; isRawJSON(value: unknown): value is RawNumber }

export const isRawNumber = raw.isRawJSON

/**
 * `JSON.parse`, but for numbers that a double, or its shortest writing, would change: ids of 19 digits, `1e400`, `1.0`, `-0`. Those become
 * raw numbers. Throws what `JSON.parse` throws. A reviver that is told the source does the same, and takes seconds for long lists.
 */
export function parseExact(text: string): unknown {
  if (!MAY_HOLD_SOME.test(text)) return JSON.parse(text)
  const { marked, numbers } = markNumbers(text)
  if (numbers.length === 0) return JSON.parse(text)
  const holder = { value: JSON.parse(marked) as unknown }
  putNumbers(holder, numbers)
  return holder.value
}

/** The value without raw numbers, for code that counts with them. The value given is not changed. */
export function plainNumbers<T>(value: T): T {
  const json = JSON.stringify(value)
  return json === undefined ? value : (JSON.parse(json) as T)
}

/**
 * Replaces leaves of a value in place; `enters` tells whether to look into what an object has under a name, and everything is when absent.
 * Not by calling itself: a text may be nested deeper than the stack. Lists by number, as they may be long.
 */
export function replaceLeaves(
  root: object,
  put: (leaf: unknown) => unknown,
  enters?: (name: string, inner: object) => boolean
): void {
  const open: object[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (Array.isArray(node)) {
      for (let at = 0; at < node.length; at++) {
        const value: unknown = node[at]
        if (isParent(value)) open.push(value)
        else node[at] = put(value)
      }
      continue
    }
    const members = node as Record<string, unknown>
    for (const name in members) {
      const value = members[name]
      if (!isParent(value)) members[name] = put(value)
      else if (enters === undefined || enters(name, value)) open.push(value)
    }
  }
}

function isParent(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isRawNumber(value)
}

/** In every text that holds such a number; quick, and often wrong. */
const MAY_HOLD_SOME = /\d[.eE]|\d{16}|-0/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Tells whether a text is one number of JSON, and nothing else. */
export function isJsonNumber(text: string): boolean {
  return NUMBER.test(text)
}

/** Integers of so many digits are doubles, and written as they came. */
const MOST_SAFE_DIGITS = 15
/** Begins a string that stands for a number, by its place in a list. No text of Unicode holds half a character, let alone two. */
const MARK = '\udfff\udfff#'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d

function markNumbers(text: string): { marked: string; numbers: readonly RawNumber[] } {
  const numbers: RawNumber[] = []
  const pieces: string[] = []
  let done = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at + 1)
    else if (code !== MINUS && !isDigit(code)) at++
    else {
      const end = endOfNumber(text, at + 1)
      const source = isShortInteger(text, at, end) ? undefined : text.slice(at, end)
      if (source !== undefined && isChanged(source)) {
        pieces.push(text.slice(done, at), `"${MARK}${numbers.length}"`)
        numbers.push(raw.rawJSON(source))
        done = end
      }
      at = end
    }
  }
  pieces.push(text.slice(done))
  return { marked: pieces.join(''), numbers }
}

/** Most numbers are, and need no closer look. */
function isShortInteger(text: string, start: number, end: number): boolean {
  if (end - start > MOST_SAFE_DIGITS) return false
  for (let at = start; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false
  return true
}

/** Puts the numbers in place of what stands for them. */
function putNumbers(root: object, numbers: readonly RawNumber[]): void {
  replaceLeaves(root, (leaf) =>
    typeof leaf === 'string' && leaf.startsWith(MARK) ? (numbers[Number(leaf.slice(MARK.length))] ?? leaf) : leaf
  )
}

/** What is no number of JSON stays, for the parser to refuse. */
function isChanged(source: string): boolean {
  return NUMBER.test(source) && String(Number(source)) !== source
}

function endOfString(text: string, start: number): number {
  for (let at = start; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at + 1
  }
}

function endOfNumber(text: string, start: number): number {
  let at = start
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at++
  return at
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** A digit, or one of `+-.eE`. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 0x2b || code === MINUS || code === 0x2e || code === 0x65 || code === 0x45
}
