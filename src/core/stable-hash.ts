/**
 * A 53-bit hash that stays the same over processes and releases (cyrb53), as names and ids made of it must:
 * a name that changes between two turns breaks the model's prompt cache.
 */
export function stableHash(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  return mixed(high, low)
}

/** The end of the hash: of its two halves one number. */
export function mixed(high: number, low: number): number {
  const top = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  const bottom = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(top ^ (top >>> 13), 3266489909)
  return 4294967296 * (2097151 & bottom) + (top >>> 0)
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
/** Of the largest hash. */
const MOST_DIGITS = 11

/** The hash in letters and digits, eleven of them: `toString(36)` takes ten times as long for numbers of this size. */
export function stableId(text: string): string {
  let id = ''
  for (let rest = stableHash(text); id.length < MOST_DIGITS; ) {
    const left = Math.floor(rest / 36)
    id = DIGITS[rest - left * 36] + id
    rest = left
  }
  return id
}
