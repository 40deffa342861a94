import type { JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import { outOfRange, wrongChoice } from '../openai/refuse.ts'

/** The query of a list, as it came. */
export type ListQuery = Readonly<Record<string, string | readonly string[] | undefined>>

const USUAL_LIMIT = 20
const MOST = 100
const ORDERS = ['asc', 'desc'] as const

/** One page of items that are given oldest first. Throws a 400 that names the part of the query. */
export function listPage(items: readonly JsonObject[], query: ListQuery): JsonObject {
  const limit = limitOf(one(query.limit))
  const order = one(query.order) ?? 'desc'
  if (!ORDERS.some((word) => word === order)) throw wrongChoice('order', ORDERS, order)
  const sorted = order === 'asc' ? items : items.toReversed()
  const after = one(query.after)
  const from = after === undefined ? 0 : placeOf(after, sorted) + 1
  const data = sorted.slice(from, from + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < sorted.length
  }
}

function limitOf(said: string | undefined): number {
  if (said === undefined || said === '') return USUAL_LIMIT
  const limit = Number(said)
  if (!Number.isInteger(limit)) {
    const sentence = "Invalid type for 'limit': expected an integer, but got a string instead."
    throw new GatewayError('invalid_type', sentence, { param: 'limit' })
  }
  if (limit < 1 || limit > MOST) throw outOfRange('limit', limit, { min: 1, max: MOST })
  return limit
}

function placeOf(after: string, sorted: readonly JsonObject[]): number {
  const at = sorted.findIndex(({ id }) => id === after)
  if (at >= 0) return at
  throw new GatewayError('not_found', "No item of this list has the id that 'after' names.", { param: 'after' })
}

/** The first of what was given under a name. */
export function one(value: ListQuery[string]): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0]
}
