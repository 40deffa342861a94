import type { FastifyInstance } from 'fastify'
import { anthropicMessages } from '../../dialects/anthropic-messages/anthropic-messages.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/** `POST /messages`. */
export async function messages(app: FastifyInstance): Promise<void> {
  app.post('/messages', conversationRoute(anthropicMessages), converse(app, anthropicMessages))
}

/** `GET` and `HEAD /api/hello`: Claude Code knocks there before its first request. Nothing is told, so no key is asked for. */
export async function hello(app: FastifyInstance): Promise<void> {
  app.get('/api/hello', () => ({ message: 'hello' }))
}
