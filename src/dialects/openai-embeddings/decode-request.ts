import type { EmbeddingRequest } from '../../core/embedding.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import type { DecodeTokens } from '../dialect.ts'
import { badValue, missing, outOfRange, wrongChoice, wrongType } from '../openai/refuse.ts'
import { unknownFields } from '../openai/unknown-members.ts'
import { decodeInput } from './decode-input.ts'

export interface EmbeddingOptions {
  readonly format: 'float' | 'base64'
}

export interface DecodedEmbeddingRequest {
  readonly request: EmbeddingRequest
  readonly options: EmbeddingOptions
  readonly warnings: readonly SpeltWarning[]
}

const KNOWN = new Set(['model', 'input', 'encoding_format', 'dimensions', 'input_type', 'truncate', 'extra_body'])
const FORMATS = { float: 'float', base64: 'base64' } as const

/** Words for what a vector is for, as Cohere, Voyage, Google and Jina have them. Others are the model's own and pass. */
const PURPOSES: Readonly<Record<string, string>> = {
  search_document: 'document',
  passage: 'document',
  'retrieval.passage': 'document',
  retrieval_document: 'document',
  search_query: 'query',
  'retrieval.query': 'query',
  retrieval_query: 'query'
}

const TRUNCATES: Readonly<Record<string, 'none' | 'start' | 'end'>> = {
  none: 'none',
  start: 'start',
  left: 'start',
  end: 'end',
  right: 'end'
}

/**
 * Reads an embeddings body. `null` means absent everywhere, unknown fields never fail; `input_type` and `truncate` are
 * extensions and work at the top level and inside a literal `extra_body`.
 */
export function decodeEmbeddingRequest(body: unknown, decodeTokens: DecodeTokens): DecodedEmbeddingRequest {
  if (!isJsonObject(body)) throw badValue('', 'The request body must be a JSON object.')
  const fields: JsonObject = isJsonObject(body.extra_body) ? { ...body.extra_body, ...body } : body
  const model = text(fields, 'model')
  if (model === undefined || model === '') throw missing('model')
  const format = oneOf(text(fields, 'encoding_format') ?? 'float', 'encoding_format', FORMATS)
  const dimensions = dimensionsOf(fields.dimensions)
  const purpose = text(fields, 'input_type')?.toLowerCase()
  const truncate = text(fields, 'truncate')?.toLowerCase()
  const request: EmbeddingRequest = {
    model,
    inputs: decodeInput(fields.input, decodeTokens),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(purpose === undefined ? {} : { purpose: Object.hasOwn(PURPOSES, purpose) ? PURPOSES[purpose]! : purpose }),
    ...(truncate === undefined ? {} : { truncate: oneOf(truncate, 'truncate', TRUNCATES) })
  }
  return { request, options: { format }, warnings: unknownOf(body) }
}

/** An empty `user` is nobody. */
function unknownOf(body: JsonObject): readonly SpeltWarning[] {
  const reason = 'embedding models take no such field'
  const extra = isJsonObject(body.extra_body) ? unknownFields(body.extra_body, KNOWN, reason) : []
  const told = [...unknownFields(body, KNOWN, reason), ...extra.map(({ param }) => ({ param: `extra_body.${param}`, reason }))]
  return body.user === '' ? told.filter(({ param }) => param !== 'user') : told
}

function text(fields: JsonObject, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw wrongType(name, 'a string', value)
}

function dimensionsOf(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType('dimensions', 'an integer', value)
  if (value < 1) throw outOfRange('dimensions', value, { min: 1 })
  return value
}

function oneOf<T>(value: string, path: string, allowed: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(allowed, value)) return allowed[value]!
  throw wrongChoice(path, Object.keys(allowed), value)
}
