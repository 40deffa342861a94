import type { Spell } from '../../core/field.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { RerankRequest } from '../../core/rerank.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { optionalArray, optionalBoolean, optionalInteger, stringAt } from '../openai/read-value.ts'
import { badValue, emptyArray, missing, outOfRange, tooMany, wrongType } from '../openai/refuse.ts'
import { createSpelling, USUAL_WORDS } from '../openai/spelling.ts'
import { unknownFields } from '../openai/unknown-members.ts'

export interface DecodedRerankRequest {
  readonly request: RerankRequest
  /** As they came, to be given back; undefined: none is wanted back. */
  readonly returned: readonly Json[] | undefined
  readonly warnings: readonly SpeltWarning[]
}

/** How callers of this endpoint write the core's fields. */
export const rerankSpelling: Spell = createSpelling({ ...USUAL_WORDS, turns: 'documents', inputs: 'documents' })

/** What Bedrock takes at once (service model of Rerank, 2026-05). */
const MOST_DOCUMENTS = 1000
/** Cohere's first version leaves the model to whoever answers (cohere-ai 8.1, 2026-11); its name here is the operator's reranker. */
const USUAL_MODEL = 'rerank-v3.5'
/** Cohere's first version knows no bound; each is looked for in each document. */
const MOST_RANK_FIELDS = 100
const KNOWN = new Set(['model', 'query', 'documents', 'top_n', 'return_documents', 'rank_fields'])

/**
 * Reads a body in the shape of Cohere (v1 and v2) and of Jina, which LiteLLM, vLLM and others have too. Documents are texts, or objects: of
 * those `text` is read, or the members that `rank_fields` names, as Cohere's v1 does. `null` means absent; unknown fields are reported.
 */
export function decodeRerankRequest(body: unknown, version: '1' | '2'): DecodedRerankRequest {
  if (!isJsonObject(body)) throw badValue('', 'The request body must be a JSON object.')
  const model = stringAt(version === '1' ? (body.model ?? USUAL_MODEL) : body.model, 'model')
  if (model === '') throw missing('model')
  const query = queryOf(body.query)
  const given = optionalArray(body.documents, 'documents')
  if (given === undefined) throw missing('documents')
  if (given.length > MOST_DOCUMENTS) throw tooMany('documents', MOST_DOCUMENTS, given.length)
  const named = optionalArray(body.rank_fields, 'rank_fields')
  if (named !== undefined && named.length > MOST_RANK_FIELDS) throw tooMany('rank_fields', MOST_RANK_FIELDS, named.length)
  const fields = named?.map((name, at) => stringAt(name, `rank_fields[${at}]`))
  const [first, ...others] = given.map((document, at) => textOf(document, `documents[${at}]`, fields))
  if (first === undefined) throw emptyArray('documents')
  const topN = optionalInteger(body.top_n, 'top_n')
  if (topN !== undefined && topN < 1) throw outOfRange('top_n', topN, { min: 1 })
  const returned = optionalBoolean(body.return_documents, 'return_documents') === true ? given : undefined
  return {
    request: { model, query, documents: [first, ...others], ...(topN === undefined ? {} : { topN }) },
    returned,
    warnings: unknownFields(body, KNOWN, 'rerankers of Bedrock take no such field')
  }
}

/** Jina's query may be an object too. */
function queryOf(value: Json | undefined): string {
  const query = isJsonObject(value) ? stringAt(value.text, 'query.text') : stringAt(value, 'query')
  if (query.trim() === '') throw badValue('query', "Invalid 'query': it must hold some text.")
  return query
}

function textOf(document: Json, path: string, fields: readonly string[] | undefined): string {
  if (typeof document === 'string') return document
  if (!isJsonObject(document)) throw wrongType(path, 'a string or an object', document)
  if (fields === undefined && document.text !== undefined && document.text !== null)
    return stringAt(document.text, `${path}.text`)
  if (fields === undefined && document.image !== undefined)
    throw badValue(path, `Invalid '${path}': rerankers of Bedrock read texts only.`)
  const lines = linesOf(document, fields ?? Object.keys(document))
  if (lines === '') throw badValue(path, `Invalid '${path}': it has no text to rank, nor a member that \`rank_fields\` names.`)
  return lines
}

/** Structured documents as Cohere wants them: YAML, one member a line, in the order that is asked for. */
function linesOf(document: JsonObject, fields: readonly string[]): string {
  const told = fields.filter((name) => document[name] !== undefined && document[name] !== null)
  return told.map((name) => `${name}: ${plain(document[name]!)}`).join('\n')
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
