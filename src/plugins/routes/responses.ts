import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { countedResponses, openaiResponses, responsesCompaction } from '../../dialects/openai-responses/openai-responses.ts'
import { GatewayError } from '../../errors.ts'
import { noteDropped } from '../../http/answers.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/** `/responses`, and what belongs to it. */
export async function responses(app: FastifyInstance): Promise<void> {
  const route = conversationRoute(openaiResponses)
  app.post('/responses', route, converse(app, openaiResponses))
  app.post('/responses/compact', route, converse(app, responsesCompaction))
  app.get('/responses', refuseUpgrade)

  app.post('/responses/input_tokens', route, async (request, reply) => {
    const { reasoningFormat } = app.config.answers
    const { request: asked, warnings, spell } = countedResponses(request.body, { headers: request.headers, reasoningFormat })
    request.body = {}
    request.spell = spell
    const targets = await app.resolve(asked.model, 'chat', request)
    const filled = await app.media.fill(asked, request.cancel)
    const { inputTokens, isEstimate, model } = await app.bedrock.count({ request: filled, targets, signal: request.cancel })
    request.record.model = model
    noteDropped(request, reply, warnings)
    if (isEstimate) reply.header('x-adit-estimated', 'input_tokens')
    return { object: 'response.input_tokens', input_tokens: inputTokens }
  })

  for (const [method, path] of STORED) app.route({ method, url: path, handler: refuseStored })
}

/** Routes that read or change what a store keeps. */
const STORED = [
  ['GET', '/responses/:id'],
  ['DELETE', '/responses/:id'],
  ['POST', '/responses/:id/cancel'],
  ['GET', '/responses/:id/input_items'],
  ['POST', '/conversations'],
  ['GET', '/conversations/:id'],
  ['POST', '/conversations/:id'],
  ['DELETE', '/conversations/:id'],
  ['GET', '/conversations/:id/items'],
  ['POST', '/conversations/:id/items'],
  ['GET', '/conversations/:id/items/:item'],
  ['DELETE', '/conversations/:id/items/:item']
] as const

async function refuseStored(request: FastifyRequest): Promise<never> {
  const what = request.url.includes('/conversations') ? 'conversations are' : 'responses are'
  throw new GatewayError(
    'not_found',
    `No ${what} kept here, so there is none to read or change: clients send the items of a conversation themselves.`
  )
}

/** Codex tries a WebSocket first, and only a 426 sends it to HTTP at once (0.171). */
async function refuseUpgrade(request: FastifyRequest, reply: FastifyReply): Promise<never> {
  if (request.headers.upgrade === undefined) {
    reply.header('allow', 'POST')
    throw new GatewayError('method_not_allowed', 'Responses are made with POST.')
  }
  throw new GatewayError('upgrade_required', 'The Responses API is served over HTTP here, not over WebSocket.')
}
