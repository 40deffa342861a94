import { NO_PIECES, type Pieces, type TextFilter } from './text-pieces.ts'

const TAGS = ['<think>', '<thinking>'] as const

/**
 * Tells reasoning that a model writes into its text, in `<think>` or `<thinking>` at the very beginning, from the answer
 * behind it. Nova 1 does so before it calls tools, open models where Bedrock does not take their reasoning apart.
 * Where the tag is never closed and no answer follows, the reasoning is the answer: it comes again, as text, at the end.
 */
export function createTaggedThinking(): TextFilter {
  let state: 'before' | 'inside' | 'behind' | 'unclosed' | 'open' = 'before'
  /** White space that belongs to what follows it, if anything does. */
  let blanks = ''
  /** What may be the beginning of a tag. */
  let held = ''
  let close = ''
  /** The reasoning, as long as nothing has closed it. */
  let thought = ''

  function before(text: string): Pieces {
    const begun = held === '' ? text.trimStart() : held + text
    if (held === '') blanks += text.slice(0, text.length - begun.length)
    held = begun
    const tag = TAGS.find((each) => begun.startsWith(each))
    if (tag === undefined) return TAGS.some((each) => each.startsWith(begun)) ? NO_PIECES : openUp()
    state = 'inside'
    close = tag.replace('<', '</')
    blanks = ''
    held = ''
    return inside(begun.slice(tag.length))
  }

  function inside(text: string): Pieces {
    const all = held + text
    const end = all.indexOf(close)
    if (end < 0) {
      const size = beginningAtEnd(all, close)
      held = all.slice(all.length - size)
      return giveThought(all.slice(0, all.length - size))
    }
    const pieces = giveThought(all.slice(0, end))
    state = 'behind'
    thought = ''
    blanks = ''
    held = ''
    return [...pieces, ...behind(all.slice(end + close.length))]
  }

  /** White space around the reasoning belongs to the tags. */
  function giveThought(text: string): Pieces {
    const words = text.trimEnd()
    if (words === '') {
      if (thought !== '') blanks += text
      return NO_PIECES
    }
    const told = thought === '' ? words.trimStart() : blanks + words
    blanks = text.slice(words.length)
    thought += told
    return [{ type: 'reasoning', text: told }]
  }

  /** The blank lines between the tag and the answer belong to neither. */
  function behind(text: string): Pieces {
    held = text.trimStart()
    return held === '' ? NO_PIECES : openUp()
  }

  function openUp(): Pieces {
    const text = blanks + held
    blanks = ''
    held = ''
    state = 'open'
    return text === '' ? NO_PIECES : [{ type: 'text', text }]
  }

  function finish(): Pieces {
    if (state === 'before' && blanks + held === '') return NO_PIECES
    if (state === 'before' || state === 'behind') return openUp()
    if (state !== 'inside') return NO_PIECES
    const pieces = giveThought(held)
    held = ''
    state = thought === '' ? 'open' : 'unclosed'
    return pieces
  }

  function more(text: string): Pieces {
    if (text.trim() !== '') state = 'open'
    return [{ type: 'text', text }]
  }

  return {
    take(text) {
      if (state === 'before') return before(text)
      if (state === 'inside') return inside(text)
      return state === 'behind' ? behind(text) : more(text)
    },
    blockEnd: finish,
    release(hasAnswered) {
      const pieces = finish()
      if (hasAnswered || state !== 'unclosed') return pieces
      state = 'open'
      return [...pieces, { type: 'text', text: thought }]
    },
    passes: () => state === 'open'
  }
}

/** How many of the last characters of a text may be the beginning of `tag`. */
function beginningAtEnd(text: string, tag: string): number {
  for (let size = Math.min(tag.length - 1, text.length); size > 0; size--) if (text.endsWith(tag.slice(0, size))) return size
  return 0
}
