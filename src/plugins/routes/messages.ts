import type { FastifyInstance } from 'fastify'
import { anthropicMessages, countedMessages } from '../../dialects/anthropic-messages/anthropic-messages.ts'
import { noteDropped } from '../../http/answers.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/** `POST /messages` and `POST /messages/count_tokens`. */
export async function messages(app: FastifyInstance): Promise<void> {
  const route = conversationRoute(anthropicMessages)
  app.post('/messages', route, converse(app, anthropicMessages))

  app.post('/messages/count_tokens', route, async (request, reply) => {
    const { request: asked, warnings, spell } = countedMessages(request.body, request.headers)
    request.body = {}
    request.spell = spell
    reply.header('request-id', request.id)
    const targets = await app.resolve(asked.model, 'chat', request)
    const filled = await app.media.fill(asked, request.cancel)
    const { inputTokens, isEstimate, model } = await app.bedrock.count({ request: filled, targets, signal: request.cancel })
    request.record.model = model
    noteDropped(request, reply, warnings)
    if (isEstimate) reply.header('x-adit-estimated', 'input_tokens')
    return { input_tokens: inputTokens }
  })
}

/** `GET` and `HEAD /api/hello`: Claude Code knocks there before its first request. Nothing is told, so no key is asked for. */
export async function hello(app: FastifyInstance): Promise<void> {
  app.get('/api/hello', () => ({ message: 'hello' }))
}
