import { endOfString } from '../core/json-string-end.ts'

/** What a body may be made of: far more than any request in use, and few enough that nobody else waits while it is read. */
export const JSON_LIMITS = {
  /** Code that walks a value by calling itself runs out of stack somewhere beyond a thousand. */
  levels: 256,
  /** Objects, arrays, and members of objects. */
  parts: 100_000,
  /** Items of all lists; tokens to embed are the longest. */
  items: 500_000,
  /** Numbers that parsing may change, and that are kept as they are written: each takes as long as many others. */
  exact: 20_000
} as const

const QUOTE = 0x22

export interface JsonShape {
  /** The limit that is exceeded; what lies behind has not been looked at. */
  readonly exceeded: keyof typeof JSON_LIMITS | undefined
  /** There may be numbers that parsing would change, deeper than the fields of the body itself. */
  readonly holdsExactNumbers: boolean
  /** Objects, lists and members that have been seen. */
  readonly parts: number
}

/**
 * Looks at the bytes of a JSON text before anything is made of them: parsing thirty megabytes of brackets takes seconds. Strings are
 * skipped by a native search, so that an image of many megabytes costs next to nothing.
 */
export function readShape(json: Buffer): JsonShape {
  let levels = 0
  let parts = 0
  let items = 0
  let exact = 0
  const over = (exceeded: keyof typeof JSON_LIMITS): JsonShape => ({ exceeded, holdsExactNumbers: exact > 0, parts })
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at + 1)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++levels > JSON_LIMITS.levels) return over('levels')
        if (++parts > JSON_LIMITS.parts) return over('parts')
        break
      case 0x5d: // ]
      case 0x7d: // }
        levels--
        break
      case 0x3a: // :
        if (++parts > JSON_LIMITS.parts) return over('parts')
        break
      case 0x2c: // ,
        if (++items > JSON_LIMITS.items) return over('items')
        break
      default: {
        if (!beginsNumber(json[at]!)) break
        const end = endOfNumber(json, at + 1)
        if (levels > 1 && mayChange(json, at, end) && ++exact > JSON_LIMITS.exact) return over('exact')
        at = end - 1
      }
    }
  }
  return { exceeded: undefined, holdsExactNumbers: exact > 0, parts }
}

const ZERO = 0x30
const NINE = 0x39
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const LOWER_E = 0x65
const UPPER_E = 0x45
/** No number of fewer digits is changed by a double. */
const LEAST_LENGTH = 16

function beginsNumber(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || byte === MINUS
}

function endOfNumber(json: Buffer, start: number): number {
  let at = start
  for (; at < json.length; at++) {
    const byte = json[at]!
    const isPart = beginsNumber(byte) || byte === DOT || byte === PLUS || byte === LOWER_E || byte === UPPER_E
    if (!isPart) break
  }
  return at
}

/** True for every number that would be written otherwise after parsing, and for few others. */
function mayChange(json: Buffer, start: number, end: number): boolean {
  if (end - start >= LEAST_LENGTH) return true
  let dot = -1
  for (let at = start; at < end; at++) {
    if (json[at] === DOT) dot = at
    else if (json[at] === LOWER_E || json[at] === UPPER_E) return true
  }
  if (dot < 0) return json[start] === MINUS && json[start + 1] === ZERO
  return json[end - 1] === ZERO || (json[dot + 1] === ZERO && json[dot + 6] === ZERO)
}
