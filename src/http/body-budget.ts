import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
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
  return new Budget(capacity)
}

class Budget implements BodyBudget {
  readonly capacity: number
  used = 0
  private readonly owners = new Map<string, number>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  admit(owner: string, bytes: number): BodyHold {
    if (bytes * WHILE_READ > this.capacity) throw tooLarge()
    this.refuse(owner, 0, bytes * WHILE_READ)
    return new Hold(this, owner)
  }

  change(owner: string, cost: number): void {
    if (cost === 0) return
    this.used += cost
    const left = (this.owners.get(owner) ?? 0) + cost
    if (left > 0) this.owners.set(owner, left)
    else this.owners.delete(owner)
  }

  /** An only body of a key, or of the process, may always come: what never fits is refused by its length. */
  refuse(owner: string, own: number, cost: number): void {
    if (this.used === own) return
    const { capacity, used } = this
    const ofOthers = (this.owners.get(owner) ?? 0) - own
    if (ofOthers > 0 && ofOthers + cost > capacity * KEY_SHARE)
      throw full('The request bodies of this API key that are being worked on fill its share of the memory of the gateway')
    if (used - own + cost > capacity) throw full('The request bodies that are being worked on fill the memory of the gateway')
  }
}

/** A class, because each request has one. */
class Hold implements BodyHold {
  private readonly budget: Budget
  private readonly owner: string
  bytes = 0
  private taken = 0
  private isOver = false

  constructor(budget: Budget, owner: string) {
    this.budget = budget
    this.owner = owner
  }

  add(bytes: number): void {
    this.bytes += bytes
    const cost = this.taken + bytes * WHILE_READ
    if (cost > this.budget.capacity) throw tooLarge()
    this.budget.refuse(this.owner, this.taken, cost)
    this.set(cost)
  }

  sent(): void {
    this.set((this.taken / WHILE_READ) * WHILE_ANSWERED)
  }

  release(): void {
    this.set(0)
    this.isOver = true
  }

  private set(cost: number): void {
    if (this.isOver) return
    this.budget.change(this.owner, cost - this.taken)
    this.taken = cost
  }
}

function full(why: string): GatewayError {
  return new GatewayError('unavailable', `${why}; please send this one again in a moment.`, { retryAfterS: RETRY_AFTER_S })
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'body_too_large',
    'The request, with what it refers to, is larger than the memory of this gateway allows. Send less at a time.'
  )
}

/** The memory that the process may use in all, in bytes: that of its container where there is one, else of the machine. */
export function memoryLimit(): number {
  const container = process.constrainedMemory() // 0 or more than there is: no limit of its own
  return container > 0 ? Math.min(container, totalmem()) : totalmem()
}

/** The most that the heap may grow to. Bytes. */
export function heapLimit(): number {
  return getHeapStatistics().heap_size_limit
}
