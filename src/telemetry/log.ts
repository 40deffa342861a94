import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { LoggerOptions } from 'pino'
import type { Config } from '../config.ts'
import { costUsd } from './cost-usd.ts'

/** How the process logs: one JSON object a line, levels by name, times in ISO. Headers and bodies are never logged, at any level. */
export function loggerOptions({ telemetry }: Config): LoggerOptions {
  return {
    level: telemetry.debug && telemetry.logLevel === 'info' ? 'debug' : telemetry.logLevel,
    base: { service: telemetry.serviceName },
    timestamp: createTimestamp(),
    formatters: { level: (label) => ({ level: label }) },
    serializers: { req: () => undefined, res: () => undefined }
  }
}

/** The time as pino wants it, made anew only when a millisecond has passed. */
function createTimestamp(): () => string {
  let last = Number.NaN
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== last) {
      last = now
      text = `,"time":"${new Date(now).toISOString()}"`
    }
    return text
  }
}

/** Writes one line for each request at `info` when its response is over: everything but the words. */
export const requestLog = fp(
  async (app: FastifyInstance) => {
    app.onOver((request, reply, status) => {
      const quiet = request.url === '/health' || request.url === '/ready'
      request.log[quiet ? 'debug' : 'info'](requestLine(request, status, reply.elapsedTime), 'request')
    })
  },
  { name: 'request-log', dependencies: ['request-record'] }
)

function requestLine(request: FastifyRequest, status: number, elapsedMs: number): Record<string, unknown> {
  const { record } = request
  const since = (at: number | undefined) =>
    at === undefined || record.upstreamStartedAt === undefined ? undefined : round(at - record.upstreamStartedAt)
  return {
    reqId: request.id,
    method: request.method,
    path: request.url.split('?', 1)[0],
    status,
    key: record.key,
    asked: record.asked,
    model: record.model,
    region: record.region,
    pool: record.pool,
    stream: record.stream,
    total_ms: round(elapsedMs),
    ttft_ms: since(record.firstEventAt),
    bedrock_ms: since(record.upstreamEndedAt),
    tokens_in: record.promptTokens,
    tokens_out: record.completionTokens,
    tokens_cached: record.cachedTokens,
    cache_miss: record.cacheMiss,
    cost_usd: costUsd(record),
    cost_estimated: record.isCostEstimate,
    unpriced: record.unpriced,
    finish: record.finish,
    attempts: record.attempts,
    limited: record.limited,
    limit_cut: record.limitCut,
    dropped: record.dropped,
    upstream_request_id: record.upstreamRequestId,
    error: record.error,
    client_left: record.clientLeft
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
