import type { ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json, type JsonObject, member, objects } from '../../core/json.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import type { AnswerDecoder } from '../codec/chat-codec.ts'
import { createEventDecoder, type EventDecoder } from '../converse/decode-events.ts'
import { count } from '../converse/usage.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'
import { openaiError } from './openai-error.ts'
import { textOf } from './openai-wire.ts'

/**
 * Reads the events of a Responses stream as what ConverseStream would have said, and gives that to Converse's decoder: one reader of
 * answers, with one set of laws. A class, because a gateway holds one for each open answer.
 */
export class ResponsesAnswer implements AnswerDecoder {
  private readonly events: EventDecoder
  private readonly model: string
  /** Converse's number of each part of the answer, by its place in the response. */
  private readonly numbers = new Map<string, number>()
  /** Parts that have begun and not ended. */
  private readonly open = new Set<number>()
  /** Parts of which something came. */
  private readonly begun = new Set<number>()
  private started = false
  private refused = false
  private calls = 0
  /** What messages are in the turn, by their places in the response, where the model tells. */
  private phases: Map<Json | undefined, string> | undefined
  private into: ModelEvent[] = []

  constructor(context: AnswerContext, model: string) {
    this.events = createEventDecoder(context)
    this.model = model
  }

  read(frame: Frame, into: ModelEvent[]): void {
    const event: unknown = JSON.parse(payloadOf(frame).toString('utf8'))
    if (!isJsonObject(event)) throw new TypeError(`the payload of a ${frame.name} event is no object`)
    this.take(event, into)
  }

  end(): void {
    this.events.end()
  }

  /** Takes one event. Kinds nobody knows are passed over. Throws GatewayError for `error` and `response.failed`. */
  take(event: JsonObject, into: ModelEvent[]): void {
    this.into = into
    switch (event.type) {
      case 'response.created':
      case 'response.in_progress':
        return this.start()
      case 'response.output_item.added':
        return this.openItem(event)
      case 'response.output_text.delta':
        return this.delta(this.part(event), { text: textOf(event.delta) }, this.phases?.get(event.output_index))
      case 'response.refusal.delta':
        this.refused = true
        return this.delta(this.part(event), { text: textOf(event.delta) })
      case 'response.output_text.annotation.added':
        return this.citation(event)
      case 'response.content_part.done':
        return this.stop(this.part(event))
      case 'response.reasoning_summary_part.added':
        return this.separate(event)
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.delta(this.number(event, 'thought'), { reasoningContent: { text: textOf(event.delta) } })
      case 'response.function_call_arguments.delta':
        return this.delta(this.number(event, 'call'), { toolUse: { input: textOf(event.delta) } })
      case 'response.output_item.done':
        return this.closeItem(event)
      case 'response.completed':
      case 'response.incomplete':
        return this.finish(event.response)
      case 'response.failed':
        throw openaiError(member(event.response, 'error'), this.model)
      case 'error':
        // Flat in OpenAI's schema, nested where servers follow its other surface.
        throw openaiError(isJsonObject(event.error) ? event.error : event, this.model)
      default:
        return
    }
  }

  private say(eventType: string, payload: JsonObject, phase?: string): void {
    for (const one of this.events.frame(eventType, payload))
      this.into.push(phase === undefined || one.type !== 'text' ? one : { ...one, phase })
  }

  private start(): void {
    if (this.started) return
    this.started = true
    this.say('messageStart', {})
  }

  /** The number of a part, which begins when it is first heard of: parts that are written in turn keep their order. */
  private number(event: JsonObject, kind: string, start: JsonObject = {}): number {
    const key = `${event.output_index} ${kind}`
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    const made = this.numbers.size
    this.numbers.set(key, made)
    this.open.add(made)
    this.say('contentBlockStart', { contentBlockIndex: made, start })
    return made
  }

  private part(event: JsonObject): number {
    return this.number(event, `part ${event.content_index}`)
  }

  private delta(contentBlockIndex: number, delta: JsonObject, phase?: string): void {
    this.begun.add(contentBlockIndex)
    this.say('contentBlockDelta', { contentBlockIndex, delta }, phase)
  }

