import type { FinishDetails, FinishReason, ModelEvent, UsageDetails } from './event.ts'
import type { Citation } from './turn.ts'
import { unreachable } from './unreachable.ts'
import { NO_USAGE, type Usage } from './usage.ts'

/** A finished block of an answer. Tool input stays JSON text, byte for byte as the model wrote it. */
export type AnswerBlock =
  | { readonly type: 'text'; readonly text: string; readonly citations: readonly Citation[]; readonly phase?: string }
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: string }
  | { readonly type: 'redacted-reasoning'; readonly data: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly json: string }

/** A whole answer. */
export interface Completion {
  readonly blocks: readonly AnswerBlock[]
  readonly finish: FinishReason
  readonly finishDetails: FinishDetails
  readonly usage: Usage
  readonly usageDetails: UsageDetails
}

interface OpenBlock {
  readonly block: number
  kind: AnswerBlock['type'] | undefined
  id: string
  name: string
  signature: string | undefined
  phase: string | undefined
  citations: Citation[]
  pieces: string[]
}

/** Collects the events of one answer. */
export interface AnswerCollector {
  add(event: ModelEvent): void
  result(): Completion
}

const NO_DETAILS: FinishDetails = { raw: '' }

/** Makes an empty folder; an answer without its end is malformed. A tool call without any input becomes `{}`, as every client parses it. */
export function createCollector(): AnswerCollector {
  const blocks: AnswerBlock[] = []
  let open: OpenBlock | undefined
  let finish: Extract<ModelEvent, { type: 'finish' }> | undefined
  let usage: Extract<ModelEvent, { type: 'usage' }> | undefined

  function close(): void {
    const made = open && finishBlock(open)
    open = undefined
    if (made) blocks.push(made)
  }

  return {
    add(event) {
      switch (event.type) {
        case 'start':
          return
        case 'usage':
          usage = event
          return
        case 'finish':
          finish = event
          return close()
        case 'block-end':
          return close()
      }
      if (open?.block !== event.block) {
        close()
        open = openBlock(event.block)
      }
      addToBlock(open!, event)
    },
    result: () => ({
      blocks,
      finish: finish?.reason ?? 'malformed',
      finishDetails: finish?.details ?? NO_DETAILS,
      usage: usage?.usage ?? NO_USAGE,
      usageDetails: usage?.details ?? {}
    })
  }
}

function openBlock(block: number): OpenBlock {
  return { block, kind: undefined, id: '', name: '', signature: undefined, phase: undefined, citations: [], pieces: [] }
}

type ContentEvent = Exclude<ModelEvent, { type: 'start' | 'finish' | 'usage' | 'block-end' }>

function addToBlock(block: OpenBlock, event: ContentEvent): void {
  switch (event.type) {
    case 'text':
      block.kind = 'text'
      block.phase = event.phase
      block.pieces.push(event.text)
      return
    case 'citation':
      block.kind ??= 'text'
      block.citations.push(event.citation)
      return
    case 'reasoning':
      block.kind = 'reasoning'
      block.pieces.push(event.text)
      return
    case 'reasoning-signature':
      block.kind ??= 'reasoning'
      block.signature = (block.signature ?? '') + event.signature
      return
    case 'reasoning-redacted':
      block.kind = 'redacted-reasoning'
      block.pieces.push(event.data)
      return
    case 'tool-start':
      block.kind = 'tool-call'
      block.id = event.id
      block.name = event.name
      return
    case 'tool-input':
      block.pieces.push(event.json)
      return
    default:
      return unreachable(event)
  }
}

function finishBlock(block: OpenBlock): AnswerBlock | undefined {
  const joined = block.pieces.join('')
  switch (block.kind) {
    case undefined:
      return undefined
    case 'text':
      return block.phase === undefined
        ? { type: 'text', text: joined, citations: block.citations }
        : { type: 'text', text: joined, citations: block.citations, phase: block.phase }
    case 'reasoning':
      return block.signature === undefined
        ? { type: 'reasoning', text: joined }
        : { type: 'reasoning', text: joined, signature: block.signature }
    case 'redacted-reasoning':
      return { type: 'redacted-reasoning', data: joined }
    case 'tool-call':
      return { type: 'tool-call', id: block.id, name: block.name, json: joined === '' ? '{}' : joined }
    default:
      return unreachable(block.kind)
  }
}
