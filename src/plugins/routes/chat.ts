import type { FastifyInstance } from 'fastify'
import { isJsonObject } from '../../core/json.ts'
import { openaiChat } from '../../dialects/openai-chat/openai-chat.ts'
import { responsesAsChat } from '../../dialects/openai-responses/openai-responses.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/** `POST /chat/completions`; a body of the Responses API is answered as a chat, as Cursor wants it. */
export async function chat(app: FastifyInstance): Promise<void> {
  const asChat = converse(app, openaiChat)
  const asResponses = converse(app, responsesAsChat)
  app.post('/chat/completions', conversationRoute(openaiChat), (request, reply) =>
    isResponsesBody(request.body) ? asResponses(request, reply) : asChat(request, reply)
  )
}

function isResponsesBody(body: unknown): boolean {
  return isJsonObject(body) && (body.messages ?? null) === null && (body.input ?? null) !== null
}
