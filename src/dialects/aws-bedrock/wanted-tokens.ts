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

/** Tokens of the answer that a body asks for, at most. A body that cannot be read asks for what is usual: Bedrock will refuse it. */
export function wantedTokens(body: unknown, usual = USUAL): number {
  const parsed = body instanceof Uint8Array ? parse(body) : undefined
  const told = PATHS.map((path) => path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), parsed))
  return (told.find((value) => typeof value === 'number' && value > 0) as number | undefined) ?? usual
}

function parse(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Json
  } catch {
    return undefined
  }
}
