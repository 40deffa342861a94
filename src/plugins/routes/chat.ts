import type { FastifyInstance } from 'fastify'
import { openaiChat } from '../../dialects/openai-chat/openai-chat.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/** `POST /chat/completions`. */
export async function chat(app: FastifyInstance): Promise<void> {
  app.post('/chat/completions', conversationRoute(openaiChat), converse(app, openaiChat))
}
