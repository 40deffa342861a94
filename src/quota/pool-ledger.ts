import type { Cancel } from '../core/cancel.ts'
import { AdaptiveBucket } from './adaptive-bucket.ts'
import { DayQuota } from './day-quota.ts'
import { FairQueue, type Waiting } from './fair-queue.ts'
import { MinuteTurn } from './minute-turn.ts'
import type { QuotaClock } from './quota-clock.ts'
import type { BucketLesson, PoolLesson, Turnover } from './quota-store.ts'
import type { ThrottleKind } from './throttle-kind.ts'

/** A request that wants to be sent. */
export interface Ask {
  /** The name of the caller's key. */
  readonly owner: string
  /** What the service reserves for it: tokens of the prompt and the most of its answer. */
  readonly tokens: number
  /** Waits no longer than this, on the ledger's clock. */
  readonly until: number
  readonly signal?: Cancel
  /** Goes before all others: it mends an answer that a limit of the gateway's has cut. */
  readonly isUrgent?: boolean
}

/** Why a pool takes nothing of this size now: `minute`, no room in time; `day`, the quota of the day is used up; `left`: the caller has. */
export class PoolClosed extends Error {
  readonly reason: 'minute' | 'day' | 'left'
  /** Seconds until it is worth another try. */
  readonly retryAfterS: number

  constructor(reason: PoolClosed['reason'], waitMs: number) {
    super(`the pool is closed: ${reason}`)
    this.reason = reason
    this.retryAfterS = Math.max(1, Math.ceil(waitMs / 1000))
  }
}

/** What a pool shows of itself. */
export interface PoolView {
  /** Tokens a minute; undefined: not known. */
  readonly tokensPerMinute: number | undefined
  readonly requestsPerMinute: number | undefined
  readonly isGuess: boolean
  readonly factor: number
  /** Tokens that fit now. */
  readonly headroom: number | undefined
  /** Requests that fit now. */
  readonly requestsHeadroom: number | undefined
  readonly waiting: number
  /** Tokens of the last minute. */
  readonly used: number
  /** Tokens a day (UTC); undefined: not known. */
  readonly tokensPerDay: number | undefined
  /** Tokens that were settled since midnight, as far as this process knows. */
  readonly usedToday: number
  /** Milliseconds of the clock; undefined: never. */
  readonly lastThrottleAt: number | undefined
  /** The day's quota is used up; milliseconds of the clock. */
  readonly closedUntil: number | undefined
}

interface Waiter extends Waiting {
  /** It finds out whether the day's quota is used up. */
  readonly isProbe: boolean
  admit(): void
  /** The day's quota is used up meanwhile. */
  refuse(): void
}

/** Quotas as they are told. */
export interface ToldQuota {
  readonly tokensPerMinute?: number
  readonly requestsPerMinute?: number
  readonly tokensPerDay?: number
}

/** Released in one instant: ten at once were throttled by the service although the minute was far from full (measured 2026). */
const MOST_AT_ONCE = 3
const PUMP_MS = 50
/** After refusals in a row one at a time is tried, so often at most, the first after a pause that doubles. */
const PROBE_GAP_MS = 300
const LONGEST_PAUSE_MS = 4000
/** Refusals that are older tell nothing of how the service counts its minutes. */
const LATELY_MS = 120_000
/** A refusal of what is so many times the usual size tells nothing of the rest. */
const OUTSIZED = 8
/** A guessed quota that nobody has waited for and no refusal has met is forgotten after this. */
const FORGET_MS = 15 * 60_000

const nothing = () => ({ tokens: 0, requests: 0, used: 0 })

/**
 * The one authority over what is sent to one pool of quota: reserves as the service does, settles as it does, lets callers wait
 * briefly and in turn where nothing is left, and learns from refusals. With no quota known and no refusal seen everything passes at once.
 */
