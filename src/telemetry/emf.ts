import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

const NAMESPACE = 'Adit'
const NANO_PER_DOLLAR = 1_000_000_000
const EVERY_MS = 60_000

interface Sums {
  Requests: number
  Errors4xx: number
  Errors5xx: number
  Throttled: number
  InputTokens: number
  OutputTokens: number
  CostUSD: number
  UnpricedRequests: number
  BreakerOpen: number
  UpstreamErrors: number
}

/**
 * With `EMF=on`, writes the same figures as CloudWatch embedded metrics, one log line a minute, so that Fargate needs no agent.
 * Dimension `Service` (the value of `OTEL_SERVICE_NAME`, `adit` by default); milliseconds and counts.
 */
export const emf = fp(
  async (app: FastifyInstance) => {
    if (!app.config.telemetry.emf) return
    let sums = emptySums()
    let latencies: number[] = []
    let firstTokens: number[] = []

    app.onOver((request, reply, status) => {
      const { record } = request
      sums.Requests++
      if (status >= 500) sums.Errors5xx++
      else if (status >= 400) sums.Errors4xx++
      if (status === 429) sums.Throttled++
      sums.InputTokens += record.promptTokens ?? 0
      sums.OutputTokens += record.completionTokens ?? 0
      sums.CostUSD += (record.costNano ?? 0) / NANO_PER_DOLLAR
      if (record.unpriced !== undefined) sums.UnpricedRequests++
      if (record.model !== undefined) latencies.push(reply.elapsedTime)
      if (record.firstEventAt !== undefined && record.upstreamStartedAt !== undefined)
        firstTokens.push(record.firstEventAt - record.upstreamStartedAt)
    })
    app.metrics.listen({
      upstreamError: () => sums.UpstreamErrors++,
      breaker: ({ state }) => {
        if (state === 'open') sums.BreakerOpen++
      }
    })

    const write = () => {
      app.log.info(
        emfRecord(app.config.telemetry.serviceName, {
          ...sums,
          InFlight: app.lifecycle.inFlight,
          Latency: latencies,
          TimeToFirstToken: firstTokens
        }),
        'metrics'
      )
      sums = emptySums()
      latencies = []
      firstTokens = []
    }
    const timer = setInterval(write, EVERY_MS).unref()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      write()
    })
  },
  { name: 'emf', dependencies: ['metrics', 'lifecycle'] }
)

function emptySums(): Sums {
  return {
    Requests: 0,
    Errors4xx: 0,
    Errors5xx: 0,
    Throttled: 0,
    InputTokens: 0,
    OutputTokens: 0,
    CostUSD: 0,
    UnpricedRequests: 0,
    BreakerOpen: 0,
    UpstreamErrors: 0
  }
}

/** CloudWatch takes at most 100 values of one metric in a record. */
const MOST_VALUES = 100

/** One embedded-metric-format record. Lists of values are thinned evenly to what CloudWatch takes. */
export function emfRecord(
  service: string,
  values: Readonly<Record<string, number | readonly number[]>>
): Record<string, unknown> {
  const shown = Object.entries(values).filter(([, value]) => typeof value === 'number' || value.length > 0)
  const metrics = shown.map(([Name, value]) => ({ Name, Unit: typeof value === 'number' ? 'Count' : 'Milliseconds' }))
  return {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Service']], Metrics: metrics }] },
    Service: service,
    ...Object.fromEntries(shown.map(([name, value]) => [name, typeof value === 'number' ? value : thin(value)]))
  }
}

function thin(values: readonly number[]): number[] {
  const step = Math.max(1, values.length / MOST_VALUES)
  return Array.from({ length: Math.min(values.length, MOST_VALUES) }, (_, i) => Math.round(values[Math.floor(i * step)] ?? 0))
}
