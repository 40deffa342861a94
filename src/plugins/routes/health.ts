import type { FastifyInstance } from 'fastify'
import { VERSION } from '../../http/version.ts'

/** `GET /health` says that the process lives, and its version; `GET /ready` whether it should be sent work, and if not, why. Neither asks AWS. */
export async function health(app: FastifyInstance): Promise<void> {
  app.get('/health', () => ({ status: 'ok', version: VERSION }))
  app.get('/ready', (_request, reply) => {
    const reasons = app.readiness.reasons()
    if (reasons.length === 0) return { status: 'ready' }
    return reply.code(503).header('retry-after', '5').send({ status: 'not ready', reasons })
  })
}
