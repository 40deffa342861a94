import { keepNewest } from '../core/bounded.ts'
import type { Mutable } from '../core/mutable.ts'
import { dollars } from '../core/usage.ts'
import { GatewayError } from '../errors.ts'
import { budgetReached } from './budget-reached.ts'
import type { BudgetStore, Hold, Standing } from './budget-store.ts'
import { PERIODS, type Period, type Span, spanOf } from './period.ts'

/** What a key may spend: whole nano-dollars by period. */
export type Budget = Readonly<Partial<Record<Period, number>>>

/** What a request has taken from its key's budget. */
export interface Spending {
  /** `x-adit-budget-*`: names and values in turn. */
  readonly headers: readonly string[]
  /** Must be called once, with what the request cost (nano-dollars) and, where that is known, what on. Never rejects. */
  settle(nano: number, uses?: ReadonlyMap<string, number>): void
}

/** How a key stands in one period. One object for each, whose numbers move on. */
export interface PeriodState {
  readonly key: string
  readonly period: Period
  readonly limit: number
  readonly spent: number
}

export interface BudgetEvents {
  /** Each time a key asks. */
  state(state: PeriodState): void
  /** Once for each period and level, in percent. */
  warning(state: PeriodState, level: number): void
  refused(state: PeriodState): void
  storeError(error: unknown): void
}

export interface LedgerOptions {
  readonly store: BudgetStore
  /** What happens while the store does not answer. */
  readonly storeDown: 'open' | 'closed'
  readonly note?: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly events: BudgetEvents
}

export interface BudgetLedger {
  /**
   * Holds what a request may cost at most. Throws 429 `quota_exceeded` where what was spent and what running requests hold has reached a
   * limit: so a budget is overspent by one request at most, however many come at once. Throws 503 where the store is down and so it shall be.
   * A promise where the store is not in this process.
   */
  reserve(key: string, budget: Budget, nano: number): Spending | Promise<Spending>
  /** What requests use is counted too. */
  readonly keepsUses: boolean
}

/** Percents at which the caller and the operator are warned, the highest first. */
const LEVELS = [95, 75]
const MOST_WARNED = 10_000
/** A key that is learnt to be dear is held to it, and forgotten slowly. */
const MOST_FACTOR = 100
const FORGETS = 0.95
const MOST_KEYS = 1000
const MOST_ACCOUNTS = 10_000
/** Names made once: those that are put together are looked up letter by letter. */
const HEADERS = { day: namesOf('day'), week: namesOf('week'), month: namesOf('month') } as const satisfies Record<Period, object>

function namesOf(period: Period) {
  const of = (what: string) => `x-adit-budget-${what}-${period}`
  return { limit: of('limit'), remaining: of('remaining'), reset: of('reset') }
}

/** What is known of one period of a key, as long as it runs: whatever is the same for all requests is made once. */
interface Line {
  readonly span: Span
  readonly state: Mutable<PeriodState>
  /** The limit as headers tell it. */
  readonly told: string
}

/** One key and its budget, in the periods that run. */
interface Account {
  readonly key: string
  readonly budget: Budget
  /** When the first of its periods is over; milliseconds since the epoch. */
  readonly endsAt: number
  readonly lines: readonly Line[]
  readonly spans: readonly Span[]
}

