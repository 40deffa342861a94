import type { Answer } from './answer.ts'
import { type StreamEvent, woven } from './converse-events.ts'
import type { Block } from './converse-request.ts'
import type { ModelCall } from './make-answer.ts'
import { cutText } from './native-events.ts'
import type { Random } from './random.ts'

type Fields = Readonly<Record<string, unknown>>

const FINISH: Readonly<Record<string, string>> = {
  tool_use: 'tool_calls',
  max_tokens: 'length',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter'
}

const finishOf = ({ stopReason }: Answer) => FINISH[stopReason] ?? 'stop'

/** The whole answer as a chat completion. */
export function wholeCompletion(answer: Answer, call: ModelCall, shape: Answer['output']): Fields {
  const text = answer.content.map((block) => block.text ?? '').join('')
  const thought = answer.content.map(thoughtOf).join('')
  const calls = answer.content.flatMap(callsOf)
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls })
  }
  return {
    ...head(call, 'chat.completion'),
    choices: [{ index: 0, message: shape === undefined ? message : SHAPES[shape], finish_reason: finishOf(answer) }],
    usage: usageOf(answer)
  }
}

const SHAPES = { empty: {}, absent: undefined } as const

/** Frames a chunk as OpenAI's servers do. */
export function completionFrame({ payload }: StreamEvent): Uint8Array {
  return Buffer.from(`data: ${payload.done === true ? '[DONE]' : JSON.stringify(payload)}\n\n`, 'utf8')
}

/** The answer as chunks: the reason to stop, then the counts in a chunk without choices, then `[DONE]`. */
export function* completionEvents(answer: Answer, call: ModelCall, random: Random): Generator<StreamEvent> {
  const chunk = (delta: Fields, finish_reason: string | null = null): StreamEvent => ({
    type: 'chunk',
    payload: { ...head(call, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] }
  })
  yield chunk({ role: 'assistant', content: '' })
  const calls = answer.content.filter(({ toolUse }) => toolUse !== undefined)
  const written = answer.content.map((block) => blockDeltas(block, calls.indexOf(block), answer.chunkSize, random))
  for (const delta of woven(written, answer.interleaved)) yield chunk(delta)
  yield chunk({}, finishOf(answer))
  yield { type: 'chunk', payload: { ...head(call, 'chat.completion.chunk'), choices: [], usage: usageOf(answer) } }
  yield { type: 'chunk', payload: { done: true } }
}

function* blockDeltas(block: Block, index: number, chunkSize: number | undefined, random: Random): Generator<Fields> {
  for (const reasoning_content of cutText(thoughtOf(block), chunkSize, random)) yield { reasoning_content }
  for (const content of cutText(block.text ?? '', chunkSize, random)) yield { content }
  for (const { id, type, function: called } of callsOf(block)) {
    yield { tool_calls: [{ index, id, type, function: { name: called.name, arguments: '' } }] }
    for (const part of cutText(called.arguments, chunkSize, random))
      yield { tool_calls: [{ index, function: { arguments: part } }] }
  }
}

const head = ({ modelId }: ModelCall, object: string) => ({
  id: 'chatcmpl-standin',
  object,
  created: 1_780_272_000,
  model: modelId
})

const thoughtOf = ({ reasoningContent }: Block) => reasoningContent?.reasoningText?.text ?? ''

function callsOf({ toolUse }: Block) {
  if (toolUse === undefined) return []
  const { toolUseId: id, name, input } = toolUse
  return [{ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }]
}

function usageOf({ usage }: Answer): Fields {
  const read = Number(usage.cacheReadInputTokens ?? 0)
  const input = Number(usage.inputTokens) + read
  return {
    prompt_tokens: input,
    completion_tokens: usage.outputTokens,
    total_tokens: input + Number(usage.outputTokens),
    prompt_tokens_details: { cached_tokens: read },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 }
  }
}
