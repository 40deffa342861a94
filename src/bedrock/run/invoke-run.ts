import type { Cancel } from '../../core/cancel.ts'
import { estimateBody } from '../../core/estimate-tokens.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import { heavyJsonToBytes, jsonToBytes } from '../../json-bytes.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import { readText } from '../transport/http-body.ts'
import { modelPath } from '../transport/transport.ts'
import type { Admissions } from './admissions.ts'
import { type AttemptPolicy, attempt } from './attempt.ts'
import type { Candidate } from './candidate.ts'

/** One InvokeModel call: a body in the model's own words. */
export interface InvokeRun {
  /** The name of the caller's key, empty where none is asked for. */
  readonly owner: string
  readonly targets: readonly [ModelTarget, ...ModelTarget[]]
  readonly body: JsonObject
  readonly signal: Cancel
  /** What is made of it is heavy work. Default: it is not. */
  readonly isHeavy?: boolean
}

export interface InvokeAnswer {
  readonly body: JsonObject
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The id that was called. */
  readonly model: string
  readonly region: string
  readonly pool?: string
  readonly requestId: string | undefined
}

/** A batch of vectors, or an image. Bytes. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024
const HEADERS = { accept: 'application/json' }

/** Invokes the first target that answers, with the same body for each, in turn with all that takes the same quota. Throws GatewayError. */
export async function runInvoke(
  run: InvokeRun,
  candidates: readonly Candidate[],
  policy: AttemptPolicy,
  admissions?: Admissions
): Promise<InvokeAnswer> {
  const body = run.isHeavy === true ? await heavyJsonToBytes(run.body) : jsonToBytes(run.body)
  const tokens = admissions === undefined ? 0 : estimateBody(run.body)
  const queueUntil = admissions?.deadline() ?? 0
  const { value, candidate } = await attempt(candidates, policy, run.signal, async (one) => {
    const ticket = await admissions?.enter(one, run, tokens, queueUntil)
    try {
      const answer = await callOnce(one, body, run.signal)
      ticket?.taken()
      ticket?.settle(toldTokens(answer) ?? tokens)
      return answer
    } catch (error) {
      if (ticket !== undefined) admissions?.failed(ticket, error)
      throw error
    }
  })
  const { pool } = candidate
  return { ...value, model: candidate.target.id, region: candidate.transport.region, ...(pool === undefined ? {} : { pool }) }
}

type Called = Pick<InvokeAnswer, 'body' | 'headers' | 'requestId'>

async function callOnce({ transport, target }: Candidate, body: Uint8Array, signal: Cancel): Promise<Called> {
  const response = await transport.send(
    { path: modelPath(target.id, 'invoke'), model: target.id, streams: false, body, headers: HEADERS, input: 'inputs' },
    signal
  )
  const answer = parseObject(await readText(response.body, MOST_ANSWER_BYTES))
  return { body: answer, headers: plainHeaders(response.headers), requestId: response.requestId }
}

function toldTokens({ headers }: Called): number | undefined {
  const told = headers['x-amzn-bedrock-input-token-count']
  return told === undefined || Number.isNaN(Number(told)) ? undefined : Number(told)
}

function parseObject(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isJsonObject(parsed)) return parsed
  } catch {
    // told below, with the one sentence for everything that is no answer
  }
  throw new GatewayError('upstream_error', 'Bedrock answered with something that is not a JSON object')
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') plain[name] = value
  return plain
}
