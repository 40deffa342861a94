import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { ByteString } from '../core/byte-string.ts'
import type { EventBatch } from '../core/event.ts'
import type { Warning } from '../core/warning.ts'
import { encodeErrorFrame } from '../dialects/openai/encode-error.ts'
import type { GatewayError } from '../errors.ts'
import { type Answers, announceAnswers, announceFlaws, noteBatch } from './answers.ts'
import { noteError, toGatewayError } from './error-handler.ts'
import { type SseWriter, startSse } from './sse.ts'
import { serverTiming } from './timing.ts'

/** How a dialect writes one answer. */
export interface ChoiceEncoder {
  batch(events: EventBatch): ByteString
  /** Asked for when all events are written: why the answer is none, however orderly its bytes ended. */
  failure(): GatewayError | undefined
}

/** How a dialect writes a stream of answers: one encoder for each answer, and what comes after all of them. */
export interface StreamEncoding {
  readonly encoders: readonly ChoiceEncoder[]
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
  const writer = startSse(reply)
  if (answers === undefined) void writer.write(': waiting for the model\n\n')
  void writeAnswers(answers ?? started, writer, stream) // not waited for: nothing of the question shall be held until the answer is over
  return reply
}

/** The value of a promise when it comes within `ms`, else undefined; its failure is thrown. */
function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, undefined)
    const stop = () => clearTimeout(timer)
    promise.then(stop, stop)
    promise.then(resolve, reject)
  })
}

/** Writes everything, to the last frames: those of a complete stream, or the error that broke it. Never rejects. */
async function writeAnswers(started: Answers | Promise<Answers>, writer: SseWriter, stream: AnswerStream): Promise<void> {
  const { request, reply, warnings } = stream
  let end: ByteString
  try {
    const answers = await started
    if (request.record.model === undefined) announceAnswers(request, reply, answers, warnings)
    const { encoders, last } = stream.encoding(answers)
    const isOnly = answers.length === 1
    const held = await Promise.all(
      answers.map(({ events }, choice) => pumpOne(events, { encoder: encoders[choice]!, isOnly, writer, request }))
    )
    announceFlaws(request, reply, answers)
    end = held.join('') + last()
  } catch (thrown) {
    const error = toGatewayError(thrown)
    noteError(request, error)
    request.gone.abort(error)
    end = encodeErrorFrame(error)
  }
  request.record.upstreamEndedAt = performance.now()
  writer.end(end)
}

interface Pumping {
  readonly encoder: ChoiceEncoder
  /** There is no other choice that this one's last frames would wait for. */
  readonly isOnly: boolean
  readonly writer: SseWriter
  readonly request: FastifyRequest
}

/** Writes the frames of one answer, and throws where it is none; those of an only one's end are given back, to go out in one piece with the end of the stream. */
async function pumpOne(events: Answers[0]['events'], { encoder, isOnly, writer, request }: Pumping): Promise<ByteString> {
  let held = ''
  for await (const batch of events) {
    noteBatch(request, batch)
    const frames = encoder.batch(batch)
    if (isOnly && batch[batch.length - 1]?.type === 'usage') {
      held = frames // nothing follows, not even a failure
      continue
    }
    const full = writer.write(frames)
    if (full !== undefined) await full
  }
  const failure = encoder.failure()
  if (failure === undefined) return held
  void writer.write(held)
  throw failure
}
