import { NO_PIECES, type Pieces, type TextFilter } from './text-pieces.ts'

/**
 * Takes a marker out of the end of a text: DeepSeek V3.2 leaves there the opening of the markup that its calls are made of, and the calls
 * themselves come as they should. Elsewhere the same letters are the model's words. Seen in 17 of 18 turns (B20). One that is cut short is
 * taken for one where a call follows.
 */
export function createCallMarkers(markers: readonly string[]): TextFilter {
  /** Whole markers at the end, each with the white space behind it: all but the last. Only added to, as there may be many. */
  let known = ''
  /** The last one, and the beginning of another. */
  let open = ''
  /** Where that begins in it. */
  let begun = 0

  function take(text: string): Pieces {
    if (begun > 0 && begun === open.length && text.trim() === '') {
      open += text
      begun = open.length
      return NO_PIECES
    }
    const all = open + text
    const at = beginOfMarkers(all, markers)
    const words = at === 0 ? '' : known + all.slice(0, at)
    if (at > 0) known = ''
    const held = all.slice(at)
    const end = wholeMarkers(held, markers)
    const last = end === 0 ? 0 : held.lastIndexOf('<', end - 1)
    known += held.slice(0, last)
    open = held.slice(last)
    begun = end - last
    return asText(words)
  }

  /** Leaves whole markers out. */
  function settle(): string {
    const rest = open.slice(begun)
    known = ''
    open = ''
    begun = 0
    return rest
  }

  return {
    take,
    blockEnd() {
      const rest = settle()
      if (!rest.startsWith(FULL_WIDTH)) return asText(rest)
      // What follows the block tells.
      open = rest
      return NO_PIECES
    },
    release(hasAnswered) {
      const rest = settle()
      return hasAnswered && rest.startsWith(FULL_WIDTH) ? NO_PIECES : asText(rest)
    },
    passes: (text) => open === '' && !text.includes('<')
  }
}

/** What may stand behind a marker at the end of a text. */
const ENDING = /^>?\s*$/
/** What no text but a marker begins with. */
const FULL_WIDTH = '<｜'

const asText = (text: string): Pieces => (text === '' ? NO_PIECES : [{ type: 'text', text }])

/** Where the markers at the end of a text begin, the last of which may be cut short; its length where there are none. */
function beginOfMarkers(text: string, markers: readonly string[]): number {
  let begin = text.length
  for (let at = text.lastIndexOf('<'); at >= 0; at = text.lastIndexOf('<', at - 1)) {
    const piece = text.slice(at, begin)
    const isBegun = begin === text.length && markers.some((marker) => marker.startsWith(piece))
    if (!isBegun && !isMarker(piece, markers)) return begin
    begin = at
    if (at === 0) return begin
  }
  return begin
}

const isMarker = (piece: string, markers: readonly string[]) =>
  markers.some((marker) => piece.startsWith(marker) && ENDING.test(piece.slice(marker.length)))

/** How much of markers is whole: all but a last one that is cut short. */
function wholeMarkers(held: string, markers: readonly string[]): number {
  const last = held.lastIndexOf('<')
  return last < 0 || isMarker(held.slice(last), markers) ? held.length : last
}
