import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Invoke } from '../../bedrock/run/embed-run.ts'
import { queriesOf, runRerank } from '../../bedrock/run/rerank-run.ts'
import { NO_USAGE } from '../../core/usage.ts'
import { decodeRerankRequest, rerankSpelling } from '../../dialects/rerank/decode-request.ts'
import { encodeRerankAnswer } from '../../dialects/rerank/encode-response.ts'
import { nameAnswer, noteDropped } from '../../http/answers.ts'
import { noExplanation } from '../../http/asks-explanation.ts'
import { announceCost } from '../../http/cost.ts'

/** `POST /rerank` and `/v2/rerank`, in the shape of Cohere and of Jina. */
export async function rerank(app: FastifyInstance): Promise<void> {
  app.post('/rerank', { onRequest: noExplanation }, (request, reply) => answerRerank(request, reply, '1'))
  app.post('/v2/rerank', { onRequest: noExplanation }, (request, reply) => answerRerank(request, reply, '2'))
}

async function answerRerank(request: FastifyRequest, reply: FastifyReply, version: '1' | '2'): Promise<object> {
  const { server: app, record } = request
  request.spell = rerankSpelling
  const { request: asked, returned, warnings } = decodeRerankRequest(request.body, version)
  const targets = await app.resolve(asked.model, 'rerank', request)
  const held = app.holdBudget(request, reply, { models: targets, input: 0, output: 0, texts: queriesOf(asked) })
  if (held !== undefined) await held
  record.upstreamStartedAt = performance.now()
  const owner = request.apiKey?.name ?? ''
  const { isHeavy } = request
  const invoke: Invoke = (to, body, signal) => app.bedrock.invoke({ owner, targets: to, body, signal, isHeavy })
  const answer = await runRerank({ request: asked, targets, signal: request.cancel }, invoke)
  record.upstreamEndedAt = performance.now()
  record.model = answer.model
  record.region = answer.region
  noteDropped(request, reply, warnings)
  nameAnswer(request, reply, answer)
  app.charge(request, answer, { usage: NO_USAGE, texts: answer.queries })
  announceCost(request, reply)
  return encodeRerankAnswer(answer, { id: request.id, model: answer.model, queries: answer.queries, version }, returned)
}
