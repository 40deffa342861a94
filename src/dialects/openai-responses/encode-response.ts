import type { AnswerBlock, Completion } from '../../core/collect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Head } from '../dialect.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import {
  annotationOf,
  callItem,
  compactionItem,
  type ItemStatus,
  itemId,
  messageItem,
  reasoningItem,
  textPart
} from './encode-item.ts'
import { envelope } from './envelope.ts'
import type { ResponsesOptions } from './options.ts'
import { OUTCOMES } from './outcome.ts'
import { sealThought } from './sealed.ts'
import { identityOf } from './tool-table.ts'

/** A whole answer. Throws where it is none. */
export function encodeResponse(completion: Completion, head: Head, options: ResponsesOptions): JsonObject {
  const outcome = OUTCOMES[completion.finish]
  if (outcome === undefined) throw malformedAnswer(completion.finishDetails)
  const lead = envelope(head, options, { ...completion, outcome })
  return { ...lead, output: encodeOutput(completion, head, options, outcome.status), ...options.echo }
}

/** The text of an answer, which is what a summary is made of. */
export function textOf({ blocks }: Completion): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

function encodeOutput(completion: Completion, head: Head, options: ResponsesOptions, last: ItemStatus): readonly JsonObject[] {
  if (options.isCompaction) return [compactionItem(itemId('compaction', head, 0), textOf(completion))]
  const groups = grouped(completion.blocks)
  return groups.map((group, index) => encodeGroup(group, head, options, index, index === groups.length - 1 ? last : 'completed'))
}

type Group = readonly [AnswerBlock, ...AnswerBlock[]]

/** Neighbouring texts of one phase are one message; every other block is an item of its own, and what says nothing is none. */
function grouped(blocks: readonly AnswerBlock[]): readonly Group[] {
  const groups: [AnswerBlock, ...AnswerBlock[]][] = []
  for (const block of blocks) {
    if (isEmptyBlock(block)) continue
    const open = groups.at(-1)
    if (block.type === 'text' && open?.[0].type === 'text' && open[0].phase === block.phase) open.push(block)
    else groups.push([block])
  }
  return groups
}

function isEmptyBlock(block: AnswerBlock): boolean {
  if (block.type === 'text') return block.text === '' && block.citations.length === 0
  if (block.type === 'reasoning') return block.text === '' && block.signature === undefined
  return block.type === 'redacted-reasoning' && block.data === ''
}

function encodeGroup(
  group: Group,
  head: Head,
  { showsSummary, tools }: ResponsesOptions,
  index: number,
  status: ItemStatus
): JsonObject {
  const [first] = group
  if (first.type === 'text') return message(group, itemId('message', head, index), status)
  if (first.type === 'tool-call') {
    const tool = identityOf(first.name, tools)
    return callItem({ id: itemId(tool.kind, head, index), tool, callId: first.id, json: first.json }, status)
  }
  const shown = showsSummary && first.type === 'reasoning' && first.text !== '' ? first.text : undefined
  return reasoningItem(
    itemId('reasoning', head, index),
    shown,
    sealThought(first, head.model),
    status === 'incomplete' ? status : undefined
  )
}

function message(group: Group, id: string, status: ItemStatus): JsonObject {
  const annotations: JsonObject[] = []
  const [first] = group
  let text = ''
  for (const block of group) {
    if (block.type !== 'text') continue
    const end = text.length + block.text.length
    for (const citation of block.citations) annotations.push(annotationOf(citation, text.length, end))
    text += block.text
  }
  return messageItem(id, status, textPart(text, annotations), first.type === 'text' ? first.phase : undefined)
}
