import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChatRequest } from '../core/request.ts'
import { type DecodeTokens, promptHoldsTokens } from '../dialects/openai-completions/decode-prompt.ts'
import { type CompletionOptions, decodeCompletionRequest } from '../dialects/openai-completions/decode-request.ts'
import { type CompletionHead, encodeTextCompletion } from '../dialects/openai-completions/encode-completion.ts'
import { createTextStreamEncoder, textUsageFrame } from '../dialects/openai-completions/encode-stream.ts'
import { encodeErrorFrame } from '../dialects/openai-error/encode-error.ts'
import { type Answers, announceAnswers, foldAnswer, noteBatch } from '../http/answers.ts'
import { deploymentModel } from '../http/deployment.ts'
import { noteError, toGatewayError } from '../http/error-handler.ts'
import { type SseWriter, startSse } from '../http/sse.ts'

/** `POST /completions`, OpenAI's endpoint from before chat. */
export async function completions(app: FastifyInstance): Promise<void> {
  app.post('/completions', { preValidation: deploymentModel }, async (request, reply) => {
    const { prompt } = (request.body ?? {}) as { prompt?: unknown }
    const { requests, options, warnings } = decodeCompletionRequest(request.body, await tokensFor(prompt))
    request.record.stream = requests[0].stream
    request.record.upstreamStartedAt = performance.now()
    const answers = await startAll(app, requests, options.count, request)
    announceAnswers(request, reply, answers, warnings)
    const head = completionHead(answers[0].model)
    if (requests[0].stream) return streamText(answers, { app, request, reply, head, options })
    const whole = await Promise.all(answers.map((answer) => foldAnswer(answer, request)))
    request.record.upstreamEndedAt = performance.now()
    return encodeTextCompletion(whole, head, options)
  })
}

async function tokensFor(prompt: unknown): Promise<DecodeTokens> {
  if (promptHoldsTokens(prompt)) return (await import('gpt-tokenizer/encoding/cl100k_base')).decode
  return () => {
    throw new TypeError('the vocabulary is loaded whenever there are tokens')
  }
}

function completionHead(model: string): CompletionHead {
  return { id: `cmpl-${randomBytes(18).toString('base64url')}`, created: Math.floor(Date.now() / 1000), model }
}

/** Begins every choice of every prompt at once. When one cannot begin the request fails, and with it the others end. */
async function startAll(
  app: FastifyInstance,
  requests: readonly [ChatRequest, ...ChatRequest[]],
  count: number,
  request: FastifyRequest
): Promise<Answers> {
  const targets = app.resolve(requests[0].model, 'chat', request)
  const chats = requests.flatMap((one) => new Array<ChatRequest>(count).fill(one))
  const runs = chats.map((one) => app.bedrock.chat({ request: one, targets, signal: request.gone }))
  return (await Promise.all(runs)) as unknown as Answers
}

interface TextStream {
  readonly app: FastifyInstance
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly head: CompletionHead
  readonly options: CompletionOptions
}

/** Streams all choices side by side. `[DONE]` only when every one is complete. */
async function streamText(answers: Answers, stream: TextStream): Promise<FastifyReply> {
  const { app, request, reply } = stream
  const writer = startSse(reply, app.config.heartbeatMs)
  try {
    writer.end(await writeChoices(answers, writer, stream))
  } catch (thrown) {
    const error = toGatewayError(thrown)
    noteError(request, error)
    request.abandon(error)
    writer.end(encodeErrorFrame(error))
  } finally {
    request.record.upstreamEndedAt = performance.now()
  }
  return reply
}

/** Writes all frames but the last ones, which it gives. */
async function writeChoices(answers: Answers, writer: SseWriter, { request, head, options }: TextStream): Promise<string> {
  const encoders = answers.map((_, choice) => createTextStreamEncoder(head, options, choice))
  await Promise.all(
    answers.map(async (answer, choice) => {
      for await (const batch of answer.events) {
        noteBatch(request, batch)
        const full = writer.write(encoders[choice]!.batch(batch))
        if (full !== undefined) await full
      }
    })
  )
  return `${textUsageFrame(head, options, encoders)}data: [DONE]\n\n`
}
