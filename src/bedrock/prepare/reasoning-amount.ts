import type { Effort } from '../../core/request.ts'
import type { EffortWord } from '../../models/traits.ts'
import { type EncodeScope, toldCeiling } from './encode-scope.ts'

/** Tokens of thought that an effort word stands for. */
export const EFFORT_BUDGET = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384
} as const satisfies Record<Effort, number>

/** The smallest budget Claude takes. */
export const MIN_BUDGET = 1024

const ORDER: readonly EffortWord[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** Tokens sent where nobody set a limit: unset, the model's maximum is reserved against the account's quota for every call. */
const USUAL_LIMIT = 8192

/** The strongest effort a model has that is not above the wish, else its weakest. */
export function nearestEffort(wish: Effort, efforts: readonly EffortWord[]): EffortWord {
  const real = efforts.filter((effort) => effort !== 'none')
  const below = real.filter((effort) => ORDER.indexOf(effort) <= ORDER.indexOf(wish))
  return below[below.length - 1] ?? real[0] ?? 'low'
}

/** The limit of an answer, absent: not sent; `fitted`: the same, where it is the one that fits and not the usual one. */
export interface AnswerLimit {
  readonly maxTokens?: number
  readonly fitted?: number
}

/**
 * The limit of an answer: the caller's, made to fit the model; else the operator's or the usual one plus what reasoning may take.
 * What the answer will hardly exceed stands instead where that is less and the model does not reason.
 */
export function answerLimit(encoding: EncodeScope, reasoningTokens: number): AnswerLimit {
  const { traits, fitted } = encoding
  const asked = askedLimit(encoding, reasoningTokens)
  if (fitted === undefined || reasoningTokens > 0 || traits.inlineReasoning === 'always') return asked
  const limit = Math.max(traits.minOutputTokens, Math.min(fitted, toldCeiling(encoding)))
  return asked.maxTokens !== undefined && asked.maxTokens <= limit ? asked : { maxTokens: limit, fitted: limit }
}

function askedLimit(encoding: EncodeScope, reasoningTokens: number): AnswerLimit {
  const { traits, request, defaults, warn } = encoding
  const ceiling = Math.min(
    traits.maxOutputTokens === 0 ? Number.POSITIVE_INFINITY : traits.maxOutputTokens,
    toldCeiling(encoding)
  )
  if (request.maxTokens !== undefined) {
    const maxTokens = Math.max(traits.minOutputTokens, Math.min(request.maxTokens, ceiling))
    if (maxTokens !== request.maxTokens) warn('maxTokens', `the model takes ${traits.minOutputTokens} to ${ceiling}`)
    return { maxTokens }
  }
  if (defaults.maxTokens === undefined && traits.maxOutputTokens === 0) return {}
  const usual = request.usualMaxTokens ?? defaults.maxTokens ?? Math.min(USUAL_LIMIT, ceiling)
  return { maxTokens: Math.max(traits.minOutputTokens, Math.min(usual + reasoningTokens, ceiling)) }
}

/**
 * Splits a limit into thought and answer. The caller's limit stands, so the budget gives way; no budget: not both fit.
 * A quarter of the limit, at least 256 tokens, stays with the answer.
 */
export function splitLimit(encoding: EncodeScope, wished: number): { readonly budget?: number; readonly maxTokens: number } {
  const maxTokens = answerLimit(encoding, wished).maxTokens ?? wished + USUAL_LIMIT
  const room = Math.max(256, Math.floor(maxTokens / 4))
  const budget = Math.min(wished, maxTokens - room)
  return budget < MIN_BUDGET ? { maxTokens } : { budget, maxTokens }
}
