import type { EventBatch } from '../../core/event.ts'

/** What an iterator of batches gives; `undefined` is its end. */
export type BatchResult = IteratorResult<EventBatch, undefined>

const NO_MORE: BatchResult = { done: true, value: undefined }

/** A batch, or the end, as an iterator gives it. */
export function batchResult(value: EventBatch | undefined): BatchResult {
  return value === undefined ? NO_MORE : { done: false, value }
}

/** The events of an answer that came whole. */
export function oneBatch(batch: EventBatch): AsyncIterable<EventBatch> {
  return new OneBatch(batch)
}

/** A whole answer as events that are read once. */
export class OneBatch implements AsyncIterableIterator<EventBatch, undefined> {
  /** What nobody has read yet. */
  rest: EventBatch | undefined

  constructor(batch: EventBatch) {
    this.rest = batch
  }

  next(): Promise<BatchResult> {
    const { rest } = this
    this.rest = undefined
    return Promise.resolve(batchResult(rest))
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
