import type { ChatHead } from '../dialects/openai-chat/head.ts'
import { randomId } from './random-id.ts'

/** A new answer's id and time, the same in all of its chunks. */
export function chatHead(model: string): ChatHead {
  return { id: `chatcmpl-${randomId()}`, created: Math.floor(Date.now() / 1000), model }
}
