import type { EmbeddingInput } from '../../core/embedding.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'
import { dataUrl, type EmbedCodec, imageOf, textOf } from './codec.ts'
import { COHERE_PURPOSES, cohereVectors } from './cohere-v3.ts'

// v4 has words of its own here; v3 says END and START.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html
const TRUNCATE = { none: 'NONE', start: 'LEFT', end: 'RIGHT' } as const

/** Cohere Embed v4: 96 texts per call, or one image, or one input of text and images together. */
export const COHERE_V4: EmbedCodec = {
  dimensions: [1536, 1024, 512, 256],
  textsPerCall: 96,
  images: 'with-text',
  truncates: true,
  purposes: COHERE_PURPOSES,
  encode: (inputs, wish) => ({
    ...contentOf(inputs),
    input_type: wish.purpose ?? COHERE_PURPOSES.document,
    truncate: TRUNCATE[wish.truncate ?? 'end'],
    embedding_types: ['float'],
    ...(wish.dimensions === undefined ? {} : { output_dimension: wish.dimensions })
  }),
  vectors: cohereVectors
}

function contentOf(inputs: readonly EmbeddingInput[]): JsonObject {
  const images = inputs.flatMap((input) => imageOf(input) ?? [])
  if (images.length === 0) return { texts: inputs.map(textOf) }
  if (inputs.every((input) => input.parts.length === 1)) return { images: images.map(dataUrl) }
  return { inputs: inputs.map((input) => ({ content: mixedContent(input) })) }
}

function mixedContent(input: EmbeddingInput): Json[] {
  return input.parts.map((part) => {
    switch (part.type) {
      case 'text':
        return { type: 'text', text: part.text }
      case 'image':
        return { type: 'image_url', image_url: { url: dataUrl(part) } }
      default:
        return unreachable(part)
    }
  })
}
