import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { Records } from '../../state/response-store.ts'
import { atMost, objectAt, optionalArray, optionalObject, stringAt } from '../openai/read-value.ts'
import { missing, tooMany, wrongType } from '../openai/refuse.ts'
import {
  type ConversationRecord,
  changeConversation,
  readConversation,
  withItems,
  writeConversation
} from './conversation-record.ts'
import { readHeldItems } from './history.ts'
import { noConversation, noItem } from './kept.ts'
import { isKeptId, keptId, referencedId } from './kept-ids.ts'
import { type ListQuery, listPage } from './list-page.ts'

/** Items that one request may put into a conversation (OpenAI's OpenAPI file, 2026-08). */
const MOST_ADDED = 20
const MOST_PAIRS = 16

/** Begins a conversation; `digits`: 32 random hexadecimal ones. */
export async function createConversation(records: Records | undefined, body: unknown, digits: string): Promise<JsonObject> {
  const { items, metadata } = objectAt((body ?? {}) as Json, 'body')
  const id = keptId('conversation', digits)
  if (records === undefined) throw noConversation('', undefined, false)
  const empty: ConversationRecord = {
    created: Math.floor(Date.now() / 1000),
    metadata: metadataOf(metadata),
    items: [],
    next: 0
  }
  const record = withItems(id, empty, await resolvedItems(items, records))
  await writeConversation(records, id, record, 'nothing')
  return told(id, record)
}

/** Throws 404 where its caller has no conversation of this id; so does everything below. */
export async function getConversation(records: Records | undefined, id: string): Promise<JsonObject> {
  return told(id, await keptConversation(records, id))
}

/** Replaces the metadata. */
export async function updateConversation(records: Records | undefined, id: string, body: unknown): Promise<JsonObject> {
  const { metadata } = objectAt(body as Json, 'body')
  const pairs = metadataOf(metadata)
  return told(id, await changed(records, id, (record) => ({ ...record, metadata: pairs })))
}

/** Forgets a conversation with its items; responses that were made in it stay. */
export async function deleteConversation(records: Records | undefined, id: string): Promise<JsonObject> {
  await keptConversation(records, id)
  await records?.delete(id)
  return { id, object: 'conversation.deleted', deleted: true }
}

/** One page of what was said. */
export async function listConversation(records: Records | undefined, id: string, query: ListQuery): Promise<JsonObject> {
  return listPage((await keptConversation(records, id)).items, query)
}

/** Puts items at the end; they are told as a page. */
export async function addToConversation(records: Records | undefined, id: string, body: unknown): Promise<JsonObject> {
  const { items } = objectAt(body as Json, 'body')
  if (items === undefined || items === null) throw missing('items')
  const added = await resolvedItems(items, records)
  const { items: all } = await changed(records, id, (record) => withItems(id, record, added))
  const order = added.length === 0 ? [] : all.slice(-added.length)
  return listPage(order, { order: 'asc', limit: String(MOST_ADDED) })
}

/** One item. */
export async function getConversationItem(records: Records | undefined, id: string, itemId: string): Promise<JsonObject> {
  const { items } = await keptConversation(records, id)
  const item = items.find((each) => each.id === itemId)
  if (item === undefined) throw noSuchItem()
  return item
}

/** Takes an item out; the conversation without it is told. */
export async function deleteConversationItem(records: Records | undefined, id: string, itemId: string): Promise<JsonObject> {
  const record = await changed(records, id, (before) => {
    if (!before.items.some((each) => each.id === itemId)) throw noSuchItem()
    return { ...before, items: before.items.filter((each) => each.id !== itemId) }
  })
  return told(id, record)
}

async function keptConversation(records: Records | undefined, id: string): Promise<ConversationRecord> {
  if (records === undefined || !isKeptId(id, 'conversation')) throw noConversation(id, undefined, records !== undefined)
  const [stored] = await records.get([id])
  if (stored === undefined) throw noConversation(id, undefined, true)
  return readConversation(stored)
}

async function changed(
  records: Records | undefined,
  id: string,
  change: (record: ConversationRecord) => ConversationRecord
): Promise<ConversationRecord> {
  if (records === undefined || !isKeptId(id, 'conversation')) throw noConversation(id, undefined, records !== undefined)
  const record = await changeConversation(records, id, change)
  if (record === undefined) throw noConversation(id, undefined, true)
  return record
}

function told(id: string, { created, metadata }: ConversationRecord): JsonObject {
  return { id, object: 'conversation', created_at: created, metadata }
}

function noSuchItem(): GatewayError {
  return new GatewayError('not_found', 'The conversation has no item of this id.')
}

/** The items, with what they refer to in place of references. Throws 404 for a reference to nothing. */
async function resolvedItems(value: Json | undefined, records: Records | undefined): Promise<readonly Json[]> {
  const items = itemsOf(value)
  const held = await readHeldItems(
    items.flatMap((item) => referencedId(item) ?? []),
    records
  )
  return items.map((item) => {
    const id = referencedId(item)
    const found = id === undefined ? item : held.find((each) => each.id === id)
    if (found === undefined) throw noItem(id ?? '', records !== undefined, 'items')
    return found
  })
}

function itemsOf(value: Json | undefined): readonly Json[] {
  const items = atMost(optionalArray(value, 'items') ?? [], MOST_ADDED, 'items')
  items.forEach((item, index) => {
    if (!isJsonObject(item)) throw wrongType(`items[${index}]`, 'an object', item)
    if (item.type === undefined && item.role === undefined && referencedId(item) === undefined)
      throw missing(`items[${index}].type`)
    if (item.type === 'item_reference') stringAt(item.id, `items[${index}].id`)
  })
  return items
}

function metadataOf(value: Json | undefined): JsonObject {
  const metadata = optionalObject(value, 'metadata') ?? {}
  const pairs = Object.entries(metadata)
  if (pairs.length > MOST_PAIRS) throw tooMany('metadata', MOST_PAIRS, pairs.length)
  for (const [name, pair] of pairs) if (typeof pair !== 'string') throw wrongType(`metadata.${name}`, 'a string', pair)
  return metadata
}
