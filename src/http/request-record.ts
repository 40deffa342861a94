import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** What the log line and the metrics tell of one request. Handlers fill it in; it never holds prompts, answers, keys or media. */
export interface RequestRecord {
  key?: string
  /** As the caller named it. */
  asked?: string
  /** As it was called. */
  model?: string
  region?: string
  stream?: boolean
  upstreamRequestId?: string
  attempts?: number
  dropped?: readonly string[]
  finish?: string
  promptTokens?: number
  completionTokens?: number
  cachedTokens?: number
  /** Milliseconds on the process clock (`performance.now()`). */
  upstreamStartedAt?: number
  firstEventAt?: number
  upstreamEndedAt?: number
  /** `error.code` or kind when the request failed, also in mid-stream. */
  error?: string
  clientLeft?: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    record: RequestRecord
  }
}

/** Gives every request an empty record. */
export const requestRecord = fp(
  async (app: FastifyInstance) => {
    app.decorateRequest('record', null as unknown as RequestRecord)
    app.addHook('onRequest', (request, _reply, done) => {
      request.record = {}
      done()
    })
  },
  { name: 'request-record' }
)
