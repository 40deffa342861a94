import { type Cancel, signalOf } from '../../core/cancel.ts'
import type { EmbeddingAnswer, EmbeddingRequest } from '../../core/embedding.ts'
import { CHARACTERS_PER_TOKEN } from '../../core/guess-prompt.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import { type ModelTarget, sameModel } from '../../models/model-target.ts'
import { type EmbedCodec, readVectors } from '../embed/codec.ts'
import { embedCodecFor } from '../embed/codecs.ts'
import { type EmbedCall, planEmbedding } from '../embed/plan.ts'
import { wrongModel } from './wrong-model.ts'

export type Targets = readonly [ModelTarget, ...ModelTarget[]]

export interface InvokeAnswer {
  readonly body: JsonObject
  readonly headers: Readonly<Record<string, string>>
  readonly model: string
  readonly region: string
  readonly requestId?: string | undefined
}

/** Sends one body; retries and regions are its business. */
export type Invoke = (targets: Targets, body: JsonObject, signal: Cancel) => Promise<InvokeAnswer>

export interface EmbedRun {
  readonly request: EmbeddingRequest
  readonly targets: Targets
  readonly signal: Cancel
  /** Hears of each call that was answered, also where another one then fails. It must not throw. */
  answered?(call: EmbedCallAnswer): void
}

/** What one call used. */
export interface EmbedCallAnswer {
  readonly model: string
  readonly region: string
  readonly inputTokens: number
  /** Bedrock did not tell the tokens of its texts: they are guessed. */
  readonly isEstimate: boolean
  readonly texts: number
  readonly images: number
}

export interface EmbedRunAnswer extends EmbeddingAnswer {
  /** The id that was called. */
  readonly model: string
  readonly region: string
  /** Bedrock's id of the first call. */
  readonly requestId: string | undefined
  readonly warnings: readonly Warning[]
}

/** Calls that are under way at one time for one request. */
const MAX_CALLS = 16

/** Embeds all inputs, in as many calls as the model needs. Order is kept; the first failure stops the other calls. */
export async function runEmbedding(run: EmbedRun, invoke: Invoke): Promise<EmbedRunAnswer> {
  const targets = sameModel(run.targets) // vectors of two models cannot be compared
  const [{ id, baseId }] = targets
  const codec = embedCodecFor(baseId)
  if (codec === undefined) throw wrongModel(targets[0], 'is not an embedding model that Adit knows; GET models lists them')
  const { calls, warnings } = planEmbedding(run.request, codec, id)
  const vectors: (readonly number[])[] = new Array(run.request.inputs.length)
  let inputTokens = 0
  const answers = await callAll(calls, run.signal, async (call, signal) => {
    const answer = await invoke(targets, call.body, signal)
    for (const [at, vector] of readVectors(codec, answer.body, call.indexes.length).entries()) vectors[call.indexes[at]!] = vector
    const tokens = countTokens(codec, answer)
    inputTokens += tokens
    run.answered?.(describeCall(run, call, answer, tokens))
    return { model: answer.model, region: answer.region, requestId: answer.requestId }
  })
  const [first] = answers
  return { vectors, inputTokens, model: first?.model ?? id, region: first?.region ?? '', requestId: first?.requestId, warnings }
}

function describeCall(
  { request }: EmbedRun,
  { indexes }: EmbedCall,
  { model, region }: InvokeAnswer,
  tokens: number
): EmbedCallAnswer {
  let [texts, images, characters] = [0, 0, 0]
  for (const index of indexes)
    for (const part of request.inputs[index]?.parts ?? []) {
      if (part.type === 'image') images++
      else {
        texts++
        characters += part.text.length
      }
    }
  const isEstimate = tokens === 0 && characters > 0
  const inputTokens = isEstimate ? Math.ceil(characters / CHARACTERS_PER_TOKEN) : tokens
  return { model, region, inputTokens, isEstimate, texts, images }
}

function countTokens(codec: EmbedCodec, answer: InvokeAnswer): number {
  const told = [codec.tokens?.(answer.body), answer.headers['x-amzn-bedrock-input-token-count']]
  return told.map(Number).find((count) => Number.isSafeInteger(count) && count > 0) ?? 0
}

async function callAll<T>(
  calls: readonly EmbedCall[],
  signal: Cancel,
  work: (call: EmbedCall, signal: Cancel) => Promise<T>
): Promise<readonly T[]> {
  const stop = new AbortController()
  const either = AbortSignal.any([signalOf(signal), stop.signal])
  const results: T[] = new Array(calls.length)
  const waiting = calls.entries()
  let failure: { error: unknown } | undefined

  async function worker(): Promise<void> {
    for (const [index, call] of waiting) {
      if (either.aborted) return
      try {
        results[index] = await work(call, either)
      } catch (error) {
        failure ??= { error }
        stop.abort()
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(MAX_CALLS, calls.length) }, worker))
  if (failure !== undefined) throw failure.error
  if (signal.aborted) throw signal.reason
  return results
}
