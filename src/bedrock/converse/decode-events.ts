import type { FinishDetails, ModelEvent } from '../../core/event.ts'
import { isEmpty, isJsonObject, type Json, type JsonObject, toJson } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { Citation } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import { GatewayError } from '../../errors.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import { beginWriting, type Writing } from '../answer/block-state.ts'
import {
  writeCitation,
  writeHidden,
  writeInput,
  writeMore,
  writeReasoning,
  writeRedacted,
  writeRest,
  writeSignature,
  writeStop,
  writeText,
  writeTool
} from '../answer/event-builder.ts'
import type { QuickDelta } from '../answer/quick-delta.ts'
import { finishReason, isKnownStop, stopSequence } from './stop-reason.ts'
import { decodeUsage, decodeUsageDetails } from './usage.ts'
import { type BlockFrame, createWaitingFrames, type WaitingFrames } from './waiting-frames.ts'
import { createWholeText, type WholeText } from './whole-text.ts'

export { type AnswerContext, PLAIN_ANSWER } from '../answer/answer-context.ts'

/** Turns the events of one ConverseStream answer into ours. */
export interface EventDecoder {
  /** Takes one event by its `:event-type` and parsed payload. Unknown events and members are passed over. */
  frame(eventType: string, payload: JsonObject): readonly ModelEvent[]
  /** Takes a delta that was read the short way; undefined, and nothing is done, where only `frame` knows what to do with it. */
  quick(delta: QuickDelta): ModelEvent | undefined
  /** Called at the clean end of the bytes. Throws when no messageStop was seen: a cut answer never looks complete. */
  end(): void
}

const NOTHING: readonly ModelEvent[] = []
const STARTED: readonly ModelEvent[] = [{ type: 'start' }]

/** Makes the decoder of one answer. */
export function createEventDecoder(context: AnswerContext): EventDecoder {
  return new Decoder(context)
}

/** Where the decoding of one answer stands. A class, because a gateway holds one for each open answer. */
class Decoder implements EventDecoder {
  readonly context: AnswerContext
  readonly writing: Writing
  started = false
  /** The wire's number of the block that has begun and not ended. */
  open: number | undefined
  /** What came of other blocks meanwhile. Made with the first frame of the kind: Bedrock mostly ends a block before the next one. */
  waiting: WaitingFrames | undefined
  finished = false
  metered = false
  /** Made with the first half of a character: hardly any answer has one. */
  halves: WholeText | undefined
  /** A metadata event that came too early. */
  early: JsonObject | undefined
  extra: Json | undefined

  constructor(context: AnswerContext) {
    this.context = context
    this.writing = beginWriting(context)
  }

  frame(eventType: string, payload: JsonObject): readonly ModelEvent[] {
    if (eventType === 'contentBlockDelta' && !this.finished && this.started) return blockEvents(this, eventType, payload)
    return otherEvents(this, eventType, payload)
  }

  quick(delta: QuickDelta): ModelEvent | undefined {
    return this.finished || this.halves?.holds === true ? undefined : writeMore(this.writing, delta)
  }

  end(): void {
    if (this.finished) return
    throw new GatewayError('upstream_stream_error', 'Bedrock ended the stream before the answer was complete; try again')
  }
}

function otherEvents(state: Decoder, eventType: string, payload: JsonObject): readonly ModelEvent[] {
  if (eventType === 'metadata') return metadataEvents(state, payload)
  if (state.finished) return NOTHING
  // Tools of test benches and some proxies leave messageStart out.
  if (!state.started && KNOWN.has(eventType)) {
    state.started = true
    return eventType === 'messageStart' ? STARTED : [...STARTED, ...otherEvents(state, eventType, payload)]
  }
  switch (eventType) {
    case 'contentBlockStart':
    case 'contentBlockDelta':
    case 'contentBlockStop':
      return blockEvents(state, eventType, payload)
    case 'messageStop':
      return stopEvents(state, payload)
    default:
      // An open set of the service's words: a new event must not break an answer.
      return NOTHING
  }
}

const KNOWN = new Set(['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop'])

/** One block at a time: models may write two at once, and a call whose pieces are mixed with another's would be lost (B19). */
function blockEvents(state: Decoder, eventType: BlockFrame, payload: JsonObject): readonly ModelEvent[] {
  if (state.open !== undefined && state.open !== indexOf(payload)) {
    state.waiting ??= createWaitingFrames()
    state.waiting.add(indexOf(payload), { eventType, payload })
    return NOTHING
  }
  const events = frameEvents(state, eventType, payload)
  return state.waiting === undefined || state.open !== undefined ? events : [...events, ...waitingEvents(state, state.waiting)]
}

function frameEvents(state: Decoder, eventType: BlockFrame, payload: JsonObject): readonly ModelEvent[] {
  const index = indexOf(payload)
  state.open = eventType === 'contentBlockStop' ? undefined : index
  switch (eventType) {
    case 'contentBlockStart':
      return [...heldEvents(state), ...startEvents(state, payload)]
    case 'contentBlockDelta':
      return deltaEvents(state, payload)
    case 'contentBlockStop':
      return [...heldEvents(state), ...writeStop(state.writing, index)]
    default:
      return unreachable(eventType)
  }
}

/** The blocks that have waited, in their order, up to one that has not ended. */
function waitingEvents(state: Decoder, waiting: WaitingFrames): readonly ModelEvent[] {
  const events: ModelEvent[] = []
  while (state.open === undefined && waiting.size > 0) {
    for (const { eventType, payload } of waiting.takeFirst())
      for (const event of frameEvents(state, eventType, payload)) events.push(event)
  }
  return events
}

