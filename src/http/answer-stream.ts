import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { ByteString } from '../core/byte-string.ts'
import type { Warning } from '../core/warning.ts'
import type { ConversationStream } from '../dialects/dialect.ts'
import { type Answers, announceAnswers, announceFlaws, noteBatch } from './answers.ts'
import { noteError, toGatewayError } from './error-handler.ts'
import { noteCut, noteSize } from './right-size.ts'
import { paramOf } from './spelling.ts'
import { type SseWriter, startSse } from './sse.ts'
import { serverTiming } from './timing.ts'

export interface AnswerStream {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly config: Config
  readonly warnings: readonly Warning[]
  /** Begins the dialect's stream, with the id of the model that answers. */
  readonly begin: (model: string) => ConversationStream
  /** The model to name where none has answered. */
  readonly model: string
}

/**
 * Streams answers. The status is decided by Bedrock's first event, so a refusal before it is thrown and gets a real status.
 * When nothing has come after `STREAM_COMMIT_MS`, status 200 and a comment go out, since clients and balancers give up;
 * from then on a failure is told in the stream. Only when every answer is complete it ends as the dialect ends a good one.
 */
export async function streamAnswers(started: Promise<Answers>, stream: AnswerStream): Promise<FastifyReply> {
  const { request, reply, config } = stream
  const answers = await within(started, config.answers.streamCommitMs)
  if (answers !== undefined) announceAnswers(request, reply, answers, stream.warnings)
  reply.header('server-timing', serverTiming(request, reply))
  const writer = startSse(reply)
  const opened = answers === undefined ? openEarly(writer, stream) : undefined
  void writeAnswers(answers ?? started, writer, stream, opened) // not waited for: nothing of the question shall be held until the answer is over
  return reply
}

/** Says that the model is waited for; a dialect that can begin without it does, so that its heartbeats are heard. */
function openEarly(writer: SseWriter, { begin, model }: AnswerStream): ConversationStream | undefined {
  void writer.write(': waiting for the model\n\n')
  const early = begin(model)
  if (early.greet === undefined) return undefined
  void writer.write(early.greet())
  writer.speaks(early)
  return early
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
async function writeAnswers(
  started: Answers | Promise<Answers>,
  writer: SseWriter,
  stream: AnswerStream,
  opened: ConversationStream | undefined
): Promise<void> {
  const { request, reply, warnings } = stream
  let written = opened
  let end: ByteString
  try {
    const answers = await started
    if (request.record.model === undefined) announceAnswers(request, reply, answers, warnings)
    written?.answeredBy?.(answers[0].model)
    written ??= stream.begin(answers[0].model)
    writer.speaks(written)
    const pumping = { written, isOnly: answers.length === 1, writer, request }
    const held = await Promise.all(answers.map((answer, choice) => pumpOne(answer, choice, pumping)))
    announceFlaws(request, reply, answers)
    end = held.join('')
    const keeping = written.keep?.()
    if (keeping !== undefined) {
      void writer.write(end) // before the heartbeat of a slow store, which is numbered too
      end = ''
      await keeping
    }
    end += written.end()
  } catch (thrown) {
    const error = toGatewayError(thrown)
    noteError(request, error)
    request.cancel.abort(error)
    written ??= stream.begin(stream.model)
    end = written.fail(error, paramOf(error, request), request.id)
  }
  request.record.upstreamEndedAt = performance.now()
  writer.end(end)
}

interface Pumping {
  readonly written: ConversationStream
  /** There is no other choice that this one's last frames would wait for. */
  readonly isOnly: boolean
  readonly writer: SseWriter
  readonly request: FastifyRequest
}

/** Writes the frames of one answer, and throws where it is none; those of an only one's end are given back, to go out in one piece with the end of the stream. */
async function pumpOne(answer: Answers[0], choice: number, pumping: Pumping): Promise<ByteString> {
  const { events, meter } = answer
  const { written, isOnly, writer, request } = pumping
  let held = ''
  for await (const batch of events) {
    const frames = written.batch(choice, noteBatch(request, batch, meter))
    if (isOnly && batch[batch.length - 1]?.type === 'usage') {
      held = frames // nothing follows, not even a failure
      continue
    }
    const full = writer.write(frames)
    if (full !== undefined) await full
  }
  noteSize(answer)
  noteCut(request, answer)
  const failure = written.failure(choice)
  if (failure === undefined) return held
  void writer.write(held)
  throw failure
}
