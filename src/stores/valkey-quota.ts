import { randomUUID } from 'node:crypto'
import type { Redis } from 'iovalkey'
import type { HeardLesson, PoolLesson, QuotaStore, Turnover } from '../quota/quota-store.ts'

const PREFIX = 'adit:quota:'
const LESSONS = `${PREFIX}lessons`
const DAY_MS = 24 * 3_600_000
/** The store forgets what nobody asks for: not before the day is over whose quota it counts. Milliseconds. */
const KEEP_MS = DAY_MS + 3_600_000
/** A gateway that has told nothing for so long calls the pool no more; after the second its name is removed. Milliseconds; clocks differ a little. */
const LIVE_MS = 10_000
const GONE_MS = 60_000
const LESSONS_MS = 15 * 60_000
const MOST_LESSONS = 1000
const MOST_READ = 200
const MEMBER = 'gateway:'
/** What was used of the quota of a day, by its number since the epoch. */
const DAY = 'day:'

/** What was read of a pool the last time. */
interface Seen {
  readonly epoch: string
  readonly tokens: number
  readonly requests: number
  readonly used: number
}

/**
 * Quotas of all gateways that share a Valkey or Redis: sums that each adds to, and a stream of what was learnt. `connection` does not
 * reject; `now`: milliseconds since the epoch.
 */
export function createValkeyQuota(connection: Promise<Redis>, now: () => number): QuotaStore {
  const me = randomUUID()
  const seen = new Map<string, Seen>()
  let read = `${now() - LESSONS_MS}-0`

  return {
    async exchange(pool, own, left) {
      const client = await connection
      const before = seen.get(pool)
      seen.delete(pool) // until it is known to have arrived
      const name = `${PREFIX}{${encodeURIComponent(pool)}}`
      const day = Math.floor(now() / DAY_MS)
      const added = { tokens: Math.round(own.tokens), requests: own.requests, used: Math.round(own.used) }
      const step = client
        .multi()
        // A store that lost its memory begins a new count.
        .hsetnx(name, 'epoch', randomUUID())
        .hget(name, 'left')
        .hincrby(name, 'tokens', added.tokens)
        .hincrby(name, 'requests', added.requests)
        .hincrby(name, 'used', added.used)
        .hincrby(name, `${DAY}${day}`, added.used)
        .hset(name, `${MEMBER}${me}`, now())
      if (left !== undefined) step.hset(name, 'left', `${Math.round(left)}:${now()}`)
      const results = await step.hgetall(name).pexpire(name, KEEP_MS).exec()
      if (results === null) throw new Error('the store did not run the step')
      for (const [error] of results) if (error !== null) throw error
      const fields = results.at(-2)?.[1] as Readonly<Record<string, string>>
      const { gateways, gone } = members(fields, now())
      gone.push(...Object.keys(fields).filter((field) => field.startsWith(DAY) && Number(field.slice(DAY.length)) < day - 1))
      if (gone.length > 0) client.hdel(name, ...gone).catch(() => {}) // the next exchange tries again
      const total = countsOf(fields)
      seen.set(pool, total)
      const isKnown = before !== undefined && before.epoch === total.epoch
      const told = isKnown ? undefined : leftOf(results[1]?.[1] as string | null, now())
      return {
        ...exchanged(isKnown ? before : undefined, total, added),
        ...(told === undefined ? {} : { left: told }),
        gateways,
        usedToday: Number(fields[`${DAY}${day}`])
      }
    },
    async teach(pool, lesson) {
      await (await connection).xadd(
        LESSONS,
        'MAXLEN',
        '~',
        MOST_LESSONS,
        '*',
        'from',
        me,
        'pool',
        pool,
        'lesson',
        JSON.stringify(lesson)
      )
    },
    async lessons() {
      const found = await (await connection).xread('COUNT', MOST_READ, 'STREAMS', LESSONS, read)
      const [, entries = []] = found?.[0] ?? []
      read = entries.at(-1)?.[0] ?? read
      return entries.flatMap(([id, fields]) => heardOf(id, fields, { me, now: now() }))
    },
    close() {
      void connection.then((client) => client.disconnect())
    }
  }
}

function countsOf({ epoch = '', tokens, requests, used }: Readonly<Record<string, string>>): Seen {
  return { epoch, tokens: Number(tokens), requests: Number(requests), used: Number(used) }
}

/** What was added by others, between what was seen before and now. */
function exchanged(before: Seen | undefined, total: Seen, own: Turnover): { readonly others: Turnover } {
  if (before === undefined) return { others: { tokens: 0, requests: 0, used: 0 } }
  const of = (name: keyof Turnover) => total[name] - before[name] - own[name]
  return { others: { tokens: of('tokens'), requests: of('requests'), used: of('used') } }
}

/** Another's reckoning is of use while it is new. */
function leftOf(field: string | null, at: number): number | undefined {
  const [left, toldAt] = field?.split(':') ?? []
  return left === undefined || at - Number(toldAt) > LIVE_MS ? undefined : Number(left)
}

function members(fields: Readonly<Record<string, string>>, at: number): { gateways: number; gone: string[] } {
  const gone: string[] = []
  let gateways = 0
  for (const [field, toldAt] of Object.entries(fields)) {
    if (!field.startsWith(MEMBER)) continue
    const age = at - Number(toldAt)
    if (age < LIVE_MS) gateways++
    else if (age > GONE_MS) gone.push(field)
  }
  return { gateways, gone }
}

/** None of what this gateway has told itself. */
function heardOf(id: string, fields: readonly string[], { me, now }: { me: string; now: number }): readonly HeardLesson[] {
  const [, from, , pool, , lesson] = fields
  if (from === me || pool === undefined || lesson === undefined) return []
  return [{ pool, lesson: JSON.parse(lesson) as PoolLesson, ageMs: Math.max(0, now - Number(id.split('-')[0])) }]
}
