import type { EventBatch, ModelEvent } from '../../core/event.ts'
import { type ErrorKind, GatewayError } from '../../errors.ts'
import type { AnswerDecoder } from '../codec/chat-codec.ts'
import { createFrameReader, type Frame, type Framing } from '../transport/event-stream.ts'
import type { HttpBody } from '../transport/http-body.ts'
import { networkError } from '../transport/network-error.ts'
import { createSseReader } from '../transport/sse-reader.ts'
import { frameError } from './frame-error.ts'
import { type BatchResult, batchResult } from './one-batch.ts'

/** What an answer is read from. */
export interface EventInput {
  readonly body: HttpBody
  readonly framing: Framing
  readonly decoder: AnswerDecoder
  /** The model as it was called, and Bedrock's id of the call: for errors. */
  readonly model: string
  readonly requestId: string | undefined
}

/** How long the last bytes after an answer's last event are waited for, so that its connection can be used again. Milliseconds. */
const TAIL_MS = 1000

/**
 * Reads a stream until its first event is there, then resolves with all of its events: one batch for what one network read
 * brought, decoded at once. Throws GatewayError when the stream fails before; nothing has been given to anyone then.
 * Later failures are thrown by the iterator, after all events that came before them. Leaving it early ends the call.
 */
export function openEvents(input: EventInput): Promise<AsyncIterable<EventBatch>> {
  return new AnswerReader(input).open()
}

/** Where the events of a read go while none is decoded. */
const NONE = Object.freeze([]) as unknown as ModelEvent[]

/** The events of one stream, to be read once. A class, because a gateway holds one for each open answer. */
class AnswerReader implements AsyncIterable<EventBatch>, AsyncIterator<EventBatch, undefined> {
  private readonly body: HttpBody
  private readonly decoder: AnswerDecoder
  private readonly input: EventInput
  private readonly reader
  private readonly take = (frame: Frame) => this.decodeFrame(frame)
  private events = NONE
  /** What `open` has read, and nobody has taken. */
  private first: EventBatch | undefined
  private failure: GatewayError | undefined
  private over = false
  private complete = false

  constructor(input: EventInput) {
    this.input = input
    this.body = input.body
    this.decoder = input.decoder
    this.reader = input.framing === 'sse' ? createSseReader() : createFrameReader()
  }

  async open(): Promise<AsyncIterable<EventBatch>> {
    this.first = await this.read()
    if (this.failure !== undefined && this.first?.every((event) => event.type === 'start')) throw this.failure
    return this
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<BatchResult> {
    const { first } = this
    if (first === undefined) return this.read().then(batchResult, throwMidStream)
    this.first = undefined
    return Promise.resolve(batchResult(first))
  }

  async return(): Promise<BatchResult> {
    if (!this.over) this.body.leave()
    this.over = true
    this.first = undefined
    return batchResult(undefined)
  }

  /** The next events, or undefined at the end. Gives events before the failure that follows them in the same read. */
  private async read(): Promise<EventBatch | undefined> {
    if (this.failure !== undefined) throw this.failure
    while (!this.over) {
      const waiting = this.body.wait()
      if (waiting !== undefined) await waiting
      const events = this.decode()
      if (events.length > 0) return events
      if (this.failure !== undefined) throw this.failure
    }
    return undefined
  }

  /** The events in what has come by now; a failure is kept. */
  private decode(): EventBatch {
    const events: ModelEvent[] = []
    this.events = events
    try {
      this.decodePieces(this.body.take())
    } catch (thrown) {
      this.failure = networkError(thrown)
      this.over = true
      this.body.leave()
    }
    this.events = NONE // they hold what was read; a stream may be silent for long
    const last = events[events.length - 1]
    // Nothing follows the token counts: the caller need not wait for the end of the bytes.
    if (last?.type === 'usage' || this.decoder.isOver === true) {
      this.over = true
      void readTail(this.body)
    }
    this.complete ||= hasFinished(events)
    // The model's last word has been said; what broke afterwards took at most the token counts with it.
    if (this.complete && this.failure?.kind !== 'client_closed') this.failure = undefined
    return events
  }

  private decodePieces(pieces: readonly Uint8Array[] | undefined): void {
    try {
      if (pieces !== undefined) {
        this.reader.push(pieces, this.take)
        return
      }
      this.over = true
      this.reader.end()
      this.decoder.end()
    } catch (error) {
      if (error instanceof GatewayError) throw error
      throw broken(error, this.input.requestId)
    }
  }

  private decodeFrame(frame: Frame): void {
    if (frame.messageType !== 'event') throw frameError(frame, this.input)
    this.decoder.read(frame, this.events)
  }
}

function throwMidStream(error: unknown): never {
  throw midStream(networkError(error))
}

/** `finish` comes at the end of the events it comes with. */
function hasFinished(events: EventBatch): boolean {
  for (let at = events.length - 1; at >= 0; at--) {
    const { type } = events[at]!
    if (type === 'finish') return true
    if (type !== 'usage') return false
  }
  return false
}

function broken(cause: unknown, requestId: string | undefined): GatewayError {
  return new GatewayError('upstream_stream_error', 'The answer was damaged on its way from Bedrock', {
    cause,
    ...(requestId === undefined ? {} : { upstreamRequestId: requestId })
  })
}

/** Kinds that say something to a caller who has half an answer already; every other failure is that of a broken stream. */
const SAID_MID_STREAM: ReadonlySet<ErrorKind> = new Set([
  'client_closed',
  'rate_limited',
  'unavailable',
  'upstream_timeout',
  'draining'
])

function midStream(error: GatewayError): GatewayError {
  if (SAID_MID_STREAM.has(error.kind) || error.kind === 'upstream_stream_error') return error
  return new GatewayError('upstream_stream_error', 'The answer broke off: Bedrock failed while it was writing', {
    cause: error,
    ...(error.upstreamRequestId === undefined ? {} : { upstreamRequestId: error.upstreamRequestId })
  })
}

async function readTail(body: HttpBody): Promise<void> {
  const timer = setTimeout(() => body.leave(), TAIL_MS)
  try {
    do await body.wait()
    while (body.take() !== undefined)
  } catch {
    // The answer is complete; how its connection ends is nobody's concern.
  } finally {
    clearTimeout(timer)
  }
}
