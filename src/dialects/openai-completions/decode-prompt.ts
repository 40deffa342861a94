import type { Json } from '../../core/json.ts'
import type { DecodeTokens } from '../dialect.ts'
import { badValue, missing, tooMany, wrongType } from '../openai/refuse.ts'
import { textOfTokens } from '../openai/token-text.ts'

/** Whether a prompt is given as tokens, so that the vocabulary is only loaded when it is needed. */
export function promptHoldsTokens(prompt: unknown): boolean {
  return Array.isArray(prompt) && prompt.some((item) => typeof item === 'number' || Array.isArray(item))
}

/** Each is a conversation of its own, and a call of Bedrock for each answer wanted. */
const MOST_PROMPTS = 128

/** Reads every form `prompt` may have: a text, tokens, or a list of either; `path` is where it stands in the body. */
export function decodePrompts(
  prompt: Json | undefined,
  decodeTokens: DecodeTokens,
  path = 'prompt'
): readonly [string, ...string[]] {
  if (prompt === undefined || prompt === null) throw missing(path)
  if (!Array.isArray(prompt)) return [decodeOne(prompt, path, decodeTokens)]
  if (prompt.length > 0 && prompt.every((item) => typeof item === 'number')) return [decodeOne(prompt, path, decodeTokens)]
  if (prompt.length > MOST_PROMPTS) throw tooMany(path, MOST_PROMPTS, prompt.length)
  const [first, ...others] = prompt.map((item: Json, index: number) => decodeOne(item, `${path}[${index}]`, decodeTokens))
  if (first === undefined) throw badValue(path, `'${path}' must not be an empty array.`)
  return [first, ...others]
}

function decodeOne(item: Json, path: string, decodeTokens: DecodeTokens): string {
  const text = Array.isArray(item) ? textOfTokens(item, path, decodeTokens) : item
  if (typeof text !== 'string') throw wrongType(path, 'a string or an array of tokens', text)
  // Bedrock takes no blank text, and a prompt of nothing is a mistake more often than a wish.
  if (text.trim() === '') throw badValue(path, `'${path}' must not be blank.`)
  return text
}
