import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { within } from '../../core/within.ts'
import { GatewayError } from '../../errors.ts'
import { noteDropped } from '../../http/answers.ts'
import type { Records, ResponseStore } from '../../state/response-store.ts'
import { openStore } from '../../stores/open-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What the caller of a request has kept here; undefined where the operator has switched keeping off. */
    recordsOf(request: FastifyRequest, reply: FastifyReply): Records | undefined
  }
}

/** A store that is down is told so often, and not for each request. Milliseconds. */
const WARN_EVERY_MS = 60_000
/** Large records may take longer, by this for each mebibyte. Milliseconds. */
const PER_MIB_MS = 250
const RETRY_AFTER_S = 2
const DOWN = 'What this gateway keeps of earlier responses cannot be read or changed at the moment; please try again shortly.'

/** What callers have kept, each its own: bound to the name of the key, so that a key may be replaced and keeps its responses. */
export const records = fp(
  async (app: FastifyInstance) => {
    const { storeTimeoutMs } = app.config.responses
    let warnedAt = Number.NEGATIVE_INFINITY
    const warn = (err: unknown) => {
      if (performance.now() - warnedAt < WARN_EVERY_MS) return
      warnedAt = performance.now()
      app.log.warn({ err }, 'the store of the responses does not answer; answers go out unkept')
    }
    const store = openStore(app.config, warn)
    app.addHook('onClose', async () => store?.close())
    app.decorate('recordsOf', (request, reply) => store && recordsIn(store, request, reply))

    function timed<T>(work: Promise<T>, bytes: number): Promise<T> {
      const ms = storeTimeoutMs + Math.ceil(bytes / 1_048_576) * PER_MIB_MS
      return within(work, { ms, late: () => new Error(`the store has not answered within ${ms} ms`) })
    }

    /** A read or a change that the answer depends on. */
    async function needed<T>(work: Promise<T>, bytes = 0): Promise<T> {
      try {
        return await timed(work, bytes)
      } catch (cause) {
        if (cause instanceof GatewayError) throw cause // there is no room for what it would read
        warn(cause)
        throw new GatewayError('unavailable', DOWN, { retryAfterS: RETRY_AFTER_S, cause })
      }
    }

    function recordsIn(kept: ResponseStore, request: FastifyRequest, reply: FastifyReply): Records {
      const owner = request.apiKey?.name ?? ''
      const lost = (param: string, why: unknown) => {
        warn(why)
        noteDropped(request, reply, [{ param, reason: 'it could not be kept' }])
      }
      return {
        async get(ids) {
          request.bodyHold ??= app.bodyBudget.admit(owner, 0)
          const hold = request.bodyHold
          const ended = new AbortController()
          try {
            return await needed(kept.get(owner, ids, { take: (bytes) => hold.add(bytes), signal: ended.signal }))
          } finally {
            ended.abort()
          }
        },
        keep(id, bytes, param) {
          const fail = (why: unknown) => {
            lost(param, why)
            return false
          }
          try {
            const put = kept.put(owner, id, bytes)
            return put instanceof Promise ? timed(put, bytes.length).catch(fail) : put
          } catch (why) {
            return fail(why)
          }
        },
        put: (id, bytes, expected) => needed((async () => kept.put(owner, id, bytes, expected))(), bytes.length),
        delete: (id) => needed(kept.delete(owner, id)),
        lost
      }
    }
  },
  { name: 'records', dependencies: ['auth', 'json-body'] }
)
