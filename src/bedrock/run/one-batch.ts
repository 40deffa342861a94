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
  let rest: EventBatch | undefined = batch
  const iterator: AsyncIterator<EventBatch, undefined> = {
    next() {
      const value = rest
      rest = undefined
      return Promise.resolve(batchResult(value))
    }
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
