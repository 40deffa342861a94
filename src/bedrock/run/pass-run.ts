import type { Cancel } from '../../core/cancel.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import { traitsOfTarget } from '../../models/traits.ts'
import type { Ticket } from '../../quota/pool-ledger.ts'
import { readBytes } from '../transport/http-body.ts'
import { passedHeaders } from '../transport/passed-headers.ts'
import type { BedrockResponse } from '../transport/transport.ts'
import { type Admissions, counted } from './admissions.ts'
import { type AttemptPolicy, attempt } from './attempt.ts'
import type { Candidate } from './candidate.ts'
import { frameError } from './frame-error.ts'
import { MODEL_OPERATIONS, type PassCall, passPath } from './pass-path.ts'
import { PassedStream } from './passed-stream.ts'
import { type PassedUsage, wholeUsage } from './passed-usage.ts'

/** One call of Bedrock in its own words, to be handed on untouched. */
export interface PassRun {
  /** The name of the caller's key, empty where none is asked for. */
  readonly owner: string
  readonly targets: readonly [ModelTarget, ...ModelTarget[]]
  readonly call: PassCall
  readonly body: Uint8Array
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: Cancel
  /** What its model's quota is taken for; absent: it takes none. */
  readonly reserves?: PassReserve
}

/** What Bedrock reserves for a call in its own words. Tokens. */
export interface PassReserve {
  readonly input: number
  /** The most of its answer; undefined: what the model writes at most. */
  readonly output: number | undefined
}

export interface PassAnswer {
  /** Those of the answer that are the caller's business. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | PassedStream
  /** What a whole answer has used; undefined where it does not tell. */
  readonly used: PassedUsage | undefined
  /** The id that was called. */
  readonly model: string
  readonly region: string
  readonly pool?: string
  readonly requestId: string | undefined
  readonly attempts: number
}

/** What one invocation may return. Bytes. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024
/** What is read of a stream that begins with an exception, which ends it. Bytes. */
const MOST_EXCEPTION_BYTES = 262_144
const EVENT_STREAM = 'application/vnd.amazon.eventstream'

/**
 * Sends a call to the first target that answers, with the same bytes for each. A whole answer is read to its end, and of a stream the
 * first event, so that what fails before is tried again. Throws GatewayError, with what Bedrock said where it said something.
 */
export async function runPass(
  run: PassRun,
  candidates: readonly Candidate[],
  policy: AttemptPolicy,
  admissions?: Admissions
): Promise<PassAnswer> {
  const queueUntil = admissions?.deadline() ?? 0
  const { value, candidate, attempts } = await attempt(candidates, policy, run.signal, async (one) => {
    const { reserves } = run
    const ticket = reserves && (await admissions?.enter(one, run, reserved(reserves, one.target), queueUntil))
    try {
      const passed = await callOnce(run, one)
      ticket?.taken()
      return ticket === undefined ? passed : settling(passed, ticket, one.target, run.signal)
    } catch (error) {
      if (ticket !== undefined) admissions?.failed(ticket, error)
      throw error
    }
  })
  return { ...value, model: candidate.target.id, region: candidate.transport.region, ...poolOf(candidate), attempts }
}

/** What the service reserves for it, tokens: of an answer without a limit the most that the model writes. */
function reserved({ input, output }: NonNullable<PassRun['reserves']>, target: ModelTarget): number {
  return input + (output ?? traitsOfTarget(target).maxOutputTokens)
}

async function callOnce({ call, body, headers, signal }: PassRun, { transport, target }: Candidate): Promise<Passed> {
  const streams = call.of === 'model' && MODEL_OPERATIONS[call.operation].streams
  const response = await transport.send({ path: passPath(call, target), model: target.id, streams, body, headers }, signal)
  return response.headers['content-type'] === EVENT_STREAM ? openStream(response, target) : readWhole(response, body)
}

/** Settles by what an answer tells at its end; one that breaks, or whose caller leaves, roughly. */
function settling(passed: Passed, ticket: Ticket, target: ModelTarget, signal: Cancel): Passed {
  const { body, used } = passed
  const settle = (told: PassedUsage | undefined) => {
    if (told === undefined) ticket.settleRoughly()
    else ticket.settle(counted(told.usage, target))
  }
  if (Buffer.isBuffer(body)) settle(used)
  else if (signal.aborted) ticket.settleRoughly()
  else {
    const left = () => ticket.settleRoughly()
    signal.addEventListener('abort', left) // an answer whose caller has left may be read by nobody
    body.onOver = (told, error) => {
      signal.removeEventListener('abort', left)
      if (error?.throttle === undefined) settle(told)
      else ticket.failed(error.throttle)
    }
  }
  return passed
}

function poolOf({ pool }: Candidate): Pick<PassAnswer, 'pool'> {
  return pool === undefined ? {} : { pool }
}

type Passed = Pick<PassAnswer, 'headers' | 'body' | 'used' | 'requestId'>

async function readWhole({ headers, requestId, body: source }: BedrockResponse, asked: Uint8Array): Promise<Passed> {
  const body = await readBytes(source, MOST_ANSWER_BYTES)
  return { headers: passedHeaders(headers), body, used: wholeUsage(headers, body, asked), requestId }
}

async function openStream({ headers, requestId, body: source }: BedrockResponse, target: ModelTarget): Promise<Passed> {
  const { id: model } = target
  const stream = new PassedStream(source, { model, requestId }, traitsOfTarget(target).streamInputHoldsCache)
  const first = await stream.open()
  const passed = passedHeaders(headers)
  if (first !== undefined && first.messageType !== 'event') {
    const said = { status: 200, headers: passed, body: await readBytes(stream, MOST_EXCEPTION_BYTES) }
    throw frameError(first, { model, requestId, said })
  }
  return { headers: passed, body: stream, used: undefined, requestId }
}
