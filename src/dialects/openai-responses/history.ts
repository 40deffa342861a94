import { HEAVY_BYTES, heavyWork } from '../../core/heavy-work.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { Records, StoredRecord } from '../../state/response-store.ts'
import { badValue, tooMany, wrongType } from '../openai/refuse.ts'
import { readConversation } from './conversation-record.ts'
import type { ResponsesFields } from './fields.ts'
import { noConversation, noItem, noPrevious } from './kept.ts'
import { holderOf, isKeptId, referencedId } from './kept-ids.ts'
import { outputOf, type ResponseRecord, readResponseRecord } from './response-record.ts'

/** An item of a conversation, and where its caller would look for it. */
export interface PlacedItem {
  readonly item: Json
  readonly path: string
}

/** What a request takes up of what is kept. */
export interface History {
  /** The items before its own. */
  readonly items: readonly PlacedItem[]
  /** The items that are referred to, by id. */
  readonly found: ReadonlyMap<string, JsonObject>
  /** The ids of the responses before this one. */
  readonly chain: readonly string[]
  /** The conversation that it goes on with. */
  readonly conversation?: string
}

const NONE: History = { items: [], found: new Map(), chain: [] }

/** A chain of more is no conversation that any model can take. */
const MOST_RESPONSES = 1000
/** Each may stand in a record of its own. */
const MOST_REFERENCES = 1000

/**
 * Reads what a request refers to: the responses before it, a conversation, single items. Without any of them nothing is waited for.
 * Throws what the caller must change: `previous_response_not_found`, 404 for a conversation or an item, and 503 where the store is down.
 */
export function readHistory(fields: ResponsesFields, records: Records | undefined): History | Promise<History> {
  const previous = fields.get('previous_response_id')
  const conversation = conversationOf(fields)
  const input = fields.get('input')
  const wanted = Array.isArray(input) ? input.flatMap((item: Json) => referencedId(item) ?? []) : []
  if (wanted.length > MOST_REFERENCES) throw tooMany(fields.path('input'), MOST_REFERENCES, wanted.length)
  if (previous !== undefined && conversation !== undefined) throw exclusive(fields.path('previous_response_id'))
  if (previous !== undefined) return chainBefore(previous, fields.path('previous_response_id'), wanted, records)
  if (conversation !== undefined) return conversationBefore(conversation, fields.path('conversation'), wanted, records)
  return wanted.length === 0 ? NONE : referred(wanted, new Map(), records).then((found) => ({ ...NONE, found }))
}

function conversationOf(fields: ResponsesFields): string | undefined {
  const given = fields.get('conversation')
  if (given === undefined || typeof given === 'string') return given
  const path = fields.path('conversation')
  if (!isJsonObject(given)) throw wrongType(path, 'a string or an object', given)
  if (typeof given.id !== 'string') throw wrongType(`${path}.id`, 'a string', given.id)
  return given.id
}

function exclusive(path: string): GatewayError {
  const sentence = "Mutually exclusive parameters: ['previous_response_id', 'conversation']. Send one of them."
  return new GatewayError('exclusive_parameters', sentence, { param: path })
}

async function chainBefore(
  previous: string,
  path: string,
  wanted: readonly string[],
  records: Records | undefined
): Promise<History> {
  if (records === undefined || !isKeptId(previous, 'response')) throw noPrevious(previous, path, records !== undefined)
  const [stored] = await records.get([previous])
  if (stored === undefined) throw noPrevious(previous, path, true)
  const last = readResponseRecord(previous, stored)
  if (isJsonObject(last.response.conversation)) throw inConversation(path)
  const chain = [...last.chain, previous]
  if (chain.length > MOST_RESPONSES) throw tooMany(path, MOST_RESPONSES, chain.length)
  const before = last.chain.length === 0 ? [] : await records.get(last.chain)
  const earlier = await readInTurns(before, (each, index): ResponseRecord => {
    const id = last.chain[index]!
    if (each === undefined) throw noPrevious(id, path, true)
    return readResponseRecord(id, each)
  })
  const items = [...earlier, last].flatMap((record) => [...record.input, ...outputOf(record)])
  return historyOf(items, path, wanted, records).then((history) => ({ ...history, chain }))
}

