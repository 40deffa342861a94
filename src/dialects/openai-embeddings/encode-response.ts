import type { EmbeddingAnswer } from '../../core/embedding.ts'
import type { EmbeddingOptions } from './decode-request.ts'

export interface EmbeddingResponse {
  readonly object: 'list'
  readonly data: readonly { object: 'embedding'; index: number; embedding: readonly number[] | string }[]
  readonly model: string
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number }
}

/** The answer as OpenAI gives it. `base64` is what openai-node asks for by default, and decodes without looking. */
export function encodeEmbeddings(answer: EmbeddingAnswer, model: string, options: EmbeddingOptions): EmbeddingResponse {
  return {
    object: 'list',
    data: answer.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: options.format === 'base64' ? toBase64(vector) : vector
    })),
    model,
    usage: { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens }
  }
}

/** Float32, little-endian on every machine. */
function toBase64(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true)
  return Buffer.from(view.buffer).toString('base64')
}
