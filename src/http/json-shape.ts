/** What a body may be made of: far more than any request in use, and few enough that nobody else waits while it is read. */
export const JSON_LIMITS = {
  /** Code that walks a value by calling itself runs out of stack somewhere beyond a thousand. */
  levels: 256,
  /** Objects, arrays, and members of objects. */
  parts: 100_000,
  /** Items of all lists; tokens to embed are the longest. */
  items: 500_000
} as const

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Tells which limit the bytes of a JSON text exceed, before anything is made of them: parsing thirty megabytes of brackets
 * takes seconds. Strings are skipped by a native search, so that an image of many megabytes costs next to nothing.
 */
export function exceeded(json: Buffer): keyof typeof JSON_LIMITS | undefined {
  let levels = 0
  let parts = 0
  let items = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at + 1)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++levels > JSON_LIMITS.levels) return 'levels'
        if (++parts > JSON_LIMITS.parts) return 'parts'
        break
      case 0x5d: // ]
      case 0x7d: // }
        levels--
        break
      case 0x3a: // :
        if (++parts > JSON_LIMITS.parts) return 'parts'
        break
      case 0x2c: // ,
        if (++items > JSON_LIMITS.items) return 'items'
        break
    }
  }
  return undefined
}

/** A native search costs as much as looking at so many bytes; names of members are shorter. */
const NEAR_BYTES = 32

/** The place of the quote that ends a string; the end of the bytes when there is none, which the parser will tell. */
function endOfString(json: Buffer, start: number): number {
  const near = Math.min(json.length, start + NEAR_BYTES)
  let at = start
  for (; at < near; at++) {
    if (json[at] === QUOTE) return at
    if (json[at] === BACKSLASH) at++
  }
  for (; ; at++) {
    at = json.indexOf(QUOTE, at)
    if (at < 0) return json.length
    let slashes = 0
    while (json[at - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
  }
}
