import { NO_PIECES, type Pieces, type TextGate } from './text-pieces.ts'

const TAGS = ['<think>', '<thinking>'] as const

/**
 * Tells reasoning that a model writes into its text, in `<think>` or `<thinking>` at the very beginning, from the answer
 * behind it. Nova 1 does so before it calls tools, open models where Bedrock does not take their reasoning apart.
 */
export function createTaggedThinking(): TextGate {
  let state: 'before' | 'inside' | 'behind' | 'open' = 'before'
  let held = ''
  let close = ''
  let hasThought = false

  function before(): Pieces {
    const text = held.trimStart()
    const tag = TAGS.find((each) => text.startsWith(each))
    if (tag !== undefined) {
      state = 'inside'
      close = tag.replace('<', '</')
      held = text.slice(tag.length)
      return inside()
    }
    if (TAGS.some((each) => each.startsWith(text))) return NO_PIECES
    return openUp()
  }

  function inside(): Pieces {
    if (!hasThought) held = held.trimStart()
    const end = held.indexOf(close)
    if (end < 0) return giveReasoning(mayBeReasoning(held, close))
    const rest = held.slice(end + close.length)
    const thought = giveReasoning(held.slice(0, end).trimEnd().length)
    state = 'behind'
    held = rest
    return [...thought, ...behind()]
  }

  /** The blank lines between the tag and the answer belong to neither. */
  function behind(): Pieces {
    held = held.trimStart()
    return held === '' ? NO_PIECES : openUp()
  }

  function giveReasoning(length: number): Pieces {
    const text = held.slice(0, length)
    held = held.slice(length)
    hasThought ||= text !== ''
    return text === '' ? NO_PIECES : [{ type: 'reasoning', text }]
  }

  function openUp(): Pieces {
    const text = held
    held = ''
    state = 'open'
    return text === '' ? NO_PIECES : [{ type: 'text', text }]
  }

  function finish(): Pieces {
    if (state === 'before' && held === '') return NO_PIECES
    if (state !== 'inside') return openUp()
    const thought = giveReasoning(held.trimEnd().length)
    held = ''
    state = 'open'
    return thought
  }

  return {
    take(text) {
      held += text
      if (state === 'before') return before()
      if (state === 'inside') return inside()
      return state === 'behind' ? behind() : openUp()
    },
    blockEnd: finish,
    release: finish,
    get open() {
      return state === 'open'
    }
  }
}

/** How much of the text is reasoning whatever follows: neither the beginning of the closing tag nor the space before it. */
function mayBeReasoning(text: string, close: string): number {
  for (let size = Math.min(close.length - 1, text.length); size > 0; size--)
    if (text.endsWith(close.slice(0, size))) return text.slice(0, -size).trimEnd().length
  return text.trimEnd().length
}
