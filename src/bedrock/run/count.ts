import { beginningOf } from '../../core/beginning.ts'
import { OwnedMap } from '../../core/bounded.ts'
import type { Cancel } from '../../core/cancel.ts'
import { countWords } from '../../core/count-words.ts'
import { estimateTokens } from '../../core/estimate-tokens.ts'
import { heavyWork } from '../../core/heavy-work.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { GatewayError } from '../../errors.ts'
import { heavyJsonToBytes, jsonToBytes } from '../../json-bytes.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import { type TraitRow, traitsFor } from '../../models/traits.ts'
import { countBody } from '../prepare/count-body.ts'
import { readText } from '../transport/http-body.ts'
import { modelPath } from '../transport/transport.ts'
import type { Candidate, FindCandidates } from './candidate.ts'

/** A conversation whose tokens shall be told. */
export interface CountRun {
  readonly request: ChatRequest
  /** The name of the caller's key, empty where none is asked for. */
  readonly owner: string
  readonly targets: readonly [ModelTarget, ...ModelTarget[]]
  readonly signal: Cancel
  /** What is made of it is heavy work. */
  readonly isHeavy: boolean
}

export interface TokenCount {
  readonly inputTokens: number
  /** It was not the model that counted. */
  readonly isEstimate: boolean
  /** The id that it is told for. */
  readonly model: string
}

export interface CountTools {
  readonly candidates: FindCandidates
  readonly traitRows: readonly TraitRow[]
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number
}

const LONGEST_ANSWER_BYTES = 64 * 1024
/** Keys and models of which it is remembered that they do not count; ids come from callers. */
const MOST_PAIRS = 1000
/** The service changes: it is asked again after so long. Milliseconds. */
const REMEMBER_MS = 600_000

/**
 * Makes what counts the tokens of a prompt: the model itself where Bedrock's CountTokens has it, else an estimate. A count is advice, so
 * nothing of it fails but a caller who leaves.
 */
export function createCounter({ candidates, traitRows, now }: CountTools): (run: CountRun) => Promise<TokenCount> {
  // Of each key for itself: what is no conversation is refused as a model is that does not count.
  const refusedUntil = new OwnedMap<string, number>(MOST_PAIRS)

  return async (run) => {
    const { request, owner, targets, isHeavy } = run
    const [target] = targets
    const traits = traitsFor(target.baseId, traitRows)
    const asks = traits.countsTokens && (refusedUntil.get(owner, target.baseId) ?? 0) < now()
    const told = asks ? await ask(run) : undefined
    if (told !== undefined) return { inputTokens: told, isEstimate: false, model: target.id }
    const estimate = () => estimateTokens(request, countWords)
    const inputTokens = Math.ceil((isHeavy ? await heavyWork.turn(estimate) : estimate()) * traits.tokenScale)
    return { inputTokens, isEstimate: true, model: target.id }
  }

  async function ask(run: CountRun): Promise<number | undefined> {
    const { request, owner, targets, signal } = run
    const [candidate] = candidates(targets, { owner, beginning: () => beginningOf(request), keptMs: () => 0 })
    if (candidate === undefined) return undefined
    const { baseId } = candidate.target
    try {
      return await callOnce(candidate, run)
    } catch (error) {
      if (!(error instanceof GatewayError) || error.kind === 'client_closed' || signal.aborted) throw error
      if (LASTING.has(error.kind)) refusedUntil.set(owner, baseId, now() + REMEMBER_MS)
      return undefined
    }
  }
}

/** Refusals that the next request would get as well: the model does not count, or the gateway may not ask it to. */
const LASTING: ReadonlySet<GatewayError['kind']> = new Set(['invalid_request', 'model_not_found', 'access_denied'])

/** Only base ids are counted, whatever geography the model is called in. */
async function callOnce({ transport, target }: Candidate, { request, signal, isHeavy }: CountRun): Promise<number | undefined> {
  const toBytes = isHeavy ? heavyJsonToBytes : jsonToBytes
  const native = (await toBytes(countBody(request))).toString('base64')
  const response = await transport.send(
    {
      path: modelPath(target.baseId, 'count-tokens'),
      model: target.baseId,
      streams: false,
      body: await toBytes({ input: { invokeModel: { body: native } } })
    },
    signal
  )
  const answer: unknown = JSON.parse(await readText(response.body, LONGEST_ANSWER_BYTES))
  const count = isJsonObject(answer) ? answer.inputTokens : undefined
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined
}
