import { member } from '../../core/json.ts'
import { type EmbedCodec, imageOf, only, textOf } from './codec.ts'

/** Our words, and Nova's own in lower case, to Nova's. */
const NOVA_PURPOSES = {
  document: 'GENERIC_INDEX',
  query: 'GENERIC_RETRIEVAL',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  generic_index: 'GENERIC_INDEX',
  generic_retrieval: 'GENERIC_RETRIEVAL',
  text_retrieval: 'TEXT_RETRIEVAL',
  image_retrieval: 'IMAGE_RETRIEVAL',
  video_retrieval: 'VIDEO_RETRIEVAL',
  document_retrieval: 'DOCUMENT_RETRIEVAL',
  audio_retrieval: 'AUDIO_RETRIEVAL'
} as const

/** Amazon Nova 2 Multimodal Embeddings: one text or one image per call. */
export const NOVA_2_MULTIMODAL: EmbedCodec = {
  dimensions: [3072, 1024, 384, 256],
  textsPerCall: 1,
  images: 'alone',
  truncates: true,
  purposes: NOVA_PURPOSES,
  encode: (inputs, wish) => {
    const input = only(inputs)
    const image = imageOf(input)
    return {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: wish.purpose ?? NOVA_PURPOSES.document,
        embeddingDimension: wish.dimensions ?? 3072,
        ...(image === undefined
          ? { text: { truncationMode: (wish.truncate ?? 'end').toUpperCase(), value: textOf(input) } }
          : { image: { format: image.format, source: { bytes: image.data } } })
      }
    }
  },
  vectors: (body) => {
    const { embeddings } = body
    return Array.isArray(embeddings) ? embeddings.map((entry) => member(entry, 'embedding') ?? null) : undefined
  }
}
