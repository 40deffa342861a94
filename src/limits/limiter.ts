import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { GatewayError } from '../errors.ts'
import type { ApiKey } from '../keys/key-set.ts'

/** One admission: what the response's headers say, and what must be told when the request is over. */
export interface Admission {
  /** `x-ratelimit-*`, in OpenAI's names. */
  readonly headers: Readonly<Record<string, string>>
  /** Reserves more, when it is known what is asked for. Throws 429 where what others have reserved leaves nothing. */
  reserve(tokens: number): Promise<void>
  /** Must be called once: frees the place, and puts the tokens that were used in the place of those that were reserved. */
  finish(tokens: number): void
}

export interface Limiter {
  /** Counts a request of a key, and reserves `tokens` until it is known what was used. Throws 429 `rate_limited` with `retry-after` when one of the key's limits is reached. */
  admit(key: ApiKey, tokens: number): Promise<Admission>
}

export interface LimiterOptions {
  /** A connected Valkey or Redis client; absent: the limits hold for this task alone. */
  readonly store?: unknown
  /** The store did not answer; the request passed. */
  readonly onStoreError: (error: unknown) => void
}

const MINUTE_S = 60

interface MinuteLimit {
  readonly keyPrefix: string
  readonly points: number
  /** Seconds. */
  readonly duration: number
}

async function makeLimiter(limit: MinuteLimit, store: unknown): Promise<RateLimiterAbstract> {
  const { RateLimiterMemory, RateLimiterRedis } = await import('rate-limiter-flexible')
  return store === undefined ? new RateLimiterMemory(limit) : new RateLimiterRedis({ ...limit, storeClient: store })
}

/** Holds the limits of keys: requests and tokens a minute (in the store of all tasks, when there is one), answers at once (in this task). */
export function createLimiter(options: LimiterOptions): Limiter {
  const limiters = new Map<string, Promise<RateLimiterAbstract>>()
  const running = new Map<string, number>()

  // The library is loaded for the first key with limits: most gateways have none.
  function limiter(kind: 'requests' | 'tokens', points: number): Promise<RateLimiterAbstract> {
    const name = `${kind}:${points}`
    const made = limiters.get(name) ?? makeLimiter({ keyPrefix: `adit:${name}`, points, duration: MINUTE_S }, options.store)
    limiters.set(name, made)
    return made
  }

  /** Adds `points` to a key's minute; undefined when the store is down, since requests pass then. */
  async function count(
    kind: 'requests' | 'tokens',
    key: ApiKey,
    limit: number,
    points: number
  ): Promise<RateLimiterRes | undefined> {
    try {
      return await (await limiter(kind, limit)).penalty(key.name, points)
    } catch (error) {
      options.onStoreError(error)
      return undefined
    }
  }

  function enter(key: ApiKey): () => void {
    if (key.maxConcurrent === undefined) return () => {}
    const now = running.get(key.name) ?? 0
    if (now >= key.maxConcurrent) throw refused(`this API key may have ${key.maxConcurrent} requests running at once`, 1)
    running.set(key.name, now + 1)
    return () => running.set(key.name, (running.get(key.name) ?? 1) - 1)
  }

  /** Counted before the answer is known, in one step of the store: of requests that come at once, only those pass that find something left. */
  async function reserve(
    headers: Record<string, string>,
    key: ApiKey,
    limit: number,
    { tokens, before = 0 }: { readonly tokens: number; readonly before?: number }
  ): Promise<void> {
    const state = await count('tokens', key, limit, tokens)
    if (state === undefined) return
    const full = state.consumedPoints - tokens - before >= limit
    try {
      note(headers, 'tokens', limit, state, full ? 1 : Number.NEGATIVE_INFINITY)
    } catch (error) {
      void count('tokens', key, limit, -tokens)
      throw error
    }
  }

  return {
    async admit(key, tokens) {
      const leave = enter(key)
      try {
        const headers: Record<string, string> = {}
        const { requestsPerMinute, tokensPerMinute } = key
        if (requestsPerMinute !== undefined)
          note(headers, 'requests', requestsPerMinute, await count('requests', key, requestsPerMinute, 1))
        if (tokensPerMinute !== undefined) await reserve(headers, key, tokensPerMinute, { tokens })
        // What was reserved is given back in the minute it was taken from only: else the next would begin with more than its limit.
        const until = performance.now() + MINUTE_S * 1000
        let reserved = tokens
        return {
          headers,
          async reserve(more) {
            if (tokensPerMinute === undefined || more <= 0) return
            const before = reserved
            reserved += more
            try {
              await reserve({}, key, tokensPerMinute, { tokens: more, before })
            } catch (error) {
              reserved = before // has been given back
              throw error
            }
          },
          finish(used) {
            leave()
            if (tokensPerMinute === undefined) return
            const more = performance.now() < until ? used - reserved : Math.max(0, used - reserved)
            if (more !== 0) void count('tokens', key, tokensPerMinute, more)
          }
        }
      } catch (error) {
        leave()
        throw error
      }
    }
  }
}

/** Writes the headers of one limit, and refuses when it is reached; `needed` points must still be free. */
function note(
  headers: Record<string, string>,
  kind: 'requests' | 'tokens',
  limit: number,
  state: RateLimiterRes | undefined,
  needed = 0
): void {
  if (state === undefined) return
  const used = state.consumedPoints
  const resetS = Math.max(0, state.msBeforeNext) / 1000
  headers[`x-ratelimit-limit-${kind}`] = String(limit)
  headers[`x-ratelimit-remaining-${kind}`] = String(Math.max(0, limit - used))
  headers[`x-ratelimit-reset-${kind}`] = `${Math.ceil(resetS)}s`
  if (used + needed > limit) throw refused(`this API key may use ${limit} ${kind} a minute`, Math.max(1, resetS), headers)
}

/** A refusal that carries the limit's headers, so that the caller sees when to come back. */
function refused(why: string, waitS: number, headers: Readonly<Record<string, string>> = {}): GatewayError {
  const seconds = Math.ceil(waitS)
  const message = `Rate limit reached: ${why}. Please try again in ${seconds}s.`
  return new GatewayError('rate_limited', message, { retryAfterS: seconds, headers })
}
