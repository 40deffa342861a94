import type { Cancel } from '../../core/cancel.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ModerationItem, Verdict } from '../../core/moderation.ts'
import { GatewayError } from '../../errors.ts'
import { jsonToBytes } from '../../json-bytes.ts'
import { decodeChecks, decodeGuardrail, encodeChecks, encodeGuardrail } from '../guardrail/judge-body.ts'
import type { PassAnswer, PassRun } from './pass-run.ts'

/** A guardrail of the operator's, by its id or ARN and its version. */
export interface Guardrail {
  readonly id: string
  readonly version: string
}

export interface ModerateRun {
  readonly owner: string
  readonly items: readonly ModerationItem[]
  /** Absent: Bedrock's own checks judge. */
  readonly guardrail: Guardrail | undefined
  readonly signal: Cancel
}

export interface ModerateAnswer {
  /** In the order of the items. */
  readonly verdicts: readonly Verdict[]
  /** What the guardrail counted of each item, in Bedrock's words; undefined where it does not tell. */
  readonly units: readonly (Json | undefined)[]
  readonly region: string
  readonly requestId: string | undefined
}

/** Calls that are under way at one time for one request. */
const MAX_CALLS = 8
const HEADERS = { accept: 'application/json' }

/** Has every item judged by itself, some at a time; fails with the first that fails. */
export async function runModeration(run: ModerateRun, pass: (run: PassRun) => Promise<PassAnswer>): Promise<ModerateAnswer> {
  const answers: Judged[] = []
  for (let at = 0; at < run.items.length; at += MAX_CALLS) {
    const some = run.items.slice(at, at + MAX_CALLS)
    answers.push(...(await Promise.all(some.map((item) => judge(item, run, pass)))))
  }
  const [first] = answers
  return {
    verdicts: answers.map(({ verdict }) => verdict),
    units: answers.map(({ units }) => units),
    region: first?.passed.region ?? '',
    requestId: first?.passed.requestId
  }
}

interface Judged {
  readonly verdict: Verdict
  readonly units: Json | undefined
  readonly passed: PassAnswer
}

async function judge(
  item: ModerationItem,
  { owner, guardrail, signal }: ModerateRun,
  pass: (run: PassRun) => Promise<PassAnswer>
): Promise<Judged> {
  const id = guardrail?.id ?? 'guardrail-checks'
  const passed = await pass({
    owner,
    targets: [{ id, baseId: id }],
    call: guardrail === undefined ? { of: 'guardrail-checks' } : { of: 'guardrail', version: guardrail.version },
    body: jsonToBytes(guardrail === undefined ? encodeChecks(item) : encodeGuardrail(item)),
    headers: HEADERS,
    signal
  })
  const answer = parse(passed)
  return { verdict: guardrail === undefined ? decodeChecks(answer) : decodeGuardrail(answer), units: answer.usage, passed }
}

function parse({ body }: PassAnswer): JsonObject {
  try {
    const parsed: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : undefined
    if (isJsonObject(parsed)) return parsed
  } catch {
    // told below, with the one sentence for everything that is no answer
  }
  throw new GatewayError('upstream_error', 'Bedrock answered with something that is not a JSON object')
}
