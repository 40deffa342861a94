import type { BudgetStore } from './budget-store.ts'
import type { Span } from './period.ts'

/** Spans that are over are forgotten when there are more. */
const MOST_COUNTERS = 10_000

interface Counter {
  nano: number
  readonly endsAt: number
}

/** What one key holds and has spent, that by what is counted. */
interface Account {
  held: number
  readonly spent: Map<string, Counter>
}

/** Budgets of this process alone; they are forgotten with it. `now` in milliseconds since the epoch. */
export function createMemoryStore(now: () => number): BudgetStore {
  const accounts = new Map<string, Account>()
  let counters = 0

  function forgetOver(): void {
    counters = 0
    for (const [key, { held, spent }] of accounts) {
      for (const [name, { endsAt }] of spent) if (endsAt <= now()) spent.delete(name)
      if (spent.size === 0 && held === 0) accounts.delete(key)
      counters += spent.size
    }
  }

  function accountOf(key: string): Account {
    const known = accounts.get(key)
    if (known !== undefined) return known
    const made = { held: 0, spent: new Map<string, Counter>() }
    accounts.set(key, made)
    return made
  }

  function add({ spent }: Account, { counter: name, endsAt }: Span, nano: number): void {
    const counter = spent.get(name)
    if (counter !== undefined) counter.nano += nano
    else {
      spent.set(name, { nano, endsAt })
      counters++
    }
  }

  return {
    keepsUses: false,
    hold({ key, nano, spans }) {
      const account = accountOf(key)
      const { held, spent } = account
      account.held += nano
      return { held, spent: spans.map(({ counter }) => spent.get(counter)?.nano ?? 0) }
    },
    settle({ key, nano, spans }, cost) {
      if (counters > MOST_COUNTERS) forgetOver()
      const account = accountOf(key)
      account.held = Math.max(0, account.held - nano)
      if (cost !== 0) for (const span of spans) add(account, span, cost)
      return undefined
    },
    close() {}
  }
}
