import { createJsonEnd } from './json-end.ts'
import { NO_PIECES, type Pieces, type TextGate } from './text-pieces.ts'

/** A brace that begins an object. At the end of what has come, the next character decides. */
const BEGINNING = /\{\s*(?:["}]|$)/

/**
 * Takes the JSON object out of an answer that was asked for JSON in words: models put fences and sentences around it.
 * The object streams as it comes. An answer without any goes out as it is, so nothing is lost.
 */
export function createJsonText(): TextGate {
  let prose = ''
  let held = ''
  let isInside = false
  let isOver = false
  const end = createJsonEnd()

  function give(text: string): Pieces {
    const at = end.find(text)
    isOver = at >= 0
    return [{ type: 'text', text: isOver ? text.slice(0, at) : text }]
  }

  function begin(): Pieces {
    const found = BEGINNING.exec(held)
    const at = found?.index ?? held.length
    prose += held.slice(0, at)
    held = held.slice(at)
    if (found === null || /^\{\s*$/.test(found[0])) return NO_PIECES
    const json = held
    prose = ''
    held = ''
    isInside = true
    return give(json)
  }

  return {
    take(text) {
      if (isOver) return NO_PIECES
      if (isInside) return give(text)
      held += text
      return begin()
    },
    blockEnd: () => NO_PIECES,
    release() {
      const text = prose + held
      prose = ''
      held = ''
      return text === '' ? NO_PIECES : [{ type: 'text', text }]
    },
    open: false
  }
}
