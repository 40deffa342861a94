import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Spell } from '../core/field.ts'
import { HEAVY_BYTES } from '../core/heavy-work.ts'
import type { ChatRequest } from '../core/request.ts'
import type { SpeltWarning } from '../core/warning.ts'
import { noteDropped } from './answers.ts'

/** A conversation whose tokens are asked for. */
export interface ToCount {
  readonly request: ChatRequest
  readonly warnings: readonly SpeltWarning[]
  readonly spell: Spell
}

/** Tokens that a conversation would send; nothing is answered. Where the model does not count, they are estimated, and a header says so. */
export async function countTokens(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  { request: asked, warnings, spell }: ToCount
): Promise<number> {
  request.body = {}
  request.spell = spell
  const targets = await app.resolve(asked.model, 'chat', request)
  const filled = await app.media.fill(asked, request.cancel, request.bodyHold)
  const { inputTokens, isEstimate, model } = await app.bedrock.count({
    request: filled,
    owner: request.apiKey?.name ?? '',
    targets,
    signal: request.cancel,
    isHeavy: request.isHeavy || (request.bodyHold?.bytes ?? 0) >= HEAVY_BYTES
  })
  request.record.model = model
  noteDropped(request, reply, warnings)
  if (isEstimate) reply.header('x-adit-estimated', 'input_tokens')
  return inputTokens
}
