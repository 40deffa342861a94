import { type ByteString, compact, jsonBytes } from '../../core/byte-string.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Citation } from '../../core/turn.ts'
import type { Head } from '../dialect.ts'
import { unwrapCustomInput } from '../openai/custom-tool.ts'
import {
  annotationOf,
  type Call,
  callItem,
  type ItemStatus,
  isToldInPieces,
  itemId,
  messageItem,
  reasoningItem,
  summaryPart,
  textPart
} from './encode-item.ts'
import type { ResponsesOptions } from './options.ts'
import { sealThought } from './sealed.ts'
import { identityOf } from './tool-table.ts'

/** What an item needs of the stream that it stands in. */
export interface ItemFrames {
  readonly head: Head
  readonly options: ResponsesOptions
  /** The place of the item that begins. */
  index(): number
  /** An event with the next number. */
  event(type: string, members: JsonObject): ByteString
  /** A delta with the next number; `before` is what stands before the number. */
  piece(before: ByteString, literal: ByteString): ByteString
}

/** The item that is open. */
export interface OpenItem {
  /** A block of the answer has ended. */
  blockEnd(block: number): ByteString
  /** The events that end the item's content, all but the one that ends the item. */
  close(): ByteString
  /** The item as it is by now; undefined: nobody has been told of it. */
  item(status: ItemStatus): JsonObject | undefined
}

/** What stands before each piece of an item, made once. */
function beforePiece(type: string, place: string): ByteString {
  return compact(`event: ${type}\ndata: {"type":"${type}",${place},"sequence_number":`)
}

/** A message: neighbouring texts of one phase are one. */
export class MessageItem implements OpenItem {
  readonly phase: string | undefined
  private readonly frames: ItemFrames
  private readonly id: string
  private readonly place: JsonObject
  private readonly before: ByteString
  private said = ''
  private blockStart = 0
  private citations: Citation[] | undefined
  private annotations: JsonObject[] | undefined

  constructor(frames: ItemFrames, phase: string | undefined) {
    this.frames = frames
    this.phase = phase
    const index = frames.index()
    this.id = itemId('message', frames.head, index)
    this.place = { item_id: this.id, output_index: index, content_index: 0 }
    const place = `"item_id":"${this.id}","output_index":${index},"content_index":0,"logprobs":[]`
    this.before = beforePiece('response.output_text.delta', place)
  }

  start(): ByteString {
    const { frames, id, place } = this
    const item = messageItem(id, 'in_progress', undefined, this.phase)
    return (
      frames.event('response.output_item.added', { output_index: place.output_index!, item }) +
      frames.event('response.content_part.added', { ...place, part: textPart('', []) })
    )
  }

  text(text: string, literal: ByteString | undefined): ByteString {
    if (text === '') return ''
    this.said += text
    return this.frames.piece(this.before, literal ?? jsonBytes(text))
  }

  cite(citation: Citation): ByteString {
    this.citations ??= []
    this.citations.push(citation)
    return ''
  }

  blockEnd(): ByteString {
    const { citations, said, blockStart, frames, place } = this
    this.citations = undefined
    this.blockStart = said.length
    if (citations === undefined) return ''
    this.annotations ??= []
    let out = ''
    for (const citation of citations) {
      const annotation = annotationOf(citation, blockStart, said.length)
      const annotation_index = this.annotations.push(annotation) - 1
      out += frames.event('response.output_text.annotation.added', { ...place, annotation_index, annotation })
    }
    return out
  }

  close(): ByteString {
    const { frames, place, said } = this
    const cited = this.blockEnd()
    return (
      cited +
      frames.event('response.output_text.done', { ...place, text: said, logprobs: [] }) +
      frames.event('response.content_part.done', { ...place, part: this.part() })
    )
  }

  item(status: ItemStatus): JsonObject {
    return messageItem(this.id, status, this.part(), this.phase)
  }

  private part(): JsonObject {
    return textPart(this.said, this.annotations ?? [])
  }
}

/** What the model thinks in one block. */
export class ReasoningItem implements OpenItem {
  readonly block: number
  private readonly frames: ItemFrames
  private readonly index: number
  private readonly id: string
  private before: ByteString = ''
  private thought = ''
  private signature: string | undefined
  private redacted: string | undefined

  constructor(frames: ItemFrames, block: number) {
    this.frames = frames
    this.block = block
    this.index = frames.index()
    this.id = itemId('reasoning', frames.head, this.index)
  }

