import { createJsonEnd } from './json-end.ts'
import { NO_PIECES, type Pieces, type TextFilter } from './text-pieces.ts'

/** A brace that begins an object. At the end of what has come, the next character decides. */
const BEGINNING = /\{\s*(?:["}]|$)/

/**
 * Takes the JSON object out of an answer that was asked for JSON in words: models put fences and sentences around it.
 * The object streams as it comes. An answer without any goes out as it is, so nothing is lost.
 */
export function createJsonText(): TextFilter {
  let prose = ''
  /** A brace and the white space behind it. */
  let brace = ''
  let isInside = false
  let isOver = false
  const end = createJsonEnd()

  function give(text: string): Pieces {
    const at = end.find(text)
    isOver = at >= 0
    return [{ type: 'text', text: isOver ? text.slice(0, at) : text }]
  }

  function enter(json: string): Pieces {
    prose = ''
    brace = ''
    isInside = true
    return give(json)
  }

  function begin(text: string): Pieces {
    if (brace !== '') {
      const next = text.trimStart()[0]
      if (next === undefined) {
        brace += text
        return NO_PIECES
      }
      if (next === '"' || next === '}') return enter(brace + text)
      prose += brace
      brace = ''
    }
    const found = BEGINNING.exec(text)
    prose += text.slice(0, found?.index)
    if (found === null) return NO_PIECES
    const json = text.slice(found.index)
    if (found[0].trimEnd() !== '{') return enter(json)
    brace = json
    return NO_PIECES
  }

  return {
    take(text) {
      if (isOver) return NO_PIECES
      return isInside ? give(text) : begin(text)
    },
    blockEnd: () => NO_PIECES,
    release() {
      const text = prose + brace
      prose = ''
      brace = ''
      return text === '' ? NO_PIECES : [{ type: 'text', text }]
    },
    passes: () => false
  }
}