function inConversation(path: string): GatewayError {
  return badValue(path, `Invalid '${path}': that response belongs to a conversation; send 'conversation' to go on with it.`)
}

async function conversationBefore(
  id: string,
  path: string,
  wanted: readonly string[],
  records: Records | undefined
): Promise<History> {
  if (records === undefined || !isKeptId(id, 'conversation')) throw noConversation(id, path, records !== undefined)
  const [stored] = await records.get([id])
  if (stored === undefined) throw noConversation(id, path, true)
  const { items } = readConversation(stored)
  return historyOf(items, path, wanted, records).then((history) => ({ ...history, conversation: id }))
}

async function historyOf(
  items: readonly JsonObject[],
  path: string,
  wanted: readonly string[],
  records: Records
): Promise<History> {
  const known = new Map<string, JsonObject>()
  for (const item of items) if (typeof item.id === 'string' && referencedId(item) === undefined) known.set(item.id, item)
  const all = [...wanted, ...items.flatMap((item) => referencedId(item) ?? [])]
  const found = await referred(all, known, records)
  const kept = sinceCompaction(items.map((item) => found.get(referencedId(item) ?? '') ?? item))
  return { items: kept.map((item) => ({ item, path })), found, chain: [] }
}

/** A compaction stands for all that was before it; what asked for it has been answered. */
function sinceCompaction(items: readonly JsonObject[]): readonly JsonObject[] {
  const from = items.findLastIndex(({ type }) => type === 'compaction')
  return items.slice(Math.max(0, from)).filter(({ type }) => type !== 'compaction_trigger')
}

/** The items with these ids: those that are known, and the rest from the records that hold them, which are read together. */
async function referred(
  ids: readonly string[],
  known: ReadonlyMap<string, JsonObject>,
  records: Records | undefined
): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map(known)
  const absent = [...new Set(ids)].filter((id) => !found.has(id))
  if (absent.length === 0) return found
  for (const item of await readHeldItems(absent, records)) if (typeof item.id === 'string') found.set(item.id, item)
  const lost = absent.find((id) => !found.has(id))
  if (lost !== undefined) throw noItem(lost, records !== undefined)
  return found
}

/** Everything in the records that hold items of these ids, which are read together; of references nothing. */
export async function readHeldItems(itemIds: readonly string[], records: Records | undefined): Promise<readonly JsonObject[]> {
  const ids = [...new Set(itemIds.map((id) => holderOf(id)))].filter((id) => id !== undefined)
  if (ids.length === 0 || records === undefined) return []
  const held = await readInTurns(await records.get(ids), (each, index): readonly JsonObject[] => {
    const id = ids[index]!
    if (each === undefined) return []
    if (isKeptId(id, 'conversation')) return readConversation(each).items
    const record = readResponseRecord(id, each)
    return [...record.input, ...outputOf(record)]
  })
  return held.flat().filter((item) => referencedId(item) === undefined)
}

/** Reads records; a few words may refer to so many of them that others are served between one part and the next. */
async function readInTurns<T>(
  stored: readonly (StoredRecord | undefined)[],
  read: (each: StoredRecord | undefined, index: number) => T
): Promise<readonly T[]> {
  const made: T[] = []
  const readSome = () => {
    for (let bytes = 0; made.length < stored.length && bytes < HEAVY_BYTES; ) {
      const each = stored[made.length]
      bytes += each?.bytes.length ?? 0
      made.push(read(each, made.length))
    }
  }
  const bytes = stored.reduce((sum, each) => sum + (each?.bytes.length ?? 0), 0)
  if (bytes < HEAVY_BYTES) readSome()
  else while (made.length < stored.length) await heavyWork.turn(readSome)
  return made
}
