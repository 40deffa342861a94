import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PassAnswer, PassRun } from '../bedrock/bedrock.ts'
import { promptTokens, type Usage } from '../core/usage.ts'
import { nameAnswer } from './answers.ts'
import { noteError, toGatewayError } from './error-handler.ts'
import type { RequestRecord } from './request-record.ts'
import { serverTiming } from './timing.ts'

/** What goes out with a call: its type, what it wants back, and Bedrock's own; who calls and how is told anew. */
function headersOf({ headers }: FastifyRequest): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string' && isPassed(name)) passed[name] = value
  return passed
}

/** A balancer writes `x-amzn-trace-id`. */
function isPassed(name: string): boolean {
  return name === 'content-type' || name === 'accept' || (name.startsWith('x-amzn-') && name !== 'x-amzn-trace-id')
}

const NO_BODY = Buffer.alloc(0)

/** Hands on a request as its body stands. Throws GatewayError. */
export function askAsIs(request: FastifyRequest, { targets, call }: Pick<PassRun, 'targets' | 'call'>): Promise<PassAnswer> {
  const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY
  request.body = undefined // a long answer shall not hold a long question
  request.record.upstreamStartedAt = performance.now()
  const owner = request.apiKey?.name ?? ''
  return request.server.bedrock.pass({ owner, targets, call, body, headers: headersOf(request), signal: request.cancel })
}

/** Sends an answer of Bedrock's as it came: a whole one at once, a stream read by read, no byte changed. */
export function passOn(request: FastifyRequest, reply: FastifyReply, answer: PassAnswer): FastifyReply {
  const { record } = request
  record.model = answer.model
  record.region = answer.region
  record.attempts = answer.attempts
  record.firstEventAt = performance.now()
  request.bodyHold?.sent()
  nameAnswer(request, reply, answer)
  reply.headers(answer.headers)
  const { body } = answer
  if (Buffer.isBuffer(body)) {
    record.upstreamEndedAt = performance.now()
    noteUsage(record, answer.usage)
    return reply.send(body)
  }
  reply.header('server-timing', serverTiming(request, reply))
  reply.hijack()
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>)
  void pump(body, request, reply) // not waited for: nothing of the question shall be held until the answer is over
  return reply
}

/** What an event may well say, in characters: only for keys with a limit of tokens whose callers leave before Bedrock tells. */
const EVENT_CHARACTERS = 4

/** Writes the stream to its end. Where it breaks the connection is cut, as Bedrock's own was: nothing may look like an end. Never rejects. */
async function pump(body: Exclude<PassAnswer['body'], Buffer>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { record } = request
  const { raw } = reply
  try {
    for (;;) {
      const waiting = body.wait()
      if (waiting !== undefined) await waiting
      const pieces = body.take()
      if (pieces === undefined) break
      if (record.answered !== undefined) record.answered = body.frames * EVENT_CHARACTERS
      if (!writeTogether(raw, pieces)) await drained(raw)
    }
    const { usage, error } = body.outcome()
    noteUsage(record, usage)
    if (error !== undefined) noteError(request, error)
    record.upstreamEndedAt = performance.now()
    raw.end()
  } catch (thrown) {
    const error = toGatewayError(thrown)
    noteError(request, error)
    record.upstreamEndedAt = performance.now()
    request.cancel.abort(error)
    raw.destroy()
  }
}

/** One write for what came together. Tells whether the client can take more. */
function writeTogether(raw: FastifyReply['raw'], pieces: readonly Buffer[]): boolean {
  const [first] = pieces
  if (first === undefined) return true
  return raw.write(pieces.length === 1 ? first : Buffer.concat(pieces))
}

/** Resolves when the client can take more, or has left. */
function drained(raw: FastifyReply['raw']): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.once('drain', done)
    raw.once('close', done)
  })
}

function noteUsage(record: RequestRecord, usage: Usage | undefined): void {
  if (usage === undefined) return
  record.promptTokens = promptTokens(usage)
  record.completionTokens = usage.outputTokens
  record.cachedTokens = usage.cacheReadTokens
}
