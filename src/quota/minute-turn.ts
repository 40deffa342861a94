const MINUTE_MS = 60_000
/** Calls of a try that the service has not answered yet, once it has taken one. */
const MOST_OPEN = 3
/** A try ends by itself after this. */
const LONGEST_TRY_MS = 5000
/** A try that gains less is made half as often, at least each eighth minute. */
const LEAST_GAIN = 2
const LONGEST_GAP = 8

/**
 * Whether the service counts by the minute of the clock, which nobody outside knows: then all of a quota is there again when the minute
 * turns, and is lost to who lets calls out evenly. So at the turn of a minute in which the service has refused, calls go as fast as they are
 * taken, until one is not. Where that gains nothing it is tried ever more rarely, so that it costs a refusal in eight minutes.
 */
export class MinuteTurn {
  private minute: number
  /** Minutes between two tries, and until the next. */
  private gap = 1
  private left = 1
  private endsAt = 0
  private open = 0
  private gained = 0
  /** Calls go as fast as they are taken. */
  isTrying = false

  constructor(now: number) {
    this.minute = Math.floor(now / MINUTE_MS)
  }

  /** Lets the time pass; `isWanted`: somebody waits, and the service has refused lately. Whether a try begins. */
  pass(now: number, isWanted: boolean): boolean {
    if (this.isTrying && now > this.endsAt) this.end()
    const minute = Math.floor(now / MINUTE_MS)
    if (minute === this.minute) return false
    this.minute = minute
    if (!isWanted || --this.left > 0) return false
    this.isTrying = true
    this.endsAt = now + LONGEST_TRY_MS
    this.open = 0
    this.gained = 0
    return true
  }

  /** Milliseconds until the minute turns. */
  static waitMs(now: number): number {
    return MINUTE_MS - (now % MINUTE_MS)
  }

  /** Whether a call may go beyond what is reckoned to be left. */
  get mayGo(): boolean {
    return this.isTrying && this.open < (this.gained === 0 ? 1 : MOST_OPEN)
  }

  sent(): void {
    if (this.isTrying) this.open++
  }

  /** The service has taken a call. Whether the next may follow at once. */
  taken(): boolean {
    if (!this.isTrying) return false
    this.open = Math.max(0, this.open - 1)
    this.gained++
    return true
  }

  /** The service has refused a call. Whether that was the end of a try: then it tells what is left, which is nothing, and no more. */
  refused(): boolean {
    if (!this.isTrying) return false
    this.end()
    return true
  }

  private end(): void {
    this.isTrying = false
    this.gap = this.gained < LEAST_GAIN ? Math.min(LONGEST_GAP, 2 * this.gap) : 1
    this.left = this.gap
  }
}
