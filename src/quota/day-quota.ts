const DAY_MS = 24 * 3_600_000
/** A quota that is used up is asked for again so often: the service tells no time. */
const PROBE_MS = 10 * 60_000
/** The same after this ledger's own count alone: the service may count otherwise. */
const DOUBT_MS = 60_000

interface Closed {
  /** What is smaller may still fit. Tokens. */
  ceiling: number
  readonly since: number
  probeAt: number
  /** The time between two requests that find out, which is short where the service has not said it. */
  readonly gapMs: number
}

/**
 * What is left of a quota of a day (UTC), tokens: by the number that was told and what has been settled since midnight, and by what the
 * service says. The number is a hint, as that of a minute is: where it says that nothing is left one request is let through after a
 * minute, and once the service takes that one, the number holds nobody until the day ends. Pure: every time is given, milliseconds since
 * the epoch.
 */
export class DayQuota {
  /** Tokens of a day; undefined: not known. */
  perDay: number | undefined
  private day: number
  private settled = 0
  private isDisproved = false
  private closed: Closed | undefined = undefined

  constructor(perDay: number | undefined, now: number) {
    this.perDay = perDay
    this.day = dayOf(now)
  }

  /** Nothing has to be counted before a request goes. */
  get isOpen(): boolean {
    return this.perDay === undefined && this.closed === undefined
  }

  /** Takes a number that has become known, or another one. */
  setQuota(perDay: number): void {
    this.perDay = perDay
    this.isDisproved = false
    if (this.closed?.gapMs === DOUBT_MS) this.closed = undefined
  }

  /** Lets the time pass: at midnight everything is there again. */
  pass(now: number): void {
    const day = dayOf(now)
    if (day === this.day) return
    this.day = day
    this.settled = 0
    this.isDisproved = false
    if (this.closed?.gapMs === DOUBT_MS) this.closed = undefined
  }

  /** Counts tokens of requests that are over. */
  count(tokens: number, now: number): void {
    this.pass(now)
    this.settled += tokens
  }

  /** At least so many tokens were used today: somebody else has counted too. */
  countedAtLeast(tokens: number, now: number): void {
    this.pass(now)
    this.settled = Math.max(this.settled, tokens)
  }

  /** Milliseconds until a request of this size is worth sending; 0: it is now. */
  closedMs(tokens: number, now: number): number {
    this.pass(now)
    if (this.isBeyond(tokens)) this.close(tokens, now, DOUBT_MS)
    return this.closed === undefined || tokens < this.closed.ceiling ? 0 : Math.max(0, this.closed.probeAt - now)
  }

  /** Whether a request that may go now is one that finds out; the next has to wait for what comes of it. */
  probes(tokens: number, now: number): boolean {
    if (this.closed === undefined || tokens < this.closed.ceiling) return false
    this.closed.probeAt = now + this.closed.gapMs
    return true
  }

  /** Whether a request fits beside what is reserved by those under way: what they do not use comes back. */
  fits(tokens: number, open: number): boolean {
    return this.perDay === undefined || this.isDisproved || this.settled + open + tokens <= this.perDay || this.isBeyond(tokens)
  }

  private isBeyond(tokens: number): boolean {
    return this.perDay !== undefined && !this.isDisproved && this.settled + tokens > this.perDay
  }

  private close(tokens: number, now: number, gapMs: number): void {
    const { closed } = this
    const ceiling = Math.min(tokens, closed?.ceiling ?? Number.POSITIVE_INFINITY)
    if (gapMs === DOUBT_MS && closed !== undefined) closed.ceiling = ceiling
    else this.closed = { ceiling, since: now, probeAt: now + Math.min(gapMs, msToMidnight(now)), gapMs }
  }

  /** The service has refused a request of this size for the day. Gives milliseconds until it is asked again. */
  refused(tokens: number, now: number): { readonly ceiling: number; readonly probeInMs: number } {
    this.close(tokens, now, PROBE_MS)
    const { ceiling, probeAt } = this.closed as Closed
    return { ceiling, probeInMs: probeAt - now }
  }

  /** The service has taken a request of this size that was sent at this time. Whether that tells that the quota is not used up. */
  taken(tokens: number, sentAt: number): boolean {
    // What was sent before it was known to be used up tells nothing of what comes after.
    if (this.closed === undefined || tokens < this.closed.ceiling || sentAt < this.closed.since) return false
    this.reopen()
    return true
  }

  /** It is not used up, whatever was counted. */
  reopen(): void {
    if (this.closed !== undefined) this.isDisproved = this.perDay !== undefined
    this.closed = undefined
  }

  /** Takes over what another ledger was told by the service: what is as large is asked for again in so many milliseconds. */
  adopt(ceiling: number, probeInMs: number, now: number): void {
    this.closed = { ceiling, since: now, probeAt: now + probeInMs, gapMs: PROBE_MS }
  }

  /** Tokens settled since midnight. */
  usedToday(now: number): number {
    this.pass(now)
    return this.settled
  }

  /** Until when what is large is not asked for; undefined: it is not used up. */
  get closedUntil(): number | undefined {
    return this.closed?.probeAt
  }
}

const dayOf = (now: number) => Math.floor(now / DAY_MS)
const msToMidnight = (now: number) => DAY_MS - (now % DAY_MS)
