import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { ByteString } from '../core/byte-string.ts'
import type { EventBatch } from '../core/event.ts'
import type { Warning } from '../core/warning.ts'
import { encodeErrorFrame } from '../dialects/openai-error/encode-error.ts'
import { type Answers, announceAnswers, announceFlaws, noteBatch } from './answers.ts'
import { noteError, toGatewayError } from './error-handler.ts'
import { type SseWriter, startSse } from './sse.ts'
import { serverTiming } from './timing.ts'

/** How a dialect writes a stream of answers: one encoder for each answer, and what comes after all of them. */
export interface StreamEncoding {
  readonly encoders: readonly { batch(events: EventBatch): ByteString }[]
  /** The last frames of a complete stream: usage when asked for, and `[DONE]`. */
  last(): ByteString
}

export interface AnswerStream {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly config: Config
  readonly warnings: readonly Warning[]
  readonly encoding: (answers: Answers) => StreamEncoding
}

/**
 * Streams answers. The status is decided by Bedrock's first event, so a refusal before it is thrown and gets a real status.
 * When nothing has come after `STREAM_COMMIT_MS`, status 200 and a comment go out, since clients and balancers give up;
 * from then on a failure is an error event. A stream ends with `[DONE]` only when every answer is complete.
 */
export async function streamAnswers(started: Promise<Answers>, stream: AnswerStream): Promise<FastifyReply> {
  const { request, reply, config } = stream
  const answers = await within(started, config.streamCommitMs)
  if (answers !== undefined) announceAnswers(request, reply, answers, stream.warnings)
  reply.header('server-timing', serverTiming(request, reply))
  const writer = startSse(reply, config.heartbeatMs)
  if (answers === undefined) void writer.write(': waiting for the model\n\n')
  writer.end(await lastFrames(answers ?? started, writer, stream))
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

/** Writes all frames but the last ones, which it gives: those of a complete stream, or the error that broke it. */
async function lastFrames(started: Answers | Promise<Answers>, writer: SseWriter, stream: AnswerStream): Promise<ByteString> {
  const { request } = stream
  try {
    return await pump(await started, writer, stream)
  } catch (thrown) {
    const error = toGatewayError(thrown)
    noteError(request, error)
    request.abandon(error)
    return encodeErrorFrame(error)
  } finally {
    request.record.upstreamEndedAt = performance.now()
  }
}

async function pump(answers: Answers, writer: SseWriter, stream: AnswerStream): Promise<ByteString> {
  const { request, reply, warnings } = stream
  if (request.record.model === undefined) announceAnswers(request, reply, answers, warnings)
  const encoding = stream.encoding(answers)
  await Promise.all(answers.map((answer, choice) => pumpOne(answer.events, encoding.encoders[choice]!, writer, request)))
  announceFlaws(request, reply, answers)
  return encoding.last()
}

async function pumpOne(
  events: Answers[0]['events'],
  encoder: StreamEncoding['encoders'][0],
  writer: SseWriter,
  request: FastifyRequest
): Promise<void> {
  for await (const batch of events) {
    noteBatch(request, batch)
    const full = writer.write(encoder.batch(batch))
    if (full !== undefined) await full
  }
}
