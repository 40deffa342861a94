import { GatewayError } from '../errors.ts'

/** What the process needs beside bodies: code, connections, answers that are being written. Bytes. */
const OWN_BYTES = 160 * 1024 * 1024
/** Of a heap that bodies may fill: what is parsed and said anew for Bedrock lies there beside all else. */
const HEAP_SHARE = 0.75
/** No process takes less. Bytes. */
const LEAST_BYTES = 32 * 1024 * 1024
/**
 * Bytes of memory for one of a body while it is read, parsed and said in Bedrock's words: the bytes, their text, the parsed value, the
 * request, its JSON and its bytes. Measured: 5.1 for one string of ASCII, 5.8 for text beyond Latin-1.
 */
const WHILE_READ = 6
/** The same while the answer comes: the bytes that were sent, which the HTTP library keeps, and what garbage is still there. */
const WHILE_ANSWERED = 1.5
/** What one key may fill of the whole, unless it is its only body. */
const KEY_SHARE = 0.5
const RETRY_AFTER_S = 2

/** The memory that the body of one request takes. */
export interface BodyHold {
  /** Bytes that have come. */
  readonly bytes: number
  /** Counts bytes that have come. Throws 503 `unavailable` where there is no room for them now. */
  add(bytes: number): void
  /** The request is on its way and its answer comes: of the body only what was sent is still there. */
  sent(): void
  /** Nothing of it is there any more. May be called again. */
  release(): void
}

/** Bounds the memory of the bodies in flight, in all and for each key. */
export interface BodyBudget {
  /** Bytes of memory for bodies, by the factors above; and what is taken now. */
  readonly capacity: number
  readonly used: number
  /**
   * Takes a body of so many bytes in, before any of it is read; 0: unknown. `owner` is the name of the key, empty without one.
   * Throws 413 `body_too_large` where it could never fit, 503 `unavailable` where it does not fit now.
   */
  admit(owner: string, bytes: number): BodyHold
}

/** The memory for bodies, in bytes, by what the process may use and what its heap may grow to. */
export function bodyCapacity(memoryBytes: number, heapBytes: number): number {
  return Math.max(LEAST_BYTES, Math.min(memoryBytes - OWN_BYTES, heapBytes * HEAP_SHARE))
}

/** Makes the budget of a process. `capacity` in bytes of memory, see `bodyCapacity`. */
export function createBodyBudget(capacity: number): BodyBudget {
  const owners = new Map<string, number>()
  let used = 0

  function change(owner: string, cost: number): void {
    used += cost
    const left = (owners.get(owner) ?? 0) + cost
    if (left > 0) owners.set(owner, left)
    else owners.delete(owner)
  }

  /** An only body of a key, or of the process, may always come: what never fits is refused by its length. */
  function refuse(owner: string, own: number, cost: number): void {
    const ofOthers = (owners.get(owner) ?? 0) - own
    if (ofOthers > 0 && ofOthers + cost > capacity * KEY_SHARE)
      throw full('The request bodies of this API key that are being worked on fill its share of the memory of the gateway')
    if (used - own > 0 && used - own + cost > capacity)
      throw full('The request bodies that are being worked on fill the memory of the gateway')
  }

  return {
    capacity,
    get used() {
      return used
    },
    admit(owner, bytes) {
      if (bytes * WHILE_READ > capacity) throw tooLarge()
      refuse(owner, 0, bytes * WHILE_READ)
      let taken = 0
      let over = false
      let come = 0
      const set = (cost: number) => {
        if (over) return
        change(owner, cost - taken)
        taken = cost
      }
      return {
        get bytes() {
          return come
        },
        add(more) {
          come += more
          const cost = taken + more * WHILE_READ
          if (cost > capacity) throw tooLarge()
          refuse(owner, taken, cost)
          set(cost)
        },
        sent: () => set((taken / WHILE_READ) * WHILE_ANSWERED),
        release() {
          set(0)
          over = true
        }
      }
    }
  }
}

function full(why: string): GatewayError {
  return new GatewayError('unavailable', `${why}; please send this one again in a moment.`, { retryAfterS: RETRY_AFTER_S })
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'body_too_large',
    'The request body is larger than the memory of this gateway allows. Send less, or refer to media by URL.'
  )
}
