import type { AnswerLayout, LayoutItem } from '../../core/answer-layout.ts'
import type { Block, ReasoningBlock, RedactedReasoningBlock, TextBlock, Turn } from '../../core/turn.ts'
import { type EncodeScope, isOmitted } from './encode-scope.ts'
import { isReasoning, replayable } from './reasoning-blocks.ts'

/**
 * The blocks of an assistant's turn with its reasoning as the model may see it: where it stood in the answer, or not at all.
 * Claude refuses reasoning that stands elsewhere ("cannot be modified", bifrost#6346, 2026-02), and OpenAI's clients send it beside
 * the content, if at all. The gateway's own memory of the answer wins; what cannot be placed is left out and reported.
 */
export function restoreReasoning(encoding: EncodeScope, turn: Turn): readonly Block[] {
  if (turn.role !== 'assistant') return turn.content
  const others = turn.content.filter((block) => !isReasoning(block))
  if (isOmitted(encoding, 'reasoningBlocks')) return withoutReasoning(encoding, turn, others)
  const thoughts = turn.content.filter(isReasoning)
  const given = thoughts.flatMap((block) => allowed(block, encoding))
  if (given.length < thoughts.length) reportForeign(encoding, thoughts)
  const layout = recalled(encoding, turn, given)
  if (layout !== undefined) return layout
  if (turn.reasoningApart === true) return withoutReasoning(encoding, turn, others)
  if (given.length === 0) return others
  return turn.content.flatMap((block) => allowed(block, encoding))
}

function withoutReasoning({ warnAt }: EncodeScope, { content }: Turn, others: readonly Block[]): readonly Block[] {
  for (const block of content) {
    if (isReasoning(block) && block.path !== undefined)
      warnAt(block.path, 'this reasoning cannot go back to the model as it stood')
  }
  return others
}

/** Another model's proofs and secrets. Of reasoning without a signature nothing is told: no model takes it back. */
function reportForeign(encoding: EncodeScope, thoughts: readonly (ReasoningBlock | RedactedReasoningBlock)[]): void {
  for (const block of thoughts) {
    if (block.path !== undefined && sealOf(block) && replayable(block, encoding) === undefined)
      encoding.warnAt(block.path, 'reasoning of another model')
  }
}

function allowed(block: Block, encoding: EncodeScope): readonly Block[] {
  if (!isReasoning(block)) return [block]
  const kept = replayable(block, encoding)
  return kept === undefined ? [] : [kept]
}

/** The turn in the order of the answer it was, where that is remembered and still fits. */
function recalled(encoding: EncodeScope, turn: Turn, given: readonly Block[]): readonly Block[] | undefined {
  const { recall } = encoding
  const first = turn.content.find((block) => block.type === 'tool-call')
  const layout = first?.type === 'tool-call' ? recall?.(first.id) : undefined
  if (layout === undefined || (given.length > 0 && !isOf(given, layout))) return undefined
  const placed = place(turn, layout)
  const blocks = placed ?? (given.length === 0 ? leading(turn, layout) : undefined)
  return blocks?.flatMap((block) => allowed(block, encoding)).map((block) => withPath(block, given))
}

/** What the caller has sent back keeps the caller's path, to be reported by. */
function withPath(block: Block, given: readonly Block[]): Block {
  if (!isReasoning(block) || given.length === 0) return block
  const path = given.find((other) => isReasoning(other) && sealOf(other) === sealOf(block))?.path
  return path === undefined ? block : { ...block, path }
}

function sealOf(block: ReasoningBlock | RedactedReasoningBlock): string | undefined {
  return block.type === 'reasoning' ? block.signature : block.data
}

/** The caller's blocks are those of this answer. */
function isOf(given: readonly Block[], layout: AnswerLayout): boolean {
  const signatures = new Set(layout.flatMap((item) => (item.type === 'reasoning' ? [item.signature] : [])))
  return given.every((block) => block.type !== 'reasoning' || signatures.has(block.signature))
}

function place(turn: Turn, layout: AnswerLayout): readonly Block[] | undefined {
  const calls = turn.content.filter((block) => block.type === 'tool-call')
  const ids = layout.flatMap((item) => (item.type === 'tool-call' ? [item.id] : []))
  if (ids.length !== calls.length || ids.some((id, index) => calls[index]?.id !== id)) return undefined
  const texts = splitTexts(turn, layout)
  if (texts === undefined) return undefined
  const queue = { texts: [...texts], calls: [...calls] }
  return layout.flatMap((item): readonly Block[] => {
    if (item.type === 'text') return queue.texts.shift() ?? []
    return item.type === 'tool-call' ? queue.calls.splice(0, 1) : [item]
  })
}

/** The turn's text, a list for each place of text in the answer; undefined where it does not fit. */
function splitTexts({ content }: Turn, layout: AnswerLayout): readonly (readonly Block[])[] | undefined {
  const texts = content.filter((block) => !isReasoning(block) && block.type !== 'tool-call')
  const places = runsOfText(layout)
  if (texts.length === 0) return places.every((length) => length === 0) ? [] : undefined
  if (places.length === 1) return [texts]
  if (!texts.every((block): block is TextBlock => block.type === 'text')) return undefined
  const joined = texts.map(({ text }) => text).join('')
  if (places.length === 0 || joined.length !== places.reduce((sum, length) => sum + length, 0)) return undefined
  const last = texts[texts.length - 1]!
  let at = 0
  return places.map((length, index) => {
    const text = joined.slice(at, at + length)
    at += length
    return [index === places.length - 1 ? { ...last, text } : { type: 'text', text }]
  })
}

/** Lengths of the answer's texts; a layout has no two in a row. */
function runsOfText(layout: AnswerLayout): readonly number[] {
  return layout.flatMap((item) => (item.type === 'text' ? [item.length] : []))
}

/** Reasoning that came before all else still does when the rest of the turn has changed, if this turn has the answer's first call. */
function leading(turn: Turn, layout: AnswerLayout): readonly Block[] | undefined {
  const start = layout.findIndex((item) => !isThought(item))
  const rest = layout.slice(start)
  const first = turn.content.find((block) => block.type === 'tool-call')
  const isFirst = layout.find((item) => item.type === 'tool-call')?.id === (first?.type === 'tool-call' ? first.id : undefined)
  if (start <= 0 || rest.some(isThought) || !isFirst) return undefined
  return [...layout.slice(0, start).filter(isThought), ...turn.content]
}

function isThought(item: LayoutItem): item is Extract<LayoutItem, { type: 'reasoning' | 'redacted-reasoning' }> {
  return item.type === 'reasoning' || item.type === 'redacted-reasoning'
}
