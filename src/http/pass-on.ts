import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PassAnswer, PassedUsage, PassRun } from '../bedrock/bedrock.ts'
import { isJsonObject, type Json } from '../core/json.ts'
import { promptTokens } from '../core/usage.ts'
import { AnswerMeter } from './answer-meter.ts'
import { nameAnswer } from './answers.ts'
import { addBill, announceCost } from './cost.ts'
import { noteError, toGatewayError } from './error-handler.ts'
import { drained } from './sse.ts'
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
export function askAsIs(
  request: FastifyRequest,
  { targets, call, reserves }: Pick<PassRun, 'targets' | 'call' | 'reserves'>
): Promise<PassAnswer> {
  const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY
  request.body = undefined // a long answer shall not hold a long question
  request.record.upstreamStartedAt = performance.now()
  const owner = request.apiKey?.name ?? ''
  const run = { owner, targets, call, body, headers: headersOf(request), signal: request.cancel }
  return request.server.bedrock.pass(reserves === undefined ? run : { ...run, reserves })
}

/** Sends an answer of Bedrock's as it came: a whole one at once, a stream read by read, no byte changed. */
export function passOn(request: FastifyRequest, reply: FastifyReply, answer: PassAnswer): FastifyReply {
  const { record } = request
  record.model = answer.model
  record.region = answer.region
  if (answer.pool !== undefined) record.pool = answer.pool
  record.attempts = answer.attempts
  record.firstEventAt = performance.now()
  request.bodyHold?.sent()
  nameAnswer(request, reply, answer)
  reply.headers(answer.headers)
  const { body } = answer
  if (Buffer.isBuffer(body)) {
    record.upstreamEndedAt = performance.now()
    settlePassed(request, answer, answer.used)
    announceCost(request, reply)
    return reply.send(body)
  }
  reply.header('server-timing', serverTiming(request, reply))
  reply.hijack()
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>)
  void pump(body, { request, reply, meter: meterPassed(request, answer) }) // not waited for: nothing of the question shall be held until the answer is over
  return reply
}

/** What an event may well say, in characters: for callers who leave before Bedrock tells. */
const EVENT_CHARACTERS = 4

interface Pumping {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly meter: AnswerMeter
}

/** Writes the stream to its end. Where it breaks the connection is cut, as Bedrock's own was: nothing may look like an end. Never rejects. */
async function pump(body: Exclude<PassAnswer['body'], Buffer>, { request, reply, meter }: Pumping): Promise<void> {
  const { record } = request
  const { raw } = reply
  try {
    for (;;) {
      const waiting = body.wait()
      if (waiting !== undefined) await waiting
      const pieces = body.take()
      if (pieces === undefined) break
      meter.characters = body.frames * EVENT_CHARACTERS
      if (record.answered !== undefined) record.answered = meter.characters
      if (!writeTogether(raw, pieces)) await drained(raw)
    }
    const { used, error } = body.outcome()
    if (used !== undefined) {
      settlePassed(request, meter, used)
      meter.isSettled = true
    }
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

/** What a guardrail says that it has counted, in Bedrock's words. */
export function unitsOf({ body }: PassAnswer): Json | undefined {
  try {
    const answer: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined
    return isJsonObject(answer) ? answer.usage : undefined
  } catch {
    return undefined // whatever it is, it is handed on; it only tells nothing
  }
}

function meterPassed({ record }: FastifyRequest, answer: PassAnswer): AnswerMeter {
  const meter = new AnswerMeter(answer, false)
  record.meters = [meter]
  return meter
}

/** Notes what an answer of a model has used and what it costs; one that does not tell has no known cost. */
function settlePassed(
  request: FastifyRequest,
  called: Pick<PassAnswer, 'model' | 'region'>,
  used: PassedUsage | undefined
): void {
  const { record, server } = request
  if (record.promptGuess === undefined) return // nothing that is paid by the token
  if (used === undefined) return addBill(request, { nano: null, unpriced: 'usage' })
  const { usage, details, isVague, images, texts, picture } = used
  record.promptTokens = promptTokens(usage)
  record.completionTokens = usage.outputTokens
  record.cachedTokens = usage.cacheReadTokens
  const { serviceTier: tier, trace, isOptimized = false } = details
  const pieces = {
    ...(images === undefined ? {} : { images }),
    ...(texts === undefined ? {} : { texts }),
    ...(picture && { picture })
  }
  server.charge(request, called, { usage, tier, trace, isOptimized, ...pieces }, isVague)
}
