import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { isLoopbackOrigin } from '../../http/loopback.ts'

/** Response headers a browser client may read. A wildcard would not cover requests that carry a key. */
const EXPOSED_HEADERS = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'x-adit-model',
  'x-adit-region',
  'x-adit-pool',
  'x-adit-dropped',
  'x-adit-estimated',
  'x-adit-cost',
  'x-adit-limited',
  'x-adit-cost-estimated',
  'x-adit-budget-warning',
  ...['limit', 'remaining', 'reset'].flatMap((what) =>
    ['day', 'week', 'month'].map((period) => `x-adit-budget-${what}-${period}`)
  ),
  'server-timing',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
  ...['requests', 'tokens'].flatMap((kind) =>
    ['limit', 'remaining', 'reset'].map((what) => `anthropic-ratelimit-${kind}-${what}`)
  ),
  'www-authenticate'
].join(', ')

/**
 * CORS for clients that run in a browser, such as NextChat with its own endpoint set. Preflights need no key;
 * the headers a client asks to send are allowed by name, since `*` does not cover `authorization`.
 */
export const cors = fp(
  async (app: FastifyInstance) => {
    const { allowedOrigins } = app.config.server
    const hasKeys = app.config.auth.mode === 'on'
    const isOpen = hasKeys && allowedOrigins.includes('*')
    const isAllowed = (origin: string) => allowedOrigins.includes(origin) || (!hasKeys && isLoopbackOrigin(origin))
    const library = (scope: FastifyInstance) =>
      scope.register(fastifyCors, {
        origin: isOpen ? '*' : (origin, done) => done(null, origin !== undefined && isAllowed(origin)),
        methods: ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'],
        exposedHeaders: EXPOSED_HEADERS,
        maxAge: 86_400,
        strictPreflight: false
      })
    if (!isOpen) {
      await library(app)
      return
    }
    // What every origin may read is told in two headers that never change: the library is asked for preflights only. The long one goes
    // to browsers, which say where they come from; others would pay two in a hundred of a request for it.
    await app.register(async (preflights) => void (await library(preflights)))
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('access-control-allow-origin', '*')
      if (request.headers.origin !== undefined) reply.header('access-control-expose-headers', EXPOSED_HEADERS)
      done()
    })
  },
  { name: 'cors' }
)
