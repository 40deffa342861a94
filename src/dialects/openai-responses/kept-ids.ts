import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** What is kept under ids of its own. */
const PREFIXES = { response: 'resp_', conversation: 'conv_' } as const

/** Where an item stands: in what was sent to the response whose digits it carries, or put into a conversation; else in the answer. */
export type Mark = 'i' | 'c'

const DIGITS = '[0-9a-f]{32}'
const RECORD = new RegExp(`^(?:resp|conv)_${DIGITS}$`)
const ITEM = new RegExp(`^[a-z]{2,6}_(${DIGITS})_([ic]?)\\d{1,9}$`)

/** Whether this can be the id of something kept; any other is not looked for. */
export function isKeptId(id: string, kind: keyof typeof PREFIXES): boolean {
  return id.startsWith(PREFIXES[kind]) && RECORD.test(id)
}

/** The id of the record that holds an item, by the item's own id; undefined: it was not given out here. */
export function holderOf(itemId: string): string | undefined {
  const [, digits, mark] = ITEM.exec(itemId) ?? []
  return digits === undefined ? undefined : PREFIXES[mark === 'c' ? 'conversation' : 'response'] + digits
}

/** The id of a new conversation or response, from random digits. */
export function keptId(kind: keyof typeof PREFIXES, digits: string): string {
  return PREFIXES[kind] + digits
}

const ITEM_PREFIXES: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  compaction: 'cmp',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco'
}

/**
 * An item as it is listed: with a type, an id, and a message's content as parts. One that came with an id keeps it; `index` makes the
 * others' out of the digits of who holds them.
 */
export function listedItem(item: Json, holder: string, mark: Mark, index: number): JsonObject {
  if (!isJsonObject(item)) return { type: 'message', role: 'user', content: [] }
  const type = typeof item.type === 'string' ? item.type : item.role === undefined ? 'item_reference' : 'message'
  const digits = holder.slice(holder.indexOf('_') + 1)
  const given = typeof item.id === 'string' && item.id !== '' ? item.id : undefined
  const id = given ?? `${ITEM_PREFIXES[type] ?? 'item'}_${digits}_${mark}${index}`
  if (type === 'item_reference') return { ...item, type, id }
  if (type !== 'message') return { ...item, id, type }
  return { ...item, id, type, status: item.status ?? 'completed', content: partsOf(item) }
}

function partsOf({ role, content }: JsonObject): Json {
  if (typeof content !== 'string') return content ?? []
  return role === 'assistant'
    ? [{ type: 'output_text', text: content, annotations: [], logprobs: [] }]
    : [{ type: 'input_text', text: content }]
}

/** The id that an item consists of, where it is a reference to another. */
export function referencedId(item: Json): string | undefined {
  if (!isJsonObject(item) || typeof item.id !== 'string') return undefined
  if (item.type === 'item_reference') return item.id
  const isBare = (item.type ?? null) === null && Object.keys(item).every((name) => name === 'id' || item[name] === null)
  return isBare ? item.id : undefined
}
