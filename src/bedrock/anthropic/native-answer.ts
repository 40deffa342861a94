import type { EventBatch, ModelEvent } from '../../core/event.ts'
import { isJsonObject, type Json, type JsonObject, mergeDeep } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { QuickDelta } from '../answer/quick-delta.ts'
import { createEventDecoder, type EventDecoder } from '../converse/decode-events.ts'
import type { EncodedConverse } from '../converse/encode-request.ts'
import { nested } from '../converse/nested.ts'
import { explainsSilence } from '../converse/stop-reason.ts'
import { count, decodeUsage } from '../converse/usage.ts'
import { awsError } from '../transport/aws-error.ts'
import { type Take, takeBlockStart, wireDelta } from './native-frames.ts'

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
    const extra = {
      ...pickPaths(said, this.paths),
      ...(typeof stop_sequence === 'string' ? { stop_sequence } : {}),
      ...thinkingTokens(said.usage)
    }
    take('messageStop', {
      stopReason: isBlocked(stop) ? 'guardrail_intervened' : (stop_reason ?? ''),
      ...(Object.keys(extra).length === 0 ? {} : { additionalModelResponseFields: extra })
    })
    take('metadata', { usage, ...measured(stop) })
  }
}

/** A guardrail stepped in; Claude's own reason for stopping does not tell. */
function isBlocked(stop: JsonObject): boolean {
  return stop['amazon-bedrock-guardrailAction'] === 'INTERVENED'
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

/** The members of an object that JSON pointers name, where they stood. Those that are not there are left out. */
function pickPaths(from: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce<JsonObject>((picked, path) => {
    const names = path.split('/').slice(1)
    const value = names.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), from)
    return value === undefined || value === null ? picked : mergeDeep(picked, nested(names.join('.'), value))
  }, {})
}

/** Anthropic's words for what went wrong inside an answer, as the exceptions of Bedrock that say the same. */
const EXCEPTION: Readonly<Record<string, string>> = {
  overloaded_error: 'ServiceUnavailableException',
  rate_limit_error: 'ThrottlingException',
  timeout_error: 'ModelTimeoutException',
  invalid_request_error: 'ValidationException',
  api_error: 'InternalServerException'
}

/** The `error` of an event inside the stream; a type nobody knows is a failure of the model's side. */
function nativeError(error: Json | undefined): GatewayError {
  const { type, message } = isJsonObject(error) ? error : {}
  const known = typeof type === 'string' && Object.hasOwn(EXCEPTION, type) ? EXCEPTION[type] : undefined
  return awsError({
    status: 500,
    type: known ?? 'ModelStreamErrorException',
    model: 'Claude',
    ...(typeof message === 'string' ? { message } : {})
  })
}

/**
 * Claude's token counts in the form that Converse has them. The counts of a stream's end go over those of its start, whose prompt they
 * may leave out; `null` says nothing.
 */
function wireUsage(first: Json | undefined, last: Json | undefined): JsonObject {
  const counts = { ...told(first), ...told(last) }
  const hour = isJsonObject(counts.cache_creation) ? count(counts.cache_creation.ephemeral_1h_input_tokens) : 0
  return {
    inputTokens: count(counts.input_tokens),
    outputTokens: count(counts.output_tokens),
    cacheReadInputTokens: count(counts.cache_read_input_tokens),
    cacheWriteInputTokens: count(counts.cache_creation_input_tokens),
    ...(hour > 0 ? { cacheDetails: [{ ttl: '1h', inputTokens: hour }] } : {})
  }
}

function told(usage: Json | undefined): JsonObject {
  return isJsonObject(usage) ? Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)) : {}
}

/** Reads a whole message of Claude's as the events its stream would have given. Throws GatewayError where the body is none. */
export function decodeMessage(body: unknown, plan: EncodedConverse): EventBatch {
  const content = isJsonObject(body) ? contentOf(body) : undefined
  if (content === undefined) throw new GatewayError('upstream_error', 'Bedrock answered without a message; try again')
  const { content: _content, usage, type: _type, ...rest } = body as JsonObject
  const answer = new NativeAnswer(plan)
  const events: ModelEvent[] = []
  answer.take({ type: 'message_start', message: {} }, events)
  content.forEach((content_block: Json, index: number) => {
    if (!isJsonObject(content_block)) return
    answer.take({ type: 'content_block_start', index, content_block }, events)
    answer.take({ type: 'content_block_stop', index }, events)
  })
  const { stop_reason = '', stop_sequence } = rest
  const delta = { stop_reason, ...(stop_sequence === undefined ? {} : { stop_sequence }) }
  answer.take({ ...rest, type: 'message_delta', delta, ...(usage === undefined ? {} : { usage }) }, events)
  answer.take({ ...rest, type: 'message_stop' }, events)
  return events
}

/** The blocks of a message; undefined: the body is none. Where none stand, the reason for stopping must tell why (B47). */
function contentOf(body: JsonObject): readonly Json[] | undefined {
  const { content, stop_reason } = body
  if (typeof stop_reason !== 'string') return undefined
  if (Array.isArray(content)) return content
  const isLost = content !== undefined && content !== null
  return isLost || !(isBlocked(body) || explainsSilence(stop_reason)) ? undefined : []
}
