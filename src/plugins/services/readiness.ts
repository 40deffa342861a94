import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Collects from every part why the process should not be sent work; ready when nobody has a reason. */
export interface Readiness {
  /** `reason` returns one sentence, or undefined when the part is ready. */
  add(reason: () => string | undefined): void
  reasons(): string[]
}

declare module 'fastify' {
  interface FastifyInstance {
    readiness: Readiness
  }
}

export const readiness = fp(
  async (app: FastifyInstance) => {
    const checks: (() => string | undefined)[] = []
    app.decorate('readiness', {
      add: (reason) => checks.push(reason),
      reasons: () => checks.map((check) => check()).filter((reason) => reason !== undefined)
    })
  },
  { name: 'readiness' }
)
