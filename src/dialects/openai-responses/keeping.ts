import type { ByteString } from '../../core/byte-string.ts'
import { parseExact } from '../../core/exact-json.ts'
import type { Json } from '../../core/json.ts'
import type { Records } from '../../state/response-store.ts'
import type { Head } from '../dialect.ts'
import { changeConversation, withItems } from './conversation-record.ts'
import { listedItem } from './kept-ids.ts'
import { responseRecord } from './response-record.ts'

/** What of an answer shall be kept. */
export interface Keeping {
  readonly records: Records
  /** The request's own input, as JSON. */
  readonly input: ByteString
  /** The ids of the responses before it; undefined: the response itself shall not be kept. */
  readonly chain?: readonly string[]
  /** The conversation that input and output are put into; its input has what it refers to in place of references. */
  readonly conversation?: { readonly id: string; readonly input: ByteString }
}

/**
 * Keeps a whole answer; `response` and the items of its output are JSON. False: the response is not kept. Never fails: what is lost is
 * told by the records. A promise only where something must be waited for.
 */
export function keepAnswer(
  { records, input, chain, conversation }: Keeping,
  { id }: Head,
  response: ByteString,
  output: readonly ByteString[]
): boolean | Promise<boolean> {
  const kept = chain === undefined ? false : records.keep(id, responseRecord(chain, input, response), 'store')
  if (conversation === undefined) return kept
  return Promise.all([kept, append(records, conversation.id, { id, input: conversation.input, output })]).then(
    ([isKept]) => isKept
  )
}

interface Said {
  readonly id: string
  readonly input: ByteString
  readonly output: readonly ByteString[]
}

async function append(records: Records, conversation: string, { id, input, output }: Said): Promise<void> {
  const said = read(input)
  const asked: readonly Json[] = Array.isArray(said) ? said : [{ role: 'user', content: said }]
  const added = [...asked.map((item, index) => listedItem(item, id, 'i', index)), ...output.map(read)]
  try {
    const changed = await changeConversation(records, conversation, (record) => withItems(conversation, record, added))
    if (changed === undefined) records.lost('conversation', new Error('the conversation was deleted while it was answered'))
  } catch (error) {
    records.lost('conversation', error)
  }
}

function read(json: ByteString): Json {
  return parseExact(Buffer.from(json, 'latin1').toString('utf8')) as Json
}
