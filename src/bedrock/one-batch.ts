import type { EventBatch } from '../core/event.ts'

const NO_MORE: IteratorResult<EventBatch, undefined> = { done: true, value: undefined }

/** The events of an answer that came whole. */
export function oneBatch(batch: EventBatch): AsyncIterable<EventBatch> {
  let rest: EventBatch | undefined = batch
  const iterator: AsyncIterator<EventBatch, undefined> = {
    next() {
      const value = rest
      rest = undefined
      return Promise.resolve(value === undefined ? NO_MORE : { done: false, value })
    }
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
