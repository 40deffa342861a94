import type { ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { QuickDelta } from '../answer/quick-delta.ts'
import { createEventDecoder, type EventDecoder } from '../converse/decode-events.ts'
import type { EncodedConverse } from '../converse/encode-request.ts'
import { decodeUsage } from '../converse/usage.ts'
import { nativeError } from './native-error.ts'
import { type Take, takeBlockStart, wireDelta } from './native-frames.ts'
import { wireUsage } from './native-usage.ts'
import { pickPaths } from './pick-paths.ts'

/**
 * Reads the events of Claude's own stream as what ConverseStream would have said, and gives that to Converse's decoder: one reader of
 * answers, with one set of laws. A class, because a gateway holds one for each open answer.
 */
export class NativeAnswer {
  private readonly events: EventDecoder
  private readonly paths: readonly string[]
  private first: JsonObject | undefined
  private last: JsonObject | undefined

  constructor({ context, body }: EncodedConverse) {
    this.events = createEventDecoder(context)
    const asked = body.additionalModelResponseFieldPaths
    this.paths = Array.isArray(asked) ? asked.filter((path: Json) => typeof path === 'string') : []
  }

  quick(delta: QuickDelta): ModelEvent | undefined {
    return this.events.quick(delta)
  }

  /** Takes one event. Kinds nobody knows are passed over, as is `ping`. Throws GatewayError for an `error`. */
  take(event: JsonObject, into: ModelEvent[]): void {
    const take: Take = (eventType, payload) => {
      for (const one of this.events.frame(eventType, payload)) into.push(one)
    }
    const contentBlockIndex = typeof event.index === 'number' ? event.index : 0
    switch (event.type) {
      case 'message_start':
        this.first = isJsonObject(event.message) ? event.message : {}
        return this.takeStart(into)
      case 'content_block_start':
        return takeBlockStart(contentBlockIndex, isJsonObject(event.content_block) ? event.content_block : {}, take)
      case 'content_block_delta': {
        const delta = isJsonObject(event.delta) ? wireDelta(event.delta) : undefined
        return delta === undefined ? undefined : take('contentBlockDelta', { contentBlockIndex, delta })
      }
      case 'content_block_stop':
        return take('contentBlockStop', { contentBlockIndex })
      case 'message_delta':
        this.last = event
        return
      case 'message_stop':
        return this.takeStop(event, take)
      case 'error':
        throw nativeError(event.error)
      default:
        return
    }
  }

  end(): void {
    this.events.end()
  }

  /** Its first event knows the prompt's tokens already, as only few of Bedrock's do. */
  private takeStart(into: ModelEvent[]): void {
    const usage = this.first?.usage
    for (const event of this.events.frame('messageStart', {})) {
      const isTold = event.type === 'start' && isJsonObject(usage)
      into.push(isTold ? { ...event, usage: decodeUsage(wireUsage(usage, undefined), undefined) } : event)
    }
  }

  private takeStop(stop: JsonObject, take: Take): void {
    const said = this.last ?? {}
    const { stop_reason, stop_sequence } = isJsonObject(said.delta) ? said.delta : {}
    const usage = wireUsage(this.first?.usage, said.usage)
    const isBlocked = stop['amazon-bedrock-guardrailAction'] === 'INTERVENED'
    const extra = {
      ...pickPaths(said, this.paths),
      ...(typeof stop_sequence === 'string' ? { stop_sequence } : {}),
      ...thinkingTokens(said.usage)
    }
    take('messageStop', {
      stopReason: isBlocked ? 'guardrail_intervened' : (stop_reason ?? ''),
      ...(Object.keys(extra).length === 0 ? {} : { additionalModelResponseFields: extra })
    })
    take('metadata', { usage, ...measured(stop) })
  }
}

function thinkingTokens(usage: Json | undefined): JsonObject {
  const details = isJsonObject(usage) ? usage.output_tokens_details : undefined
  return isJsonObject(details) ? { usage: { output_tokens_details: details } } : {}
}

/** What Bedrock adds to the last event beside the model's own words. */
function measured(stop: JsonObject): JsonObject {
  const metrics = stop['amazon-bedrock-invocationMetrics']
  const latencyMs = isJsonObject(metrics) ? metrics.invocationLatency : undefined
  const trace = stop['amazon-bedrock-trace']
  return { ...(latencyMs === undefined ? {} : { metrics: { latencyMs } }), ...(trace === undefined ? {} : { trace }) }
}
