import { estimateBody } from '../../core/estimate-tokens.ts'
import type { Json } from '../../core/json.ts'
import { toldTokens } from './wanted-tokens.ts'

/**
 * What Bedrock reserves for a body in its own words: its prompt, guessed, and the most of its answer. `inOwnWords`: the body is the
 * model's own; one that says no limit there is of a model that writes little, or nothing (an embedding, a picture).
 */
export function reservedTokens(
  body: Json | undefined,
  inOwnWords: boolean
): { readonly input: number; readonly output: number | undefined } {
  return { input: estimateBody(body), output: toldTokens(body) ?? (inOwnWords ? 0 : undefined) }
}
