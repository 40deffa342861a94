import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { BedrockObserver } from '../bedrock/run/observer.ts'
import type { RequestRecord } from '../http/request-record.ts'
import { type BudgetMetrics, createBudgetMetrics } from './budget-metrics.ts'
import { createHistogram, type Series } from './histogram.ts'
import { createQuotaMetrics, type QuotaMetrics } from './quota-metrics.ts'

/** What the process counts. Labels hold the key's name and the model that was called, never what a caller wrote. */
export interface Metrics {
  /** Prometheus' text, and its type. */
  text(): Promise<string>
  readonly contentType: string
  /** For the Bedrock side: upstream errors, retries, breaker states. */
  readonly observer: BedrockObserver
  /** Others may hear of the same. */
  listen(listener: BedrockObserver): void
  /** For the budgets of keys. */
  readonly budgets: BudgetMetrics
  /** For the ledgers of quota. */
  readonly quota: QuotaMetrics
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
/** Stands in no label. */
const BETWEEN = '\n'
const NANO_PER_DOLLAR = 1_000_000_000
const BREAKER_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const

function createMeters(registry: Registry) {
  const registers = [registry]
  const requests = new Counter({
    name: 'adit_requests_total',
    help: 'Requests by route, model, key and status',
    labelNames: ['route', 'model', 'key', 'status'],
    registers
  })
  const duration = createHistogram<'route' | 'model' | 'stream'>(registry, {
    name: 'adit_request_duration_seconds',
    help: 'Time from the first byte in to the last byte out',
    buckets: SECONDS
  })
  const firstToken = createHistogram<'model'>(registry, {
    name: 'adit_time_to_first_token_seconds',
    help: 'Time from the call to Bedrock to its first event',
    buckets: SECONDS
  })
  const perToken = createHistogram<'model'>(registry, {
    name: 'adit_time_per_output_token_seconds',
    help: 'Time per output token after the first event',
    buckets: TOKEN_SECONDS
  })
  const tokens = new Counter({
    name: 'adit_tokens_total',
    help: 'Tokens by direction: input, output, cached (part of input)',
    labelNames: ['direction', 'model', 'key'],
    registers
  })
  const cost = new Counter({
    name: 'adit_cost_usd_total',
    help: 'US dollars by model and key, as far as prices are known',
    labelNames: ['model', 'key'],
    registers
  })
  const estimated = new Counter({
    name: 'adit_cost_estimated_usd_total',
    help: 'The part of adit_cost_usd_total that Bedrock did not tell in full',
    labelNames: ['model', 'key'],
    registers
  })
  const unpriced = new Counter({
    name: 'adit_unpriced_requests_total',
    help: 'Answered requests of which a part has no known price',
    labelNames: ['model', 'key'],
    registers
  })
  const upstreamErrors = new Counter({
    name: 'adit_upstream_errors_total',
    help: 'Failed calls to Bedrock by kind',
    labelNames: ['kind', 'model', 'region'],
    registers
  })
  const throttles = new Counter({
    name: 'adit_upstream_throttles_total',
    help: 'Calls that Bedrock throttled by what it was short of: tokens, requests, day, capacity, warming, account',
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
  return {
    requests,
    duration,
    firstToken,
    perToken,
    tokens,
    cost,
    estimated,
    unpriced,
    upstreamErrors,
    throttles,
    retries,
    breaker
  }
}

/** What is read when the metrics are asked for. */
export interface MetricSources {
  readonly inFlight: () => number
  /** Bytes of memory that the bodies of requests take. */
  readonly bodyBytes: () => number
  /** Lines of the log that were not taken, since the start. */
  readonly droppedLines: () => number
  /** Whether a list of models names it. */
  readonly knowsModel: (model: string) => boolean
}

/** Makes the metrics of one process. */
function createMetrics({ inFlight, bodyBytes, droppedLines, knowsModel }: MetricSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const {
    requests,
    duration,
    firstToken,
    perToken,
    tokens,
    cost,
    estimated,
    unpriced,
    upstreamErrors,
    throttles,
    retries,
    breaker
  } = createMeters(registry)
  new Gauge({
    name: 'adit_in_flight',
    help: 'Requests whose response is not finished',
    registers: [registry],
    collect() {
      this.set(inFlight())
    }
  })
  new Gauge({
    name: 'adit_body_bytes',
    help: 'Memory that the bodies of requests in flight take, as counted against BODY_MEMORY_BYTES',
    registers: [registry],
    collect() {
      this.set(bodyBytes())
    }
  })

  let countedLines = 0
  new Counter({
    name: 'adit_log_lines_dropped_total',
    help: 'Log lines that were dropped because standard output did not take them',
    registers: [registry],
    collect() {
      this.inc(droppedLines() - countedLines)
      countedLines = droppedLines()
    }
  })

  const labelOf = createModelLabels(knowsModel)
  const listeners: BedrockObserver[] = []
  const tallies = new Map<string, Tally>()

  /** What is counted of requests that agree in all labels: looked up once a request, since each of a library's counters looks for itself. */
  function tallyOf(record: RequestRecord, route: string, status: number): Tally {
    const model = record.model === undefined ? 'none' : labelOf(record.model, record.firstEventAt !== undefined || status < 400)
    const key = record.key ?? 'none'
    const stream = String(record.stream ?? false)
    const name = [route, model, stream, key, status].join(BETWEEN)
    let tally = tallies.get(name)
    if (tally === undefined) {
      const counted = { requests: 0, input: 0, output: 0, cached: 0, nano: 0, estimatedNano: 0, unpriced: 0 }
      const series = {
        duration: duration.series({ route, model, stream }),
        firstToken: firstToken.series({ model }),
        perToken: perToken.series({ model })
      }
      tally = { route, model, key, status, ...counted, ...series }
      tallies.set(name, tally)
    }
    return tally
  }

  function count(record: RequestRecord, route: string, status: number, seconds: number): void {
    const tally = tallyOf(record, route, status)
    tally.requests++
    tally.input += record.promptTokens ?? 0
    tally.output += record.completionTokens ?? 0
    tally.cached += record.cachedTokens ?? 0
    if (record.costNano !== undefined) countCost(tally, record)
    tally.duration.observe(seconds)
    const { upstreamStartedAt, firstEventAt, upstreamEndedAt } = record
    if (upstreamStartedAt === undefined || firstEventAt === undefined) return
    tally.firstToken.observe((firstEventAt - upstreamStartedAt) / 1000)
    if (upstreamEndedAt === undefined || !record.stream || !record.completionTokens) return
    tally.perToken.observe((upstreamEndedAt - firstEventAt) / 1000 / record.completionTokens)
  }

  /** Hands what was tallied since the last time to the counters. */
  function settle(): void {
    for (const tally of tallies.values()) {
      const { route, model, key, status } = tally
      if (tally.requests > 0) requests.inc({ route, model, key, status }, tally.requests)
      for (const direction of ['input', 'output', 'cached'] as const) {
        if (tally[direction] > 0) tokens.inc({ direction, model, key }, tally[direction])
        tally[direction] = 0
      }
      if (tally.nano > 0) cost.inc({ model, key }, tally.nano / NANO_PER_DOLLAR)
      if (tally.estimatedNano > 0) estimated.inc({ model, key }, tally.estimatedNano / NANO_PER_DOLLAR)
      if (tally.unpriced > 0) unpriced.inc({ model, key }, tally.unpriced)
      tally.nano = 0
      tally.estimatedNano = 0
      tally.unpriced = 0
      tally.requests = 0
    }
  }

  return {
    contentType: registry.contentType,
    budgets: createBudgetMetrics(registry),
    quota: createQuotaMetrics(registry),
    text() {
      settle()
      return registry.metrics()
    },
    observer: {
      upstreamError(event) {
        const { kind, region } = event
        const model = labelOf(event.model)
        upstreamErrors.inc({ kind, model, region })
        if (event.throttle !== undefined) throttles.inc({ kind: event.throttle, model, region })
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
    observe: (request, status, seconds) => count(request.record, request.routeOptions.url ?? 'none', status, seconds)
  }
}

function countCost(tally: Tally, { costNano = 0, isCostEstimate, unpriced }: RequestRecord): void {
  tally.nano += costNano
  if (isCostEstimate === true) tally.estimatedNano += costNano
  if (unpriced !== undefined) tally.unpriced++
}

/** Models that get a label of their own; names come from callers, and each would be kept for ever. */
const MOST_MODELS = 500

/** `isProven`: it has answered. Others have a label only where a list names them, so that made-up names take none from real ones. */
function createModelLabels(isKnown: (model: string) => boolean): (model: string, isProven?: boolean) => string {
  const labels = new Set<string>()
  return (model, isProven = false) => {
    if (labels.size < MOST_MODELS && !labels.has(model) && (isProven || isKnown(model))) labels.add(model)
    return labels.has(model) ? model : 'other'
  }
}

interface Tally {
  readonly route: string
  readonly model: string
  readonly key: string
  readonly status: number
  requests: number
  input: number
  output: number
  cached: number
  nano: number
  estimatedNano: number
  unpriced: number
  readonly duration: Series
  readonly firstToken: Series
  readonly perToken: Series
}

/** Counts every request. */
export const metrics = fp(
  async (app: FastifyInstance, { droppedLines }: Pick<MetricSources, 'droppedLines'>) => {
    const made = createMetrics({
      inFlight: () => app.lifecycle.inFlight,
      bodyBytes: () => app.bodyBudget.used,
      droppedLines,
      knowsModel: (model) => app.catalog.known.has(model)
    })
    app.decorate('metrics', made)
    app.onOver((request, reply, status) => made.observe(request, status, reply.elapsedTime / 1000))
  },
  { name: 'metrics', dependencies: ['request-record', 'lifecycle'] }
)
