import type { QuotaClock } from '../../src/quota/quota-clock.ts'

interface Event {
  readonly at: number
  readonly order: number
  readonly run: () => void
  isOff: boolean
}

/** Time that jumps from one event to the next. What is due at one instant runs in the order it was asked for. */
export class VirtualClock implements QuotaClock {
  private time = 0
  private order = 0
  private readonly heap: Event[] = []

  now(): number {
    return this.time
  }

  after(ms: number, run: () => void): () => void {
    const event = { at: this.time + Math.max(0, ms), order: this.order++, run, isOff: false }
    this.push(event)
    return () => {
      event.isOff = true
    }
  }

  /** Runs everything that is due before an end. Promises settle between two instants. */
  async runUntil(end: number): Promise<void> {
    for (let next = this.pop(); next !== undefined && next.at <= end; next = this.pop()) {
      if (next.isOff) continue
      this.time = next.at
      next.run()
      await settled()
    }
    this.heap.length = 0
  }

  private push(event: Event): void {
    const { heap } = this
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at]!, heap[parent]!)) break
      swap(heap, at, parent)
      at = parent
    }
  }

  private pop(): Event | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    heap[0] = last
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      const least = [left, left + 1].reduce(
        (best, one) => (one < heap.length && isBefore(heap[one]!, heap[best]!) ? one : best),
        at
      )
      if (least === at) return first
      swap(heap, at, least)
      at = least
    }
  }
}

const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order)

function swap(heap: Event[], a: number, b: number): void {
  const held = heap[a]!
  heap[a] = heap[b]!
  heap[b] = held
}

/** A promise of a ticket passes a few links before it is seen. */
async function settled(): Promise<void> {
  for (let link = 0; link < 4; link++) await undefined
}
