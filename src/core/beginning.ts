import { isJsonObject, type Json } from './json.ts'
import type { ChatRequest } from './request.ts'
import { stableHash } from './stable-hash.ts'
import type { Block } from './turn.ts'

/** What is looked at of media and of what else is no text. Characters. */
const GLANCE = 2000

/** A hash of how a conversation begins, its instructions and its first user turn: the same for all of its turns. Nothing of it can be read from it. */
export function beginningOf({ system, turns }: Pick<ChatRequest, 'system' | 'turns'>): number {
  const first = turns.find(({ role }) => role === 'user')
  return stableHash([...system.map(({ text }) => text), ...(first?.content ?? []).map(glanceAt)].join('\n'))
}

function glanceAt(block: Block): string {
  if (block.type === 'text') return block.text
  if (!('source' in block)) return block.type
  const { source } = block
  const words = 'data' in source ? source.data : 'uri' in source ? source.uri : 'url' in source ? source.url : source.text
  return `${block.type} ${words.slice(0, GLANCE)}`
}

/** Bytes of a body that are read whole. */
const MOST_READ = 1_048_576

/** The same of a body in Bedrock's own words, of whatever operation: what has no conversation in it counts as it stands. */
export function beginningOfBody(body: Uint8Array): number {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, MOST_READ)).toString('latin1')
  return stableHash(body.byteLength > MOST_READ ? text.slice(0, GLANCE) : (conversationIn(text) ?? text))
}

function conversationIn(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as Json
    if (!isJsonObject(body) || !Array.isArray(body.messages)) return undefined
    const first = body.messages.find((message) => isJsonObject(message) && message.role === 'user')
    return JSON.stringify([body.system ?? null, first ?? null])
  } catch {
    return undefined // Bedrock will say what is wrong with it
  }
}
