import { member } from '../../core/json.ts'
import { dataUrl, type EmbedCodec, imageOf, textOf } from './codec.ts'

/** Our words for what a vector is for, in Cohere's. */
export const COHERE_PURPOSES = {
  document: 'search_document',
  query: 'search_query',
  classification: 'classification',
  clustering: 'clustering'
} as const

/** Cohere Embed v3, English and multilingual: 96 texts or one image per call, 1024 numbers. */
export const COHERE_V3: EmbedCodec = {
  dimensions: [1024],
  textsPerCall: 96,
  images: 'alone',
  // Bedrock refuses a longer text by its schema, whatever `truncate` says.
  maxCharacters: 2048,
  truncates: true,
  purposes: COHERE_PURPOSES,
  encode: (inputs, wish) => {
    const images = inputs.flatMap((input) => imageOf(input) ?? [])
    if (images.length > 0) return { images: images.map(dataUrl), input_type: 'image', embedding_types: ['float'] }
    return {
      texts: inputs.map(textOf),
      input_type: wish.purpose ?? COHERE_PURPOSES.document,
      truncate: (wish.truncate ?? 'end').toUpperCase(),
      embedding_types: ['float']
    }
  },
  vectors: cohereVectors
}

/** Cohere answers with a bare list, or with lists by type once types were asked for. */
export function cohereVectors(body: Parameters<EmbedCodec['vectors']>[0]): ReturnType<EmbedCodec['vectors']> {
  return member(body.embeddings, 'float') ?? body.embeddings
}
