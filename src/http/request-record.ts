import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AnswerMeter } from './answer-meter.ts'

/** What the log line and the metrics tell of one request. Handlers fill it in; it never holds prompts, answers, keys or media. */
export interface RequestRecord {
  key?: string
  /** As the caller named it. */
  asked?: string
  /** As it was called. */
  model?: string
  region?: string
  /** The operator's pool that answered. */
  pool?: string
  stream?: boolean
  upstreamRequestId?: string
  attempts?: number
  /** The least limit, tokens, that answers were asked with since theirs are hardly longer. */
  limited?: number
  /** Such a limit cut an answer: it was asked for again, or given as it was. */
  limitCut?: 'repeated' | 'cut'
  dropped?: readonly string[]
  finish?: string
  promptTokens?: number
  completionTokens?: number
  cachedTokens?: number
  /** Where the prompt first differs from the turn before: a path, as `messages[3].content[0]`. */
  cacheMiss?: string
  /** Characters of the answer so far; counted only where it is 0 before, for keys with a limit of tokens. */
  answered?: number
  /** What it cost, as far as prices are known: whole nano-dollars. Absent: no model has answered. */
  costNano?: number
  /** What those parts cost that are known of answers without a price: it counts towards budgets alone. Nano-dollars. */
  partNano?: number
  /** What a cache has saved of it: whole nano-dollars, below zero where writing cost more than reading saved. */
  savedNano?: number
  /** Bedrock did not tell what a part of it used, or the price is another Region's. */
  isCostEstimate?: true
  /** The part that has no known price: then the cost is not known, whatever the rest cost. */
  unpriced?: string
  /** What it was spent on, where its key has a budget. */
  uses?: Map<string, number>
  /** Tokens of each prompt by their lengths, for what Bedrock does not tell. */
  promptGuess?: number
  /** Where the call goes first. */
  aim?: { readonly model: string; readonly region: string }
  /** The answers that have begun. */
  meters?: AnswerMeter[]
  /** Milliseconds on the process clock (`performance.now()`). */
  upstreamStartedAt?: number
  firstEventAt?: number
  upstreamEndedAt?: number
  /** `error.code` or kind when the request failed, also in mid-stream. */
  error?: string
  clientLeft?: boolean
}

/** Told once for each request when its response is over, complete or not. `status` is 499 where the client left before it had one. */
export type OverListener = (request: FastifyRequest, reply: FastifyReply, status: number) => void

const CLIENT_LEFT = 499

declare module 'fastify' {
  interface FastifyInstance {
    /** Fastify's own `onResponse` is silent about requests whose client has left. */
    onOver(listener: OverListener): void
  }
  interface FastifyRequest {
    record: RequestRecord
  }
}

/** Gives every request an empty record, and tells when a request is over. */
export const requestRecord = fp(
  async (app: FastifyInstance) => {
    const listeners: OverListener[] = []
    app.decorate('onOver', (listener: OverListener) => void listeners.push(listener))
    app.decorateRequest('record', null as unknown as RequestRecord)
    app.addHook('onRequest', (request, reply, done) => {
      const record: RequestRecord = {}
      request.record = record
      reply.raw.on('close', () => {
        if (!reply.raw.writableFinished) {
          record.clientLeft = true
          record.error ??= 'client_closed'
        }
        const status = reply.raw.headersSent ? reply.statusCode : CLIENT_LEFT
        for (const listener of listeners) listener(request, reply, status)
      })
      done()
    })
  },
  { name: 'request-record' }
)
