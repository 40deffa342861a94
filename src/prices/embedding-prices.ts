import type { PriceRow } from './price-row.ts'

/** Embedding models. Routing makes no difference to them. Sources: see `price-sources.ts`. */
export const EMBEDDING_PRICES: readonly PriceRow[] = [
  { ids: ['amazon.titan-embed-text-v2*'], input: 0.02, source: 'A1 P2' },
  { ids: ['amazon.titan-embed-text-v1*', 'amazon.titan-embed-g1-text-02*'], input: 0.1, source: 'P2' },
  { ids: ['amazon.titan-embed-image-v1*'], input: 0.8, per_image: 0.00006, source: 'P2' },
  { ids: ['amazon.nova-2-multimodal-embeddings*'], input: 0.135, per_image: 0.00006, source: 'A1 A2' },
  { ids: ['cohere.embed-v4*'], input: 0.12, source: 'A1' },
  { ids: ['cohere.embed-english-v3*', 'cohere.embed-multilingual-v3*'], input: 0.1, source: 'P2' },
  { ids: ['twelvelabs.marengo-embed-2-7*'], per_image: 0.0001, per_text: 0.00007, source: 'P2' }
]
