import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Spell } from '../core/field.ts'
import type { ErrorWords } from '../dialects/dialect.ts'
import type { GatewayError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** How its caller wrote the core's fields; until its body is read, by the core's names. */
    spell: Spell
  }
  interface FastifyContextConfig {
    /** How the route's dialect says errors; absent: as OpenAI does. */
    errors?: ErrorWords
  }
}

const asNamed: Spell = (field) => [field]

/** Gives every request a spelling. */
export const spelling = fp(async (app: FastifyInstance) => void app.decorateRequest('spell', asNamed), { name: 'spelling' })

/** The field to change, as the caller of this request wrote it; null where the error names none. */
export function paramOf({ param, field }: GatewayError, request: FastifyRequest): string | null {
  return param ?? (field === undefined ? null : request.spell(field)[0])
}
