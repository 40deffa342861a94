import { type ByteString, compact, jsonBytes } from '../../core/byte-string.ts'
import type { EventBatch, FinishDetails, FinishReason, ModelEvent } from '../../core/event.ts'
import type { JsonObject } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'
import { NO_USAGE } from '../../core/usage.ts'
import type { GatewayError } from '../../errors.ts'
import type { ConversationStream, Head } from '../dialect.ts'
import { PING_FRAME } from '../openai/frames.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import { compactionItem, type ItemStatus, itemId } from './encode-item.ts'
import { envelope, type Progress } from './envelope.ts'
import { errorEvent, failureOf } from './failure-words.ts'
import { keepAnswer } from './keeping.ts'
import type { ResponsesOptions } from './options.ts'
import { OUTCOMES } from './outcome.ts'
import { CallItem, type ItemFrames, MessageItem, type OpenItem, ReasoningItem } from './stream-items.ts'

/**
 * The stream of one answer in the events of the Responses API, numbered from 0. An item ends when the next one begins or the answer ends:
 * only then it is known whether it is whole. A class, because a gateway holds one for each open answer.
 */
export class ResponseStream implements ConversationStream, ItemFrames {
  head: Head
  readonly options: ResponsesOptions
  private sequence = 0
  private started = false
  /** What begins the stream of an answer that said nothing, until the end. */
  private unsaid: ByteString = ''
  /** The whole response as it was kept. */
  private whole: ByteString | undefined
  private open: OpenItem | undefined
  /** The items that have ended, as JSON. */
  private items: ByteString[] = []
  /** The echo of the request, written once. */
  private echo: ByteString = ''
  private finish: { readonly reason: FinishReason; readonly details: FinishDetails } | undefined
  private cost: Extract<ModelEvent, { type: 'usage' }> | undefined
  /** Of an answer that is a summary: what came of it. */
  private summary = ''

  constructor(options: ResponsesOptions, head: Head) {
    this.options = options
    this.head = head
  }

  greet(): ByteString {
    return this.begin()
  }

  answeredBy(model: string): void {
    if (model !== this.head.model) this.head = { ...this.head, model }
  }

  batch(_choice: number, events: EventBatch): ByteString {
    let out = ''
    if (this.options.isCompaction) for (const event of events) out += this.summarize(event)
    else for (const event of events) out += this.write(event)
    return out
  }

  failure(): GatewayError | undefined {
    const { finish } = this
    return finish !== undefined && OUTCOMES[finish.reason] === undefined ? malformedAnswer(finish.details) : undefined
  }

  keep(): Promise<void> | undefined {
    const { keeping } = this.options
    if (keeping === undefined) return undefined
    const begun = this.begin()
    if (begun !== '') this.unsaid = begun
    this.whole = compact(this.response(this.progress()))
    const isKept = keepAnswer(keeping, this.head, this.whole, this.items)
    if (isKept instanceof Promise) return isKept.then((done) => this.noteKept(done))
    this.noteKept(isKept)
    return undefined
  }

  /** A response says itself whether it is kept, and it is not what it was announced as where keeping has failed. */
  private noteKept(isKept: boolean): void {
    if (isKept || this.options.echo.store !== true) return
    this.echo = compact(jsonBytes({ ...this.options.echo, store: false }).slice(1))
    this.whole = undefined
  }

  end(): ByteString {
    const progress = this.progress()
    const response = this.whole ?? this.response(progress)
    return `${this.unsaid}${this.begin()}${this.lifecycle(`response.${progress.outcome.status}`, response)}`
  }

  private progress(): Progress {
    return {
      outcome: OUTCOMES[this.finish?.reason ?? 'end'] ?? OUTCOMES.end,
      usage: this.cost?.usage ?? NO_USAGE,
      ...(this.cost === undefined ? {} : { usageDetails: this.cost.details }),
      ...(this.finish === undefined ? {} : { finishDetails: this.finish.details })
    }
  }

  fail(error: GatewayError, param: string | null): ByteString {
    const begun = this.begin()
    this.noteKept(false)
    const unfinished = this.open?.item('incomplete')
    if (unfinished !== undefined) this.items.push(jsonBytes(unfinished))
    const told = `event: error\ndata: ${jsonBytes(errorEvent(error, param, this.sequence++))}\n\n`
    const outcome = { status: 'failed' as const, error: failureOf(error) }
    const usage = this.cost === undefined ? {} : { usage: this.cost.usage, usageDetails: this.cost.details }
    return begun + told + this.lifecycle('response.failed', this.response({ outcome, ...usage }))
  }

  /** Codex counts events and no comments; before the first one, openai-node takes no other than `response.created`. */
  heartbeat(): ByteString {
    return this.started ? `event: keepalive\ndata: {"type":"keepalive"${this.last()}` : PING_FRAME
  }