export class PoolLedger {
  private readonly clock: QuotaClock
  private readonly tokens: AdaptiveBucket
  private readonly requests: AdaptiveBucket
  private readonly queue = new FairQueue<Waiter>()
  private readonly turn: MinuteTurn
  /** What requests that were answered had reserved. */
  private typical = 0
  /** Tokens of those in the queue who go before all others. */
  private urgent = 0
  /** Reserved by requests under way. */
  private open = 0
  /** Refusals in a row, of requests that were sent after the one before. */
  private streak = 0
  private pausedUntil = 0
  private readonly day: DayQuota
  private lastThrottleAt: number | undefined = undefined
  private lastWaitAt: number
  private pumping = false
  /** What was taken and not told to the other gateways yet. */
  private untold = nothing()
  /** How often it was told. */
  tellings = 0
  private readonly onLesson: ((lesson: PoolLesson) => void) | undefined

  /** `onLesson`: hears what is learnt from the service, and not what is adopted. */
  constructor(clock: QuotaClock, quota: ToldQuota = {}, onLesson?: (lesson: PoolLesson) => void) {
    this.clock = clock
    this.onLesson = onLesson
    const now = clock.now()
    this.lastWaitAt = now
    this.turn = new MinuteTurn(now)
    this.tokens = new AdaptiveBucket(quota.tokensPerMinute, now)
    this.requests = new AdaptiveBucket(quota.requestsPerMinute, now)
    this.day = new DayQuota(quota.tokensPerDay, now)
  }

  /** Takes quotas that have become known later. */
  setQuota(quota: ToldQuota): void {
    const now = this.pass()
    if (quota.tokensPerMinute !== undefined) this.tokens.setQuota(quota.tokensPerMinute, now)
    if (quota.requestsPerMinute !== undefined) this.requests.setQuota(quota.requestsPerMinute, now)
    if (quota.tokensPerDay !== undefined) this.day.setQuota(quota.tokensPerDay)
    this.pump()
  }

  /** Whether anything has to be counted before a request goes. */
  get isOpen(): boolean {
    return this.tokens.perMinute === undefined && this.requests.perMinute === undefined && this.day.isOpen
  }

  /** What is used counts towards a day's quota. */
  get countsDay(): boolean {
    return this.day.perDay !== undefined
  }

  /** Calls go beyond what is reckoned to be left, to find out. */
  get isTrying(): boolean {
    return this.turn.isTrying
  }

  /** Nothing was ever answered or refused here, so that nothing is lost with it. */
  get isBlank(): boolean {
    return this.isOpen && this.typical === 0
  }

  /** Admits a request, at once where it fits and nobody waits. Throws PoolClosed, or rejects with it. */
  enter(ask: Ask): Ticket | Promise<Ticket> {
    if (this.isOpen) return this.admitted(ask)
    const now = this.pass()
    const closedMs = this.day.closedMs(ask.tokens, now)
    if (closedMs > 0) throw new PoolClosed('day', closedMs)
    const isProbe = this.day.probes(ask.tokens, now)
    if (this.queue.size === 0 && now >= this.pausedUntil && this.fits(ask)) return this.admitted(ask)
    return this.wait(ask, now, isProbe)
  }

  private pass(): number {
    const now = this.clock.now()
    const waits = this.queue.size > 0
    if (waits) this.lastWaitAt = now
    this.tokens.pass(now, waits)
    this.requests.pass(now, waits)
    if (this.turn.pass(now, waits && now - (this.lastThrottleAt ?? Number.NEGATIVE_INFINITY) < LATELY_MS)) {
      this.pausedUntil = now
      this.streak = 0
    }
    this.forget(now)
    return now
  }

  private forget(now: number): void {
    if (now - Math.max(this.lastWaitAt, this.lastThrottleAt ?? 0) < FORGET_MS) return
    for (const bucket of [this.tokens, this.requests]) if (bucket.isGuess) bucket.perMinute = undefined
  }

  private fits({ tokens }: { readonly tokens: number }): boolean {
    return this.tokens.fits(tokens) && this.requests.fits(1) && this.day.fits(tokens, this.open)
  }

  private admitted(ask: Ask): Ticket {
    // No more than a whole minute's: what is more is held against nobody else.
    const reserved = Math.min(ask.tokens, this.tokens.perMinute ?? ask.tokens)
    // What was sent before a quota was known has been counted by the service, not here: nothing of it comes back.
    const isTaken = this.tokens.perMinute !== undefined
    this.tokens.take(reserved)
    this.requests.take(1)
    this.turn.sent()
    this.tell(isTaken ? reserved : 0, 1, 0)
    this.open += reserved
    if (this.streak > 0) this.pausedUntil = this.clock.now() + PROBE_GAP_MS
    return new Ticket(this, ask, reserved, isTaken, this.clock.now())
  }

