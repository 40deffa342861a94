import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { RankedDocument, RerankRequest } from '../../core/rerank.ts'
import { GatewayError } from '../../errors.ts'

/** What one query is billed with (AWS's price page, 2026). */
const DOCUMENTS_PER_QUERY = 100

/** The bodies of the families of rerankers (AWS's inference parameters, 2026): their answers are the same. */
const FAMILIES: readonly (readonly [baseId: RegExp, extra: JsonObject])[] = [
  [/^cohere\.rerank-/, { api_version: 2 }],
  [/^amazon\.rerank-/, {}]
]

/** The body for a reranker; undefined: the model is none that is known. */
export function encodeRerank({ query, documents, topN }: RerankRequest, baseId: string): JsonObject | undefined {
  const family = FAMILIES.find(([pattern]) => pattern.test(baseId))
  if (family === undefined) return undefined
  return { ...family[1], query, documents, top_n: Math.min(topN ?? documents.length, documents.length) }
}

/** What a call is billed as. */
export function queriesOf({ documents }: RerankRequest): number {
  return queriesFor(documents.length)
}

/** What so many documents are billed as. */
export function queriesFor(documents: number): number {
  return Math.ceil(documents / DOCUMENTS_PER_QUERY)
}

/** Reads an answer. Throws GatewayError `upstream_error` where it names no places of the request. */
export function decodeRerank({ results }: JsonObject, count: number): readonly RankedDocument[] {
  const read = Array.isArray(results) ? (results as readonly Json[]).map(decodeOne) : [undefined]
  const ranked = read.filter((one) => one !== undefined && one.index < count) as RankedDocument[]
  if (ranked.length === read.length) return ranked
  throw new GatewayError('upstream_error', 'Bedrock answered with an order of documents that cannot be read')
}

function decodeOne(result: Json): RankedDocument | undefined {
  if (!isJsonObject(result)) return undefined
  const { index, relevance_score: score } = result
  return Number.isInteger(index) && typeof score === 'number' && Number(index) >= 0 ? { index: Number(index), score } : undefined
}
