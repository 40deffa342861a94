import type { Span } from './period.ts'

/** What a request may cost at most, taken from its key's budget while it runs. Amounts are whole nano-dollars. */
export interface Hold {
  /** The name of the key. */
  readonly key: string
  readonly nano: number
  readonly spans: readonly Span[]
}

/** How a key stood just before a hold. */
export interface Standing {
  /** What other requests hold that run. */
  readonly held: number
  /** What was spent in each of the hold's spans. */
  readonly spent: readonly number[]
}

/**
 * Where budgets are counted. Each method is one step: nothing of another request comes between. At once where that is in this process, else
 * a promise that rejects where the store does not answer.
 */
export interface BudgetStore {
  /** What was spent can be priced again: it wants to know what on. */
  readonly keepsUses: boolean
  hold(hold: Hold): Standing | Promise<Standing>
  /** Gives back what is held, and counts what was spent in its place. `uses`: what it was spent on, see `uses.ts`. */
  settle(hold: Hold, nano: number, uses: ReadonlyMap<string, number>): undefined | Promise<void>
  close(): void
}
