import { globMatch } from '../models/glob.ts'
import type { PriceRow } from './price-row.ts'
import type { CalledModel, PricedModel } from './routing.ts'

export interface FoundPrice {
  readonly row: PriceRow
  /** It is the price of another Region: that of this one is not known. */
  readonly isElsewhere: boolean
}

/**
 * The price of a call on a day (UTC, `2026-11-27`). Rows are looked through in order; one for the Region of the call goes before one for
 * the profile's geography, that before one for everywhere, and any of them before the price of another Region. Undefined: none is known.
 */
export function findPrice(
  rows: readonly PriceRow[],
  called: CalledModel,
  { baseId, routing, geography }: PricedModel,
  day: string
): FoundPrice | undefined {
  const fits = rows.filter(
    (row) =>
      row.ids.some((glob) => globMatch(glob, baseId) || globMatch(glob, called.id)) &&
      (row.routing === undefined || row.routing === routing || row.routing.includes(routing)) &&
      (row.geography === undefined || row.geography === geography) &&
      (row.from === undefined || day >= row.from) &&
      (row.until === undefined || day < row.until)
  )
  const row =
    fits.find(({ source_region }) => source_region === called.region) ??
    fits.find((one) => one.geography !== undefined && one.source_region === undefined) ??
    fits.find(({ source_region }) => source_region === undefined)
  if (row !== undefined) return { row, isElsewhere: false }
  const [other] = fits
  return other === undefined ? undefined : { row: other, isElsewhere: true }
}
