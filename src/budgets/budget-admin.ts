import type { Redis } from 'iovalkey'
import type { PriceRow } from '../prices/price-row.ts'
import { createPricer } from '../prices/pricer.ts'
import { PERIODS, type Period, spanOf } from './period.ts'
import { priceUses } from './uses.ts'
import { readStoreName, storeName } from './valkey-store.ts'

export interface AdminOptions {
  readonly client: Redis
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly rows: readonly PriceRow[]
  readonly multiplier: number
}

/** What a key has spent in the period that runs, nano-dollars. */
export interface SpentLine {
  readonly key: string
  readonly period: Period
  readonly from: string
  readonly nano: number
}

/** What keys have spent; `only`: this key alone. */
export async function listSpent({ client, now }: AdminOptions, only?: string): Promise<readonly SpentLine[]> {
  const lines: SpentLine[] = []
  for (const key of await keysIn(client, only))
    for (const period of PERIODS) {
      const span = spanOf(period, now)
      const value = await client.get(storeName(key, span.counter))
      if (value !== null) lines.push({ key, period, from: span.from, nano: Number(value) })
    }
  return lines
}

/** Sets what was spent to nothing: of one key or of all, in one period or in all that run. Gives the number of counters. */
export async function resetBudgets(
  { client, now }: AdminOptions,
  { only, period }: { readonly only?: string | undefined; readonly period?: Period | undefined }
): Promise<number> {
  const periods = PERIODS.filter((one) => period === undefined || one === period)
  let count = 0
  for (const key of await keysIn(client, only)) {
    // What it was spent on stays: who prices it again counts it again.
    for (const one of periods) count += await client.del(storeName(key, spanOf(one, now).counter))
  }
  return count
}

/**
 * Prices again, by the rows in force, what keys have used in the periods that run, and corrects what they have spent. What is spent meanwhile
 * stays counted. Gives what was corrected.
 */
export async function repriceBudgets(options: AdminOptions, only?: string): Promise<readonly SpentLine[]> {
  const { client, now } = options
  const corrected: SpentLine[] = []
  for (const key of await keysIn(client, only)) {
    const days = await usedDays(options, key)
    for (const period of PERIODS) {
      const span = spanOf(period, now)
      const name = storeName(key, span.counter)
      const before = await client.get(name)
      if (before === null) continue
      const nano = days.filter(({ day }) => day >= span.from).reduce((sum, day) => sum + day.nano, 0)
      if (nano === Number(before)) continue
      await client.incrby(name, nano - Number(before))
      corrected.push({ key, period, from: span.from, nano })
    }
  }
  return corrected
}

/** What a key used on each day that is remembered, by the prices of that day. */
async function usedDays(
  { client, rows, multiplier }: AdminOptions,
  key: string
): Promise<readonly { day: string; nano: number }[]> {
  const days: { day: string; nano: number }[] = []
  for (const { part, name } of await namesIn(client, key)) {
    const day = /^uses:(\d{4}-\d{2}-\d{2})$/.exec(part)?.[1]
    if (day === undefined) continue
    const pricer = createPricer({ rows, multiplier, now: () => Date.parse(`${day}T12:00:00Z`) })
    const uses = Object.entries(await client.hgetall(name)).map(([field, amount]) => [field, Number(amount)] as const)
    days.push({ day, nano: priceUses(uses, pricer) })
  }
  return days
}

async function keysIn(client: Redis, only: string | undefined): Promise<readonly string[]> {
  return [...new Set((await namesIn(client, only)).map(({ key }) => key))].sort()
}

interface StoredName {
  readonly name: string
  readonly key: string
  readonly part: string
}

async function namesIn(client: Redis, only: string | undefined): Promise<readonly StoredName[]> {
  const names = new Map<string, StoredName>()
  let cursor = '0'
  do {
    const [next, page] = await client.scan(cursor, 'MATCH', 'adit:budget:*', 'COUNT', 1000)
    cursor = next
    for (const name of page) {
      const read = readStoreName(name)
      if (read !== undefined && (only === undefined || read.key === only)) names.set(name, { name, ...read })
    }
  } while (cursor !== '0')
  return [...names.values()]
}
