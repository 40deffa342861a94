import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'

const YES = /^(?:true|1|on|yes)$/i

/** Whether the caller wants to know what would be sent, and no answer: header `x-adit-explain: true` (or `1`, `on`, `yes`). */
export function asksExplanation({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const asked = headers['x-adit-explain']
  return typeof asked === 'string' && YES.test(asked.trim())
}

/** For routes that call a model and hold no conversation: who asks for no call shall not pay for one. */
export function noExplanation(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  if (!asksExplanation(request)) return done()
  const message =
    'Only conversations can be explained (x-adit-explain); nothing was called. Send this request without that header.'
  done(new GatewayError('unsupported_parameter', message))
}

/** Whether the caller wants to know why the cache misses, beside the answer: header `x-adit-explain: cache`. */
export function asksCacheMiss({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const asked = headers['x-adit-explain']
  return typeof asked === 'string' && asked.trim().toLowerCase() === 'cache'
}
