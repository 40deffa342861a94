import type { ByteString } from '../../core/byte-string.ts'
import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredRecord } from '../../state/response-store.ts'
import { listedItem } from './kept-ids.ts'

/** What is kept of one response: its own input alone, never that of the responses before it. */
export interface ResponseRecord {
  /** The ids of the responses before it, oldest first. */
  readonly chain: readonly string[]
  /** As it was sent, references unresolved; with ids. */
  readonly input: readonly JsonObject[]
  /** The whole response, as its caller got it. */
  readonly response: JsonObject
}

/** The form that records are written in. Readers of a form to come must go on reading this one. */
export const RECORD_VERSION = 1

/** A record's bytes; `input` and `response` are JSON. */
export function responseRecord(chain: readonly string[], input: ByteString, response: ByteString): Buffer {
  const text = `{"v":${RECORD_VERSION},"chain":${JSON.stringify(chain)},"input":${input},"response":${response}}`
  return Buffer.from(text, 'latin1')
}

/** Reads what `responseRecord` wrote. */
export function readResponseRecord(id: string, stored: StoredRecord): ResponseRecord {
  const { chain, input, response } = readKept(stored)
  const items: readonly Json[] = Array.isArray(input) ? input : [{ role: 'user', content: input ?? '' }]
  return {
    chain: Array.isArray(chain) ? chain.map(String) : [],
    input: items.map((item, index) => listedItem(item, id, 'i', index)),
    response: isJsonObject(response) ? response : {}
  }
}

/** The items of an answer that is kept. */
export function outputOf({ response }: Pick<ResponseRecord, 'response'>): readonly JsonObject[] {
  return Array.isArray(response.output) ? response.output.filter(isJsonObject) : []
}

/** A record as JSON. Throws 503 `unavailable` for a form of a later version: another task will know it. */
export function readKept({ bytes }: StoredRecord): JsonObject {
  const kept = parseExact(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  if (isJsonObject(kept) && kept.v === RECORD_VERSION) return kept
  throw new GatewayError('unavailable', 'This was kept by a later version of the gateway than the one that answers now.', {
    retryAfterS: 5
  })
}
