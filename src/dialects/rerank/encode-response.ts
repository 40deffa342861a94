import { isJsonObject, type Json } from '../../core/json.ts'
import type { RerankAnswer } from '../../core/rerank.ts'

/** What an answer says beside its results. */
export interface RerankHead {
  readonly id: string
  /** The id that was called. */
  readonly model: string
  /** What is billed: Cohere's search units. */
  readonly queries: number
  /** `v2` under Cohere's second path. */
  readonly version: '1' | '2'
}

/**
 * An answer that Cohere's clients and Jina's both read: what the one has beside `results`, the other passes over. Tokens are not told by
 * Bedrock, so Jina's `usage` counts none. `returned`: the documents, where they are wanted back, a text as `{text}`.
 */
export function encodeRerankAnswer({ results }: RerankAnswer, head: RerankHead, returned: readonly Json[] | undefined): object {
  return {
    id: head.id,
    object: 'list',
    model: head.model,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returned === undefined ? {} : { document: asObject(returned[index]!) })
    })),
    meta: { api_version: { version: head.version }, billed_units: { search_units: head.queries } },
    usage: { total_tokens: 0 }
  }
}

function asObject(document: Json): Json {
  return isJsonObject(document) ? document : { text: document }
}
