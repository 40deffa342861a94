import type { ByteString } from '../../core/byte-string.ts'
import type { EventBatch } from '../../core/event.ts'
import type { GatewayError } from '../../errors.ts'
import type { Head } from '../dialect.ts'
import type { ChoiceCost } from './chunk-frames.ts'
import type { ChatOptions } from './options.ts'
import { createStreamWriter, writeEvent } from './stream-writer.ts'

export { usageFrame } from './chunk-frames.ts'

/** Writes one choice of a streamed answer. Synchronous: a batch of events in, whole frames out. */
export interface ChatStreamEncoder {
  /** Each event keeps its own frame, however the events are cut into batches. Usage makes none: see `usageFrame`. */
  batch(events: EventBatch): ByteString
  /** What the answer cost, once told. */
  cost(): ChoiceCost
  /** Why the choice has no end that its caller could take for one, once all of its events are written. */
  failure(): GatewayError | undefined
}

/**
 * Makes the encoders of all choices of one stream. Whichever choice comes first, the role chunks of all go out first and
 * in order: openai-python finds a choice by its place.
 */
export function createChatStreamEncoders(head: Head, options: ChatOptions, count: number): readonly ChatStreamEncoder[] {
  const writers = Array.from({ length: count }, (_, choice) => createStreamWriter(head, options, choice))
  let opening = writers.map((writer) => writer.frames.role()).join('')
  return writers.map((writer) => ({
    batch(events) {
      if (events.length === 0) return ''
      let out = opening
      opening = ''
      for (const event of events) out += writeEvent(writer, event)
      return out
    },
    cost: () => writer.cost,
    failure: () => writer.failure
  }))
}
