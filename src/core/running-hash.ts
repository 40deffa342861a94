import { isRawNumber } from './exact-json.ts'
import { mixed } from './stable-hash.ts'

const QUOTE = 0x22
const BRACKET = 0x5b
const BRACE = 0x7b

/**
 * A 53-bit hash (of the kind of `stableHash`) that goes on from what it was given before: of a prompt's every prefix, for the work of one pass, and without
 * writing its JSON. It is kept in memory only and says nothing of the words.
 *
 * Marks for the prompt cache do not count: `cache_control`, and items of lists that are a `cachePoint`. Values must not be deeper than
 * code that calls itself may go.
 */
export class RunningHash {
  private high = 0
  private low = 0
  /** Characters that the JSON of all that was added has, but for escapes. */
  length = 0

  /** `seed`: what is no part of what is hashed, and makes another hash of it. */
  constructor(seed = '') {
    this.restart(seed)
  }

  /** Begins anew. */
  restart(seed: string): void {
    this.high = 0xdeadbeef | 0
    this.low = 0x41c6ce57
    this.takeText(seed)
    this.length = 0
  }

  /** The hash of all that was added so far; more can be added. */
  get value(): number {
    return mixed(this.high, this.low)
  }

  add(value: unknown): void {
    if (typeof value === 'string') this.takeText(value)
    else if (Array.isArray(value)) this.takeList(value)
    else if (typeof value === 'object' && value !== null && !isRawNumber(value)) this.takeObject(value)
    else this.takeText(isRawNumber(value) ? value.rawJSON : String(value))
  }

  /** Adds the hash of a part in its place, or another whole number of up to 53 bits. Its characters do not count. */
  fold(hash: number): void {
    this.high = Math.imul(this.high ^ Math.floor(hash / 4294967296), 2654435761)
    this.low = Math.imul(this.low ^ (hash | 0), 1597334677)
  }

  private takeList(list: readonly unknown[]): void {
    this.take(BRACKET)
    for (const item of list) if (!isCachePoint(item)) this.add(item)
    this.take(~BRACKET)
  }

  private takeObject(object: object): void {
    this.take(BRACE)
    for (const name in object) {
      const member = (object as Readonly<Record<string, unknown>>)[name]
      if (member === undefined || name === 'cache_control') continue
      this.takeText(name)
      this.add(member)
    }
    this.take(~BRACE)
  }

  /** With its quotes, and what stands behind it. Two characters at a time: the shifts carry the second one's bits down to the others. */
  private takeText(text: string): void {
    let { high, low } = this
    const { length } = text
    const even = length & ~1
    for (let index = 0; index < even; index += 2) {
      const codes = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16)
      high = Math.imul(high ^ codes, 2654435761)
      low = Math.imul(low ^ codes, 1597334677)
      high ^= high >>> 15
      low ^= low >>> 13
    }
    this.high = high
    this.low = low
    if (even < length) this.take(text.charCodeAt(even))
    this.take(QUOTE)
    this.length += even + 2
  }

  private take(code: number): void {
    this.high = Math.imul(this.high ^ code, 2654435761)
    this.low = Math.imul(this.low ^ code, 1597334677)
    this.length++
  }
}

/** A place where Converse may cache, which is no part of what is said. */
export function isCachePoint(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'cachePoint' in item
}
