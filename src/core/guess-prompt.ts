import type { ChatRequest } from './request.ts'
import { searchText } from './search-text.ts'
import type { Block } from './turn.ts'

/** Characters of a token, where nobody counts: what Anthropic's own gateway assumes of an answer that was cut (2026-08). */
export const CHARACTERS_PER_TOKEN = 4

/** A picture at its largest, and a document of a few pages. Tokens. */
const MEDIA_TOKENS = 1600

/** Bytes of JSON that stand around a request and around each turn, generously. */
const FRAME = 160
const FRAME_OF_TURN = 60

/**
 * Tokens of a prompt, guessed from its lengths alone: for what a caller may spend, and for answers that were cut before Bedrock told.
 * `bodyLength`: bytes of the request's body, of which what is neither words, media nor their frames is
 * taken for tools, and for words beyond ASCII, which have more bytes and more tokens; 0: not known.
 */
export function guessPrompt({ system, turns }: ChatRequest, bodyLength: number): number {
  let [words, media, pieces] = [0, 0, 0]
  const add = (block: Block): void => {
    if (block.type === 'text' || block.type === 'reasoning') words += block.text.length
    else if (block.type === 'search-result') words += searchText(block).length
    else if (block.type === 'tool-result') for (const part of block.content) add(part)
    else if (block.type === 'document' && block.source.type === 'text') words += block.source.text.length
    else if ('source' in block) {
      pieces++
      if (block.source.type === 'base64') media += block.source.data.length
    }
  }
  for (const block of system) words += block.text.length
  for (const turn of turns) for (const block of turn.content) add(block)
  const rest = Math.max(0, bodyLength - words - media - FRAME - FRAME_OF_TURN * turns.length)
  return Math.ceil((words + rest) / CHARACTERS_PER_TOKEN) + pieces * MEDIA_TOKENS
}
