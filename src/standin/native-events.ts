import type { Answer } from './answer.ts'
import { type StreamEvent, woven } from './converse-events.ts'
import type { Block } from './converse-request.ts'
import { eventFrame } from './frames.ts'
import type { ModelCall } from './make-answer.ts'
import type { Random } from './random.ts'

type Fields = Readonly<Record<string, unknown>>

/** The whole answer as Claude's own message. */
export function nativeMessage(answer: Answer, call: ModelCall, shape: Answer['output']): Fields {
  const content = shape === undefined ? answer.content.map(nativeBlock) : []
  return {
    ...envelope(call),
    ...(shape === 'absent' ? { content: undefined } : { content }),
    ...ending(answer),
    usage: { ...promptUsage(answer), ...outputUsage(answer) },
    ...(answer.stopReason === 'guardrail_intervened' ? GUARDED : {}),
    ...(answer.trace === undefined ? {} : { 'amazon-bedrock-trace': answer.trace })
  }
}

const GUARDED = { 'amazon-bedrock-guardrailAction': 'INTERVENED' }

/** The headers with the counts that InvokeModel answers with. */
export function countHeaders({ usage, latencyMs }: Answer): Record<string, string> {
  return {
    'x-amzn-bedrock-invocation-latency': `${latencyMs}`,
    'x-amzn-bedrock-input-token-count': `${usage.inputTokens}`,
    'x-amzn-bedrock-output-token-count': `${usage.outputTokens}`,
    'x-amzn-bedrock-cache-read-input-token-count': `${usage.cacheReadInputTokens ?? 0}`,
    'x-amzn-bedrock-cache-write-input-token-count': `${usage.cacheWriteInputTokens ?? 0}`
  }
}

/** Frames an event as InvokeModelWithResponseStream does: the JSON as base64 inside the JSON of a `chunk`. */
export function chunkFrame({ type, payload }: StreamEvent): Uint8Array {
  const { p, ...event } = payload
  const bytes = Buffer.from(JSON.stringify({ type, ...event }), 'utf8').toString('base64')
  return eventFrame('chunk', JSON.stringify({ bytes, p }))
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** The answer as the events of Anthropic's stream, in its order. */
export function* nativeEvents(answer: Answer, call: ModelCall, random: Random): Generator<StreamEvent> {
  for (const [type, payload] of plainEvents(answer, call, random)) {
    yield { type, payload: { ...payload, p: PADDING.slice(0, random.between(1, PADDING.length)) } }
  }
}

function* plainEvents(answer: Answer, call: ModelCall, random: Random): Generator<readonly [string, Fields]> {
  const usage = { ...promptUsage(answer), output_tokens: 1 }
  yield ['message_start', { message: { ...envelope(call), content: [], stop_reason: null, stop_sequence: null, usage } }]
  const blocks = answer.content.map((block, index) => blockEvents(nativeBlock(block), index, answer.chunkSize, random))
  yield* woven(blocks, answer.interleaved)
  const { stop_reason, stop_sequence } = ending(answer)
  yield ['message_delta', { delta: { stop_reason, stop_sequence }, usage: outputUsage(answer) }]
  const metrics = {
    inputTokenCount: answer.usage.inputTokens,
    outputTokenCount: answer.usage.outputTokens,
    invocationLatency: answer.latencyMs,
    firstByteLatency: 1,
    cacheReadInputTokenCount: answer.usage.cacheReadInputTokens ?? 0,
    cacheWriteInputTokenCount: answer.usage.cacheWriteInputTokens ?? 0
  }
  yield [
    'message_stop',
    {
      'amazon-bedrock-invocationMetrics': metrics,
      ...(answer.stopReason === 'guardrail_intervened' ? GUARDED : {}),
      ...(answer.trace === undefined ? {} : { 'amazon-bedrock-trace': answer.trace })
    }
  ]
}

const envelope = ({ model }: ModelCall) => ({
  id: 'msg_bdrk_01Standin00000000000000',
  type: 'message',
  role: 'assistant',
  model: model.id.replace(/^anthropic\./, '').replace(/-v\d+(?::\d+)?$/, '')
})

function ending({ stopReason, additionalModelResponseFields }: Answer): { stop_reason: string; stop_sequence: string | null } {
  const extra = additionalModelResponseFields as { stop_sequence?: string | null; delta?: { stop_sequence?: string } } | undefined
  const met = extra?.delta?.stop_sequence ?? extra?.stop_sequence ?? null
  return { stop_reason: stopReason === 'guardrail_intervened' ? 'end_turn' : stopReason, stop_sequence: met }
}

function promptUsage({ usage }: Answer): Fields {
  const details = (usage.cacheDetails ?? []) as readonly { ttl: string; inputTokens: number }[]
  const of = (ttl: string) =>
    details.filter((detail) => detail.ttl === ttl).reduce((sum, { inputTokens }) => sum + inputTokens, 0)
  const written = Number(usage.cacheWriteInputTokens ?? 0)
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cacheReadInputTokens ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: written - of('1h'), ephemeral_1h_input_tokens: of('1h') }
  }
}

