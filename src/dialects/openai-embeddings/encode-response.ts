import type { EmbeddingAnswer } from '../../core/embedding.ts'
import type { EmbeddingOptions } from './decode-request.ts'

/**
 * The JSON of an answer as OpenAI gives it, in pieces of one vector: 2,048 vectors are up to 130 MB of text, and made at once
 * they would hold up every other request for a second. `base64` is what openai-node asks for by default, and decodes without looking.
 * `cost`: US dollars, for a caller that asks.
 */
export function* encodeEmbeddings(
  answer: EmbeddingAnswer,
  model: string,
  options: EmbeddingOptions,
  cost: { readonly cost?: number | null } = {}
): Generator<string, void> {
  let start = '{"object":"list","data":['
  for (const [index, vector] of answer.vectors.entries()) {
    const embedding = options.format === 'base64' ? toBase64(vector) : vector
    yield `${start}{"object":"embedding","index":${index},"embedding":${JSON.stringify(embedding)}}`
    start = ','
  }
  const usage = { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens, ...cost }
  yield `],${JSON.stringify({ model, usage }).slice(1)}`
}

/** Float32, little-endian, as every machine that Node runs on has it. */
function toBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64')
}
