import { isJsonObject, type Json } from '../../core/json.ts'

/** Where bodies of Bedrock say how long an answer may be: Converse, and the models' own words. */
const PATHS = [
  ['inferenceConfig', 'maxTokens'],
  ['inferenceConfig', 'max_new_tokens'],
  ['max_tokens'],
  ['max_completion_tokens'],
  ['max_gen_len'],
  ['textGenerationConfig', 'maxTokenCount']
] as const

/** Tokens that an answer may well have whose caller sets no limit. */
const USUAL = 1024

/** Tokens of the answer that a body asks for, at most. One that says nothing of it, or is undefined, asks for what is usual. */
export function wantedTokens(body: Json | undefined, usual = USUAL): number {
  return toldTokens(body) ?? usual
}

/** The same; undefined: it does not say. */
export function toldTokens(body: Json | undefined): number | undefined {
  const told = PATHS.map((path) => path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), body))
  return told.find((value): value is number => typeof value === 'number' && value > 0)
}
