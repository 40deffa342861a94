import type { EventBatch } from '../../core/event.ts'
import { type BatchResult, OneBatch } from './one-batch.ts'

/** Looks at an answer as it passes. */
export interface EventWatcher {
  see(batch: EventBatch): void
  /** Once: the answer has ended, has broken off with an error, or is read no further. */
  over?(error?: unknown): void
}

/** The same events, which a watcher sees before whoever reads them; those of a whole answer at once. */
export function watchEvents(events: AsyncIterable<EventBatch>, watcher: EventWatcher): AsyncIterable<EventBatch> {
  if (events instanceof OneBatch) {
    if (events.rest !== undefined) watcher.see(events.rest)
    watcher.over?.()
    return events
  }
  return new WatchedEvents(events[Symbol.asyncIterator](), watcher)
}

/** No generator: that would wait three times for each batch. */
class WatchedEvents implements AsyncIterableIterator<EventBatch, undefined> {
  private readonly inner: AsyncIterator<EventBatch, undefined>
  private readonly watcher: EventWatcher
  private isOver = false

  constructor(inner: AsyncIterator<EventBatch, undefined>, watcher: EventWatcher) {
    this.inner = inner
    this.watcher = watcher
  }

  private readonly seen = (result: BatchResult): BatchResult => {
    if (result.done === true) this.end()
    else this.watcher.see(result.value)
    return result
  }

  private readonly broken = (error: unknown): never => {
    this.end(error)
    throw error
  }

  private end(error?: unknown): void {
    if (this.isOver) return
    this.isOver = true
    this.watcher.over?.(error)
  }

  next(): Promise<BatchResult> {
    return this.inner.next().then(this.seen, this.broken)
  }

  async return(): Promise<BatchResult> {
    this.end()
    return (await this.inner.return?.()) ?? { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
