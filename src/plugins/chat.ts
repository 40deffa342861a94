import type { FastifyInstance } from 'fastify'
import { decodeChatRequest } from '../dialects/openai-chat/decode-request.ts'
import { encodeChatCompletion } from '../dialects/openai-chat/encode-completion.ts'
import { ChatBody } from '../dialects/openai-chat/schema.ts'
import { announceAnswers, foldAnswer, startAnswers } from '../http/answers.ts'
import { chatHead } from '../http/chat-head.ts'
import { streamChat } from '../http/chat-stream.ts'
import { deploymentModel } from '../http/deployment.ts'
import type { TypeBoxProvider } from '../http/typebox-provider.ts'

/** `POST /chat/completions`. */
export async function chat(app: FastifyInstance): Promise<void> {
  const { config } = app
  const schema = { body: ChatBody }
  app
    .withTypeProvider<TypeBoxProvider>()
    .post('/chat/completions', { preValidation: deploymentModel, schema }, async (request, reply) => {
      const { request: asked, options, warnings } = decodeChatRequest(request.body, config)
      const targets = app.resolve(asked.model, 'chat', request)
      const chatRequest = await app.media.fill(asked, request.gone)
      request.record.stream = asked.stream
      request.record.upstreamStartedAt = performance.now()
      const started = startAnswers(app.bedrock, { request: chatRequest, targets, signal: request.gone }, options.count)
      if (asked.stream) return streamChat(started, { request, reply, config, options, warnings })

      const answers = await started
      announceAnswers(request, reply, answers, warnings)
      const completions = await Promise.all(answers.map((answer) => foldAnswer(answer, request)))
      request.record.upstreamEndedAt = performance.now()
      return encodeChatCompletion(completions, chatHead(answers[0].model), options)
    })
}