const outputUsage = ({ usage }: Answer): Fields => ({ output_tokens: usage.outputTokens })

/** A block as Claude writes it whole. */
function nativeBlock(block: Block): Fields {
  const { text, toolUse, reasoningContent, citationsContent } = block
  if (text !== undefined) return { type: 'text', text }
  if (toolUse !== undefined) {
    const { toolUseId, name, input, type } = toolUse
    return { type: type ?? 'tool_use', id: toolUseId, name, input }
  }
  if (reasoningContent?.reasoningText !== undefined) {
    const { text: thinking, signature = '' } = reasoningContent.reasoningText
    return { type: 'thinking', thinking, signature }
  }
  if (reasoningContent !== undefined) return { type: 'redacted_thinking', data: reasoningContent.redactedContent ?? '' }
  if (citationsContent !== undefined) {
    const { content = [], citations = [] } = citationsContent as { content?: { text: string }[]; citations?: Fields[] }
    return { type: 'text', text: content.map((part) => part.text).join(''), citations: citations.map(nativeCitation) }
  }
  return { type: 'unheard_of', content: [] }
}

const PLACES: Readonly<Record<string, readonly [type: string, unit: string, index: string]>> = {
  documentChar: ['char_location', 'char_index', 'document_index'],
  documentPage: ['page_location', 'page_number', 'document_index'],
  documentChunk: ['content_block_location', 'block_index', 'document_index'],
  searchResultLocation: ['search_result_location', 'block_index', 'search_result_index']
}

function nativeCitation({ title, source, sourceContent, location }: Fields): Fields {
  const cited_text = ((sourceContent ?? []) as { text: string }[]).map(({ text }) => text).join('')
  const [name = '', at = {}] = Object.entries((location ?? {}) as Record<string, Record<string, unknown>>)[0] ?? []
  if (name === 'web') return { type: 'web_search_result_location', cited_text, title, url: at.url }
  const [type, unit, index] = PLACES[name] ?? ['char_location', 'char_index', 'document_index']
  return {
    type,
    cited_text,
    document_title: title ?? null,
    ...(source === undefined ? {} : { source }),
    [index]: at.documentIndex ?? at.searchResultIndex,
    [`start_${unit}`]: at.start,
    [`end_${unit}`]: at.end
  }
}

function* blockEvents(
  block: Fields,
  index: number,
  chunkSize: number | undefined,
  random: Random
): Generator<readonly [string, Fields]> {
  const { type, text, thinking, signature, input, citations } = block
  const start = (content_block: Fields) => ['content_block_start', { index, content_block }] as const
  const delta = (content: Fields) => ['content_block_delta', { index, delta: content }] as const
  const pieces = (whole: string) => cutText(whole, chunkSize, random)
  if (type === 'text') {
    yield start({ type, text: '' })
    for (const piece of pieces(`${text}`)) yield delta({ type: 'text_delta', text: piece })
    for (const citation of (citations ?? []) as Fields[]) yield delta({ type: 'citations_delta', citation })
  } else if (type === 'thinking') {
    yield start({ type, thinking: '', signature: '' })
    for (const piece of pieces(`${thinking}`)) yield delta({ type: 'thinking_delta', thinking: piece })
    if (signature !== '') yield delta({ type: 'signature_delta', signature })
  } else if (type === 'tool_use' || type === 'server_tool_use') {
    yield start({ ...block, input: {} })
    const json = JSON.stringify(input) ?? '{}'
    yield delta({ type: 'input_json_delta', partial_json: '' })
    if (json !== '{}') for (const piece of pieces(json)) yield delta({ type: 'input_json_delta', partial_json: piece })
  } else yield start(block)
  yield ['content_block_stop', { index }]
}

/** A text in pieces, by code point. */
export function* cutText(text: string, chunkSize: number | undefined, random: Random): Generator<string> {
  const points = [...text]
  for (let at = 0; at < points.length; ) {
    const size = Math.max(1, chunkSize ?? random.between(1, 24))
    yield points.slice(at, at + size).join('')
    at += size
  }
}
