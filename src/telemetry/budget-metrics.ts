import { Counter, Gauge, type Registry } from 'prom-client'
import type { PeriodState } from '../budgets/budget-ledger.ts'
import type { Period } from '../budgets/period.ts'
import { NANO_PER_DOLLAR } from '../core/usage.ts'

export interface BudgetMetrics {
  /** A key has asked. */
  state(state: PeriodState): void
  /** A key has passed a level (percent) of a budget for the first time in a period. */
  warning(state: PeriodState, level: number): void
  refused(state: PeriodState): void
}

/** Makes the meters of budgets, by key and period. Keys are the operator's, and few. */
export function createBudgetMetrics(registry: Registry): BudgetMetrics {
  const registers = [registry]
  const labelNames = ['key', 'period'] as const
  /** The newest of each key and period: set in the gauges when they are read, since every request brings some. */
  const states = new Map<string, Partial<Record<Period, PeriodState>>>()
  const gauge = (what: 'spent' | 'limit', help: string) =>
    new Gauge({
      name: `adit_budget_${what}_usd`,
      help,
      labelNames,
      registers,
      collect() {
        for (const own of states.values())
          for (const { key, period, [what]: nano } of Object.values(own)) this.set({ key, period }, nano / NANO_PER_DOLLAR)
      }
    })
  gauge('spent', 'US dollars spent in the period')
  gauge('limit', 'US dollars that may be spent in it')
  const refusals = new Counter({ name: 'adit_budget_refused_total', help: 'Requests beyond a budget', labelNames, registers })
  const warnings = new Counter({
    name: 'adit_budget_warnings_total',
    help: 'Periods in which a key came to this percentage of its budget',
    labelNames: ['key', 'period', 'level'],
    registers
  })
  return {
    state(state) {
      const own = states.get(state.key)
      if (own === undefined) states.set(state.key, { [state.period]: state })
      else own[state.period] = state
    },
    warning: ({ key, period }, level) => warnings.inc({ key, period, level }),
    refused: ({ key, period }) => refusals.inc({ key, period })
  }
}
