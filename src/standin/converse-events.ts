import type { Answer } from './answer.ts'
import type { Block } from './converse-request.ts'
import type { Random } from './random.ts'

/** One event of a ConverseStream response before it is framed. */
export interface StreamEvent {
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
}

interface Style {
  readonly random: Random
  readonly chunkSize: number | undefined
  readonly emptyStart: boolean
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Writes an answer as the events the service would send, padding and order included. */
export function* converseEvents(answer: Answer, family: string, random: Random): Generator<StreamEvent> {
  // gpt-oss opens an empty text block before its reasoning; clients that count blocks must live with it.
  const opensEmpty = family === 'gpt-oss' && answer.content[0]?.reasoningContent !== undefined
  const content: readonly Block[] = opensEmpty ? [{ text: '' }, ...answer.content] : answer.content
  const style = { random, chunkSize: answer.chunkSize, emptyStart: family === 'deepseek' }
  yield padded('messageStart', { role: 'assistant' }, random)
  const blocks = content.map((block, contentBlockIndex) => wholeBlock(block, contentBlockIndex, style))
  for (const { type, payload } of woven(blocks, answer.interleaved)) yield padded(type, payload, random)
  const { additionalModelResponseFields, stopReason, trace, performanceConfig, serviceTier, usage, latencyMs } = answer
  yield padded('messageStop', { stopReason, additionalModelResponseFields }, random)
  yield padded('metadata', { metrics: { latencyMs }, usage, trace, performanceConfig, serviceTier }, random)
}

const padded = (type: string, payload: StreamEvent['payload'], random: Random): StreamEvent => ({
  type,
  payload: { ...payload, p: PADDING.slice(0, random.between(1, PADDING.length)) }
})

function* wholeBlock(block: Block, contentBlockIndex: number, style: Style): Generator<StreamEvent> {
  for (const { type, payload } of blockEvents(block, style)) yield { type, payload: { contentBlockIndex, ...payload } }
  yield { type: 'contentBlockStop', payload: { contentBlockIndex } }
}

/** The events of several blocks: one block behind the other, or an event of each in turn. */
export function* woven<E>(blocks: readonly Generator<E>[], interleaved = false): Generator<E> {
  if (!interleaved) for (const block of blocks) yield* block
  for (let open = interleaved ? blocks : []; open.length > 0; ) {
    const next = open.map((block) => ({ block, event: block.next() }))
    for (const { event } of next) if (event.done !== true) yield event.value
    open = next.flatMap(({ block, event }) => (event.done === true ? [] : [block]))
  }
}

function* blockEvents(block: Block, style: Style): Generator<StreamEvent> {
  if (block.text !== undefined) {
    // Some models announce a text block with an empty start; most send none.
    if (style.emptyStart) yield { type: 'contentBlockStart', payload: { start: {} } }
    yield* deltas(block.text, style, (text) => ({ text }))
  } else if (block.toolUse !== undefined) yield* toolEvents(block.toolUse, style)
  else if (block.reasoningContent !== undefined) yield* reasoningEvents(block.reasoningContent, style)
  else yield* otherEvents(block, style)
}

function* toolEvents({ toolUseId, name, input, type }: NonNullable<Block['toolUse']>, style: Style): Generator<StreamEvent> {
  yield { type: 'contentBlockStart', payload: { start: { toolUse: { name, toolUseId, type } } } }
  const json = JSON.stringify(input) ?? '{}'
  // A tool without arguments streams nothing at all, or one empty string: both add up to {}.
  if (json === '{}') {
    if (style.random.next() < 0.5) yield delta({ toolUse: { input: '' } })
    return
  }
  const escaped = style.random.next() < 0.5 ? toAscii(json) : json
  yield* deltas(escaped, style, (part) => ({ toolUse: { input: part } }))
}

function* reasoningEvents(
  { reasoningText, redactedContent }: NonNullable<Block['reasoningContent']>,
  style: Style
): Generator<StreamEvent> {
  if (redactedContent !== undefined) yield delta({ reasoningContent: { redactedContent } })
  if (reasoningText === undefined) return
  yield* deltas(reasoningText.text, style, (text) => ({ reasoningContent: { text } }))
  if (reasoningText.signature !== undefined) yield delta({ reasoningContent: { signature: reasoningText.signature } })
}

function* otherEvents(block: Block, style: Style): Generator<StreamEvent> {
  if (block.toolResult !== undefined) {
    const { content, ...start } = block.toolResult
    yield { type: 'contentBlockStart', payload: { start: { toolResult: start } } }
    yield delta({ toolResult: content })
  } else if (block.image !== undefined) {
    yield { type: 'contentBlockStart', payload: { start: { image: { format: block.image.format } } } }
    yield delta({ image: { source: block.image.source } })
  } else if (block.citationsContent !== undefined) {
    const { content = [], citations = [] } = block.citationsContent as { content?: { text: string }[]; citations?: unknown[] }
    for (const { text } of content) yield* deltas(text, style, (part) => ({ text: part }))
    for (const citation of citations) yield delta({ citation })
  }
}

const delta = (content: unknown): StreamEvent => ({ type: 'contentBlockDelta', payload: { delta: content } })

function* deltas(text: string, { random, chunkSize }: Style, wrap: (part: string) => unknown): Generator<StreamEvent> {
  if (text === '' || (chunkSize ?? 0) >= text.length) return yield delta(wrap(text))
  // By code point: UTF-8 has no way to carry half of a surrogate pair.
  const points = [...text]
  for (let at = 0; at < points.length; ) {
    const size = Math.max(1, chunkSize ?? random.between(1, 24))
    yield delta(wrap(points.slice(at, at + size).join('')))
    at += size
  }
}

const toAscii = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