  private wait(ask: Ask, now: number, isProbe: boolean): Promise<Ticket> {
    const expected = this.expectedMs(ask)
    // With a queue the refill may turn out greater than it is thought: hopeless is only what would take twice the time.
    if (ask.until - now <= 0 || expected > 2 * (ask.until - now)) throw new PoolClosed('minute', expected)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        owner: ask.owner,
        cost: ask.tokens,
        isProbe,
        admit: () => done(() => resolve(this.admitted(ask))),
        refuse: () => give('day')
      }
      const give = (reason: PoolClosed['reason']) => {
        this.queue.remove(waiter)
        done(() => reject(new PoolClosed(reason, reason === 'day' ? this.roomMs(ask) : this.expectedMs(ask))))
      }
      const left = () => give('left')
      const forget = this.clock.after(ask.until - now, () => give('minute'))
      const done = (outcome: () => void) => {
        forget()
        if (ask.isUrgent === true) this.urgent -= ask.tokens
        ask.signal?.removeEventListener('abort', left)
        outcome()
      }
      this.queue.push(waiter, ask.isUrgent)
      if (ask.isUrgent === true) this.urgent += ask.tokens
      this.lastWaitAt = now
      if (ask.signal?.aborted === true) return left()
      ask.signal?.addEventListener('abort', left)
      this.pump()
    })
  }

  /** Milliseconds until a request of this size would go. */
  expectedMs({ owner, tokens, isUrgent = false }: Pick<Ask, 'owner' | 'tokens' | 'isUrgent'>): number {
    const ahead = isUrgent ? this.urgent : this.queue.ahead(owner)
    const { perMinute, factor } = this.tokens
    const behind = perMinute === undefined ? 0 : (ahead * 60_000) / (perMinute * factor)
    return behind + Math.max(this.nextMs(tokens), this.pausedUntil - this.clock.now())
  }

  /** Milliseconds until it is worth to send a request of this size. */
  roomMs(ask: Pick<Ask, 'owner' | 'tokens' | 'isUrgent'>): number {
    return this.day.closedMs(ask.tokens, this.clock.now()) || this.expectedMs(ask)
  }

  private nextMs(tokens: number): number {
    return Math.max(this.tokens.waitMs(tokens), this.requests.waitMs(1))
  }

  private pump(): void {
    if (this.pumping) return
    const now = this.pass()
    let released = 0
    const most = Math.max(MOST_AT_ONCE, this.paidIn(2 * PUMP_MS))
    for (let next = this.queue.peek(); next !== undefined; next = this.queue.peek()) {
      if (!next.isProbe && this.day.closedMs(next.cost, now) > 0) {
        next.refuse()
        continue
      }
      if (released === most || now < this.pausedUntil || !(this.fits({ tokens: next.cost }) || this.turn.mayGo)) break
      this.queue.shift()
      released++
      next.admit()
    }
    const next = this.queue.peek()
    if (next === undefined) return
    this.pumping = true
    const waitMs = this.turn.isTrying ? PUMP_MS : Math.max(PUMP_MS, this.nextMs(next.cost), this.pausedUntil - now)
    this.clock.after(Math.min(1000, waitMs, MinuteTurn.waitMs(now)), () => {
      this.pumping = false
      this.pump()
    })
  }

  /** Requests of the usual size that the refill of so many milliseconds pays. */
  private paidIn(ms: number): number {
    const { perMinute, factor } = this.tokens
    if (perMinute === undefined || this.typical === 0) return Number.POSITIVE_INFINITY
    return Math.floor((perMinute * factor * ms) / 60_000 / this.typical)
  }

  /** For tickets: a request is over. `back`: what comes back of its reservation, negative where it took more; `used`: what it counts. */
  over(reserved: number, back: number, used: number): void {
    this.open -= reserved
    if (used > 0) {
      const now = this.clock.now()
      this.tokens.count(used, now)
      this.requests.count(1, now)
      this.day.count(used, now)
      this.typical = this.typical === 0 ? reserved : this.typical + (reserved - this.typical) / 20
    }
    if (back !== 0) this.tokens.giveBack(back)
    this.tell(-back, 0, used)
    if (back !== 0 && this.queue.size > 0) this.pump()
  }

  /** For tickets: it was not sent after all. */
  undo(reserved: number, back: number): void {
    this.requests.giveBack(1)
    this.tell(0, -1, 0)
    this.over(reserved, back, 0)
  }

  private tell(tokens: number, requests: number, used: number): void {
    this.untold.tokens += tokens
    this.untold.requests += requests
    this.untold.used += used
  }

  /** For tickets: a request was taken by the service, so that there is room, and a day that was thought used up is not. */
  taken(tokens: number, sentAt: number): void {
    this.streak = 0
    this.tokens.taken()
    this.requests.taken()
    if (this.day.taken(tokens, sentAt)) this.onLesson?.({ day: null })
    if (!this.turn.taken()) return
    // What was owed by our reckoning was not by the service's.
    this.tokens.owesNothing()
    this.requests.owesNothing()
    if (this.queue.size > 0) this.pump()
  }

  /** For tickets: the service has refused a request of this size that was sent at this time. Whether there was something to learn. */
  refused(kind: ThrottleKind, reserved: number, sentAt = this.clock.now()): boolean {
    const now = this.pass()
    if (kind === 'day') {
      const day = this.day.refused(reserved, now)
      this.onLesson?.({ day })
      if (this.queue.size > 0) this.pump()
      return true
    }
    if (kind !== 'tokens' && kind !== 'requests') return false
    // One caller's huge request is refused where everybody else's would pass: that is nothing to learn from.
    if (kind === 'tokens' && this.typical > 0 && reserved > OUTSIZED * this.typical) return false
    if (this.lastThrottleAt === undefined || sentAt >= this.lastThrottleAt) this.pause(now)
    this.lastThrottleAt = now
    const bucket = kind === 'requests' ? this.requests : this.tokens
    if (this.turn.refused()) bucket.empty()
    else if (kind === 'requests') bucket.refused(1, now, 0)
    else bucket.refused(reserved, now, this.open)
    this.onLesson?.({ [kind]: lessonOf(bucket), pauseMs: Math.max(0, this.pausedUntil - now) })
    return true
  }

  private pause(now: number): void {
    this.streak++
    if (this.streak > 1) this.pausedUntil = now + Math.min(LONGEST_PAUSE_MS, 2 ** (this.streak - 2) * PROBE_GAP_MS)
  }

  /** Takes over what another gateway of this pool has learnt, so many milliseconds ago. */
  adopt({ tokens, requests, day, pauseMs = 0 }: PoolLesson, ageMs: number): void {
    const now = this.pass()
    if (ageMs >= FORGET_MS) return
    if (day === null) this.day.reopen()
    else if (day !== undefined && day.probeInMs > ageMs) this.day.adopt(day.ceiling, day.probeInMs - ageMs, now)
    if (tokens !== undefined) this.tokens.adopt(tokens, ageMs, now)
    if (requests !== undefined) this.requests.adopt(requests, ageMs, now)
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs - ageMs)
    if (tokens !== undefined || requests !== undefined) this.lastThrottleAt = Math.max(this.lastThrottleAt ?? 0, now - ageMs)
    this.pump()
  }

  /** What was taken here since this was last called, for other gateways of this pool. */
  turnover(): Turnover {
    const { untold } = this
    this.untold = nothing()
    this.tellings++
    return untold
  }

  /** What other gateways of this pool have taken. `left`: no more tokens than this are left by their reckoning. */
  othersTook({ tokens, requests, used }: Turnover, left = Number.POSITIVE_INFINITY): void {
    const now = this.pass()
    this.tokens.giveBack(-tokens)
    this.requests.giveBack(-requests)
    this.tokens.level = Math.min(this.tokens.level, left)
    if (used > 0) {
      this.tokens.count(used, now)
      this.day.count(used, now)
    }
    if (requests > 0) this.requests.count(requests, now)
    if (this.queue.size > 0) this.pump()
  }

  /** All gateways of this pool have settled so many tokens today, what is not told yet left out. */
  usedToday(tokens: number): void {
    this.day.countedAtLeast(tokens + this.untold.used, this.clock.now())
  }

  /** What is left here, and what of it was not told yet; undefined: of this no quota is known. */
  get left(): { readonly tokens: number | undefined; readonly requests: number | undefined; readonly untold: Turnover } {
    this.pass()
    const of = ({ perMinute, level }: AdaptiveBucket) => (perMinute === undefined ? undefined : level)
    return { tokens: of(this.tokens), requests: of(this.requests), untold: this.untold }
  }

  /** What operators are shown. */
  view(): PoolView {
    const now = this.pass()
    const { perMinute, isGuess, factor } = this.tokens
    const room = (left: number | undefined) => (left === undefined ? undefined : Math.max(0, Math.floor(left)))
    const { tokens, requests } = this.left
    return {
      tokensPerMinute: perMinute,
      requestsPerMinute: this.requests.perMinute,
      isGuess: isGuess || this.requests.isGuess,
      factor,
      headroom: room(tokens),
      requestsHeadroom: room(requests),
      waiting: this.queue.size,
      used: Math.round(this.tokens.lastMinute(now)),
      tokensPerDay: this.day.perDay,
      usedToday: Math.round(this.day.usedToday(now)),
      lastThrottleAt: this.lastThrottleAt,
      closedUntil: this.day.closedUntil
    }
  }
}

