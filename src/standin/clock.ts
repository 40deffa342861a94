/**
 * The time by which quota, cache and bill count: the machine's own, or one that stands still between the turns of a test. Signatures and
 * pauses go by the machine's.
 */
export class StandinClock {
  private readonly startAt: number | undefined
  private turned = 0

  /** `startAt`: stands there, milliseconds since the epoch; undefined: goes with the machine's. */
  constructor(startAt: number | undefined) {
    this.startAt = startAt
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return (this.startAt ?? Date.now()) + this.turned
  }

  /** Lets so many milliseconds pass at once. */
  turn(ms: number): void {
    if (ms < 0) throw new RangeError('A clock does not go back')
    this.turned += ms
  }
}
