import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { addUses } from '../../budgets/uses.ts'
import { memoize } from '../../core/bounded.ts'
import { addBill, estimateCut } from '../../http/cost.ts'
import { readOperatorPrices } from '../../operator-prices.ts'
import { type Answered, type Bill, createPricer } from '../../prices/pricer.ts'
import type { CalledModel } from '../../prices/routing.ts'

/** Adds what the answer would have cost without a cache, less what it cost. Only answers that use one are priced again. */
function addSaving({ record }: FastifyRequest, { nano }: Bill, answered: Answered, price: (answered: Answered) => Bill): void {
  const { usage } = answered
  if (nano === null || (usage.cacheReadTokens === 0 && usage.cacheWriteTokens === 0)) return
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage
  const plain = {
    inputTokens: inputTokens + cacheReadTokens + cacheWriteTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens
  }
  const without = price({ ...answered, usage: plain })
  if (without.nano !== null) record.savedNano = (record.savedNano ?? 0) + without.nano - nano
}

/** Ids come from callers. */
const MOST_MODELS = 1000
const MOST_REGIONS = 100

interface Called {
  readonly model: string
  readonly region: string
}

/** Makes what tells a model as it was called from the lists. The same object while they say the same: its price is found by it. */
function createCalledModels(app: FastifyInstance): (called: Called) => CalledModel {
  const read = (known: Known) => {
    const make = (id: string, region: string): CalledModel => {
      const { baseId, copies } = known.get(id) ?? {}
      return { id, region, ...(baseId === undefined ? {} : { baseId }), ...(copies === undefined ? {} : { copies }) }
    }
    return memoize((region: string) => memoize((id: string) => make(id, region), MOST_MODELS), MOST_REGIONS)
  }
  let current: { readonly known: Known; readonly modelsIn: ReturnType<typeof read> } | undefined
  return ({ model, region }) => {
    const { known } = app.catalog
    if (current?.known !== known) current = { known, modelsIn: read(known) }
    return current.modelsIn(region)(model)
  }
}

type Known = FastifyInstance['catalog']['known']

/** Prices what models answer: by the operator's rows, else by the built-in ones. Registered before all that tells of requests. */
export const costs = fp(
  async (app: FastifyInstance) => {
    const { multiplier } = app.config.prices
    const pricer = createPricer({ rows: await readOperatorPrices(app.config), multiplier, now: Date.now })
    const calledModel = createCalledModels(app)
    app.decorate('priceOf', (called, answered) => pricer.price(calledModel(called), answered))
    app.decorate('mostOfGuardrail', pricer.mostOfGuardrail)
    app.decorate('charge', (request, called, answered, isEstimate = false) => {
      const model = calledModel(called)
      const bill = pricer.price(model, answered)
      addSaving(request, bill, answered, (uncached) => pricer.price(model, uncached))
      addBill(request, isEstimate ? { ...bill, isEstimate } : bill)
      if (request.record.uses !== undefined) addUses(request.record.uses, model, answered)
      return bill
    })
    app.decorate('chargeGuardrail', (request, units) => {
      addBill(request, pricer.priceGuardrail(units))
    })
    app.onOver((request) => estimateCut(request))
  },
  { name: 'costs', dependencies: ['request-record'] }
)
