import type { BudgetStore } from './budget-store.ts'

/** Spans that are over are forgotten when there are more. */
const MOST_COUNTERS = 10_000

interface Counter {
  nano: number
  readonly endsAt: number
}

/** Budgets of this process alone; they are forgotten with it. `now` in milliseconds since the epoch. */
export function createMemoryStore(now: () => number): BudgetStore {
  const held = new Map<string, number>()
  const spent = new Map<string, Counter>()

  function forgetOver(): void {
    for (const [name, { endsAt }] of spent) if (endsAt <= now()) spent.delete(name)
  }

  return {
    keepsUses: false,
    hold({ key, nano, spans }) {
      const before = held.get(key) ?? 0
      held.set(key, before + nano)
      return { held: before, spent: spans.map(({ counter }) => spent.get(`${key} ${counter}`)?.nano ?? 0) }
    },
    settle({ key, nano, spans }, cost) {
      const left = (held.get(key) ?? 0) - nano
      if (left > 0) held.set(key, left)
      else held.delete(key)
      if (cost > 0 && spent.size > MOST_COUNTERS) forgetOver()
      for (const span of cost > 0 ? spans : []) {
        const name = `${key} ${span.counter}`
        const counter = spent.get(name)
        if (counter === undefined) spent.set(name, { nano: cost, endsAt: span.endsAt })
        else counter.nano += cost
      }
      return undefined
    },
    close() {}
  }
}
