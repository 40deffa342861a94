import { Value } from '@sinclair/typebox/value'
import { nearName } from '../near-name.ts'
import { type PriceRow, PriceRowSchema } from './price-row.ts'

/**
 * Reads an operator's prices: a list of rows, or an object with the list as `rows`. Entries that have rows of their own, which share the
 * entry's `ids`, are read too. Throws an Error that names the row and the member.
 */
export function parsePriceRows(json: unknown): PriceRow[] {
  const rows = Array.isArray(json) ? json : isObject(json) ? json.rows : undefined
  if (!Array.isArray(rows)) throw new Error('prices: expected a list of rows, or an object with "rows"')
  return rows.flatMap(flatten).map(checked)
}

function flatten(entry: unknown): unknown[] {
  if (!isObject(entry) || !Array.isArray(entry.rows)) return [entry]
  const { ids, rows } = entry
  return rows.map((row: unknown) => (isObject(row) ? { ids, ...row } : row))
}

function checked(row: unknown, index: number): PriceRow {
  if (Value.Check(PriceRowSchema, row)) {
    if (row.from !== undefined && row.until !== undefined && row.from >= row.until)
      throw new Error(`prices: row ${index}: "until" must be later than "from"`)
    return row
  }
  const stranger = isObject(row) ? Object.keys(row).find((name) => !KNOWN.includes(name)) : undefined
  if (stranger !== undefined) {
    const meant = nearName(stranger, KNOWN)
    throw new Error(
      `prices: row ${index} has an unknown member "${stranger}"${meant === undefined ? '' : `; is "${meant}" meant?`}`
    )
  }
  const fault = Value.Errors(PriceRowSchema, row).First()
  throw new Error(`prices: row ${index}${fault?.path ?? ''}: ${fault?.schema.description ?? fault?.message ?? 'is wrong'}`)
}

const KNOWN = Object.keys(PriceRowSchema.properties)

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
