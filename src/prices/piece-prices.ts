import type { PriceRow } from './price-row.ts'

/** Sizes of Titan Image Generator that cost what 512 x 512 does: all up to 768 x 768 (AWS's inference parameters, 2026-01). */
const TITAN_SMALL = 768 * 768

/**
 * Models that are paid by the piece: rerankers by the query of up to 100 documents, whose price is that of a text here, and pictures that
 * are made. Sources: see `price-sources.ts`.
 */
export const PIECE_PRICES: readonly PriceRow[] = [
  { ids: ['cohere.rerank-v3-5*'], per_text: 0.002, source: 'A1 P2' },
  { ids: ['amazon.rerank-v1*'], per_text: 0.001, source: 'A1 P2' },
  { ids: ['stability.stable-image-core*'], per_image: 0.04, source: 'A1' },
  { ids: ['stability.stable-image-ultra*'], per_image: 0.14, source: 'A1' },
  { ids: ['stability.sd3-*'], per_image: 0.08, source: 'A1' },
  { ids: ['stability.stable-conservative-upscale*'], per_image: 0.4, source: 'A1' },
  { ids: ['stability.stable-creative-upscale*'], per_image: 0.6, source: 'A1' },
  { ids: ['stability.stable-fast-upscale*'], per_image: 0.03, source: 'A1' },
  { ids: ['stability.stable-outpaint*'], per_image: 0.06, source: 'A1' },
  { ids: ['stability.stable-style-transfer*'], per_image: 0.08, source: 'A1' },
  {
    ids: [
      'stability.stable-image-control-*',
      'stability.stable-image-erase-object*',
      'stability.stable-image-inpaint*',
      'stability.stable-image-remove-background*',
      'stability.stable-image-search-*',
      'stability.stable-image-style-guide*'
    ],
    per_image: 0.07,
    source: 'A1'
  },
  {
    ids: ['amazon.titan-image-generator*'],
    per_image: [
      { up_to_pixels: TITAN_SMALL, quality: 'standard', usd: 0.008 },
      { up_to_pixels: TITAN_SMALL, quality: 'premium', usd: 0.01 },
      { quality: 'standard', usd: 0.01 },
      { quality: 'premium', usd: 0.012 }
    ],
    source: 'A5 P2',
    note: "the life of v2 ended on 2026-06-30 (AWS's model card)"
  }
]
