import { byLength } from '../../core/estimate-tokens.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import { toldTokens } from './wanted-tokens.ts'

/** Members that hold a file as Base64, and what each of these costs at its largest, as in a conversation. */
const FILES: ReadonlySet<string> = new Set(['bytes', 'data'])
const FILE_TOKENS = 1600

/**
 * What Bedrock reserves for a body in its own words: its prompt, guessed, and the most of its answer. `inOwnWords`: the body is the
 * model's own; one that says no limit there is of a model that writes little, or nothing (an embedding, a picture).
 */
export function reservedTokens(
  body: Json | undefined,
  inOwnWords: boolean
): { readonly input: number; readonly output: number | undefined } {
  return { input: Math.ceil(wordsIn(body)), output: toldTokens(body) ?? (inOwnWords ? 0 : undefined) }
}

/** Tokens of all texts in a value. */
function wordsIn(value: Json | undefined): number {
  if (typeof value === 'string') return byLength(value)
  if (Array.isArray(value)) return (value as readonly Json[]).reduce<number>((sum, one) => sum + wordsIn(one), 0)
  if (!isJsonObject(value)) return 0
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + (FILES.has(name) && typeof one === 'string' ? FILE_TOKENS : byLength(name) + wordsIn(one)),
    0
  )
}
