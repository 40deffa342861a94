import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Warning } from '../core/warning.ts'
import {
  type ChatStreamEncoder,
  createChatStreamEncoders,
  DONE_FRAME,
  usageFrame
} from '../dialects/openai-chat/encode-stream.ts'
import type { ChatOptions } from '../dialects/openai-chat/options.ts'
import { encodeErrorFrame } from '../dialects/openai-error/encode-error.ts'
import { type Answers, announceAnswers, noteBatch } from './answers.ts'
import { chatHead } from './chat-head.ts'
import { noteError, toGatewayError } from './error-handler.ts'
import { type SseWriter, startSse } from './sse.ts'
import { serverTiming } from './timing.ts'

export interface ChatStream {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly config: Config
  readonly options: ChatOptions
  readonly warnings: readonly Warning[]
}

/**
 * Streams answers. The status is decided by Bedrock's first event, so a refusal before it is thrown and gets a real status.
 * When nothing has come after `STREAM_COMMIT_MS`, status 200 and a comment go out, since clients and balancers give up;
 * from then on a failure is an error event. A stream ends with `[DONE]` only when every answer is complete.
 */
export async function streamChat(started: Promise<Answers>, stream: ChatStream): Promise<FastifyReply> {
  const { request, reply, config } = stream
  const answers = await within(started, config.streamCommitMs)
  if (answers !== undefined) announceAnswers(request, reply, answers, stream.warnings)
  reply.header('server-timing', serverTiming(request, reply))
  const writer = startSse(reply, config.heartbeatMs)
  try {
    if (answers === undefined) void writer.write(': waiting for the model\n\n')
    await pump(answers ?? (await started), writer, stream)
    void writer.write(DONE_FRAME)
  } catch (thrown) {
    const error = toGatewayError(thrown)
    noteError(request, error)
    void writer.write(encodeErrorFrame(error))
  } finally {
    request.record.upstreamEndedAt = performance.now()
    writer.end()
  }
  return reply
}

/** The value of a promise when it comes within `ms`, else undefined; its failure is thrown. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

async function pump(answers: Answers, writer: SseWriter, stream: ChatStream): Promise<void> {
  const { request, reply, options, warnings } = stream
  if (request.record.model === undefined) announceAnswers(request, reply, answers, warnings)
  const head = chatHead(answers[0].model)
  const encoders = createChatStreamEncoders(head, options, answers.length)
  await Promise.all(
    answers.map((answer, choice) => pumpOne(answer.events, encoders[choice] as ChatStreamEncoder, writer, request))
  )
  void writer.write(usageFrame(head, options, encoders))
}

async function pumpOne(
  events: Answers[0]['events'],
  encoder: ChatStreamEncoder,
  writer: SseWriter,
  request: FastifyRequest
): Promise<void> {
  for await (const batch of events) {
    noteBatch(request, batch)
    const full = writer.write(encoder.batch(batch))
    if (full !== undefined) await full
  }
}
