import { randomUUID } from 'node:crypto'
import type { ChatHead } from '../dialects/openai-chat/head.ts'

/** A new answer's id (32 random characters; `randomUUID` draws them from a store, where `randomBytes` asks the system each time) and time, the same in all of its chunks. */
export function chatHead(model: string): ChatHead {
  return { id: `chatcmpl-${randomUUID().replaceAll('-', '')}`, created: Math.floor(Date.now() / 1000), model }
}
