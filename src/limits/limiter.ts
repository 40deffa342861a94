import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { GatewayError } from '../errors.ts'
import type { ApiKey } from '../keys/key-set.ts'

/** One admission: what the response's headers say, and what must be told when the request is over. */
export interface Admission {
  /** `x-ratelimit-*`, in OpenAI's names. */
  readonly headers: Readonly<Record<string, string>>
  /** Must be called once: frees the place and counts the tokens that were used. */
  finish(tokens: number): void
}

export interface Limiter {
  /** Counts a request of a key. Throws 429 `rate_limited` with `retry-after` when one of the key's limits is reached. */
  admit(key: ApiKey): Promise<Admission>
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

  return {
    async admit(key) {
      const leave = enter(key)
      try {
        const headers: Record<string, string> = {}
        const { requestsPerMinute, tokensPerMinute } = key
        if (requestsPerMinute !== undefined)
          note(headers, 'requests', requestsPerMinute, await count('requests', key, requestsPerMinute, 1))
        if (tokensPerMinute !== undefined)
          note(headers, 'tokens', tokensPerMinute, await count('tokens', key, tokensPerMinute, 0), 1)
        return {
          headers,
          finish(tokens) {
            leave()
            if (tokensPerMinute !== undefined && tokens > 0) void count('tokens', key, tokensPerMinute, tokens)
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
export class LimitReached extends GatewayError {
  readonly headers: Readonly<Record<string, string>>

  constructor(message: string, retryAfterS: number, headers: Readonly<Record<string, string>>) {
    super('rate_limited', message, { retryAfterS })
    this.headers = headers
  }
}

function refused(why: string, waitS: number, headers: Readonly<Record<string, string>> = {}): LimitReached {
  const seconds = Math.ceil(waitS)
  return new LimitReached(`Rate limit reached: ${why}. Please try again in ${seconds}s.`, seconds, headers)
}
