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
  const told = PATHS.map((path) => path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), body))
  return (told.find((value) => typeof value === 'number' && value > 0) as number | undefined) ?? usual
}
