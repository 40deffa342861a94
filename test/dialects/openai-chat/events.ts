import fc from 'fast-check'
import { type Completion, createCollector } from '../../../src/core/collect.ts'
import type { EventBatch, FinishReason, ModelEvent } from '../../../src/core/event.ts'
import type { Head } from '../../../src/dialects/dialect.ts'
import { createChatStreamEncoders, usageFrame } from '../../../src/dialects/openai-chat/encode-stream.ts'
import type { ChatOptions } from '../../../src/dialects/openai-chat/options.ts'

export const HEAD = { id: 'chatcmpl-0123456789abcdefghij', created: 1795335411, model: 'anthropic.claude-sonnet' }

export const PLAIN = { count: 1, includeUsage: false, legacyFunctions: false } as const

export function fold(events: EventBatch): Completion {
  const folder = createCollector()
  for (const event of events) folder.add(event)
  return folder.result()
}

/** Writes the stream of one answer: `batch` as events come, `end` for what follows the last. */
export function streamEncoder(options: ChatOptions, head: Head = HEAD) {
  const encoders = createChatStreamEncoders(head, options, 1)
  return { batch: (events: EventBatch) => encoders[0]!.batch(events), end: () => usageFrame(head, options, encoders) }
}

type Piece = (block: number) => readonly ModelEvent[]

/** Makes the events of an answer from its blocks, keeping the laws of events. */
export function answer(blocks: readonly Piece[], finish: ModelEvent, usage?: ModelEvent): readonly ModelEvent[] {
  const content = blocks.flatMap((piece, block): ModelEvent[] => [...piece(block), { type: 'block-end', block }])
  return [{ type: 'start' }, ...content, finish, ...(usage ? [usage] : [])]
}

export const text =
  (...parts: string[]): Piece =>
  (block) =>
    parts.map((part) => ({ type: 'text', block, text: part }))

export const reasoning =
  (signature: string | undefined, ...parts: string[]): Piece =>
  (block) => [
    ...parts.map((part): ModelEvent => ({ type: 'reasoning', block, text: part })),
    ...(signature === undefined ? [] : [{ type: 'reasoning-signature', block, signature } as const])
  ]

export const redacted =
  (data: string): Piece =>
  (block) => [{ type: 'reasoning-redacted', block, data }]

export const call =
  (id: string, name: string, ...parts: string[]): Piece =>
  (block) => [{ type: 'tool-start', block, id, name }, ...parts.map((json): ModelEvent => ({ type: 'tool-input', block, json }))]

export const cited =
  (words: string, url: string): Piece =>
  (block) => [
    { type: 'text', block, text: words },
    { type: 'citation', block, citation: { title: 'A page', url, text: 'words' } }
  ]

export function finish(reason: FinishReason): ModelEvent {
  return { type: 'finish', reason, details: { raw: reason } }
}

export const USAGE: ModelEvent = {
  type: 'usage',
  usage: { inputTokens: 20, cacheReadTokens: 100, cacheWriteTokens: 0, outputTokens: 41, reasoningTokens: 12 },
  details: {}
}

const words = fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { maxLength: 4 })
const jsonPieces = fc.jsonValue().chain((value) => {
  const json = JSON.stringify({ value })
  return fc.nat(json.length).map((at) => [json.slice(0, at), json.slice(at)])
})

const anyBlock: fc.Arbitrary<Piece> = fc.oneof(
  words.map((parts) => text(...parts)),
  fc
    .tuple(fc.option(fc.string({ minLength: 1 }), { nil: undefined }), words)
    .map(([signature, parts]) => reasoning(signature, ...parts)),
  fc.string().map(redacted),
  fc.tuple(fc.string(), fc.webUrl()).map(([said, url]) => cited(said, url)),
  fc.tuple(fc.constantFrom('get_weather', 'now', 'patch'), jsonPieces).map(([name, parts]) => call('', name, ...parts)),
  fc.constantFrom('get_weather', 'patch').map((name) => call('', name))
)

const anyUsage: fc.Arbitrary<ModelEvent> = fc
  .record({
    inputTokens: fc.nat(1000),
    cacheReadTokens: fc.nat(1000),
    cacheWriteTokens: fc.nat(1000),
    outputTokens: fc.nat(1000)
  })
  .map((usage) => ({ type: 'usage', usage, details: {} }))

/** Whole answers of every kind of block, in any order, with any finish. */
export const anyAnswer: fc.Arbitrary<readonly ModelEvent[]> = fc
  .tuple(
    fc.array(anyBlock, { maxLength: 6 }),
    fc.constantFrom<FinishReason>('end', 'stop-sequence', 'length', 'context-full', 'tool-calls', 'filtered', 'refusal', 'pause'),
    fc.option(anyUsage, { nil: undefined })
  )
  .map(([blocks, reason, usage]) => answer(blocks, finish(reason), usage).map(withCallId))

function withCallId(event: ModelEvent): ModelEvent {
  return event.type === 'tool-start' ? { ...event, id: `call_${event.block}` } : event
}
