import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { JsonRoom } from '../../core/json-room.ts'
import type { ReasoningBlock, RedactedReasoningBlock } from '../../core/turn.ts'

/**
 * What the caller keeps for the gateway, so that it needs no state: a block of reasoning, or the summary of a conversation. Nothing is
 * secret or sealed: a signature proves reasoning by itself, and its provider refuses a forged one.
 */
const MARK = 'adit1.'

/** More text than any model thinks in one block; what unpacks to more was not packed here. Bytes. */
const MOST_UNPACKED = 4 * 1024 * 1024

type Thought =
  | Pick<ReasoningBlock, 'type' | 'text' | 'signature' | 'origin'>
  | Pick<RedactedReasoningBlock, 'type' | 'data' | 'origin'>

/** Packs a block of reasoning that may go back to the model which thought it; undefined: it may not, since it has no signature. */
export function sealThought(thought: Thought, model: string): string | undefined {
  if (thought.type === 'redacted-reasoning') return seal({ v: 1, m: model, b: [{ r: thought.data }] })
  return thought.signature === undefined ? undefined : seal({ v: 1, m: model, b: [{ t: thought.text, s: thought.signature }] })
}

/** The blocks in a blob of ours, byte for byte; undefined: it is another's, broken, or beyond the room of the request. */
export function openThoughts(blob: string, room: JsonRoom): readonly Thought[] | undefined {
  const opened = open(blob, room)
  const blocks = isJsonObject(opened) && opened.v === 1 ? opened.b : undefined
  if (!Array.isArray(blocks)) return undefined
  const maker = isJsonObject(opened) && typeof opened.m === 'string' ? { origin: opened.m } : {}
  const thoughts = blocks.map((block: Json) => thoughtOf(block, maker))
  return thoughts.every((thought) => thought !== undefined) ? thoughts : undefined
}

function thoughtOf(block: Json, maker: Pick<ReasoningBlock, 'origin'>): Thought | undefined {
  if (!isJsonObject(block)) return undefined
  if (typeof block.r === 'string') return { type: 'redacted-reasoning', data: block.r, ...maker }
  if (typeof block.t !== 'string' || typeof block.s !== 'string') return undefined
  return { type: 'reasoning', text: block.t, signature: block.s, ...maker }
}

/** Packs the summary of a conversation. */
export function sealSummary(summary: string): string {
  return seal({ v: 1, c: summary })
}

/** The summary in a blob of ours; undefined: it is another's, broken, or beyond the room of the request. */
export function openSummary(blob: string, room: JsonRoom): string | undefined {
  const opened = open(blob, room)
  return isJsonObject(opened) && opened.v === 1 && typeof opened.c === 'string' ? opened.c : undefined
}

function seal(value: object): string {
  return MARK + deflateRawSync(JSON.stringify(value)).toString('base64url')
}

/** DEFLATE makes no more of a byte (RFC 1951). */
const MOST_PER_BYTE = 1032

/** What does not open takes as long as so many bytes of what does. */
const BROKEN_COST = 8192

/** What does not open has cost as much as it may have unpacked to before that was seen. */
function open(blob: string, room: JsonRoom): unknown {
  const most = Math.min(MOST_UNPACKED, room.unpacked)
  if (!blob.startsWith(MARK) || most <= 0) return undefined
  const packed = Buffer.from(blob.slice(MARK.length), 'base64url')
  let cost = Math.min(most, Math.max(BROKEN_COST, packed.length * MOST_PER_BYTE))
  try {
    const unpacked = inflateRawSync(packed, { maxOutputLength: most })
    cost = unpacked.length
    const text = unpacked.toString('utf8')
    return room.take(text) ? JSON.parse(text) : undefined
  } catch {
    return undefined // cut or changed on the way: the caller of this function says so
  } finally {
    room.unpacked -= cost
  }
}
