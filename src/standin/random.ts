import { createHash } from 'node:crypto'

/** A repeatable source of chance: equal seeds and keys give equal numbers, whatever else happens at the same time. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** Letters and digits. */
  word(length: number): string
}

const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Makes a source of chance from a seed and a key (mulberry32 over the first bytes of their SHA-256). */
export function makeRandom(seed: number, key: string): Random {
  let state = createHash('sha256').update(`${seed}\n${key}`).digest().readUInt32LE(0)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const word = (length: number) => Array.from({ length }, () => ALPHANUMERIC[between(0, ALPHANUMERIC.length - 1)]).join('')
  return { next, between, word }
}
