import { Counter, Gauge, type Registry } from 'prom-client'
import type { PeriodState } from '../budgets/budget-ledger.ts'

export interface BudgetMetrics {
  /** A key has asked. */
  state(state: PeriodState): void
  /** A key has passed a level (percent) of a budget for the first time in a period. */
  warning(state: PeriodState, level: number): void
  refused(state: PeriodState): void
}

const NANO_PER_DOLLAR = 1_000_000_000

/** Makes the meters of budgets, by key and period. Keys are the operator's, and few. */
export function createBudgetMetrics(registry: Registry): BudgetMetrics {
  const registers = [registry]
  const labelNames = ['key', 'period'] as const
  const spent = new Gauge({ name: 'adit_budget_spent_usd', help: 'US dollars spent in the period', labelNames, registers })
  const limit = new Gauge({ name: 'adit_budget_limit_usd', help: 'US dollars that may be spent in it', labelNames, registers })
  const refusals = new Counter({ name: 'adit_budget_refused_total', help: 'Requests beyond a budget', labelNames, registers })
  const warnings = new Counter({
    name: 'adit_budget_warnings_total',
    help: 'Periods in which a key came to this percentage of its budget',
    labelNames: ['key', 'period', 'level'],
    registers
  })
  return {
    state({ key, period, ...state }) {
      spent.set({ key, period }, state.spent / NANO_PER_DOLLAR)
      limit.set({ key, period }, state.limit / NANO_PER_DOLLAR)
    },
    warning: ({ key, period }, level) => warnings.inc({ key, period, level }),
    refused: ({ key, period }) => refusals.inc({ key, period })
  }
}
