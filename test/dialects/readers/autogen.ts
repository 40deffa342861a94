import { readFrames } from './read-sse.ts'

export interface AutoGenAnswer {
  content: string
  thought: string
  calls: { id: string; name: string; arguments: string }[]
  finishReason: string | undefined
  promptTokens: number
}

/** Reads as AutoGen does: `+=` on id and name, usage from the last chunk, the finish only from chunks whose usage is null. */
export function readAsAutoGen(stream: string): AutoGenAnswer {
  const chunks = readFrames(stream)
  const answer: AutoGenAnswer = { content: '', thought: '', calls: [], finishReason: undefined, promptTokens: 0 }
  for (const chunk of chunks) {
    const choice = chunk.choices[0]
    if (chunk.usage) answer.promptTokens = Number(chunk.usage.prompt_tokens)
    if (choice === undefined) continue
    if (chunk.usage === null || chunk.usage === undefined) answer.finishReason = choice.finish_reason ?? answer.finishReason
    if (choice.delta.reasoning_content) answer.thought += choice.delta.reasoning_content
    if (choice.delta.content) answer.content += choice.delta.content
    for (const delta of choice.delta.tool_calls ?? []) {
      const call = answer.calls[delta.index] ?? { id: '', name: '', arguments: '' }
      answer.calls[delta.index] = call
      if (delta.id) call.id += delta.id
      if (delta.function?.name) call.name += delta.function.name
      if (delta.function?.arguments) call.arguments += delta.function.arguments
    }
  }
  return answer
}
