import type { ByteString } from '../../core/byte-string.ts'
import type { FinishDetails, FinishReason, ModelEvent } from '../../core/event.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { GatewayError } from '../../errors.ts'
import type { Head } from '../dialect.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import { type ChoiceCost, ChunkFrames } from './chunk-frames.ts'
import { finishWord } from './finish-reason.ts'
import type { ChatOptions } from './options.ts'
import { type CallDeltas, createCallDeltas } from './stream-calls.ts'
import { createStreamNotes, type StreamNotes } from './stream-notes.ts'
import { createThinkTags, type ThinkTags } from './think-tags.ts'

/** The state of one choice's stream. */
export interface StreamWriter {
  readonly options: ChatOptions
  readonly frames: ChunkFrames
  readonly tags: ThinkTags
  /** Made with the first call, and with the first thing to note: most answers have none. */
  calls: CallDeltas | undefined
  notes: StreamNotes | undefined
  readonly showsField: boolean
  readonly showsTags: boolean
  /** UTF-16 units of content written so far, and before the block that is open. */
  length: number
  blockStart: number
  cost: ChoiceCost
  /** Set with a finish that has no word. */
  failure: GatewayError | undefined
}

/** Makes the writer of one choice; nothing is written yet. */
export function createStreamWriter(head: Head, options: ChatOptions, choice: number): StreamWriter {
  const format = options.reasoningFormat ?? 'field'
  return {
    options,
    frames: new ChunkFrames(head, options, choice),
    tags: createThinkTags(format),
    calls: undefined,
    notes: undefined,
    showsField: format === 'field' || format === 'both',
    showsTags: format === 'think' || format === 'both',
    length: 0,
    blockStart: 0,
    cost: undefined,
    failure: undefined
  }
}

/** Writes one event as whole frames; empty: nothing to send now. */
export function writeEvent(writer: StreamWriter, event: ModelEvent): ByteString {
  switch (event.type) {
    case 'text':
      return writeText(writer, event.text, event.literal)
    case 'tool-input':
      return callFrame(writer, callsOf(writer).input(event.json, event.literal))
    case 'reasoning':
      return writeReasoning(writer, event.text, event.literal)
    case 'tool-start':
      return writeTags(writer, writer.tags.beforeOther()) + callFrame(writer, callsOf(writer).start(event.id, event.name))
    case 'reasoning-signature':
      notesOf(writer).signature(event.signature)
      return ''
    case 'reasoning-redacted':
      notesOf(writer).redacted(event.data)
      return ''
    case 'citation':
      notesOf(writer).citation(event.citation)
      return ''
    case 'block-end':
      return endBlock(writer)
    case 'finish':
      return writeFinish(writer, event.reason, event.details)
    case 'usage':
      writer.cost = event
      return ''
    case 'start':
      return ''
    default:
      return unreachable(event)
  }
}

function callsOf(writer: StreamWriter): CallDeltas {
  writer.calls ??= createCallDeltas(writer.options)
  return writer.calls
}

function notesOf(writer: StreamWriter): StreamNotes {
  writer.notes ??= createStreamNotes(writer.options.reasoningFormat !== 'none')
  return writer.notes
}

function writeText(writer: StreamWriter, text: string, literal: ByteString | undefined): ByteString {
  if (text === '') return ''
  const closing = writer.tags.beforeText()
  if (closing.length === 0) {
    writer.length += text.length
    return writer.frames.content(text, literal)
  }
  const out = writeTags(writer, closing)
  // The tags belong to no block: a citation's span begins behind them.
  writer.blockStart = writer.length
  writer.length += text.length
  return out + writer.frames.content(text, literal)
}

function writeReasoning(writer: StreamWriter, text: string, literal: ByteString | undefined): ByteString {
  if (text === '') return ''
  notesOf(writer).reasoning(text)
  const opening = writeTags(writer, writer.tags.beforeReasoning())
  const field = writer.showsField ? writer.frames.reasoning(text, literal) : ''
  if (!writer.showsTags) return field
  writer.length += text.length
  return field + opening + writer.frames.content(text, literal)
}

function writeTags(writer: StreamWriter, tags: readonly string[]): ByteString {
  let out = ''
  for (const tag of tags) {
    writer.length += tag.length
    out += writer.frames.content(tag)
  }
  return out
}

function callFrame(writer: StreamWriter, delta: ByteString): ByteString {
  return delta === '' ? '' : writer.frames.delta(delta)
}

function endBlock(writer: StreamWriter): ByteString {
  writer.notes?.blockEnd({ start: writer.blockStart, end: writer.length })
  writer.blockStart = writer.length
  return writer.calls === undefined ? '' : callFrame(writer, writer.calls.end())
}

function writeFinish(writer: StreamWriter, reason: FinishReason, details: FinishDetails): ByteString {
  const open = endBlock(writer) + writeTags(writer, writer.tags.beforeOther())
  const notes = writer.notes === undefined ? '' : callFrame(writer, writer.notes.delta())
  const word = finishWord(reason, writer.calls?.count() ?? 0, writer.options.legacyFunctions)
  if (word === undefined) {
    writer.failure = malformedAnswer(details)
    return open + notes
  }
  return open + notes + writer.frames.finish(word, writer.options.responseFields ? details.extra : undefined)
}
