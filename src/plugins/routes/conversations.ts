import type { FastifyInstance } from 'fastify'
import {
  addToConversation,
  createConversation,
  deleteConversation,
  deleteConversationItem,
  getConversation,
  getConversationItem,
  listConversation,
  updateConversation
} from '../../dialects/openai-responses/conversations.ts'
import type { ListQuery } from '../../dialects/openai-responses/list-page.ts'
import { openaiResponses } from '../../dialects/openai-responses/openai-responses.ts'
import { conversationRoute } from '../../http/conversation.ts'
import { randomId } from '../../http/random-id.ts'

interface ById {
  Params: { readonly id: string; readonly item: string }
  Querystring: ListQuery
}

/** `/conversations`: what was said, kept under an id that responses name. */
export async function conversations(app: FastifyInstance): Promise<void> {
  const route = conversationRoute(openaiResponses)
  const bare = { ...route, config: { ...route.config, needsNoBody: true } } as const
  app.post('/conversations', bare, (request, reply) =>
    createConversation(app.recordsOf(request, reply), request.body, randomId())
  )
  app.get<ById>('/conversations/:id', route, (request, reply) =>
    getConversation(app.recordsOf(request, reply), request.params.id)
  )
  app.post<ById>('/conversations/:id', route, (request, reply) =>
    updateConversation(app.recordsOf(request, reply), request.params.id, request.body)
  )
  app.delete<ById>('/conversations/:id', route, (request, reply) =>
    deleteConversation(app.recordsOf(request, reply), request.params.id)
  )
  app.get<ById>('/conversations/:id/items', route, (request, reply) =>
    listConversation(app.recordsOf(request, reply), request.params.id, request.query)
  )
  app.post<ById>('/conversations/:id/items', route, (request, reply) =>
    addToConversation(app.recordsOf(request, reply), request.params.id, request.body)
  )
  app.get<ById>('/conversations/:id/items/:item', route, (request, reply) =>
    getConversationItem(app.recordsOf(request, reply), request.params.id, request.params.item)
  )
  app.delete<ById>('/conversations/:id/items/:item', route, (request, reply) =>
    deleteConversationItem(app.recordsOf(request, reply), request.params.id, request.params.item)
  )
}
