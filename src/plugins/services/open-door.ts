import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../../errors.ts'
import { isLoopbackHost, isLoopbackOrigin } from '../../http/loopback.ts'

/**
 * With `AUTH=off` anybody who reaches the port may spend; the port is on loopback, but a browser on the machine is there too, and runs
 * what any web site gives it. So nothing is answered to a page of another origin, unless `ALLOWED_ORIGINS` names it, nor under a name
 * that is not this machine's: a site may point its own name here (DNS rebinding), and is then of one origin with the gateway.
 */
export const openDoor = fp(
  async (app: FastifyInstance) => {
    const {
      auth: { mode },
      server: { allowedOrigins }
    } = app.config
    if (mode !== 'off') return
    app.addHook('onRequest', (request, _reply, done) => {
      const { host, origin } = request.headers
      if (!isLoopbackHost(host)) return done(refused('under a name of this machine, such as localhost'))
      if (origin !== undefined && !isLoopbackOrigin(origin) && !allowedOrigins.includes(origin))
        return done(refused('to pages of this machine, or of ALLOWED_ORIGINS'))
      done()
    })
  },
  { name: 'open-door', dependencies: ['request-record'] }
)

function refused(to: string): GatewayError {
  return new GatewayError('access_denied', `This gateway asks for no key (AUTH=off), so it answers only ${to}.`)
}
