import { member } from '../../core/json.ts'
import { type EmbedCodec, only, textOf } from './codec.ts'

/** Amazon Titan Text Embeddings V2: one text per call, unit length. */
export const TITAN_TEXT_V2: EmbedCodec = {
  dimensions: [1024, 512, 256],
  textsPerCall: 1,
  images: 'none',
  maxCharacters: 50_000,
  truncates: false,
  encode: (inputs, wish) => ({
    inputText: textOf(only(inputs)),
    normalize: true,
    ...(wish.dimensions === undefined ? {} : { dimensions: wish.dimensions })
  }),
  vectors: (body) => [member(body, 'embedding') ?? member(member(body, 'embeddingsByType'), 'float') ?? null],
  tokens: (body) => body.inputTextTokenCount
}
