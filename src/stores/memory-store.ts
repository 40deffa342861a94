import type { ResponseStore, StoredRecord } from '../state/response-store.ts'

export interface MemoryStoreOptions {
  /** Of all records together. */
  readonly maxBytes: number
  /** Records. Default 10,000. */
  readonly maxCount?: number
  /** Milliseconds since its last put. */
  readonly ttlMs: number
  readonly now?: () => number
}

interface Kept extends StoredRecord {
  readonly until: number
}

interface Shelf {
  readonly kept: Map<string, Kept>
  size: number
}

/** What a record costs beside its bytes. */
const OVERHEAD = 256

/**
 * Keeps records in the memory of the process. Where there is too much, the owner who keeps most loses the oldest, so that nobody can push
 * out what belongs to another. A record that is larger than all there is room for is refused with an error.
 */
export function createMemoryStore({ maxBytes, maxCount = 10_000, ttlMs, now = Date.now }: MemoryStoreOptions): ResponseStore {
  const shelves = new Map<string, Shelf>()
  let total = 0
  let count = 0
  let puts = 0

  function forget(owner: string, id: string): void {
    const shelf = shelves.get(owner)
    const kept = shelf?.kept.get(id)
    if (shelf === undefined || kept === undefined) return
    const size = sizeOf(kept)
    shelf.kept.delete(id)
    shelf.size -= size
    total -= size
    count--
    if (shelf.kept.size === 0) shelves.delete(owner)
  }

  /** Of the owner who has most of what there is too much of. */
  function forgetOldest(measure: (shelf: Shelf) => number): void {
    let [most] = shelves
    for (const entry of shelves) if (most === undefined || measure(entry[1]) > measure(most[1])) most = entry
    const [oldest] = most?.[1].kept.keys() ?? []
    if (most !== undefined && oldest !== undefined) forget(most[0], oldest)
  }

  function find(owner: string, id: string): Kept | undefined {
    const found = shelves.get(owner)?.kept.get(id)
    if (found === undefined || found.until > now()) return found
    forget(owner, id)
    return undefined
  }

  return {
    async get(owner, ids, { take }) {
      const found = ids.map((id) => find(owner, id))
      for (const kept of found) if (kept !== undefined) take(kept.bytes.length)
      return found
    },
    put(owner, id, bytes, expected) {
      const there = find(owner, id)
      if (expected !== undefined && there?.version !== (expected === 'nothing' ? undefined : expected.version)) return false
      const kept: Kept = { bytes, version: String(++puts), until: now() + ttlMs }
      const size = sizeOf(kept)
      if (size > maxBytes) throw new Error(`a record of ${bytes.length} bytes is larger than RESPONSES_MEMORY_BYTES allows`)
      forget(owner, id)
      const shelf = shelves.get(owner) ?? { kept: new Map(), size: 0 }
      shelves.set(owner, shelf)
      shelf.kept.set(id, kept)
      shelf.size += size
      total += size
      count++
      while (total > maxBytes) forgetOldest((each) => each.size)
      while (count > maxCount) forgetOldest((each) => each.kept.size)
      return true
    },
    async delete(owner, id) {
      forget(owner, id)
    },
    close() {
      shelves.clear()
      total = 0
      count = 0
    }
  }
}

function sizeOf({ bytes }: StoredRecord): number {
  return bytes.length + OVERHEAD
}
