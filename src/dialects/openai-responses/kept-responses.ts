import type { JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { Records } from '../../state/response-store.ts'
import { readHeldItems } from './history.ts'
import { noResponse } from './kept.ts'
import { isKeptId, referencedId } from './kept-ids.ts'
import { type ListQuery, listPage, one } from './list-page.ts'
import { type ResponseRecord, readResponseRecord } from './response-record.ts'

/** What is kept of a response. Throws 404 where its caller has kept none under this id. */
export async function keptResponse(records: Records | undefined, id: string): Promise<ResponseRecord> {
  if (records === undefined || !isKeptId(id, 'response')) throw noResponse(id, records !== undefined)
  const [stored] = await records.get([id])
  if (stored === undefined) throw noResponse(id, true)
  return readResponseRecord(id, stored)
}

/** Forgets a response. What was made from it stays, and cannot be gone on with. */
export async function deleteResponse(records: Records | undefined, id: string): Promise<JsonObject> {
  await keptResponse(records, id)
  await records?.delete(id)
  return { id, object: 'response', deleted: true }
}

/** The input of a response, page by page; references are told as what they refer to, where that is still there. */
export async function listInputItems(records: Records | undefined, id: string, query: ListQuery): Promise<JsonObject> {
  const { input } = await keptResponse(records, id)
  const wanted = input.flatMap((item) => referencedId(item) ?? [])
  const held = wanted.length === 0 ? [] : await readHeldItems(wanted, records)
  const byId = new Map(held.map((item) => [item.id, item]))
  return listPage(
    input.map((item) => byId.get(referencedId(item) ?? '') ?? item),
    query
  )
}

/** Only what is made in the background can be cancelled, and nothing is. Throws, and 404 where there is no such response. */
export async function cancelResponse(records: Records | undefined, id: string): Promise<never> {
  const { response } = await keptResponse(records, id)
  const sentence = `Cannot cancel a synchronous response: '${String(response.id)}' was not made in the background.`
  throw new GatewayError('invalid_request', sentence, { param: 'response_id' })
}

/** Whether a response is wanted as a stream, and after which event; undefined: whole. */
export function replayedFrom(query: ListQuery): number | undefined {
  if (one(query.stream) !== 'true') return undefined
  const said = one(query.starting_after)
  if (said === undefined || said === '') return -1
  if (/^\d{1,15}$/.test(said)) return Number(said)
  const sentence = "Invalid type for 'starting_after': expected an integer, but got a string instead."
  throw new GatewayError('invalid_type', sentence, { param: 'starting_after' })
}
