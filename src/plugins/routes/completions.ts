import type { FastifyInstance } from 'fastify'
import { openaiCompletions } from '../../dialects/openai-completions/openai-completions.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/** `POST /completions`. */
export async function completions(app: FastifyInstance): Promise<void> {
  app.post('/completions', conversationRoute(openaiCompletions), converse(app, openaiCompletions))
}