/** Makes what holds the budgets of keys. */
export function createBudgetLedger(options: LedgerOptions): BudgetLedger {
  const { store, now, events } = options
  const accounts = new Map<string, Account>()
  const warned = new Set<string>()
  /** By how much the requests of a key cost more than was thought they might, at least 1. */
  const factors = new Map<string, number>()

  function accountOf(key: string, budget: Budget, at: number): Account {
    const known = accounts.get(key)
    if (known !== undefined && known.budget === budget && at < known.endsAt) return known
    const made = openAccount(key, budget, at)
    keepNewest(accounts, key, made, MOST_ACCOUNTS)
    return made
  }

  /** Prompts are guessed; a key whose guesses are too low has more held from then on. */
  function learn(key: string, thought: number, cost: number): void {
    if (thought === 0 || cost === 0) return
    const known = factors.get(key)
    const factor = Math.min(MOST_FACTOR, Math.max(1, cost / thought, (known ?? 1) * FORGETS))
    if (factor > 1) keepNewest(factors, key, factor, MOST_KEYS)
    else if (known !== undefined) factors.delete(key)
  }

  function warn(state: PeriodState, { from }: Span, level: number): void {
    const name = `${state.key} ${state.period} ${from} ${level}`
    if (warned.has(name)) return
    if (warned.size >= MOST_WARNED) warned.clear()
    warned.add(name)
    events.warning(state, level)
  }

  /** The headers of how a key stands; throws where a limit is reached. */
  function look({ lines }: Account, { held, spent }: Standing): readonly string[] {
    const headers: string[] = []
    let warnings = ''
    let reached: { readonly span: Span; readonly limit: number; readonly isHeld: boolean } | undefined
    for (let at = 0; at < lines.length; at++) {
      const { span, state, told } = lines[at]!
      const { period, limit } = state
      const names = HEADERS[period]
      state.spent = spent[at] ?? 0
      events.state(state)
      headers.push(names.limit, told, names.remaining, dollars(Math.max(0, limit - state.spent)), names.reset, span.ends)
      const level = LEVELS.find((percent) => state.spent * 100 >= limit * percent)
      if (level !== undefined) {
        warnings += `${warnings === '' ? '' : ', '}${period} ${level}%`
        warn(state, span, level)
      }
      if (state.spent + held < limit) continue
      const isHeld = state.spent < limit
      // Of several, the one that is used up for longest is told.
      if (reached === undefined || !isHeld) reached = { span, limit, isHeld }
      events.refused(state)
    }
    if (warnings !== '') headers.push('x-adit-budget-warning', warnings)
    if (reached !== undefined) throw budgetReached({ ...reached, now: now(), note: options.note, headers: paired(headers) })
    return headers
  }

  /** What one request holds. A class: there is one for each request with a budget. */
  class Held implements Hold, Spending {
    readonly key: string
    readonly spans: readonly Span[]
    nano: number
    headers: readonly string[] = []
    /** What the request was thought to cost at most. */
    private readonly thought: number

    constructor({ key, spans }: Account, thought: number) {
      this.key = key
      this.spans = spans
      this.thought = thought
      this.nano = Math.ceil(thought * (factors.get(key) ?? 1))
    }

    settle(cost: number, uses = NO_USES): void {
      learn(this.key, this.thought, cost)
      store.settle(this, cost, uses)?.catch(events.storeError)
    }

    begin(account: Account, standing: Standing): this {
      try {
        this.headers = look(account, standing)
        return this
      } catch (error) {
        this.settle(0)
        throw error
      }
    }

    withoutStore(error: unknown): this {
      events.storeError(error)
      if (options.storeDown === 'closed') throw unreachable()
      // It passes; what it costs is counted once the store is back.
      this.nano = 0
      return this
    }
  }

  return {
    keepsUses: store.keepsUses,
    reserve(key, budget, nano) {
      const account = accountOf(key, budget, now())
      const held = new Held(account, nano)
      const standing = store.hold(held)
      if (!(standing instanceof Promise)) return held.begin(account, standing)
      return standing.then(
        (found) => held.begin(account, found),
        (error: unknown) => held.withoutStore(error)
      )
    }
  }
}

const NO_USES: ReadonlyMap<string, number> = new Map()

function openAccount(key: string, budget: Budget, at: number): Account {
  const lines = PERIODS.flatMap((period) => {
    const limit = budget[period]
    return limit === undefined
      ? []
      : [{ span: spanOf(period, at), state: { key, period, limit, spent: 0 }, told: dollars(limit) }]
  })
  const spans = lines.map(({ span }) => span)
  return { key, budget, endsAt: Math.min(...spans.map(({ endsAt }) => endsAt)), lines, spans }
}

function paired(list: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (let at = 0; at < list.length; at += 2) pairs[list[at]!] = list[at + 1]!
  return pairs
}

function unreachable(): GatewayError {
  return new GatewayError('unavailable', 'The budget of this API key cannot be read at the moment; please try again.', {
    retryAfterS: 5
  })
}
