import { randomBytes } from 'node:crypto'
import type { ChatHead } from '../dialects/openai-chat/head.ts'

/** A new answer's id (24 random characters) and time, the same in all of its chunks. */
export function chatHead(model: string): ChatHead {
  return { id: `chatcmpl-${randomBytes(18).toString('base64url')}`, created: Math.floor(Date.now() / 1000), model }
}