  /** The next item's place. */
  index(): number {
    return this.items.length
  }

  event(type: string, members: JsonObject): ByteString {
    return `event: ${type}\ndata: ${jsonBytes({ type, ...members }).slice(0, -1)}${this.last()}`
  }

  private last(): ByteString {
    return `,"sequence_number":${this.sequence++}}\n\n`
  }

  piece(before: ByteString, literal: ByteString): ByteString {
    return `${before}${this.sequence++},"delta":${literal}}\n\n`
  }

  private write(event: ModelEvent): ByteString {
    switch (event.type) {
      case 'text':
        if (this.open instanceof MessageItem && this.open.phase === event.phase) return this.open.text(event.text, event.literal)
        return event.text === '' ? '' : this.newMessage((item) => item.text(event.text, event.literal), event.phase)
      case 'reasoning':
        return event.text === '' ? '' : this.reasoning(event.block, (item) => item.text(event.text, event.literal))
      case 'tool-input':
        return this.open instanceof CallItem ? this.open.input(event.json, event.literal) : ''
      case 'tool-start':
        return this.next(
          () => new CallItem(this, event.block, event.id, event.name),
          (item) => item.start()
        )
      case 'reasoning-signature':
        return this.reasoning(event.block, (item) => item.sign(event.signature))
      case 'reasoning-redacted':
        return event.data === '' ? '' : this.reasoning(event.block, (item) => item.redact(event.data))
      case 'citation':
        return this.message((item) => item.cite(event.citation))
      case 'block-end':
        return this.open?.blockEnd(event.block) ?? ''
      case 'start':
        return this.begin()
      case 'finish':
        this.finish = event
        return this.close(OUTCOMES[event.reason]?.status === 'completed' ? 'completed' : 'incomplete')
      case 'usage':
        this.cost = event
        return ''
      default:
        return unreachable(event)
    }
  }

  private message(write: (item: MessageItem) => ByteString): ByteString {
    return this.open instanceof MessageItem ? write(this.open) : this.newMessage(write, undefined)
  }

  private newMessage(write: (item: MessageItem) => ByteString, phase: string | undefined): ByteString {
    return this.next(
      () => new MessageItem(this, phase),
      write,
      (item) => item.start()
    )
  }

  private reasoning(block: number, write: (item: ReasoningItem) => ByteString): ByteString {
    const { open } = this
    if (open instanceof ReasoningItem && open.block === block) return write(open)
    return this.next(
      () => new ReasoningItem(this, block),
      write,
      (item) => item.start()
    )
  }

  private next<T extends OpenItem>(make: () => T, write: (item: T) => ByteString, start?: (item: T) => ByteString): ByteString {
    const before = this.begin() + this.close('completed')
    const item = make()
    this.open = item
    return before + (start?.(item) ?? '') + write(item)
  }

  /** Ends the open item; one of a broken answer stays open, to be told as it is. */
  private close(status: ItemStatus): ByteString {
    const { open } = this
    if (open === undefined || this.failure() !== undefined) return ''
    const content = open.close()
    const json = compact(jsonBytes(open.item(status) ?? {}))
    this.open = undefined
    const index = this.items.push(json) - 1
    return content + this.itemFrame('response.output_item.done', index, json)
  }

  private itemFrame(type: string, index: number, json: ByteString): ByteString {
    return `event: ${type}\ndata: {"type":"${type}","output_index":${index},"item":${json}${this.last()}`
  }

  /** A summary goes out whole, as the one item of its response. */
  private summarize(event: ModelEvent): ByteString {
    if (event.type === 'text') this.summary += event.text
    else if (event.type === 'start') return this.begin()
    else if (event.type === 'usage') this.cost = event
    else if (event.type === 'finish') {
      this.finish = event
      if (this.failure() !== undefined) return ''
      const json = jsonBytes(compactionItem(itemId('compaction', this.head, 0), this.summary))
      this.items.push(json)
      const begun = this.begin()
      return begun + this.itemFrame('response.output_item.added', 0, json) + this.itemFrame('response.output_item.done', 0, json)
    }
    return ''
  }

  private begin(): ByteString {
    if (this.started) return ''
    this.started = true
    this.echo = compact(jsonBytes(this.options.echo).slice(1))
    const response = this.response({ outcome: { status: 'in_progress' } })
    return this.lifecycle('response.created', response) + this.lifecycle('response.in_progress', response)
  }

  private response(progress: Progress): ByteString {
    const lead = jsonBytes(envelope(this.head, this.options, progress)).slice(0, -1)
    return `${lead},"output":[${this.items.join(',')}],${this.echo}`
  }

  private lifecycle(type: string, response: ByteString): ByteString {
    return `event: ${type}\ndata: {"type":"${type}","response":${response}${this.last()}`
  }
}
