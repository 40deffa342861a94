import type { Json } from '../core/json.ts'
import { type Cost, costOf, type Used } from './cost-of.ts'
import { type FoundPrice, findPrice } from './find-price.ts'
import { guardrailCost, hasPricedUnits, mostOfGuardrail } from './guardrail-units.ts'
import type { PriceRow } from './price-row.ts'
import { PRICES } from './prices.ts'
import { type CalledModel, pricedModel } from './routing.ts'

export interface PricerOptions {
  /** The operator's own, which go before the built-in ones. */
  readonly rows?: readonly PriceRow[]
  /** What every cost is multiplied by: a discount, a reseller's margin. */
  readonly multiplier?: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What an answer used beside its tokens. */
export interface Answered extends Used {
  /** Bedrock's trace, with the units of a guardrail. */
  readonly trace?: Json | undefined
  /** A guardrail stood over it. */
  readonly isGuarded?: boolean
}

export interface Bill extends Cost {
  /** The price is that of another Region, or the guardrail's part is not told. */
  readonly isEstimate?: true
}

export interface Pricer {
  /** What an answer costs today. */
  price(called: CalledModel, answered: Answered): Bill
  /** What a guardrail costs that is asked by itself, by the units it counted. */
  priceGuardrail(units: Json | undefined): Bill
  /** What a guardrail may cost at most beside an answer, for so many characters of both; nano-dollars. */
  mostOfGuardrail(characters: number): number
  readonly multiplier: number
}

const DAY_MS = 86_400_000
const UNKNOWN: Bill = { nano: null, unpriced: 'model' }

/** Makes what prices answers. The row of a model is looked for once a day, as long as the same object names it. */
export function createPricer({ rows = [], multiplier = 1, now }: PricerOptions): Pricer {
  let found = new WeakMap<CalledModel, { readonly price: FoundPrice | undefined }>()
  let today = Number.NaN

  function find(called: CalledModel): FoundPrice | undefined {
    const day = Math.floor(now() / DAY_MS)
    if (day !== today) found = new WeakMap()
    today = day
    const known = found.get(called)
    if (known !== undefined) return known.price
    const price = findAnew(called, day)
    found.set(called, { price })
    return price
  }

  function findAnew(called: CalledModel, day: number): FoundPrice | undefined {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10)
    const model = pricedModel(called) ?? { baseId: called.id, routing: 'in_region', geography: '' }
    const own = findPrice(rows, called, model, date)
    return own !== undefined && !own.isElsewhere ? own : (findPrice(PRICES, called, model, date) ?? own)
  }

  return {
    multiplier,
    mostOfGuardrail: (characters) => Math.round(mostOfGuardrail(characters) * multiplier),
    priceGuardrail(units) {
      const trace = hasPricedUnits(units) ? { guardrail: { own: { invocationMetrics: { usage: units } } } } : undefined
      const cost = trace && guardrailCost(trace)
      if (cost === undefined) return { nano: null, unpriced: 'usage' }
      const nano = Math.round(cost.nano * multiplier)
      return cost.isWhole ? { nano } : { nano, isEstimate: true }
    },
    price(called, answered) {
      const price = find(called)
      if (price === undefined) return UNKNOWN
      const cost = costOf(price.row, answered)
      if (cost.nano === null)
        return cost.partNano === undefined ? cost : { ...cost, partNano: Math.round(cost.partNano * multiplier) }
      const { isGuarded = false, trace } = answered
      const guardrail = trace === undefined ? undefined : guardrailCost(trace)
      const isEstimate =
        price.isElsewhere || cost.isEstimate === true || (guardrail === undefined ? isGuarded : !guardrail.isWhole)
      const nano = Math.round((cost.nano + (guardrail?.nano ?? 0)) * multiplier)
      return isEstimate ? { nano, isEstimate: true } : { nano }
    }
  }
}
