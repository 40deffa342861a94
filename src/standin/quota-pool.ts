/** How the service counts a minute. What it really does is none of these: what is claimed must hold in all of them. */
export type QuotaMode = 'bucket' | 'sliding' | 'fixed' | 'mantle'

/** The quota of one pool. Tokens and requests, of a minute or a day. */
export interface QuotaLimits {
  readonly mode: QuotaMode
  readonly tokensPerMinute: number
  /** How far above its number the service goes; default 1. */
  readonly burst?: number
  readonly requestsPerMinute?: number
  readonly tokensPerDay?: number
  /** Requests that may be admitted within one second. */
  readonly requestsPerSecond?: number
  /** Of `mantle`: what may be produced in a minute. */
  readonly outputTokensPerMinute?: number
  /** What a token of the answer counts in the settlement; default 1. */
  readonly burndown?: number
  /** What is reserved for the answer where the request sets no limit; default 64000. */
  readonly mostOutput?: number
  /** What was read from the cache stands in the reservation; AWS's texts disagree. Default false. */
  readonly countsReads?: boolean
  /** A throttled request counts as one all the same. Default false. */
  readonly retryConsumes?: boolean
  /** Room for new requests, whatever the quota; false: the model's capacity is used up. Default true. */
  readonly hasCapacity?: boolean
}

/** What a call brings. */
export interface QuotaCall {
  readonly inputTokens: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly maxTokens?: number
}

/** What is short; `output`: of `mantle`, what may be produced. */
export type Shortage = 'tokens' | 'output' | 'requests' | 'day' | 'capacity'

/** A call that was admitted. */
export interface Hold {
  readonly at: number
  readonly reserved: number
  /** What it counts in its minute: what was reserved, and at the end what it was. */
  amount: number
  isOver: boolean
}

/** As CloudWatch counts; the quota's use is told without reservations there. */
export interface QuotaCounters {
  invocations: number
  throttles: number
  quotaUsage: number
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** One pool of quota, on times that are given: milliseconds since the epoch. */
export class QuotaPool {
  limits: QuotaLimits
  readonly counters: QuotaCounters = { invocations: 0, throttles: 0, quotaUsage: 0 }
  private level: number
  private filledAt: number
  private holds: Hold[] = []
  private sum = 0
  private requests: number[] = []
  private day = 0
  private dayTokens = 0
  private produced: { readonly at: number; readonly tokens: number }[] = []

  constructor(limits: QuotaLimits, now: number) {
    this.limits = limits
    this.level = this.most
    this.filledAt = now
  }

  private get most(): number {
    return this.limits.tokensPerMinute * (this.limits.burst ?? 1)
  }

  /** Takes a call in, or says what is short. Nothing is taken by a call that is refused. */
  admit(call: QuotaCall, now: number): Hold | Shortage {
    this.pass(now)
    const { inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, maxTokens } = call
    const input = inputTokens + cacheWriteTokens + (this.limits.countsReads === true ? cacheReadTokens : 0)
    const reserved = input + (maxTokens ?? this.limits.mostOutput ?? 64_000)
    const short = this.shortage(reserved, now)
    if (short !== undefined) {
      this.counters.throttles++
      if (this.limits.retryConsumes === true) this.requests.push(now)
      return short
    }
    this.requests.push(now)
    const hold = { at: now, reserved, amount: reserved, isOver: false }
    this.level -= reserved
    this.sum += reserved
    this.dayTokens += reserved
    this.holds.push(hold)
    return hold
  }

  private shortage(reserved: number, now: number): Shortage | undefined {
    const { requestsPerMinute, requestsPerSecond, tokensPerDay, hasCapacity, mode, outputTokensPerMinute } = this.limits
    if (hasCapacity === false) return 'capacity'
    if (requestsPerMinute !== undefined && this.requests.length >= requestsPerMinute) return 'requests'
    if (requestsPerSecond !== undefined && this.requests.filter((at) => at > now - 1000).length >= requestsPerSecond)
      return 'requests'
    if (tokensPerDay !== undefined && this.dayTokens + reserved > tokensPerDay) return 'day'
    if (mode === 'mantle' && outputTokensPerMinute !== undefined && this.producedTokens() >= outputTokensPerMinute)
      return 'output'
    const room = mode === 'bucket' ? this.level : this.most - this.sum
    return reserved > room ? 'tokens' : undefined
  }

  private pass(now: number): void {
    this.level = Math.min(this.most, this.level + (this.most * (now - this.filledAt)) / MINUTE_MS)
    this.filledAt = now
    const since = this.since(now)
    while (this.holds[0] !== undefined && this.holds[0].at < since) this.sum -= this.holds.shift()?.amount ?? 0
    while (this.requests[0] !== undefined && this.requests[0] < now - MINUTE_MS + 1) this.requests.shift()
    while (this.produced[0] !== undefined && this.produced[0].at < now - MINUTE_MS + 1) this.produced.shift()
    const day = Math.floor(now / DAY_MS)
    if (day !== this.day) this.dayTokens = 0
    this.day = day
  }

  private since(now: number): number {
    return this.limits.mode === 'fixed' ? Math.floor(now / MINUTE_MS) * MINUTE_MS : now - MINUTE_MS + 1
  }

  private producedTokens(): number {
    return this.produced.reduce((sum, { tokens }) => sum + tokens, 0)
  }

  /** Of `mantle`: counts what is produced. Gives what may be produced of it; less than that ends the answer. */
  produce(tokens: number, now: number): number {
    this.pass(now)
    const { mode, outputTokensPerMinute } = this.limits
    if (mode !== 'mantle' || outputTokensPerMinute === undefined) return tokens
    const granted = Math.max(0, Math.min(tokens, outputTokensPerMinute - this.producedTokens()))
    this.produced.push({ at: now, tokens: granted })
    return granted
  }

  /** A call is over, or was left: what it really took stands in the place of what was reserved, which may be less. */
  settle(
    hold: Hold,
    usage: { readonly inputTokens: number; readonly cacheWriteTokens?: number; readonly outputTokens: number },
    now: number
  ): void {
    if (hold.isOver) return
    // On mantle the answer counts against a quota of its own.
    const burndown = this.limits.mode === 'mantle' ? 0 : (this.limits.burndown ?? 1)
    const amount = usage.inputTokens + (usage.cacheWriteTokens ?? 0) + burndown * usage.outputTokens
    this.counters.invocations++
    this.counters.quotaUsage += amount
    this.replace(hold, amount, now)
  }

  /** A call has failed after it was admitted: all comes back. */
  release(hold: Hold, now: number): void {
    if (!hold.isOver) this.replace(hold, 0, now)
  }

  private replace(hold: Hold, amount: number, now: number): void {
    this.pass(now)
    const more = amount - hold.amount
    hold.isOver = true
    this.level -= more
    if (Math.floor(hold.at / DAY_MS) === this.day) this.dayTokens += more
    if (hold.at >= this.since(now)) this.sum += more
    hold.amount = amount
  }
}
