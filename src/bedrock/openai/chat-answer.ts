import type { EventBatch, ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json, type JsonObject, member, objects } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import { createJsonEnd, type JsonEnd } from '../answer/json-end.ts'
import type { AnswerDecoder } from '../codec/chat-codec.ts'
import { createEventDecoder, type EventDecoder } from '../converse/decode-events.ts'
import { explainsSilence } from '../converse/stop-reason.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'
import { openaiError } from './openai-error.ts'
import { textOf } from './openai-wire.ts'
import { wireUsage } from './responses-answer.ts'

const DONE = '[DONE]'

/** OpenAI's reasons for stopping, in Converse's words. */
const STOP_REASON: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  length: 'max_tokens',
  content_filter: 'content_filtered'
}

/** A call that has begun. */
interface OpenCall {
  readonly id: string
  readonly block: number
  /** Where its arguments end: the one sign there is that no more of them come. */
  readonly end: JsonEnd
  isWhole: boolean
  isStopped: boolean
}

/**
 * Reads the chunks of a Chat Completions stream as what ConverseStream would have said, and gives that to Converse's decoder. Its blocks
 * have no ends of their own. Text and reasoning end with whatever else begins. A call ends there too once its arguments are whole JSON:
 * servers may write calls in turn, and what comes of the next one waits until then (hermes-agent#107472).
 */
export class ChatAnswer implements AnswerDecoder {
  isOver = false
  private readonly events: EventDecoder
  private readonly model: string
  private started = false
  /** The block of text or of reasoning that is being written. */
  private open: { readonly kind: 'thought' | 'text'; readonly block: number } | undefined
  /** Calls by their place in the list; made with the first one. */
  private calls: Map<number, OpenCall> | undefined
  private blocks = 0
  private refused = false
  private stopReason: string | undefined
  private into: ModelEvent[] = []

  constructor(context: AnswerContext, model: string) {
    this.events = createEventDecoder(context)
    this.model = model
  }

  read(frame: Frame, into: ModelEvent[]): void {
    const text = payloadOf(frame).toString('utf8')
    if (text === DONE) {
      this.into = into
      this.finish()
      this.events.end()
      this.isOver = true
      return
    }
    const chunk: unknown = JSON.parse(text)
    if (!isJsonObject(chunk)) throw new TypeError('a chunk is no object')
    this.take(chunk, into)
  }

  end(): void {
    this.events.end()
  }

  /** Takes one chunk, or a whole answer whose message is its delta. Throws GatewayError for an `error`. */
  take(chunk: JsonObject, into: ModelEvent[]): void {
    this.into = into
    if (isJsonObject(chunk.error)) throw openaiError(chunk.error, this.model)
    if (!this.started) {
      this.started = true
      this.say('messageStart', {})
    }
    const choice = objects(chunk.choices).find(({ index }) => index === 0 || index === undefined)
    const delta = choice?.delta ?? choice?.message
    if (isJsonObject(delta)) this.delta(delta)
    const reason = choice?.finish_reason
    if (typeof reason === 'string') this.stopReason = this.refused ? 'refusal' : stopReasonOf(reason)
    if (isJsonObject(chunk.usage)) this.finish(chunk.usage, chunk.service_tier)
  }

  /** The last word of the model, and the counts where they came with it or behind it. */
  finish(usage?: JsonObject, tier?: Json): void {
    if (this.stopReason === undefined) return
    this.close()
    for (const call of this.calls?.values() ?? []) this.stop(call)
    const details = member(usage, 'completion_tokens_details')
    this.say('messageStop', {
      stopReason: this.stopReason,
      ...(details === undefined ? {} : { additionalModelResponseFields: { usage: { output_tokens_details: details } } })
    })
    if (usage === undefined) return
    this.say('metadata', { usage: wireUsage(usage), ...(typeof tier === 'string' ? { serviceTier: { type: tier } } : {}) })
  }

  private say(eventType: string, payload: JsonObject): void {
    for (const one of this.events.frame(eventType, payload)) this.into.push(one)
  }

  private delta({ content, refusal, reasoning, reasoning_content, tool_calls }: JsonObject): void {
    const thought = textOf(reasoning_content) || textOf(reasoning)
    if (thought !== '') this.write('thought', { reasoningContent: { text: thought } })
    if (textOf(content) !== '') this.write('text', { text: textOf(content) })
    if (textOf(refusal) !== '') {
      this.refused = true
      this.write('text', { text: textOf(refusal) })
    }
    objects(tool_calls).forEach((call, at) => void this.call(call, typeof call.index === 'number' ? call.index : at))
  }

  private call({ id, function: called }: JsonObject, at: number): void {
    const known = this.calls?.get(at)
    const isKnown = known !== undefined && (textOf(id) === '' || known.id === textOf(id))
    const call = isKnown ? known : this.beginCall(textOf(id), textOf(member(called, 'name')), at)
    const input = textOf(member(called, 'arguments'))
    // What is written behind whole arguments is white space, or makes them none: then there is no call to take it.
    if (input === '' || (call.isStopped && input.trim() === '')) return
    call.isWhole ||= call.end.find(input) >= 0
    this.say('contentBlockDelta', { contentBlockIndex: call.block, delta: { toolUse: { input } } })
  }

  /** Some servers number all calls alike: one of another id is another call. */
  private beginCall(id: string, name: string, at: number): OpenCall {
    const before = this.calls?.get(at)
    if (before !== undefined) this.stop(before)
    const call = { id, block: this.begin(), end: createJsonEnd(), isWhole: false, isStopped: false }
    this.calls ??= new Map()
    this.calls.set(at, call)
    this.say('contentBlockStart', { contentBlockIndex: call.block, start: { toolUse: { toolUseId: id, name } } })
    return call
  }

  private write(kind: 'thought' | 'text', delta: JsonObject): void {
    if (this.open?.kind !== kind) this.open = { block: this.begin(), kind }
    this.say('contentBlockDelta', { contentBlockIndex: this.open.block, delta })
  }

  /** Ends what is over, and numbers the next block. */
  private begin(): number {
    this.close()
    for (const call of this.calls?.values() ?? []) if (call.isWhole) this.stop(call)
    return this.blocks++
  }

  private close(): void {
    if (this.open !== undefined) this.say('contentBlockStop', { contentBlockIndex: this.open.block })
    this.open = undefined
  }

  private stop(call: OpenCall): void {
    if (!call.isStopped) this.say('contentBlockStop', { contentBlockIndex: call.block })
    call.isStopped = true
  }
}

function stopReasonOf(reason: string): string {
  return STOP_REASON[reason] ?? reason
}

/** Reads a whole chat completion as the events its stream would have given. Throws GatewayError where the body is none. */
export function decodeChat(body: unknown, context: AnswerContext, model: string): EventBatch {
  const choice = isJsonObject(body) ? objects(body.choices)[0] : undefined
  if (!isJsonObject(body) || choice === undefined || !isTold(choice))
    throw new GatewayError('upstream_error', 'Bedrock answered without a message; try again')
  const answer = new ChatAnswer(context, model)
  const events: ModelEvent[] = []
  answer.take(body, events)
  if (!isJsonObject(body.usage)) answer.finish()
  answer.end()
  return events
}

/** There is a message, or the reason for stopping tells why there is none (B47). */
function isTold({ message, finish_reason }: JsonObject): boolean {
  if (message !== undefined && message !== null) return isJsonObject(message)
  return typeof finish_reason === 'string' && explainsSilence(stopReasonOf(finish_reason))
}