/** All that still waits: the answer is over, and blocks that nobody ended with it. */
function lastEvents(state: Decoder): readonly ModelEvent[] {
  const events = [...heldEvents(state)]
  while (state.waiting !== undefined && state.waiting.size > 0) {
    for (const event of writeStop(state.writing, state.open ?? NO_BLOCK)) events.push(event)
    state.open = undefined
    for (const event of waitingEvents(state, state.waiting)) events.push(event)
  }
  return [...events, ...heldEvents(state), ...writeRest(state.writing)]
}

const NO_BLOCK = -1

function startEvents({ writing, context }: Decoder, payload: JsonObject): readonly ModelEvent[] {
  const index = indexOf(payload)
  const start = isJsonObject(payload.start) ? payload.start : {}
  if (isJsonObject(start.toolUse)) {
    const { name, toolUseId, type } = start.toolUse
    const called = typeof name === 'string' ? name : ''
    const hidden = type === 'server_tool_use' || context.systemTools?.includes(called) === true
    return hidden
      ? writeHidden(writing, index)
      : writeTool(writing, index, typeof toolUseId === 'string' ? toolUseId : '', called)
  }
  // Results of the provider's own tools, pictures: nothing a caller could take. `{}` says nothing of the kind.
  return isEmpty(start) ? NOTHING : writeHidden(writing, index)
}

function deltaEvents(state: Decoder, payload: JsonObject): readonly ModelEvent[] {
  const { writing } = state
  const delta = payload.delta
  if (!isJsonObject(delta)) return NOTHING
  const index = indexOf(payload)
  if (typeof delta.text === 'string') return textEvents(state, writeText, index, delta.text)
  if (isJsonObject(delta.toolUse)) return textEvents(state, writeInput, index, inputText(delta.toolUse.input))
  if (isJsonObject(delta.reasoningContent)) return reasoningEvents(state, index, delta.reasoningContent)
  if (isJsonObject(delta.citation)) return writeCitation(writing, index, decodeCitation(delta.citation))
  return NOTHING
}

type WriteText = (writing: Writing, index: number, text: string) => readonly ModelEvent[]

/** Text whose characters are whole: a character that was cut in two waits for its other half. */
function textEvents(state: Decoder, write: WriteText, index: number, text: string): readonly ModelEvent[] {
  if (state.halves === undefined && text.isWellFormed()) return write(state.writing, index, text)
  state.halves ??= createWholeText(state.writing)
  return state.halves.take(write, index, text)
}

/** A half that stayed alone, as U+FFFD. */
function heldEvents({ halves }: Decoder): readonly ModelEvent[] {
  return halves?.end() ?? NOTHING
}

function reasoningEvents(state: Decoder, index: number, reasoning: JsonObject): readonly ModelEvent[] {
  const { writing } = state
  if (typeof reasoning.text === 'string') return textEvents(state, writeReasoning, index, reasoning.text)
  if (typeof reasoning.signature === 'string') return writeSignature(writing, index, reasoning.signature)
  if (typeof reasoning.redactedContent === 'string') return writeRedacted(writing, index, reasoning.redactedContent)
  return NOTHING
}

function stopEvents(state: Decoder, payload: JsonObject): readonly ModelEvent[] {
  const { stopReason: raw } = payload
  // A whole answer without it is none either.
  if (typeof raw !== 'string' || raw === '')
    throw new GatewayError('upstream_stream_error', 'Bedrock ended the answer without a reason; try again')
  const extra = payload.additionalModelResponseFields
  const closing = lastEvents(state)
  state.finished = true
  state.extra = extra
  const met = stopSequence(extra)
  const details: Mutable<FinishDetails> = { raw }
  if (!isKnownStop(raw)) details.isUnknown = true
  if (met !== undefined) details.stopSequence = met
  if (state.context.keepExtra === true && extra !== undefined && extra !== null) details.extra = extra
  const finish: ModelEvent = { type: 'finish', reason: finishReason(raw, state.writing.calls > 0), details }
  const early = state.early === undefined ? NOTHING : metadataEvents(state, state.early)
  return closing.length + early.length === 0 ? [finish] : [...closing, finish, ...early]
}

function metadataEvents(state: Decoder, payload: JsonObject): readonly ModelEvent[] {
  if (!state.finished) {
    state.early = payload
    return NOTHING
  }
  if (state.metered || !isJsonObject(payload.usage)) return NOTHING
  state.metered = true
  return [
    {
      type: 'usage',
      usage: decodeUsage(payload.usage, state.extra, state.context.inputHoldsCache),
      details: decodeUsageDetails(payload)
    }
  ]
}

function indexOf(payload: JsonObject): number {
  return typeof payload.contentBlockIndex === 'number' ? payload.contentBlockIndex : 0
}

function inputText(input: Json | undefined): string {
  if (typeof input === 'string') return input
  return input === undefined || input === null ? '' : toJson(input)
}

/** Reads a citation of an answer: where it points, and the words it points at. */
function decodeCitation(citation: JsonObject): Citation {
  const { location, title, source } = citation
  const url = isJsonObject(location) && isJsonObject(location.web) ? location.web.url : undefined
  const text = citedText(citation.sourceContent)
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof source === 'string' ? { source } : {}),
    ...(text === '' ? {} : { text }),
    ...(location === undefined || location === null ? {} : { location })
  }
}

function citedText(content: Json | undefined): string {
  if (!Array.isArray(content)) return ''
  return content.map((part: Json) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : '')).join('')
}
