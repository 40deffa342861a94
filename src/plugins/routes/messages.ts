import type { FastifyInstance } from 'fastify'
import { anthropicMessages, countedMessages } from '../../dialects/anthropic-messages/anthropic-messages.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'
import { countTokens } from '../../http/count.ts'

/** `POST /messages` and `POST /messages/count_tokens`. */
export async function messages(app: FastifyInstance): Promise<void> {
  const route = conversationRoute(anthropicMessages)
  app.post('/messages', route, converse(app, anthropicMessages))

  app.post('/messages/count_tokens', route, async (request, reply) => {
    const counted = countedMessages(request.body, request.headers)
    reply.header('request-id', request.id)
    return { input_tokens: await countTokens(app, request, reply, counted) }
  })
}

/** `GET` and `HEAD /api/hello`: Claude Code knocks there before its first request. Nothing is told, so no key is asked for. */
export async function hello(app: FastifyInstance): Promise<void> {
  app.get('/api/hello', () => ({ message: 'hello' }))
}
