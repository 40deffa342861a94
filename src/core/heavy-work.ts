/** Bytes of a body, and objects, lists and members in it, from which on what is made of it is heavy work. */
export const HEAVY_BYTES = 256 * 1024
export const HEAVY_PARTS = 5000

/** After each piece of work the others have as long as it took, and longer where many pieces wait; within these. Milliseconds. */
const LEAST_REST_MS = 1
const LONGEST_REST_MS = 250
const LONGEST_CROWD = 3

/**
 * Does heavy work piece by piece, never two pieces at once and never one right behind another: large bodies together take no more than
 * half of the loop, a crowd of them a quarter, and whoever asks for something small waits for one piece at most. Pieces are done in the order they came.
 */
export class HeavyWork {
  private readonly waiting: (() => void)[] = []
  private isTaken = false

  /** Does a piece when it is its turn, and gives what comes of it; what it throws is thrown. */
  async turn<T>(work: () => T): Promise<T> {
    if (this.isTaken) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else {
      this.isTaken = true
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    const began = performance.now()
    try {
      return work()
    } finally {
      const took = performance.now() - began
      const rest = took * (1 + Math.min(this.waiting.length, LONGEST_CROWD))
      setTimeout(() => this.next(), Math.max(LEAST_REST_MS, Math.min(rest, LONGEST_REST_MS)))
    }
  }

  private next(): void {
    const first = this.waiting.shift()
    if (first === undefined) this.isTaken = false
    else first()
  }
}

/** The one of the process, as its event loop is one. */
export const heavyWork = new HeavyWork()
