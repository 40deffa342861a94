import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  cancelResponse,
  deleteResponse,
  keptResponse,
  listInputItems,
  replayedFrom
} from '../../dialects/openai-responses/kept-responses.ts'
import type { ListQuery } from '../../dialects/openai-responses/list-page.ts'
import { countedResponses, openaiResponses, responsesCompaction } from '../../dialects/openai-responses/openai-responses.ts'
import { replay } from '../../dialects/openai-responses/replay.ts'
import { GatewayError } from '../../errors.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'
import { countTokens } from '../../http/count.ts'

/** `/responses`, and what belongs to it. */
export async function responses(app: FastifyInstance): Promise<void> {
  const route = conversationRoute(openaiResponses)
  app.post('/responses', route, converse(app, openaiResponses))
  app.post('/responses/compact', route, converse(app, responsesCompaction))
  app.get('/responses', refuseUpgrade)

  app.post('/responses/input_tokens', route, async (request, reply) => {
    const { reasoningFormat } = app.config.answers
    const records = app.recordsOf(request, reply)
    const counted = await countedResponses(request.body, {
      headers: request.headers,
      reasoningFormat,
      ...(records === undefined ? {} : { records })
    })
    return { object: 'response.input_tokens', input_tokens: await countTokens(app, request, reply, counted) }
  })

  app.get<ById>('/responses/:id', route, async (request, reply) => {
    const { response } = await keptResponse(app.recordsOf(request, reply), request.params.id)
    const after = replayedFrom(request.query)
    if (after === undefined) return response
    return reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-cache, no-transform')
      .send(Buffer.from(replay(response, after), 'latin1'))
  })
  app.delete<ById>('/responses/:id', route, (request, reply) => deleteResponse(app.recordsOf(request, reply), request.params.id))
  const bare = { ...route, config: { ...route.config, needsNoBody: true } } as const
  app.post<ById>('/responses/:id/cancel', bare, (request, reply) =>
    cancelResponse(app.recordsOf(request, reply), request.params.id)
  )
  app.get<ById>('/responses/:id/input_items', route, (request, reply) =>
    listInputItems(app.recordsOf(request, reply), request.params.id, request.query)
  )
}

interface ById {
  Params: { readonly id: string }
  Querystring: ListQuery
}

/** Codex tries a WebSocket first, and only a 426 sends it to HTTP at once (0.171). */
async function refuseUpgrade(request: FastifyRequest, reply: FastifyReply): Promise<never> {
  if (request.headers.upgrade === undefined) {
    reply.header('allow', 'POST')
    throw new GatewayError('method_not_allowed', 'Responses are made with POST.')
  }
  throw new GatewayError('upgrade_required', 'The Responses API is served over HTTP here, not over WebSocket.')
}
