import type { FastifyInstance } from 'fastify'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { anthropicMessages } from '../../dialects/anthropic-messages/anthropic-messages.ts'
import { openaiChat } from '../../dialects/openai-chat/openai-chat.ts'
import { openaiCompletions } from '../../dialects/openai-completions/openai-completions.ts'
import { openaiResponses } from '../../dialects/openai-responses/openai-responses.ts'
import { conversationRoute, converse } from '../../http/conversation.ts'

/**
 * `POST /explain`: what a body of Chat Completions, Completions, Responses or Messages would become. Which of them it is, is read from it; a body that
 * could be Chat Completions or Messages is the former, unless the request has the header `anthropic-version`.
 */
export async function explain(app: FastifyInstance): Promise<void> {
  const only = { isExplanation: true } as const
  const asChat = converse(app, openaiChat, only)
  const asCompletions = converse(app, openaiCompletions, only)
  const asResponses = converse(app, openaiResponses, only)
  const asMessages = converse(app, anthropicMessages, only)
  const { preValidation, config } = conversationRoute(openaiResponses)
  app.post('/explain', { ...(preValidation && { preValidation }), ...(config && { config }) }, (request, reply) => {
    const { body } = request
    if (!isJsonObject(body)) return asChat(request, reply)
    if ((body.messages ?? null) === null && ((body.input ?? null) !== null || 'previous_response_id' in body))
      return asResponses(request, reply)
    if ((body.messages ?? null) === null && (body.prompt ?? null) !== null) return asCompletions(request, reply)
    return request.headers['anthropic-version'] !== undefined || isMessagesBody(body)
      ? asMessages(request, reply)
      : asChat(request, reply)
  })
}

/** Members that only Anthropic's body has. */
const OWN_MEMBERS = ['system', 'thinking', 'stop_sequences', 'context_management', 'mcp_servers']
const OWN_BLOCKS = new Set(['tool_use', 'tool_result', 'image', 'document', 'thinking', 'redacted_thinking', 'search_result'])

function isMessagesBody(body: JsonObject): boolean {
  if (OWN_MEMBERS.some((name) => name in body)) return true
  if (listOf(body.tools).some((tool) => isJsonObject(tool) && !('function' in tool) && 'input_schema' in tool)) return true
  const blocks = listOf(body.messages).flatMap((message) => (isJsonObject(message) ? listOf(message.content) : []))
  return blocks.some((block) => isJsonObject(block) && typeof block.type === 'string' && OWN_BLOCKS.has(block.type))
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
