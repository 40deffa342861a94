import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BedrockObserver } from '../bedrock/observer.ts'
import type { RequestRecord } from '../http/request-record.ts'

/** What the process counts. Labels hold the key's name and the model that was called, never what a caller wrote. */
export interface Metrics {
  /** Prometheus' text, and its type. */
  text(): Promise<string>
  readonly contentType: string
  /** For the Bedrock side: upstream errors, retries, breaker states. */
  readonly observer: BedrockObserver
  /** Others may hear of the same. */
  listen(listener: BedrockObserver): void
  /** Counts one finished request. `seconds` is its whole duration. */
  observe(request: FastifyRequest, status: number, seconds: number): void
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320]
const TOKEN_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64]
/** Finished requests are counted so many at a time: one by one, each would find the counters' code cold. */
const COUNT_TOGETHER = 128
const BREAKER_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const

function createCounters(registers: Registry[]) {
  const requests = new Counter({
    name: 'adit_requests_total',
    help: 'Requests by route, model, key and status',
    labelNames: ['route', 'model', 'key', 'status'],
    registers
  })
  const duration = new Histogram({
    name: 'adit_request_duration_seconds',
    help: 'Time from the first byte in to the last byte out',
    labelNames: ['route', 'model', 'stream'],
    buckets: SECONDS,
    registers
  })
  const firstToken = new Histogram({
    name: 'adit_time_to_first_token_seconds',
    help: 'Time from the call to Bedrock to its first event',
    labelNames: ['model'],
    buckets: SECONDS,
    registers
  })
  const perToken = new Histogram({
    name: 'adit_time_per_output_token_seconds',
    help: 'Time per output token after the first event',
    labelNames: ['model'],
    buckets: TOKEN_SECONDS,
    registers
  })
  const tokens = new Counter({
    name: 'adit_tokens_total',
    help: 'Tokens by direction: input, output, cached (part of input)',
    labelNames: ['direction', 'model', 'key'],
    registers
  })
  const upstreamErrors = new Counter({
    name: 'adit_upstream_errors_total',
    help: 'Failed calls to Bedrock by kind',
    labelNames: ['kind', 'model', 'region'],
    registers
  })
  const retries = new Counter({
    name: 'adit_upstream_retries_total',
    help: 'Calls to Bedrock that were made again',
    labelNames: ['model', 'region'],
    registers
  })
  const breaker = new Gauge({
    name: 'adit_breaker_state',
    help: '0 closed, 1 half open, 2 open',
    labelNames: ['model', 'region'],
    registers
  })
  return { requests, duration, firstToken, perToken, tokens, upstreamErrors, retries, breaker }
}

/** Makes the metrics of one process; `inFlight` is read when they are asked for. */
export function createMetrics(inFlight: () => number): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const { requests, duration, firstToken, perToken, tokens, upstreamErrors, retries, breaker } = createCounters([registry])
  new Gauge({
    name: 'adit_in_flight',
    help: 'Requests whose response is not finished',
    registers: [registry],
    collect() {
      this.set(inFlight())
    }
  })

  const labelOf = createModelLabels()
  const listeners: BedrockObserver[] = []
  let finished: Finished[] = []

  function countFinished(): void {
    const together = finished
    finished = []
    for (const each of together) count(each)
  }

  function count({ record, route, status, seconds }: Finished): void {
    const model = record.model === undefined ? 'none' : labelOf(record.model)
    const key = record.key ?? 'none'
    requests.inc({ route, model, key, status })
    duration.observe({ route, model, stream: String(record.stream ?? false) }, seconds)
    if (record.promptTokens !== undefined) tokens.inc({ direction: 'input', model, key }, record.promptTokens)
    if (record.completionTokens !== undefined) tokens.inc({ direction: 'output', model, key }, record.completionTokens)
    if (record.cachedTokens) tokens.inc({ direction: 'cached', model, key }, record.cachedTokens)
    const { upstreamStartedAt, firstEventAt, upstreamEndedAt } = record
    if (upstreamStartedAt === undefined || firstEventAt === undefined) return
    firstToken.observe({ model }, (firstEventAt - upstreamStartedAt) / 1000)
    if (upstreamEndedAt === undefined || !record.stream || !record.completionTokens) return
    perToken.observe({ model }, (upstreamEndedAt - firstEventAt) / 1000 / record.completionTokens)
  }

  return {
    contentType: registry.contentType,
    text() {
      countFinished()
      return registry.metrics()
    },
    observer: {
      upstreamError(event) {
        const { kind, region } = event
        const model = labelOf(event.model)
        upstreamErrors.inc({ kind, model, region })
        if (event.retried) retries.inc({ model, region })
        for (const listener of listeners) listener.upstreamError?.(event)
      },
      breaker(event) {
        breaker.set({ model: labelOf(event.model), region: event.region }, BREAKER_VALUE[event.state])
        for (const listener of listeners) listener.breaker?.(event)
      }
    },
    listen(listener) {
      listeners.push(listener)
    },
    observe(request, status, seconds) {
      finished.push({ record: request.record, route: request.routeOptions.url ?? 'none', status, seconds })
      if (finished.length >= COUNT_TOGETHER) countFinished()
    }
  }
}

/** Models that get a label of their own; names come from callers, and each would be kept for ever. */
const MOST_MODELS = 500

function createModelLabels(): (model: string) => string {
  const labels = new Set<string>()
  return (model) => {
    if (labels.size < MOST_MODELS) labels.add(model)
    return labels.has(model) ? model : 'other'
  }
}

interface Finished {
  readonly record: RequestRecord
  readonly route: string
  readonly status: number
  readonly seconds: number
}

/** Counts every request. */
export const metrics = fp(
  async (app: FastifyInstance) => {
    const made = createMetrics(() => app.life.inFlight)
    app.decorate('metrics', made)
    app.onOver((request, reply, status) => made.observe(request, status, reply.elapsedTime / 1000))
  },
  { name: 'metrics', dependencies: ['request-record', 'life'] }
)
