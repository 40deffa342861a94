/** The time that quotas are counted by: the process's own, or one that is turned by hand. */
export interface QuotaClock {
  /** Milliseconds since the epoch; does not go back. */
  now(): number
  /** Runs something once after so many milliseconds. Gives what calls it off. */
  after(ms: number, run: () => void): () => void
}

const STARTED_AT = performance.timeOrigin

/** The process's clock. What waits by it keeps no process alive. */
export const PROCESS_CLOCK: QuotaClock = {
  now: () => STARTED_AT + performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  }
}
