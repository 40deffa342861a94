import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** `server-timing` as far as it is known now: `total` since the request arrived, `bedrock` the part spent waiting for Bedrock; milliseconds. */
export function serverTiming(request: FastifyRequest, reply: FastifyReply): string {
  const { upstreamStartedAt, firstEventAt, upstreamEndedAt } = request.record
  const total = `total;dur=${tenths(reply.elapsedTime)}`
  const until = upstreamEndedAt ?? firstEventAt
  return upstreamStartedAt === undefined || until === undefined
    ? total
    : `${total}, bedrock;dur=${tenths(until - upstreamStartedAt)}`
}

/** With one decimal. Numbers become text quickly where they are whole. */
function tenths(ms: number): string {
  const all = Math.round(ms * 10)
  const whole = Math.floor(all / 10)
  return `${whole}.${all - whole * 10}`
}

/** Puts the request id on every response at once and the timing on every response that Fastify sends. */
export const timing = fp(
  async (app: FastifyInstance) => {
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      done()
    })
    app.addHook('onSend', (request, reply, _payload, done) => {
      reply.header('server-timing', serverTiming(request, reply))
      done()
    })
  },
  { name: 'timing', dependencies: ['request-record'] }
)