  start(): ByteString {
    return this.frames.event('response.output_item.added', {
      output_index: this.index,
      item: reasoningItem(this.id, undefined, undefined)
    })
  }

  text(text: string, literal: ByteString | undefined): ByteString {
    this.thought += text
    if (!this.frames.options.showsSummary) return ''
    return this.summary() + this.frames.piece(this.before, literal ?? jsonBytes(text))
  }

  sign(signature: string): ByteString {
    this.signature = (this.signature ?? '') + signature
    return ''
  }

  redact(data: string): ByteString {
    this.redacted = (this.redacted ?? '') + data
    return ''
  }

  blockEnd(): ByteString {
    return ''
  }

  close(): ByteString {
    if (this.before === '') return ''
    const { frames, thought: text } = this
    const place = this.place()
    return (
      frames.event('response.reasoning_summary_text.done', { ...place, text }) +
      frames.event('response.reasoning_summary_part.done', { ...place, part: summaryPart(text) })
    )
  }

  item(status: ItemStatus): JsonObject {
    const { thought, signature, redacted, frames } = this
    const sealed =
      redacted !== undefined
        ? sealThought({ type: 'redacted-reasoning', data: redacted }, frames.head.model)
        : signature === undefined
          ? undefined
          : sealThought({ type: 'reasoning', text: thought, signature }, frames.head.model)
    const shown = this.before === '' ? undefined : thought
    return reasoningItem(this.id, shown, sealed, status === 'incomplete' ? status : undefined)
  }

  /** The one part of the summary begins with its first text. */
  private summary(): ByteString {
    if (this.before !== '') return ''
    const place = `"item_id":"${this.id}","output_index":${this.index},"summary_index":0`
    this.before = beforePiece('response.reasoning_summary_text.delta', place)
    return this.frames.event('response.reasoning_summary_part.added', { ...this.place(), part: summaryPart('') })
  }

  private place(): JsonObject {
    return { item_id: this.id, output_index: this.index, summary_index: 0 }
  }
}

/** A call of a tool. */
export class CallItem implements OpenItem {
  private readonly frames: ItemFrames
  private readonly block: number
  private readonly index: number
  private readonly call: Omit<Call, 'json'>
  private readonly before: ByteString
  private json = ''
  private isTold = false
  private isWhole = false

  constructor(frames: ItemFrames, block: number, callId: string, name: string) {
    this.frames = frames
    this.block = block
    this.index = frames.index()
    const tool = identityOf(name, frames.options.tools)
    this.call = { id: itemId(tool.kind, frames.head, this.index), tool, callId }
    const place = `"item_id":"${this.call.id}","output_index":${this.index}`
    this.before = tool.kind === 'function' ? beforePiece('response.function_call_arguments.delta', place) : ''
  }

  start(): ByteString {
    return isToldInPieces(this.call.tool.kind) ? this.added('') : ''
  }

  input(json: string, literal: ByteString | undefined): ByteString {
    if (json === '') return ''
    this.json += json
    return this.before === '' ? '' : this.frames.piece(this.before, literal ?? jsonBytes(json))
  }

  /** A call without arguments has no input event, but every client parses the joined text. */
  blockEnd(block: number): ByteString {
    if (block !== this.block || this.isWhole) return ''
    const bare = this.json === '' ? this.input('{}', undefined) : ''
    this.isWhole = true
    const { frames, json } = this
    const { id, tool } = this.call
    const place = { item_id: id, output_index: this.index }
    if (tool.kind === 'function') {
      return bare + frames.event('response.function_call_arguments.done', { ...place, name: tool.name, arguments: json })
    }
    if (tool.kind !== 'custom') return bare + this.added(json)
    // The input is a string inside JSON: it is unwrapped, and so told, when the call is whole.
    const input = unwrapCustomInput(json)
    return (
      bare +
      frames.event('response.custom_tool_call_input.delta', { ...place, delta: input }) +
      frames.event('response.custom_tool_call_input.done', { ...place, input })
    )
  }

  close(): ByteString {
    return this.blockEnd(this.block)
  }

  item(status: ItemStatus): JsonObject | undefined {
    return this.isTold ? callItem({ ...this.call, json: this.json }, status) : undefined
  }

  private added(json: string): ByteString {
    this.isTold = true
    return this.frames.event('response.output_item.added', {
      output_index: this.index,
      item: callItem({ ...this.call, json }, 'in_progress')
    })
  }
}
