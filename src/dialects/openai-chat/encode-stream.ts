import type { EventBatch, FinishDetails, FinishReason, ModelEvent, UsageDetails } from '../../core/event.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Usage } from '../../core/usage.ts'
import { type ChunkFrames, createChunkFrames, usageFrame } from './chunk-frames.ts'
import { finishWord } from './finish-reason.ts'
import type { ChatHead } from './head.ts'
import type { ChatOptions } from './options.ts'
import { type CallDeltas, createCallDeltas } from './stream-calls.ts'
import { createStreamNotes, type StreamNotes } from './stream-notes.ts'
import { createThinkTags, type ThinkTags } from './think-tags.ts'

export { DONE_FRAME, frame, usageFrame } from './chunk-frames.ts'

/** Writes one choice of a streamed answer. Synchronous: a batch of events in, whole frames out. */
export interface ChatStreamEncoder {
  /** Each event keeps its own frame, however the events are cut into batches. */
  batch(events: EventBatch): string
  /** The usage chunk, if the caller asked for one. Never `[DONE]`, which is for streams that finished. */
  end(): string
  /** `finish` has been written; a stream that ends before has failed. */
  readonly finished: boolean
  /** What the answer cost, once told. */
  readonly usage: Usage | undefined
  readonly usageDetails: UsageDetails | undefined
}

/** Makes the encoder of one choice. */
export function createChatStreamEncoder(head: ChatHead, options: ChatOptions, choice = 0): ChatStreamEncoder {
  const writer = createWriter(head, options, choice)
  return createEncoder(writer, head, once(writer.frames.role))
}

/**
 * Makes the encoders of all choices of one stream. Whichever choice comes first, the role chunks of all go out first and
 * in order: openai-python finds a choice by its place.
 */
export function createChatStreamEncoders(head: ChatHead, options: ChatOptions, count: number): readonly ChatStreamEncoder[] {
  const writers = Array.from({ length: count }, (_, choice) => createWriter(head, options, choice))
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

function createEncoder(writer: Writer, head: ChatHead, opening: () => string): ChatStreamEncoder {
  let usage: Extract<ModelEvent, { type: 'usage' }> | undefined

  return {
    batch(events) {
      if (events.length === 0) return ''
      let out = opening()
      for (const event of events) {
        if (event.type === 'usage') usage = event
        else out += encodeEvent(writer, event)
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

interface Writer {
  readonly options: ChatOptions
  readonly frames: ChunkFrames
  readonly tags: ThinkTags
  readonly calls: CallDeltas
  readonly notes: StreamNotes
  readonly showsField: boolean
  readonly showsTags: boolean
  /** UTF-16 units of content written so far, and before the block that is open. */
  length: number
  blockStart: number
  finished: boolean
}

function createWriter(head: ChatHead, options: ChatOptions, choice: number): Writer {
  const format = options.reasoningFormat ?? 'field'
  return {
    options,
    frames: createChunkFrames(head, options, choice),
    tags: createThinkTags(format),
    calls: createCallDeltas(options),
    notes: createStreamNotes(format !== 'none'),
    showsField: format === 'field' || format === 'both',
    showsTags: format === 'think' || format === 'both',
    length: 0,
    blockStart: 0,
    finished: false
  }
}

function encodeEvent(writer: Writer, event: Exclude<ModelEvent, { type: 'usage' }>): string {
  switch (event.type) {
    case 'text':
      return encodeText(writer, event.text)
    case 'tool-input':
      return callFrame(writer, writer.calls.input(event.json))
    case 'reasoning':
      return encodeReasoning(writer, event.text)
    case 'tool-start':
      return writeTags(writer, writer.tags.beforeOther()) + callFrame(writer, writer.calls.start(event.id, event.name))
    case 'reasoning-signature':
      writer.notes.signature(event.signature)
      return ''
    case 'reasoning-redacted':
      writer.notes.redacted(event.data)
      return ''
    case 'citation':
      writer.notes.citation(event.citation)
      return ''
    case 'block-end':
      return endBlock(writer)
    case 'finish':
      return encodeFinish(writer, event.reason, event.details)
    case 'start':
      return ''
    default:
      return unreachable(event)
  }
}

function encodeText(writer: Writer, text: string): string {
  if (text === '') return ''
  const closing = writer.tags.beforeText()
  if (closing.length === 0) {
    writer.length += text.length
    return writer.frames.content(text)
  }
  const out = writeTags(writer, closing)
  // The tags belong to no block: a citation's span begins behind them.
  writer.blockStart = writer.length
  writer.length += text.length
  return out + writer.frames.content(text)
}

function encodeReasoning(writer: Writer, text: string): string {
  if (text === '') return ''
  writer.notes.reasoning(text)
  const opening = writeTags(writer, writer.tags.beforeReasoning())
  const field = writer.showsField ? writer.frames.reasoning(text) : ''
  if (!writer.showsTags) return field
  writer.length += text.length
  return field + opening + writer.frames.content(text)
}

function writeTags(writer: Writer, tags: readonly string[]): string {
  let out = ''
  for (const tag of tags) {
    writer.length += tag.length
    out += writer.frames.content(tag)
  }
  return out
}

function callFrame(writer: Writer, delta: string): string {
  return delta === '' ? '' : writer.frames.delta(delta)
}

function endBlock(writer: Writer): string {
  writer.notes.blockEnd({ start: writer.blockStart, end: writer.length })
  writer.blockStart = writer.length
  return callFrame(writer, writer.calls.end())
}

function encodeFinish(writer: Writer, reason: FinishReason, details: FinishDetails): string {
  const open = endBlock(writer) + writeTags(writer, writer.tags.beforeOther())
  const notes = callFrame(writer, writer.notes.delta())
  const word = finishWord(reason, writer.calls.count, writer.options.legacyFunctions)
  writer.finished = true
  return open + notes + writer.frames.finish(word, writer.options.responseFields ? details.extra : undefined)
}
