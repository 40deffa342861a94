import { type Chunk, readFrames } from './read-sse.ts'

export interface NextChatAnswer {
  text: string
  quote: string
  tools: { id: string; name: string; arguments: string }[]
}

/**
 * Reads as NextChat does: only the first call of a chunk; a truthy id begins a new call; a chunk with reasoning has no
 * content; `<think>` must begin a delta and `</think>` must end one.
 */
export function readAsNextChat(stream: string): NextChatAnswer {
  const answer: NextChatAnswer = { text: '', quote: '', tools: [] }
  const state = { index: -1, tagged: false }
  for (const chunk of readFrames(stream)) readChunk(chunk, answer, state)
  return answer
}

function readChunk(chunk: Chunk, answer: NextChatAnswer, state: { index: number; tagged: boolean }): void {
  const delta = chunk.choices[0]?.delta
  const call = delta?.tool_calls?.[0]
  if (call !== undefined) {
    if (call.id) {
      state.index += 1
      answer.tools.push({ id: call.id, name: String(call.function?.name), arguments: String(call.function?.arguments) })
    } else {
      const tool = answer.tools[state.index]
      if (tool) tool.arguments += String(call.function?.arguments)
    }
    return
  }
  if (delta?.reasoning_content) {
    answer.quote += delta.reasoning_content
    return
  }
  let content = delta?.content ?? ''
  if (content.startsWith('<think>')) {
    state.tagged = true
    content = content.slice(7)
  } else if (content.endsWith('</think>')) {
    state.tagged = false
    content = ''
  }
  if (state.tagged) answer.quote += content
  else answer.text += content
}
