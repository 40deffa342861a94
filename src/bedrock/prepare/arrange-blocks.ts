import type { Block, MediaBlock, ResultPart, ToolResultBlock, Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Traits } from '../../models/traits.ts'
import { isReasoning } from './reasoning-blocks.ts'

/** Stands where Bedrock wants text and the caller has none: a blank user message, a file without words, no first user turn. */
export const LEAST_TEXT = '.'
const READ_RESULTS = 'Understood.'

/** Puts the blocks of one turn in the order and the company the model accepts; may split a user turn in two. */
export function arrangeBlocks(turn: Turn, traits: Traits): readonly Turn[] {
  if (turn.role === 'assistant') return [{ ...turn, content: assistantOrder(turn.content) }]
  const results = turn.content.filter((block) => block.type === 'tool-result')
  const others = turn.content.filter((block) => block.type !== 'tool-result')
  if (results.length === 0) return [{ ...turn, content: withWords(others) }]
  const hoisted = results.map((result) => hoistMedia(result, traits))
  const rest = [...hoisted.flatMap(({ media }) => media), ...others]
  return besideResults({ turn, results: hoisted.map(({ result }) => result), rest, traits })
}

/**
 * Reasoning, then text, then calls. Where reasoning leads, or has a call behind it, nothing is moved:
 * a model that thinks between its words and calls wants them back in that very order.
 */
function assistantOrder(content: readonly Block[]): readonly Block[] {
  const calls = content.filter((block) => block.type === 'tool-call')
  const others = content.filter((block) => block.type !== 'tool-call')
  const lastCall = content.findLastIndex((block) => block.type === 'tool-call')
  const isPlaced = content.some((block, index) => isReasoning(block) && (index === 0 || index < lastCall))
  if (isPlaced) return content
  return [...others.filter(isReasoning), ...others.filter((block) => !isReasoning(block)), ...calls]
}

/** Takes media out of a result whose model refuses them there, and says in their place where they are. */
function hoistMedia(result: ToolResultBlock, traits: Traits): { result: ToolResultBlock; media: readonly MediaBlock[] } {
  const isRefused = (part: ResultPart): part is MediaBlock =>
    part.type !== 'text' && part.type !== 'search-result' && !traits.toolResultMedia.includes(part.type)
  const media = result.content.filter(isRefused)
  if (media.length === 0) return { result, media }
  const content = result.content.map(
    (part): ResultPart => (isRefused(part) ? { type: 'text', text: `(The ${part.type} of this result follows below.)` } : part)
  )
  const lastMark = media.reduce<MediaBlock['cache']>((mark, part) => part.cache ?? mark, result.cache)
  const bare = {
    type: result.type,
    callId: result.callId,
    content,
    ...(result.isError === undefined ? {} : { isError: result.isError })
  }
  // A mark behind the result covers the media too, so it moves behind them.
  if (lastMark === undefined) return { result: { ...result, content }, media }
  return { result: bare, media: media.map((part, index) => (index === media.length - 1 ? { ...part, cache: lastMark } : part)) }
}

interface Company {
  readonly turn: Turn
  readonly results: readonly ToolResultBlock[]
  readonly rest: readonly Block[]
  readonly traits: Traits
}

function besideResults({ turn, results, rest, traits }: Company): readonly Turn[] {
  switch (traits.besideToolResult) {
    case 'all':
      return [{ ...turn, content: [...results, ...withWords(rest)] }]
    case 'no-files': {
      const isFile = (block: Block) => block.type === 'document' || block.type === 'video'
      const files = rest.filter((block) => block.type === 'document' || block.type === 'video')
      return [{ ...turn, content: [...addToLast(results, files), ...rest.filter((block) => !isFile(block))] }]
    }
    case 'nothing':
      if (rest.length === 0) return [{ ...turn, content: results }]
      return [
        { ...turn, content: results },
        { role: 'assistant', content: [{ type: 'text', text: READ_RESULTS }] },
        { ...turn, content: withWords(rest) }
      ]
    default:
      return unreachable(traits.besideToolResult)
  }
}

/** Claude refuses files beside results but takes them inside one. */
function addToLast(results: readonly ToolResultBlock[], files: readonly MediaBlock[]): readonly ToolResultBlock[] {
  if (files.length === 0) return results
  return results.map((result, index) =>
    index === results.length - 1 ? { ...result, content: [...result.content, ...files] } : result
  )
}

/** Bedrock wants words beside a document. They stand before it, so that a cache point behind it stays last. */
function withWords(content: readonly Block[]): readonly Block[] {
  const at = content.findIndex((block) => block.type === 'document')
  const hasWords = content.some((block) => block.type === 'text' && block.guard === undefined)
  if (at < 0 || hasWords) return content
  return [...content.slice(0, at), { type: 'text', text: LEAST_TEXT }, ...content.slice(at)]
}
