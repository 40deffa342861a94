import { readFrames } from './read-sse.ts'

export interface AiderAnswer {
  content: string
  reasoning: string
  functionCall: { name?: string; arguments?: string }
  cutShort: boolean
}

/** Reads as Aider does: skips chunks without choices, joins the members of `function_call`, stops with an error at `length`. */
export function readAsAider(stream: string): AiderAnswer {
  const answer: AiderAnswer = { content: '', reasoning: '', functionCall: {}, cutShort: false }
  for (const chunk of readFrames(stream)) {
    const choice = chunk.choices[0]
    if (choice === undefined) continue
    if (choice.finish_reason === 'length') answer.cutShort = true
    const call = choice.delta.function_call
    if (call?.name !== undefined) answer.functionCall.name = (answer.functionCall.name ?? '') + call.name
    if (call?.arguments !== undefined) answer.functionCall.arguments = (answer.functionCall.arguments ?? '') + call.arguments
    if (choice.delta.reasoning_content) answer.reasoning += choice.delta.reasoning_content
    if (choice.delta.content) answer.content += choice.delta.content
  }
  return answer
}
