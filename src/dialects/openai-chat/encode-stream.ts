import type { ByteString } from '../../core/byte-string.ts'
import type { EventBatch, ModelEvent, UsageDetails } from '../../core/event.ts'
import type { Usage } from '../../core/usage.ts'
import { usageFrame } from './chunk-frames.ts'
import type { ChatHead } from './head.ts'
import type { ChatOptions } from './options.ts'
import { createStreamWriter, type StreamWriter, writeEvent } from './stream-writer.ts'

export { DONE_FRAME, frame, usageFrame } from './chunk-frames.ts'

/** Writes one choice of a streamed answer. Synchronous: a batch of events in, whole frames out. */
export interface ChatStreamEncoder {
  /** Each event keeps its own frame, however the events are cut into batches. */
  batch(events: EventBatch): ByteString
  /** The usage chunk, if the caller asked for one. Never `[DONE]`, which is for streams that finished. */
  end(): ByteString
  /** `finish` has been written; a stream that ends before has failed. */
  readonly finished: boolean
  /** What the answer cost, once told. */
  readonly usage: Usage | undefined
  readonly usageDetails: UsageDetails | undefined
}

/** Makes the encoder of one choice. */
export function createChatStreamEncoder(head: ChatHead, options: ChatOptions, choice = 0): ChatStreamEncoder {
  const writer = createStreamWriter(head, options, choice)
  return createEncoder(writer, head, once(writer.frames.role))
}

/**
 * Makes the encoders of all choices of one stream. Whichever choice comes first, the role chunks of all go out first and
 * in order: openai-python finds a choice by its place.
 */
export function createChatStreamEncoders(head: ChatHead, options: ChatOptions, count: number): readonly ChatStreamEncoder[] {
  const writers = Array.from({ length: count }, (_, choice) => createStreamWriter(head, options, choice))
  const opening = once(writers.map((writer) => writer.frames.role).join(''))
  return writers.map((writer) => createEncoder(writer, head, opening))
}

function once(text: string): () => string {
  let rest = text
  return () => {
    const out = rest
    rest = ''
    return out
  }
}

function createEncoder(writer: StreamWriter, head: ChatHead, opening: () => string): ChatStreamEncoder {
  let usage: Extract<ModelEvent, { type: 'usage' }> | undefined

  return {
    batch(events) {
      if (events.length === 0) return ''
      let out = opening()
      for (const event of events) {
        if (event.type === 'usage') usage = event
        else out += writeEvent(writer, event)
      }
      return out
    },
    end: () => usageFrame(head, writer.options, [{ usage: usage?.usage, usageDetails: usage?.details }]),
    get finished() {
      return writer.finished
    },
    get usage() {
      return usage?.usage
    },
    get usageDetails() {
      return usage?.details
    }
  }
}
