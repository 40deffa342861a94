import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { addUses } from '../../budgets/uses.ts'
import type { Config } from '../../config.ts'
import { addBill, estimateCut } from '../../http/cost.ts'
import { parsePriceRows } from '../../prices/parse-price-rows.ts'
import type { PriceRow } from '../../prices/price-row.ts'
import { createPricer } from '../../prices/pricer.ts'
import type { CalledModel } from '../../prices/routing.ts'

/** Prices what models answer: by the operator's rows, else by the built-in ones. Registered before all that tells of requests. */
export const costs = fp(
  async (app: FastifyInstance) => {
    const { multiplier } = app.config.prices
    const pricer = createPricer({ rows: await operatorPrices(app.config), multiplier, now: Date.now })
    const calledModel = ({ model, region }: { readonly model: string; readonly region: string }): CalledModel => {
      const { baseId, copies } = app.catalog.known.get(model) ?? {}
      return { id: model, region, ...(baseId === undefined ? {} : { baseId }), ...(copies === undefined ? {} : { copies }) }
    }
    app.decorate('priceOf', (called, answered) => pricer.price(calledModel(called), answered))
    app.decorate('charge', (request, called, answered, isEstimate = false) => {
      const model = calledModel(called)
      const bill = pricer.price(model, answered)
      addBill(request, isEstimate ? { ...bill, isEstimate } : bill)
      if (request.record.uses !== undefined) addUses(request.record.uses, model, answered)
      return bill
    })
    app.onOver((request) => estimateCut(request))
  },
  { name: 'costs', dependencies: ['request-record'] }
)

/** The operator's rows, of the document or of a file. Throws an Error that names the variable. */
async function operatorPrices({ prices: { rows, file } }: Config): Promise<readonly PriceRow[]> {
  if (rows !== undefined) return parsePriceRows(rows)
  if (file === undefined) return []
  try {
    return parsePriceRows(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new Error(`PRICES_FILE cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