function lessonOf({ perMinute = 0, isGuess, factor }: AdaptiveBucket): BucketLesson {
  return { perMinute, isGuess, factor }
}

/** A request that was admitted. Exactly one of its methods ends it; what comes after is of no effect. A class: there is one for each open answer. */
export class Ticket {
  private readonly ledger: PoolLedger
  /** What it asked for; a refusal tells of that, however little was reserved. */
  private readonly tokens: number
  private readonly owner: string
  private readonly isUrgent: boolean
  /** It was to wait no longer than this. */
  readonly until: number
  private readonly reserved: number
  private readonly isTaken: boolean
  private readonly at: number
  /** So often its ledger had told others of what it takes: what it takes itself is told the next time. */
  readonly telling: number
  private isOver = false

  constructor(
    ledger: PoolLedger,
    { owner, tokens, isUrgent = false, until }: Ask,
    reserved: number,
    isTaken: boolean,
    at: number
  ) {
    this.ledger = ledger
    this.tokens = tokens
    this.owner = owner
    this.isUrgent = isUrgent
    this.until = until
    this.reserved = reserved
    this.isTaken = isTaken
    this.at = at
    this.telling = ledger.tellings
  }

  /** It is not sent: what it has taken was no longer there. */
  withdraw(): void {
    if (this.isOver) return
    this.isOver = true
    this.ledger.undo(this.reserved, this.isTaken ? this.reserved : 0)
  }

