import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Response headers a browser client may read. A wildcard would not cover requests that carry a key. */
const EXPOSED_HEADERS = [
  'x-request-id',
  'x-amzn-requestid',
  'x-adit-model',
  'x-adit-dropped',
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
  'www-authenticate'
].join(', ')

/**
 * CORS for clients that run in a browser, such as NextChat with its own endpoint set. Preflights need no key;
 * the headers a client asks to send are allowed by name, since `*` does not cover `authorization`.
 */
export const cors = fp(
  async (app: FastifyInstance) => {
    const { allowedOrigins } = app.config
    await app.register(fastifyCors, {
      origin: allowedOrigins.includes('*') ? '*' : [...allowedOrigins],
      methods: ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 86_400,
      strictPreflight: false
    })
  },
  { name: 'cors' }
)
