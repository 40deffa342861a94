import { member } from '../../core/json.ts'
import { type EmbedCodec, only, textOf } from './codec.ts'

/** Amazon Titan Embeddings G1, text: one text per call, always 1536 numbers. */
export const TITAN_TEXT_V1: EmbedCodec = {
  dimensions: [1536],
  textsPerCall: 1,
  images: 'none',
  maxCharacters: 50_000,
  truncates: false,
  encode: (inputs) => ({ inputText: textOf(only(inputs)) }),
  vectors: (body) => [member(body, 'embedding') ?? null],
  tokens: (body) => body.inputTextTokenCount
}