  /** The service has taken it; the answer is still to come. */
  taken(): void {
    if (!this.isOver) this.ledger.taken(this.tokens, this.at)
  }

  /** It is over, and counts so many tokens. */
  settle(tokens: number): void {
    if (this.isOver) return
    this.isOver = true
    this.ledger.over(this.reserved, this.isTaken ? this.reserved - tokens : 0, tokens)
  }

  /** Whether its settlement changes what is left. */
  get needsUsage(): boolean {
    return this.isTaken || this.ledger.countsDay
  }

  /** It is over, and nobody tells what it took: about a third of what is reserved, as most limits are far too large. */
  settleRoughly(): void {
    this.settle(Math.ceil(this.reserved / 3))
  }

  /**
   * It is over without having used anything: the service refused it, or could not be reached. Gives the milliseconds until the same is
   * worth another try; undefined where nothing was learnt.
   */
  failed(kind?: ThrottleKind): number | undefined {
    if (this.isOver) return undefined
    this.isOver = true
    this.ledger.over(this.reserved, this.isTaken ? this.reserved : 0, 0)
    if (kind === undefined || !this.ledger.refused(kind, this.tokens, this.at)) return undefined
    return this.ledger.roomMs({ owner: this.owner, tokens: this.tokens, isUrgent: this.isUrgent })
  }
}
