import { stableHash } from './stable-hash.ts'

/** What can be chosen. */
export interface Weighted {
  readonly name: string
  /** Of the whole; 0: only when all others are taken. Not negative. */
  readonly weight: number
}

const MOST = 2 ** 53

/**
 * Orders what can be chosen by rendezvous: the same key gives the same order, each is first for its share of all keys, and one that comes
 * or goes moves only the keys that it is first for. (Weighted as -w / ln u; Schindelhauer and Schomaker 2005.)
 */
export function rendezvous<T extends Weighted>(items: readonly T[], key: string): readonly T[] {
  if (items.length < 2) return items
  const scored = items.map((item) => {
    const draw = (stableHash(`${item.name}\n${key}`) + 0.5) / MOST
    return { item, score: -item.weight / Math.log(draw) }
  })
  return scored.sort((a, b) => b.score - a.score).map(({ item }) => item)
}