  private stop(contentBlockIndex: number): void {
    if (this.open.delete(contentBlockIndex)) this.say('contentBlockStop', { contentBlockIndex })
  }

  private openItem(event: JsonObject): void {
    const { type, call_id, name, phase } = isJsonObject(event.item) ? event.item : {}
    if (type === 'message' && typeof phase === 'string') {
      this.phases ??= new Map()
      this.phases.set(event.output_index, phase)
    }
    if (type === 'message') this.part({ ...event, content_index: 0 })
    if (type === 'reasoning') this.number(event, 'thought')
    if (type !== 'function_call') return
    this.number(event, 'call', { toolUse: { toolUseId: call_id ?? '', name: name ?? '' } })
    this.calls++
  }

  private closeItem(event: JsonObject): void {
    const item = isJsonObject(event.item) ? event.item : {}
    if (item.type === 'function_call') {
      const at = this.number(event, 'call')
      if (!this.begun.has(at)) this.delta(at, { toolUse: { input: textOf(item.arguments) } })
      this.stop(at)
    } else if (item.type === 'reasoning') {
      this.stop(this.number(event, 'thought'))
      const sealed = textOf(item.encrypted_content)
      if (sealed === '') return
      const at = this.number(event, 'sealed')
      this.delta(at, { reasoningContent: { redactedContent: sealed } })
      this.stop(at)
    } else if (item.type === 'message') {
      const parts = Math.max(1, objects(item.content).length)
      for (let content_index = 0; content_index < parts; content_index++) this.stop(this.part({ ...event, content_index }))
    }
  }

  /** Parts of a summary are paragraphs of one thought. */
  private separate(event: JsonObject): void {
    const at = this.number(event, 'thought')
    if (this.begun.has(at)) this.delta(at, { reasoningContent: { text: '\n\n' } })
  }

  private citation(event: JsonObject): void {
    const { type, url, title } = isJsonObject(event.annotation) ? event.annotation : {}
    if (type !== 'url_citation' || typeof url !== 'string') return
    const about = typeof title === 'string' && title !== '' ? { title } : {}
    this.delta(this.part(event), { citation: { ...about, location: { web: { url } } } })
  }

  private finish(response: Json | undefined): void {
    const usage = member(response, 'usage')
    const details = member(usage, 'output_tokens_details')
    this.say('messageStop', {
      stopReason: this.stopReason(response),
      ...(details === undefined ? {} : { additionalModelResponseFields: { usage: { output_tokens_details: details } } })
    })
    const tier = member(response, 'service_tier')
    this.say('metadata', { usage: wireUsage(usage), ...(typeof tier === 'string' ? { serviceTier: { type: tier } } : {}) })
  }

  private stopReason(response: Json | undefined): string {
    const reason = member(member(response, 'incomplete_details'), 'reason')
    if (typeof reason === 'string' || member(response, 'status') === 'incomplete')
      return INCOMPLETE[String(reason)] ?? 'max_tokens'
    if (this.refused) return 'refusal'
    return this.calls > 0 ? 'tool_use' : 'end_turn'
  }
}

/** An answer that is cut for another reason, or for none that is told, is cut all the same. */
const INCOMPLETE: Readonly<Record<string, string>> = { max_output_tokens: 'max_tokens', content_filter: 'content_filtered' }

/** Counts of either of OpenAI's surfaces in the form that Converse has them: its input holds what was read from the cache. */
export function wireUsage(usage: Json | undefined): JsonObject {
  const input = count(member(usage, 'input_tokens') ?? member(usage, 'prompt_tokens'))
  const details = member(usage, 'input_tokens_details') ?? member(usage, 'prompt_tokens_details')
  const cached = Math.min(input, count(member(details, 'cached_tokens')))
  const written = Math.min(input - cached, count(member(details, 'cache_write_tokens')))
  return {
    inputTokens: input - cached - written,
    outputTokens: count(member(usage, 'output_tokens') ?? member(usage, 'completion_tokens')),
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: written
  }
}
