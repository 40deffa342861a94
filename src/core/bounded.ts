/** Sets an entry as the newest; the oldest leaves when there are more than `most`. For keys that callers bring, of which there is no end. */
export function keepNewest<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= most) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/**
 * Entries of several owners, at most `most` in all. Where there are more, the owner who has most loses the oldest: nobody pushes out what
 * belongs to another.
 */
export class OwnedMap<K, V> {
  private readonly owners = new Map<string, Map<K, V>>()
  private readonly most: number
  private size = 0

  constructor(most: number) {
    this.most = most
  }

  get(owner: string, key: K): V | undefined {
    return this.owners.get(owner)?.get(key)
  }

  /** All of an owner's, for several questions at once; undefined: there are none. */
  of(owner: string): ReadonlyMap<K, V> | undefined {
    return this.owners.get(owner)
  }

  /** Sets an entry as the owner's newest. */
  set(owner: string, key: K, value: V): void {
    const own = this.owners.get(owner) ?? new Map<K, V>()
    if (own.size === 0) this.owners.set(owner, own)
    if (!own.delete(key)) this.size++
    own.set(key, value)
    if (this.size > this.most) this.forgetOne()
  }

  delete(owner: string, key: K): void {
    const own = this.owners.get(owner)
    if (own === undefined || !own.delete(key)) return
    this.size--
    if (own.size === 0) this.owners.delete(owner)
  }

  private forgetOne(): void {
    let [largest, size] = ['', 0]
    for (const [owner, own] of this.owners) if (own.size > size) [largest, size] = [owner, own.size]
    const [oldest] = this.owners.get(largest)?.keys() ?? []
    if (oldest !== undefined) this.delete(largest, oldest)
  }
}

/** Remembers what a pure function gives, for the last `most` arguments that were new. */
export function memoize<K, V extends object | string>(make: (key: K) => V, most: number): (key: K) => V {
  const found = new Map<K, V>()
  return (key) => {
    const known = found.get(key)
    if (known !== undefined) return known
    const made = make(key)
    keepNewest(found, key, made, most)
    return made
  }
}
