import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ChatRequest } from '../../core/request.ts'
import { DONE_FRAME } from '../../dialects/openai-chat/encode-stream.ts'
import { promptHoldsTokens } from '../../dialects/openai-completions/decode-prompt.ts'
import { type CompletionOptions, decodeCompletionRequest } from '../../dialects/openai-completions/decode-request.ts'
import { type CompletionHead, encodeTextCompletion } from '../../dialects/openai-completions/encode-completion.ts'
import { createTextStreamEncoder, textUsageFrame } from '../../dialects/openai-completions/encode-stream.ts'
import { type StreamEncoding, streamAnswers } from '../../http/answer-stream.ts'
import { type Answers, announceAnswers, announceFlaws, foldAnswer, startAnswers } from '../../http/answers.ts'
import { deploymentModel } from '../../http/deployment.ts'
import { randomId } from '../../http/random-id.ts'
import { vocabularyFor } from '../../http/vocabulary.ts'
import { withKeyMetadata } from '../../keys/key-metadata.ts'

/** `POST /completions`, OpenAI's endpoint from before chat: each prompt is one user turn. */
export async function completions(app: FastifyInstance): Promise<void> {
  const { config } = app
  app.post('/completions', { preValidation: deploymentModel }, async (request, reply) => {
    const { prompt } = (request.body ?? {}) as { prompt?: unknown }
    const { requests, options, warnings } = decodeCompletionRequest(request.body, await vocabularyFor(promptHoldsTokens(prompt)))
    const [{ stream }] = requests
    request.record.stream = stream
    request.record.upstreamStartedAt = performance.now()
    const started = startAll(app, request, { requests, count: options.count })
    if (stream) return streamAnswers(started, { request, reply, config, warnings, encoding: textEncoding(options) })

    const answers = await started
    announceAnswers(request, reply, answers, warnings)
    const whole = await Promise.all(answers.map((answer) => foldAnswer(answer, request)))
    request.record.upstreamEndedAt = performance.now()
    announceFlaws(request, reply, answers)
    return encodeTextCompletion(whole, completionHead(answers[0].model), options)
  })
}

interface Prompts {
  readonly requests: readonly [ChatRequest, ...ChatRequest[]]
  /** Choices of each prompt. */
  readonly count: number
}

/** Begins every choice of every prompt at once, in OpenAI's order: all choices of the first prompt, then of the next. */
async function startAll(app: FastifyInstance, request: FastifyRequest, { requests, count }: Prompts): Promise<Answers> {
  const targets = await app.resolve(requests[0].model, 'chat', request)
  const metadata = withKeyMetadata({}, request.apiKey)
  const run = { owner: request.apiKey?.name ?? '', targets, signal: request.gone }
  const groups = await Promise.all(
    requests.map((one) => startAnswers(app.bedrock, { ...run, request: { ...one, metadata } }, count))
  )
  return groups.flat() as unknown as Answers
}

function completionHead(model: string): CompletionHead {
  return { id: `cmpl-${randomId()}`, created: Math.floor(Date.now() / 1000), model }
}

function textEncoding(options: CompletionOptions) {
  return (answers: Answers): StreamEncoding => {
    const head = completionHead(answers[0].model)
    const encoders = answers.map((_, choice) => createTextStreamEncoder(head, options, choice))
    return { encoders, last: () => textUsageFrame(head, options, encoders) + DONE_FRAME }
  }
}
