import type { BudgetStore } from './budget-store.ts'
import type { Span } from './period.ts'

/** Spans that are over are forgotten when there are more. */
const MOST_COUNTERS = 10_000

interface Counter {
  nano: number
  readonly endsAt: number
}

/** Budgets of this process alone; they are forgotten with it. `now` in milliseconds since the epoch. */
export function createMemoryStore(now: () => number): BudgetStore {
  const held = new Map<string, number>()
  /** By key, then by what is counted. */
  const spent = new Map<string, Map<string, Counter>>()
  let counters = 0

  function forgetOver(): void {
    counters = 0
    for (const [key, own] of spent) {
      for (const [name, { endsAt }] of own) if (endsAt <= now()) own.delete(name)
      if (own.size === 0) spent.delete(key)
      counters += own.size
    }
  }

  function add(key: string, { counter: name, endsAt }: Span, nano: number): void {
    const own = spent.get(key) ?? new Map<string, Counter>()
    if (own.size === 0) spent.set(key, own)
    const counter = own.get(name)
    if (counter !== undefined) counter.nano += nano
    else {
      own.set(name, { nano, endsAt })
      counters++
    }
  }

  return {
    keepsUses: false,
    hold({ key, nano, spans }) {
      const before = held.get(key) ?? 0
      held.set(key, before + nano)
      const own = spent.get(key)
      return { held: before, spent: spans.map(({ counter }) => own?.get(counter)?.nano ?? 0) }
    },
    settle({ key, nano, spans }, cost) {
      const left = (held.get(key) ?? 0) - nano
      if (left > 0) held.set(key, left)
      else held.delete(key)
      if (cost === 0) return undefined
      if (counters > MOST_COUNTERS) forgetOver()
      for (const span of spans) add(key, span, cost)
      return undefined
    },
    close() {}
  }
}
