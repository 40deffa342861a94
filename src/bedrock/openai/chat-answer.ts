import type { EventBatch, ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json, type JsonObject, member, objects } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import type { AnswerDecoder } from '../codec/chat-codec.ts'
import { createEventDecoder, type EventDecoder } from '../converse/decode-events.ts'
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

/**
 * Reads the chunks of a Chat Completions stream as what ConverseStream would have said, and gives that to Converse's decoder. Its blocks
 * have no numbers and no ends of their own: another kind of content, or another call, ends the one before.
 */
export class ChatAnswer implements AnswerDecoder {
  isOver = false
  private readonly events: EventDecoder
  private readonly model: string
  private started = false
  private open: { readonly kind: string; readonly index: number } | undefined
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
    if (typeof reason === 'string') this.stopReason = this.refused ? 'refusal' : (STOP_REASON[reason] ?? reason)
    if (isJsonObject(chunk.usage)) this.finish(chunk.usage, chunk.service_tier)
  }

  /** The last word of the model, and the counts where they came with it or behind it. */
  finish(usage?: JsonObject, tier?: Json): void {
    if (this.stopReason === undefined) return
    this.close()
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
    const kind = `call ${at}`
    if (this.open?.kind !== kind) {
      const start = { toolUse: { toolUseId: textOf(id), name: textOf(member(called, 'name')) } }
      this.say('contentBlockStart', { contentBlockIndex: this.begin(kind), start })
    }
    const input = textOf(member(called, 'arguments'))
    if (input !== '') this.write(kind, { toolUse: { input } })
  }

  private write(kind: string, delta: JsonObject): void {
    const contentBlockIndex = this.open?.kind === kind ? this.open.index : this.begin(kind)
    this.say('contentBlockDelta', { contentBlockIndex, delta })
  }

  private begin(kind: string): number {
    this.close()
    const index = this.blocks++
    this.open = { kind, index }
    return index
  }

  private close(): void {
    if (this.open !== undefined) this.say('contentBlockStop', { contentBlockIndex: this.open.index })
    this.open = undefined
  }
}

/** Reads a whole chat completion as the events its stream would have given. Throws GatewayError where the body is none. */
export function decodeChat(body: unknown, context: AnswerContext, model: string): EventBatch {
  const choice = isJsonObject(body) ? objects(body.choices)[0] : undefined
  if (!isJsonObject(body) || !isJsonObject(choice?.message))
    throw new GatewayError('upstream_error', 'Bedrock answered without a message; try again')
  const answer = new ChatAnswer(context, model)
  const events: ModelEvent[] = []
  answer.take(body, events)
  if (!isJsonObject(body.usage)) answer.finish()
  answer.end()
  return events
}
