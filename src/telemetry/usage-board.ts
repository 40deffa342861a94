import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { RequestRecord } from '../http/request-record.ts'

/** What one key has asked of one model since the start. */
export interface UsageRow {
  readonly key: string
  readonly model: string
  requests: number
  /** Answered with an error, or cut. */
  errors: number
  /** Answered with 429, whoever's limit it was. */
  throttled: number
  input_tokens: number
  output_tokens: number
  /** Part of the input. */
  cached_tokens: number
  cost_nano: number
  /** What the same would have cost without a cache, less what it cost; below zero where more was written than read. */
  saved_nano: number
  /** Answered, and without a known price in part. */
  unpriced_requests: number
  cache_misses: number
  /** Where a conversation last left its cached prefix: a path, no words. */
  last_cache_miss?: string
}

/** What went to one pool for one model since the start. */
export interface PoolRow {
  /** The Region where there are no pools. */
  readonly pool: string
  readonly region: string
  readonly model: string
  requests: number
  tokens: number
  /** Calls that Bedrock throttled, those of requests that were answered all the same included. */
  throttled: number
  /** ISO time. */
  last_429?: string
  readonly recent: RecentTokens
}

/** A minute of the last hour. */
export interface UsageMinute {
  /** Minutes since the epoch. */
  readonly minute: number
  requests: number
  tokens: number
  throttled: number
  cost_nano: number
}

/** What this process has done since its start, for its operator. */
export interface UsageBoard {
  readonly since: number
  rows(): Iterable<UsageRow>
  pools(): Iterable<PoolRow>
  /** Those of the last hour in which something happened, oldest first. */
  minutes(): readonly UsageMinute[]
}

declare module 'fastify' {
  interface FastifyInstance {
    usageBoard: UsageBoard
  }
}

/** Keys come from the operator and models from callers: beyond this all others are counted together. */
const MOST_ROWS = 1000
const MINUTES = 60
const MINUTE_MS = 60_000
const OTHER = 'other'

/** Tokens of the last minute, in steps of five seconds. */
export class RecentTokens {
  private readonly steps = new Array<number>(12).fill(0)
  private last = 0

  add(tokens: number, now: number): void {
    const step = this.pass(now)
    this.steps[step % 12] = (this.steps[step % 12] ?? 0) + tokens
  }

  lastMinute(now: number): number {
    this.pass(now)
    return this.steps.reduce((sum, tokens) => sum + tokens, 0)
  }

  private pass(now: number): number {
    const step = Math.floor(now / 5000)
    if (step - this.last >= 12) this.steps.fill(0)
    else for (let each = this.last + 1; each <= step; each++) this.steps[each % 12] = 0
    this.last = Math.max(this.last, step)
    return this.last
  }
}

/** Counts for the operator's view. It holds names of keys and models and numbers, never words, and no more than so many of them. */
export const usageBoard = fp(
  async (app: FastifyInstance) => {
    const since = Date.now()
    const rows = new Map<string, UsageRow>()
    const pools = new Map<string, PoolRow>()
    const minutes = new Map<number, UsageMinute>()

    function rowOf(key: string, model: string): UsageRow {
      return entryOf(rows, `${key}\n${model}`, (isFull) => ({
        key: isFull ? OTHER : key,
        model: isFull ? OTHER : model,
        requests: 0,
        errors: 0,
        throttled: 0,
        input_tokens: 0,
        output_tokens: 0,
        cached_tokens: 0,
        cost_nano: 0,
        saved_nano: 0,
        unpriced_requests: 0,
        cache_misses: 0
      }))
    }

    function poolOf(pool: string, region: string, model: string): PoolRow {
      return entryOf(pools, `${pool}\n${region}\n${model}`, (isFull) => ({
        ...(isFull ? { pool: OTHER, region: OTHER, model: OTHER } : { pool, region, model }),
        requests: 0,
        tokens: 0,
        throttled: 0,
        recent: new RecentTokens()
      }))
    }

    function minuteOf(now: number): UsageMinute {
      const minute = Math.floor(now / MINUTE_MS)
      const known = minutes.get(minute)
      if (known !== undefined) return known
      const made = { minute, requests: 0, tokens: 0, throttled: 0, cost_nano: 0 }
      minutes.set(minute, made)
      for (const old of minutes.keys()) if (old <= minute - MINUTES) minutes.delete(old)
      return made
    }

    function count({ record }: FastifyRequest, status: number): void {
      if (record.asked === undefined && (record.key === undefined || status !== 429)) return
      const now = Date.now()
      const tokens = (record.promptTokens ?? 0) + (record.completionTokens ?? 0)
      addTo(rowOf(record.key ?? 'none', modelOf(record, status)), record, status)
      const minute = minuteOf(now)
      minute.requests++
      minute.tokens += tokens
      minute.cost_nano += record.costNano ?? 0
      if (record.region === undefined || record.model === undefined || !isProven(record, status)) return
      const pool = poolOf(record.pool ?? record.region, record.region, record.model)
      pool.requests++
      pool.tokens += tokens
      pool.recent.add(tokens, now)
    }

    function modelOf(record: RequestRecord, status: number): string {
      const { model } = record
      if (model === undefined) return 'none'
      return isProven(record, status) || app.catalog.known.has(model) ? model : OTHER
    }

    app.decorate('usageBoard', {
      since,
      rows: () => rows.values(),
      pools: () => pools.values(),
      minutes() {
        const oldest = Math.floor(Date.now() / MINUTE_MS) - MINUTES
        return [...minutes.values()].filter(({ minute }) => minute > oldest)
      }
    })
    app.metrics.listen({
      upstreamError({ throttle, kind, pool, region, model }) {
        if (throttle === undefined && kind !== 'rate_limited') return
        const now = Date.now()
        minuteOf(now).throttled++
        const row = poolOf(pool ?? region, region, model) // only a model that there is has a quota to be used up
        row.throttled++
        row.last_429 = new Date(now).toISOString()
      }
    })
    app.onOver((request, _reply, status) => count(request, status))
  },
  { name: 'usage-board', dependencies: ['request-record', 'metrics'] }
)

/** The entry of a name, made where there is room, else the one of all others. */
function entryOf<T>(entries: Map<string, T>, name: string, make: (isFull: boolean) => T): T {
  const isFull = entries.size >= MOST_ROWS
  const known = entries.get(name) ?? (isFull ? entries.get(OTHER) : undefined)
  if (known !== undefined) return known
  const made = make(isFull)
  entries.set(isFull ? OTHER : name, made)
  return made
}

/** A name that callers make up has never answered. */
function isProven({ firstEventAt }: RequestRecord, status: number): boolean {
  return firstEventAt !== undefined || status < 400
}

function addTo(row: UsageRow, record: RequestRecord, status: number): void {
  row.requests++
  if (status >= 400 || record.error !== undefined) row.errors++
  if (status === 429) row.throttled++
  row.input_tokens += record.promptTokens ?? 0
  row.output_tokens += record.completionTokens ?? 0
  row.cached_tokens += record.cachedTokens ?? 0
  row.cost_nano += record.costNano ?? 0
  row.saved_nano += record.savedNano ?? 0
  if (record.unpriced !== undefined) row.unpriced_requests++
  if (record.cacheMiss === undefined) return
  row.cache_misses++
  row.last_cache_miss = record.cacheMiss
}
