import { readFile } from 'node:fs/promises'
import type { Config } from './config.ts'
import { parsePriceRows } from './prices/parse-price-rows.ts'
import type { PriceRow } from './prices/price-row.ts'

/** The operator's prices, of the document or of a file. Throws an Error that names the variable. */
export async function readOperatorPrices({ prices: { rows, file } }: Pick<Config, 'prices'>): Promise<readonly PriceRow[]> {
  if (rows !== undefined) return parsePriceRows(rows)
  if (file === undefined) return []
  try {
    return parsePriceRows(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new Error(`PRICES_FILE cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
