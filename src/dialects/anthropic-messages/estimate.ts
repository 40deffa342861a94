import type { ChatRequest } from '../../core/request.ts'
import type { Block } from '../../core/turn.ts'

/** UTF-16 units of English prose and code for each token, on the low side: an estimate shall not be too small. */
const UNITS_PER_TOKEN = 3.5
/** What a picture costs at its largest, and a page. */
const IMAGE_TOKENS = 1600
const FRAME_TOKENS = 8

/**
 * Tokens of a prompt by the length of its words, for what begins before the model has counted. Cheap: no text is walked.
 * Media count by the piece, never by their bytes.
 */
export function estimateTokens({ system, turns, tools }: ChatRequest): number {
  let units = 0
  let tokens = 0
  const add = (block: Block): void => {
    switch (block.type) {
      case 'text':
      case 'reasoning':
        units += block.text.length
        return
      case 'tool-call':
        units += block.name.length + JSON.stringify(block.input).length
        return
      case 'tool-result':
        for (const part of block.content) add(part)
        return
      case 'document':
        if (block.source.type === 'text') units += block.source.text.length
        else tokens += IMAGE_TOKENS
        return
      case 'redacted-reasoning':
        return
      default:
        tokens += IMAGE_TOKENS
    }
  }
  for (const block of system) add(block)
  for (const turn of turns) {
    tokens += FRAME_TOKENS
    for (const block of turn.content) add(block)
  }
  if (tools.length > 0) units += JSON.stringify(tools).length
  return Math.ceil(units / UNITS_PER_TOKEN) + tokens
}
