import {
  type Attributes,
  type Context,
  type Counter,
  type Histogram,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace
} from '@opentelemetry/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { costUsd } from './cost-usd.ts'
import type { OtelSdk } from './otel-sdk.ts'

/** Tells the SDK of requests that are over: spans where traces are wanted, and the histograms of the conventions. */
export function createSignals({
  tracer,
  meter,
  parentOf
}: OtelSdk): (request: FastifyRequest, reply: FastifyReply, status: number) => void {
  const instruments = createInstruments(meter)
  return (request, reply, status) => {
    const done = describe(request, reply, status)
    if (tracer !== undefined) writeSpans(tracer, parentOf(request.headers), done)
    measure(instruments, done)
  }
}

/** A request that is over. Times are milliseconds since the epoch. */
interface Done {
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  readonly http: Attributes
  readonly error: string | undefined
  /** Absent when no model was called. */
  readonly call: ModelCall | undefined
}

interface ModelCall {
  readonly operation: string
  readonly model: string
  readonly startedAt: number
  readonly firstEventAt: number | undefined
  readonly attributes: Attributes
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly stream: boolean
  readonly costUsd: number | null | undefined
  readonly key: string | undefined
  readonly error: string | undefined
}

function describe(request: FastifyRequest, reply: FastifyReply, status: number): Done {
  const { record } = request
  const route = request.routeOptions.url
  const endedAt = performance.timeOrigin + performance.now()
  // By the conventions a 4xx is the caller's fault, and no failure of the server.
  const error = status >= 400 && status < 500 ? undefined : (record.error ?? (status >= 500 ? String(status) : undefined))
  return {
    name: route === undefined ? request.method : `${request.method} ${route}`,
    startedAt: endedAt - reply.elapsedTime,
    endedAt,
    http: {
      'http.request.method': request.method,
      'http.response.status_code': status,
      ...(route === undefined ? {} : { 'http.route': route }),
      ...(error === undefined ? {} : { 'error.type': error })
    },
    error,
    call: describeCall(request)
  }
}

function describeCall({ record, routeOptions }: FastifyRequest): ModelCall | undefined {
  const { upstreamStartedAt, firstEventAt, model, asked } = record
  if (upstreamStartedAt === undefined) return undefined
  const operation = operationOf(routeOptions.url ?? '')
  const called = model ?? asked ?? ''
  return {
    operation,
    model: called,
    startedAt: performance.timeOrigin + upstreamStartedAt,
    firstEventAt: firstEventAt === undefined ? undefined : performance.timeOrigin + firstEventAt,
    inputTokens: record.promptTokens,
    outputTokens: record.completionTokens,
    stream: record.stream ?? false,
    costUsd: costUsd(record),
    key: record.key,
    error: record.error,
    attributes: withoutAbsent({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': asked,
      'gen_ai.response.model': model,
      'gen_ai.usage.input_tokens': record.promptTokens,
      'gen_ai.usage.output_tokens': record.completionTokens,
      'gen_ai.response.finish_reasons': record.finish === undefined ? undefined : [record.finish],
      'cloud.region': record.region,
      'aws.request_id': record.upstreamRequestId,
      'adit.key': record.key,
      'adit.attempts': record.attempts,
      'adit.cost_usd': costUsd(record) ?? undefined,
      'adit.cost_estimated': record.isCostEstimate,
      'adit.unpriced': record.unpriced,
      'error.type': record.error
    })
  }
}

function operationOf(route: string): string {
  if (route.endsWith('/embeddings')) return 'embeddings'
  return route.endsWith('/chat/completions') ? 'chat' : 'text_completion'
}

function withoutAbsent(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}

function writeSpans(tracer: Tracer, parent: Context, done: Done): void {
  const { call } = done
  const server = tracer.startSpan(done.name, { kind: SpanKind.SERVER, startTime: done.startedAt, attributes: done.http }, parent)
  if (call !== undefined) {
    const below = trace.setSpan(parent, server)
    const options = { kind: SpanKind.CLIENT, startTime: call.startedAt, attributes: call.attributes }
    const client = tracer.startSpan(`${call.operation} ${call.model}`, options, below)
    if (call.firstEventAt !== undefined) client.addEvent('first_event', undefined, call.firstEventAt)
    end(client, call.error, done.endedAt)
  }
  end(server, done.error, done.endedAt)
}

function end(span: Span, error: string | undefined, endedAt: number): void {
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
  span.end(endedAt)
}

interface Instruments {
  readonly request: Histogram
  readonly operation: Histogram
  readonly tokens: Histogram
  readonly firstToken: Histogram
  readonly perToken: Histogram
  readonly cost: Counter
}

function measure(instruments: Instruments, { http, startedAt, endedAt, call }: Done): void {
  instruments.request.record((endedAt - startedAt) / 1000, http)
  if (call === undefined) return
  const { attributes, inputTokens, outputTokens } = call
  const labels = Object.fromEntries(LABELS.map((name) => [name, attributes[name]]).filter(([, value]) => value !== undefined))
  instruments.operation.record((endedAt - call.startedAt) / 1000, labels)
  if (inputTokens !== undefined) instruments.tokens.record(inputTokens, { ...labels, 'gen_ai.token.type': 'input' })
  if (outputTokens !== undefined) instruments.tokens.record(outputTokens, { ...labels, 'gen_ai.token.type': 'output' })
  if (call.costUsd) instruments.cost.add(call.costUsd, { ...labels, ...(call.key === undefined ? {} : { 'adit.key': call.key }) })
  if (call.firstEventAt === undefined || !call.stream) return
  instruments.firstToken.record((call.firstEventAt - call.startedAt) / 1000, labels)
  if (outputTokens) instruments.perToken.record((endedAt - call.firstEventAt) / 1000 / outputTokens, labels)
}

/** Attributes of a call that a histogram is split by: few values each. */
const LABELS = [
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'error.type'
] as const

/** Boundaries that the conventions name, seconds and tokens. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const FIRST_TOKEN_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const TOKEN_SECONDS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5]
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864]

function createInstruments(meter: Meter): Instruments {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } })
  return {
    request: histogram('http.server.request.duration', 's', 'Duration of HTTP server requests', REQUEST_SECONDS),
    operation: histogram('gen_ai.client.operation.duration', 's', 'Duration of calls to models', SECONDS),
    tokens: histogram('gen_ai.client.token.usage', '{token}', 'Tokens in and out', TOKENS),
    firstToken: histogram(
      'gen_ai.server.time_to_first_token',
      's',
      'Time to the first event of a streamed answer',
      FIRST_TOKEN_SECONDS
    ),
    perToken: histogram('gen_ai.server.time_per_output_token', 's', 'Time per token after the first event', TOKEN_SECONDS),
    cost: meter.createCounter('adit.cost', { unit: '{USD}', description: 'Cost of answers, as far as prices are known' })
  }
}
