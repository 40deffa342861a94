import { type CallDelta, type Chunk, readFrames } from './read-sse.ts'

export interface CollectedMessage {
  content: string
  reasoning_content?: string
  annotations: unknown[]
  thinking_blocks?: unknown[]
  tool_calls?: CallDelta[]
  function_call?: { name?: string; arguments: string }
}

export interface CollectedChoice {
  message: CollectedMessage
  finish_reason: string | null
  roles: number
  finishes: number
}

/** Adds a stream up by the letter of OpenAI's rules, and counts what must come once. */
export function collect(stream: string, choice = 0): CollectedChoice & { usage: unknown } {
  const collected: CollectedChoice = { message: { content: '', annotations: [] }, finish_reason: null, roles: 0, finishes: 0 }
  let usage: unknown
  for (const chunk of readFrames(stream)) {
    if (chunk.usage) usage = chunk.usage
    for (const each of chunk.choices) if (each.index === choice) addChoice(collected, each)
  }
  return { ...collected, usage }
}

function addChoice(collected: CollectedChoice, { delta, finish_reason }: Chunk['choices'][number]): void {
  const { message } = collected
  if (delta.role !== undefined) collected.roles += 1
  if (delta.content !== undefined) message.content += delta.content
  if (delta.reasoning_content !== undefined)
    message.reasoning_content = (message.reasoning_content ?? '') + delta.reasoning_content
  if (delta.annotations !== undefined) message.annotations = delta.annotations
  if (delta.thinking_blocks !== undefined) message.thinking_blocks = delta.thinking_blocks
  for (const call of delta.tool_calls ?? []) addCall(message, call)
  if (delta.function_call) {
    message.function_call ??= { arguments: '' }
    if (delta.function_call.name !== undefined) message.function_call.name = delta.function_call.name
    message.function_call.arguments += delta.function_call.arguments
  }
  if (finish_reason !== null) {
    collected.finish_reason = finish_reason
    collected.finishes += 1
  }
}

function addCall(message: CollectedMessage, { index, ...delta }: CallDelta): void {
  message.tool_calls ??= []
  const known = message.tool_calls[index]
  if (known === undefined) {
    message.tool_calls[index] = structuredClone({ ...delta, index })
    return
  }
  if (delta.id !== undefined || delta.type !== undefined) throw new Error('a later delta repeats id or type')
  if (delta.function)
    known.function = { ...known.function, arguments: (known.function?.arguments ?? '') + (delta.function.arguments ?? '') }
  if (delta.custom) known.custom = { ...known.custom, input: (known.custom?.input ?? '') + (delta.custom.input ?? '') }
}
