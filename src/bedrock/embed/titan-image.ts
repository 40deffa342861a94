import { member } from '../../core/json.ts'
import { type EmbedCodec, imageOf, only, textOf } from './codec.ts'

/** Amazon Titan Multimodal Embeddings G1: a text, an image, or both as one vector. */
export const TITAN_IMAGE: EmbedCodec = {
  dimensions: [1024, 384, 256],
  textsPerCall: 1,
  images: 'with-text',
  truncates: false,
  encode: (inputs, wish) => {
    const input = only(inputs)
    const image = imageOf(input)
    const text = textOf(input)
    return {
      ...(text === '' ? {} : { inputText: text }),
      ...(image === undefined ? {} : { inputImage: image.data }),
      ...(wish.dimensions === undefined ? {} : { embeddingConfig: { outputEmbeddingLength: wish.dimensions } })
    }
  },
  vectors: (body) => [member(body, 'embedding') ?? null],
  tokens: (body) => body.inputTextTokenCount
}
