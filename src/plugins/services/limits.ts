import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../../errors.ts'
import type { RequestRecord } from '../../http/request-record.ts'
import type { ApiKey } from '../../keys/key-set.ts'
import { type Admission, createLimiter } from '../../limits/limiter.ts'
import { connectValkey, QUICK_COMMAND_MS } from '../../stores/connect-valkey.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For `onRequest`, after `authenticate`: refuses work beyond the key's limits or the process's own. A promise only for keys with limits. */
    limit(request: FastifyRequest, reply: FastifyReply): void | Promise<void>
  }
  interface FastifyRequest {
    /** What its key has been charged with so far; undefined for keys without limits. */
    admission: Admission | undefined
  }
}

/** A store that is down is told so often, and not for each request. */
const WARN_EVERY_MS = 60_000

/** The limits of each key, and the process's own: so many answers at once, and no new work while the event loop lags. */
export const limits = fp(
  async (app: FastifyInstance) => {
    const { maxConcurrent, redisUrl } = app.config.limits
    let warnedAt = Number.NEGATIVE_INFINITY
    const warn = (err: unknown) => {
      if (performance.now() - warnedAt < WARN_EVERY_MS) return
      warnedAt = performance.now()
      app.log.warn({ err }, 'the store of the limits does not answer; requests pass without them')
    }
    const commandTimeout = QUICK_COMMAND_MS
    const store = redisUrl === undefined ? undefined : await connectValkey({ url: redisUrl, onError: warn, commandTimeout })
    const limiter = createLimiter({ ...(store && { store }), onStoreError: warn })
    app.addHook('onClose', async () => store?.disconnect())

    app.decorateRequest('admission', undefined)
    app.decorate('limit', (request, reply) => {
      if (request.method !== 'POST') return
      if (app.lifecycle.inFlight > maxConcurrent || app.overload.lagging()) {
        throw new GatewayError('unavailable', 'The gateway is busy; please try again in a moment.', { retryAfterS: 2 })
      }
      const { apiKey } = request
      return apiKey !== undefined && hasLimits(apiKey) ? admit(apiKey, request, reply) : undefined
    })

    async function admit(apiKey: ApiKey, request: FastifyRequest, reply: FastifyReply): Promise<void> {
      // Listened for before the store is waited for: a client may leave meanwhile, and would keep its place for ever.
      const over = new Promise<void>((resolve) => reply.raw.once('close', resolve))
      const reserved = Math.ceil(Number(request.headers['content-length'] ?? 0) / CHARACTERS_PER_TOKEN)
      if (apiKey.tokensPerMinute !== undefined) request.record.answered = 0
      const admission = await limiter.admit(apiKey, reserved)
      void over.then(() => admission.finish(tokensOf(request.record, reserved)))
      request.admission = admission
      reply.headers(admission.headers)
      const { errors } = request.routeOptions.config
      if (errors?.limitHeaders !== undefined) reply.headers(errors.limitHeaders(admission.headers))
    }
  },
  { name: 'limits', dependencies: ['lifecycle', 'overload', 'auth'] }
)

/** A token of most languages is no shorter. */
const CHARACTERS_PER_TOKEN = 4

/** What a request has used. Where its client left before Bedrock told: the question as it was reserved, and what was sent of the answer. */
function tokensOf(record: RequestRecord, reserved: number): number {
  const { promptTokens, completionTokens, answered = 0, upstreamStartedAt } = record
  if (promptTokens !== undefined || completionTokens !== undefined) return (promptTokens ?? 0) + (completionTokens ?? 0)
  const isCut = record.clientLeft === true && upstreamStartedAt !== undefined
  return isCut || answered > 0 ? reserved + Math.ceil(answered / CHARACTERS_PER_TOKEN) : 0
}

function hasLimits(key: ApiKey): boolean {
  return key.requestsPerMinute !== undefined || key.tokensPerMinute !== undefined || key.maxConcurrent !== undefined
}
