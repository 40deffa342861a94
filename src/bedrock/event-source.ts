import type { EventBatch, ModelEvent } from '../core/event.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { type ErrorKind, GatewayError } from '../errors.ts'
import { awsError } from './aws-error.ts'
import type { EventDecoder } from './converse/decode-events.ts'
import { createQuickReader, quickPayload } from './converse/quick-delta.ts'
import { createFrameReader, type Frame, payloadOf } from './event-stream.ts'
import type { HttpBody } from './http-body.ts'
import { networkError } from './network-error.ts'

/** What an event source reads from. */
export interface EventInput {
  readonly body: HttpBody
  readonly decoder: EventDecoder
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
export async function openEvents(input: EventInput): Promise<AsyncIterable<EventBatch>> {
  const { body } = input
  const decode = createBatchDecoder(input)
  let failure: GatewayError | undefined
  let over = false
  let complete = false

  /** The next events, or undefined at the end. Gives events before the failure that follows them in the same read. */
  async function read(): Promise<ModelEvent[] | undefined> {
    if (failure !== undefined) throw failure
    while (!over) {
      const events: ModelEvent[] = []
      try {
        await body.wait()
        over = decode(body.take(), events)
      } catch (thrown) {
        failure = networkError(thrown)
        over = true
        body.leave()
      }
      const last = events.at(-1)
      if (last?.type === 'usage') endQuietly()
      complete ||= events.some((event) => event.type === 'finish')
      // The model's last word has been said; what broke afterwards took at most the token counts with it.
      if (complete && failure?.kind !== 'client_closed') failure = undefined
      if (events.length > 0) return events
      if (failure !== undefined) throw failure
    }
    return undefined
  }

  /** Nothing follows the token counts: the caller need not wait for the end of the bytes. */
  function endQuietly(): void {
    over = true
    void readTail(body)
  }

  const head = await read()
  if (failure !== undefined && head?.every((event) => event.type === 'start')) throw failure
  let first = head

  const iterator: AsyncIterator<EventBatch, undefined> = {
    async next() {
      try {
        const events = first ?? (await read())
        first = undefined
        return events === undefined ? { done: true, value: undefined } : { done: false, value: events }
      } catch (error) {
        throw midStream(networkError(error))
      }
    },
    async return() {
      if (!over) body.leave()
      over = true
      first = undefined
      return { done: true, value: undefined }
    }
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** Appends the events in these bytes to `events`; `undefined` is the end of the bytes. Tells whether the stream is over. */
function createBatchDecoder({ decoder, model, requestId }: EventInput) {
  const reader = createFrameReader()
  const readQuick = createQuickReader()
  let into: ModelEvent[] = []

  function take(frame: Frame): void {
    if (frame.messageType !== 'event') throw frameError(frame, model, requestId)
    const quick = frame.name === 'contentBlockDelta' ? readQuick(frame.chunk, frame.start, frame.end) : undefined
    const next = quick === undefined ? undefined : decoder.quick(quick)
    if (next !== undefined) {
      into.push(next)
      return
    }
    const payload = quick === undefined ? parsePayload(frame) : quickPayload(quick)
    for (const event of decoder.frame(frame.name, payload)) into.push(event)
  }

  return (pieces: readonly Uint8Array[] | undefined, events: ModelEvent[]): boolean => {
    into = events
    try {
      if (pieces === undefined) {
        reader.end()
        decoder.end()
        return true
      }
      reader.push(pieces, take)
      return false
    } catch (error) {
      if (error instanceof GatewayError) throw error
      throw broken(error, requestId)
    }
  }
}

function parsePayload(frame: Frame): JsonObject {
  const payload: unknown = JSON.parse(payloadOf(frame).toString('utf8'))
  if (!isJsonObject(payload)) throw new TypeError(`the payload of a ${frame.name} event is no object`)
  return payload
}

function broken(cause: unknown, requestId: string | undefined): GatewayError {
  return new GatewayError('upstream_stream_error', 'The answer was damaged on its way from Bedrock', {
    cause,
    ...(requestId === undefined ? {} : { upstreamRequestId: requestId })
  })
}

function frameError(frame: Frame, model: string, requestId: string | undefined): GatewayError {
  const message = frame.errorMessage ?? sentenceOf(payloadOf(frame))
  return awsError({
    status: 500,
    type: frame.name,
    model,
    ...(message === undefined ? {} : { message }),
    ...(requestId === undefined ? {} : { requestId })
  })
}

function sentenceOf(payload: Buffer): string | undefined {
  try {
    const body: unknown = JSON.parse(payload.toString('utf8'))
    return isJsonObject(body) && typeof body.message === 'string' ? body.message : undefined
  } catch {
    return undefined
  }
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
