import { setTimeout as delay } from 'node:timers/promises'
import { jsonBytes } from '../../core/byte-string.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { Expected, Records, StoredRecord } from '../../state/response-store.ts'
import { listedItem } from './kept-ids.ts'
import { RECORD_VERSION, readKept } from './response-record.ts'

/** What is kept of a conversation: everything that was said in it, whoever kept the responses. */
export interface ConversationRecord {
  /** Seconds since 1970. */
  readonly created: number
  readonly metadata: JsonObject
  /** Oldest first, with ids. */
  readonly items: readonly JsonObject[]
  /** Counts the items that were ever put in, for ids. */
  readonly next: number
}

/** Reads what `writeConversation` wrote. */
export function readConversation(stored: StoredRecord): ConversationRecord {
  const { created, metadata, items, next } = readKept(stored)
  return {
    created: Number(created),
    metadata: isJsonObject(metadata) ? metadata : {},
    items: Array.isArray(items) ? items.filter(isJsonObject) : [],
    next: Number(next)
  }
}

/** Whether it was written; false: something else than expected is there. Throws as `Records.put` does. */
export function writeConversation(
  records: Records,
  id: string,
  record: ConversationRecord,
  expected: Expected
): Promise<boolean> {
  const bytes = Buffer.from(jsonBytes({ v: RECORD_VERSION, ...record }), 'latin1')
  return records.put(id, bytes, expected)
}

/** The record with more items at its end; those without an id get one. */
export function withItems(id: string, record: ConversationRecord, added: readonly Json[]): ConversationRecord {
  const listed = added.map((item, index) => listedItem(item, id, 'c', record.next + index))
  return { ...record, items: [...record.items, ...listed], next: record.next + added.length }
}

/** Others may change the same conversation at the same time; who loses tries again on what they made of it. */
const MOST_TRIES = 12
const PAUSE_MS = 15

/** Changes a conversation and loses nothing of what others do to it meanwhile. Undefined: there is none, or `change` gave none. */
export async function changeConversation(
  records: Records,
  id: string,
  change: (record: ConversationRecord) => ConversationRecord | undefined
): Promise<ConversationRecord | undefined> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const [stored] = await records.get([id])
    const changed = stored && change(readConversation(stored))
    if (stored === undefined || changed === undefined) return undefined
    if (await writeConversation(records, id, changed, { version: stored.version })) return changed
    await delay(Math.random() * PAUSE_MS * tries)
  }
  throw new GatewayError('unavailable', 'Too many requests change this conversation at once; please try again.', {
    retryAfterS: 1
  })
}
