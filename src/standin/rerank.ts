import { modelRefuses } from './refusal.ts'
import { list, number, struct, text } from './shape.ts'

const malformed = (why: string) => modelRefuses(`Malformed input request: ${why}, please reformat your input and try again.`)

const MEMBERS = {
  query: text({ min: 1, max: 32_000 }),
  documents: list(text(), { min: 1, max: 1000 }),
  top_n: number({ integer: true, min: 1 })
}

/** Answers a reranker: a document is as good as the part of the query's words that it has. */
export function rerank(body: Readonly<Record<string, unknown>>, modelId: string): object {
  const isCohere = modelId.startsWith('cohere.')
  for (const name of ['query', 'documents', ...(isCohere ? ['api_version'] : [])])
    if (body[name] === undefined) malformed(`#: required key [${name}] not found`)
  struct(isCohere ? { ...MEMBERS, api_version: number({ integer: true, min: 1, max: 2 }) } : MEMBERS)(body, '')
  const { query, documents, top_n: topN } = body as { query: string; documents: string[]; top_n?: number }
  if (topN !== undefined && topN > documents.length) malformed('#/top_n: expected at most the number of documents')
  const words = wordsOf(query)
  const results = documents.map((document, index) => {
    const own = new Set(wordsOf(document))
    const share = words.filter((word) => own.has(word)).length / Math.max(1, words.length)
    return { index, relevance_score: Math.round((0.01 + share * 0.98) * 1e6) / 1e6 }
  })
  return { results: results.sort((a, b) => b.relevance_score - a.relevance_score).slice(0, topN ?? documents.length) }
}

function wordsOf(said: string): readonly string[] {
  return said.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
