import type { FastifyRequest } from 'fastify'

const YES = /^(?:true|1|on|yes)$/i

/** Whether the caller wants to know what would be sent, and no answer: header `x-adit-explain: true` (or `1`, `on`, `yes`). */
export function asksExplanation({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const asked = headers['x-adit-explain']
  return typeof asked === 'string' && YES.test(asked.trim())
}

/** Whether the caller wants to know why the cache misses, beside the answer: header `x-adit-explain: cache`. */
export function asksCacheMiss({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const asked = headers['x-adit-explain']
  return typeof asked === 'string' && asked.trim().toLowerCase() === 'cache'
}
