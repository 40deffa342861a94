import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type EmbedRunAnswer, type Invoke, runEmbedding } from '../../bedrock/run/embed-run.ts'
import { noTokens } from '../../dialects/openai/token-text.ts'
import { holdsTokens } from '../../dialects/openai-embeddings/decode-input.ts'
import { type DecodedEmbeddingRequest, decodeEmbeddingRequest } from '../../dialects/openai-embeddings/decode-request.ts'
import { encodeEmbeddings } from '../../dialects/openai-embeddings/encode-response.ts'
import { embeddingsSpelling } from '../../dialects/openai-embeddings/spelling.ts'
import { nameAnswer, noteDropped } from '../../http/answers.ts'
import { deploymentModel } from '../../http/deployment.ts'
import { vocabulary } from '../../http/vocabulary.ts'

/** `POST /embeddings`. */
export async function embeddings(app: FastifyInstance): Promise<void> {
  app.post('/embeddings', { preValidation: deploymentModel }, async (request, reply) => {
    const decodeTokens = holdsTokens(request.body) ? await vocabulary() : noTokens
    request.spell = embeddingsSpelling
    const { request: asked, options, warnings } = decodeEmbeddingRequest(request.body, decodeTokens)
    const targets = await app.resolve(asked.model, 'embedding', request)
    request.record.upstreamStartedAt = performance.now()
    const owner = request.apiKey?.name ?? ''
    const invoke: Invoke = (to, body, signal) => app.bedrock.invoke({ owner, targets: to, body, signal })
    const answer = await runEmbedding({ request: asked, targets, signal: request.cancel }, invoke)
    announceEmbedding(request, reply, answer, warnings)
    const pieces = Readable.from(encodeEmbeddings(answer, answer.model, options))
    return reply.type('application/json; charset=utf-8').send(pieces)
  })
}

function announceEmbedding(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: EmbedRunAnswer,
  warnings: DecodedEmbeddingRequest['warnings']
): void {
  const { record } = request
  record.upstreamEndedAt = performance.now()
  record.model = answer.model
  record.region = answer.region
  record.promptTokens = answer.inputTokens
  noteDropped(request, reply, [...warnings, ...answer.warnings])
  nameAnswer(request, reply, answer)
}
