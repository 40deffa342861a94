/** Sets an entry as the newest; the oldest leaves when there are more than `most`. For keys that callers bring, of which there is no end. */
export function keepNewest<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= most) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
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
