import type { PriceRow } from './price-row.ts'

/**
 * Models that are paid by the piece: rerankers by the query of up to 100 documents, whose price is that of a text here, and pictures that
 * are made. Sources: see `price-sources.ts`.
 */
export const PIECE_PRICES: readonly PriceRow[] = [
  { ids: ['cohere.rerank-v3-5*'], per_text: 0.002, source: 'A1 P2' },
  { ids: ['amazon.rerank-v1*'], per_text: 0.001, source: 'A1 P2' }
]
