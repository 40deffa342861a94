import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type EmbedCallAnswer, type EmbedRunAnswer, type Invoke, runEmbedding } from '../../bedrock/run/embed-run.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import { CHARACTERS_PER_TOKEN } from '../../core/guess-prompt.ts'
import { heavyWork } from '../../core/heavy-work.ts'
import { costMember, NO_USAGE } from '../../core/usage.ts'
import { asksCost } from '../../dialects/asks-cost.ts'
import { noTokens } from '../../dialects/openai/token-text.ts'
import { holdsTokens } from '../../dialects/openai-embeddings/decode-input.ts'
import { type DecodedEmbeddingRequest, decodeEmbeddingRequest } from '../../dialects/openai-embeddings/decode-request.ts'
import { encodeEmbeddings } from '../../dialects/openai-embeddings/encode-response.ts'
import { embeddingsSpelling } from '../../dialects/openai-embeddings/spelling.ts'
import { nameAnswer, noteDropped } from '../../http/answers.ts'
import { noExplanation } from '../../http/asks-explanation.ts'
import { announceCost, toldNano } from '../../http/cost.ts'
import { deploymentModel } from '../../http/deployment.ts'
import { vocabulary } from '../../http/vocabulary.ts'

/** `POST /embeddings`. */
export async function embeddings(app: FastifyInstance): Promise<void> {
  app.post('/embeddings', { onRequest: noExplanation, preValidation: deploymentModel }, async (request, reply) => {
    const decodeTokens = holdsTokens(request.body) ? await vocabulary() : noTokens
    request.spell = embeddingsSpelling
    const { request: asked, options, warnings } = decodeEmbeddingRequest(request.body, decodeTokens)
    const targets = await app.resolve(asked.model, 'embedding', request)
    const owner = request.apiKey?.name ?? ''
    const invoke: Invoke = (to, body, signal) => app.bedrock.invoke({ owner, targets: to, body, signal })
    aimEmbedding(request, asked, targets[0].id)
    const held = app.holdBudget(request, reply, { models: targets, input: request.record.promptGuess ?? 0, output: 0 })
    if (held !== undefined) await held
    request.record.upstreamStartedAt = performance.now()
    const answered = (call: EmbedCallAnswer) => settleEmbedding(request, call)
    const answer = await runEmbedding({ request: asked, targets, signal: request.cancel, answered }, invoke)
    announceEmbedding(request, reply, answer, warnings)
    announceCost(request, reply)
    const cost = asksCost(request.headers) ? costMember({ ...NO_USAGE, costNano: toldNano(request) }) : {}
    const pieces = encodeEmbeddings(answer, answer.model, options, cost)
    return reply.type('application/json; charset=utf-8').send(whole(pieces))
  })
}

/** Characters that are written before others have their turn. */
const LONGEST_PIECE = 300_000

/** Vectors by the thousand come in pieces between which others are served: nothing but a slow reader would part them. */
function whole(pieces: Generator<string, void>): string | Readable {
  const first = some(pieces)
  return first.length < LONGEST_PIECE ? first : Readable.from(inTurns(first, pieces))
}

async function* inTurns(first: string, pieces: Generator<string, void>): AsyncGenerator<string> {
  for (let text = first; text !== ''; text = await heavyWork.turn(() => some(pieces))) yield text
}

function some(pieces: Generator<string, void>): string {
  let text = ''
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
    text += next.value
    if (text.length >= LONGEST_PIECE) break
  }
  return text
}

/** For a caller that leaves before the first call is answered. */
function aimEmbedding({ record, server }: FastifyRequest, { inputs }: EmbeddingRequest, model: string): void {
  record.aim = { model, region: server.bedrock.region }
  let characters = 0
  for (const { parts } of inputs) for (const part of parts) if (part.type === 'text') characters += part.text.length
  record.promptGuess = Math.ceil(characters / CHARACTERS_PER_TOKEN)
}

function settleEmbedding(request: FastifyRequest, { inputTokens, isEstimate, texts, images, ...called }: EmbedCallAnswer): void {
  request.server.charge(request, called, { usage: { ...NO_USAGE, inputTokens }, texts, images }, isEstimate)
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
