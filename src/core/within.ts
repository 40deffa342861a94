import type { Cancel } from './cancel.ts'

/** How long something is waited for. */
export interface Wait {
  /** Milliseconds. */
  readonly ms: number
  /** The error when the time is over. */
  readonly late: () => Error
  /** Who waits may leave before; `left` is the error then. */
  readonly signal?: Cancel
  readonly left?: (signal: Cancel) => Error
}

/**
 * Waits for work that cannot be cancelled, and leaves it to itself when the time is over or the caller has gone: what it comes to
 * after that is of no effect.
 */
export function within<T>(work: Promise<T>, { ms, late, signal, left }: Wait): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(late())), ms)
    const onAbort = () => end(() => reject(signal !== undefined && left !== undefined ? left(signal) : late()))
    function end(settle: () => void): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    // Listened to in any case: a rejection that nobody hears of ends up as unhandled.
    work.then(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error))
    )
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort)
  })
}
