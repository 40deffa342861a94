import type { BucketLesson } from './quota-store.ts'

const MINUTE_MS = 60_000
/** The refill grows by so much a second while somebody waits, and shrinks to so much of it when the service refuses. */
const GROWTH_PER_S = 0.04
/** Growth is paid for by calls that were taken, so that what is found out by a refusal costs one call in five, however few there are. */
const GROWTH_PER_CALL = 0.02
const MOST_GROWTH_PAID = 0.2
const CUT = 0.9
const CUT_EVERY_MS = 3000
/** How far the refill goes from the quota: the service gives more than its number at times, and less. */
const LEAST_FACTOR = 0.5
const MOST_FACTOR = 4
/** What is taken for a minute's quota when the first refusal tells that there is one: so many of the refused size, or what went through. */
const UNKNOWN_MINUTE = 60

/**
 * What is left of a quota of a minute: a bucket that begins full, refills at the quota, and learns how far the service is from its own
 * number. Without a quota everything fits until the service refuses for the first time. May go below zero, since what a request
 * settles at may be more than what it reserved. Pure: every time is given, milliseconds of one clock.
 */
export class AdaptiveBucket {
  /** The quota of a minute; undefined: none is known and none was met. */
  perMinute: number | undefined
  /** The quota was guessed from what went through. */
  isGuess = false
  /** The refill is this much of the quota, 0.5 to 4. */
  factor = 1
  level: number
  private at: number
  private paid = MOST_GROWTH_PAID
  private cutAt = Number.NEGATIVE_INFINITY
  private slotAt: number
  private slot = 0
  private slotBefore = 0

  constructor(perMinute: number | undefined, now: number) {
    this.perMinute = perMinute
    this.level = perMinute ?? 0
    this.at = now
    this.slotAt = now
  }

  /** Takes a quota that has become known; what is left stays, as a part of the whole. */
  setQuota(perMinute: number, now: number): void {
    const { perMinute: before } = this
    this.level = before === undefined ? perMinute : Math.min(perMinute, (this.level / before) * perMinute)
    this.perMinute = perMinute
    this.isGuess = false
    this.factor = 1
    this.at = now
  }

  /** Lets the time pass; `waits`: somebody waited meanwhile, so that the refill may be greater than it is thought. */
  pass(now: number, waits: boolean): void {
    const ms = Math.max(0, now - this.at)
    this.at = Math.max(now, this.at)
    if (this.perMinute === undefined || ms === 0) return
    if (waits) this.grow(ms)
    this.level = Math.min(this.perMinute, this.level + (this.perMinute * this.factor * ms) / MINUTE_MS)
  }

  private grow(ms: number): void {
    const growth = Math.min(this.paid, (GROWTH_PER_S * ms) / 1000)
    this.paid -= growth
    this.factor += growth
    if (this.factor < MOST_FACTOR) return
    this.factor = MOST_FACTOR
    if (this.isGuess) this.rebase()
  }

  /** A guess is no number of the service's: its bounds move along. */
  private rebase(): void {
    this.perMinute = (this.perMinute ?? 0) * this.factor
    this.factor = 1
  }

  /** The service has taken a call: the refill may grow on. */
  taken(): void {
    this.paid = Math.min(MOST_GROWTH_PAID, this.paid + GROWTH_PER_CALL)
  }

  /** Whether an amount may go now. What is more than a whole minute's goes when the bucket is full: only the service can tell. */
  fits(amount: number): boolean {
    return this.perMinute === undefined || this.level >= Math.min(amount, this.perMinute)
  }

  /** Milliseconds until an amount fits, if nobody else takes anything. */
  waitMs(amount: number): number {
    if (this.perMinute === undefined) return 0
    const missing = Math.min(amount, this.perMinute) - this.level
    return missing <= 0 ? 0 : Math.ceil((missing * MINUTE_MS) / (this.perMinute * this.factor))
  }

  take(amount: number): void {
    if (this.perMinute !== undefined) this.level -= amount
  }

  /** Puts back what was reserved beyond need; a negative amount takes more. */
  giveBack(amount: number): void {
    if (this.perMinute !== undefined) this.level = Math.min(this.perMinute, this.level + amount)
  }

  /** Counts what really went through, for a guess should the service refuse. */
  count(amount: number, now: number): void {
    this.turnSlots(now)
    this.slot += amount
  }

  /** What went through in the last minute, nearly. */
  lastMinute(now: number): number {
    this.turnSlots(now)
    const share = (now - this.slotAt) / MINUTE_MS
    return this.slot + this.slotBefore * (1 - share)
  }

  private turnSlots(now: number): void {
    const passed = Math.floor((now - this.slotAt) / MINUTE_MS)
    if (passed <= 0) return
    this.slotBefore = passed === 1 ? this.slot : 0
    this.slot = 0
    this.slotAt += passed * MINUTE_MS
  }

  /** The service has taken a call although nothing was left by this reckoning. */
  owesNothing(): void {
    this.level = Math.max(0, this.level)
  }

  /** The service has refused a call, by its own count: nothing is left, and nothing is owed. */
  empty(): void {
    this.level = 0
  }

  /**
   * The service has refused an amount: nothing is left, and the refill is less than it was thought, by a tenth each 3 s at most.
   * `open`: what is under way, which counts there too.
   */
  refused(amount: number, now: number, open: number): void {
    if (this.perMinute === undefined) {
      this.perMinute = Math.max(this.lastMinute(now) + open, UNKNOWN_MINUTE * amount)
      this.isGuess = true
      this.at = now
      this.cutAt = now
      this.level = 0
      return
    }
    this.level = Math.min(this.level, 0)
    if (now - this.cutAt < CUT_EVERY_MS) return
    this.cutAt = now
    this.factor *= CUT
    if (this.factor > LEAST_FACTOR) return
    this.factor = LEAST_FACTOR
    if (this.isGuess) this.rebase()
  }

  /** Takes over what another ledger of this quota has learnt when the service refused it so long ago. A number that was told is believed before a guess. */
  adopt({ perMinute, isGuess, factor }: BucketLesson, ageMs: number, now: number): void {
    if (this.perMinute === undefined) {
      this.at = now
      this.level = perMinute
    }
    if (this.perMinute === undefined || this.isGuess) {
      this.perMinute = perMinute
      this.isGuess = isGuess
      this.factor = factor
    } else this.factor = Math.min(this.factor, factor)
    this.cutAt = Math.max(this.cutAt, now - ageMs)
    this.level = Math.min(this.level, (this.perMinute * this.factor * ageMs) / MINUTE_MS)
  }
}
