/**
 * Tells that nobody waits for a piece of work any more: the part of an `AbortSignal` that is used on the way of an answer. Node's own
 * is an `EventTarget`, which costs a request more than its whole decoding.
 */
export interface Cancel {
  readonly aborted: boolean
  /** Why; undefined while not aborted. */
  readonly reason: unknown
  /** Called once, at the abort; never when that has been already. */
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** A `Cancel` and the way to fire it. Whatever comes after the first `abort` is of no effect. */
export class Canceller implements Cancel {
  aborted = false
  reason: unknown
  private listeners: readonly (() => void)[] = NOBODY

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    const { listeners } = this
    this.listeners = NOBODY
    for (const listener of listeners) listener()
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.aborted) this.listeners = this.listeners.length === 0 ? [listener] : [...this.listeners, listener]
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const left = this.listeners.filter((one) => one !== listener)
    this.listeners = left.length === 0 ? NOBODY : left
  }
}

const NOBODY: readonly (() => void)[] = []

/** The same as Node's own signal, for what knows no other. */
export function signalOf(cancel: Cancel): AbortSignal {
  if (cancel instanceof AbortSignal) return cancel
  const controller = new AbortController()
  if (cancel.aborted) controller.abort(cancel.reason)
  else cancel.addEventListener('abort', () => controller.abort(cancel.reason))
  return controller.signal
}
