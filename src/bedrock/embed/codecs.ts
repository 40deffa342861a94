import { globMatch } from '../../models/glob.ts'
import type { EmbedCodec } from './codec.ts'
import { COHERE_V3 } from './cohere-v3.ts'
import { COHERE_V4 } from './cohere-v4.ts'
import { MARENGO_3 } from './marengo-3.ts'
import { NOVA_2_MULTIMODAL } from './nova-2-multimodal.ts'
import { TITAN_IMAGE } from './titan-image.ts'
import { TITAN_TEXT_V1 } from './titan-text-v1.ts'
import { TITAN_TEXT_V2 } from './titan-text-v2.ts'

/** First row that matches wins; the last row of a maker is its newest codec, for models that come later. */
const EMBED_CODECS = [
  ['amazon.titan-embed-text-v1*', TITAN_TEXT_V1],
  ['amazon.titan-embed-g1-text-*', TITAN_TEXT_V1],
  ['amazon.titan-embed-image-*', TITAN_IMAGE],
  ['amazon.titan-embed-text-*', TITAN_TEXT_V2],
  ['amazon.nova-*multimodal-embeddings*', NOVA_2_MULTIMODAL],
  ['cohere.embed-*-v3*', COHERE_V3],
  ['cohere.embed-*', COHERE_V4],
  // Marengo 2.7 has another body and ends on 2026-11-30.
  ['twelvelabs.marengo-embed-2-*', undefined],
  ['twelvelabs.marengo-embed-*', MARENGO_3]
] as const satisfies readonly (readonly [string, EmbedCodec | undefined])[]

/** The codec for a base id; undefined when it is no embedding model that is known here. */
export function embedCodecFor(baseId: string): EmbedCodec | undefined {
  return EMBED_CODECS.find(([match]) => globMatch(match, baseId))?.[1]
}
