import type { FastifyInstance } from 'fastify'
import { decodeGuardrailHeaders } from '../../dialects/openai-chat/decode-guardrail.ts'
import { decodeChatRequest } from '../../dialects/openai-chat/decode-request.ts'
import { encodeChatCompletion } from '../../dialects/openai-chat/encode-completion.ts'
import { createChatStreamEncoders, DONE_FRAME, usageFrame } from '../../dialects/openai-chat/encode-stream.ts'
import type { ChatOptions } from '../../dialects/openai-chat/options.ts'
import { ChatBody } from '../../dialects/openai-chat/schema.ts'
import { type StreamEncoding, streamAnswers } from '../../http/answer-stream.ts'
import { type Answers, announceAnswers, announceFlaws, foldAnswer, startAnswers } from '../../http/answers.ts'
import { chatHead } from '../../http/chat-head.ts'
import { deploymentModel } from '../../http/deployment.ts'
import type { TypeBoxProvider } from '../../http/typebox-provider.ts'
import { withKeyMetadata } from '../../keys/key-metadata.ts'

/** `POST /chat/completions`. */
export async function chat(app: FastifyInstance): Promise<void> {
  const { config } = app
  const schema = { body: ChatBody }
  app
    .withTypeProvider<TypeBoxProvider>()
    .post('/chat/completions', { preValidation: deploymentModel, schema }, async (request, reply) => {
      const guardrail = decodeGuardrailHeaders(request.headers)
      const defaults = guardrail === undefined ? config : { ...config, guardrail }
      const { request: asked, options, warnings } = decodeChatRequest(request.body, defaults)
      request.body = {} // a long answer shall not hold a long question
      const targets = await app.resolve(asked.model, 'chat', request)
      const filled = await app.media.fill(asked, request.gone)
      request.record.stream = asked.stream
      request.record.upstreamStartedAt = performance.now()
      const named = { ...filled, metadata: withKeyMetadata(filled.metadata, request.apiKey) }
      const owner = request.apiKey?.name ?? ''
      const started = startAnswers(app.bedrock, { request: named, owner, targets, signal: request.gone }, options.count)
      if (asked.stream) return streamAnswers(started, { request, reply, config, warnings, encoding: chatEncoding(options) })

      const answers = await started
      announceAnswers(request, reply, answers, warnings)
      const completions = await Promise.all(answers.map((answer) => foldAnswer(answer, request)))
      request.record.upstreamEndedAt = performance.now()
      announceFlaws(request, reply, answers)
      return encodeChatCompletion(completions, chatHead(answers[0].model), options)
    })
}

function chatEncoding(options: ChatOptions) {
  return (answers: Answers): StreamEncoding => {
    const head = chatHead(answers[0].model)
    const encoders = createChatStreamEncoders(head, options, answers.length)
    return { encoders, last: () => usageFrame(head, options, encoders) + DONE_FRAME }
  }
}
