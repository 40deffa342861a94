import { NO_PIECES, type Pieces, type TextFilter } from './text-pieces.ts'

/**
 * Takes a marker out of the end of a text: DeepSeek V3.2 leaves there the opening of the markup that its calls are made of, and the calls
 * themselves come as they should. Elsewhere the same letters are the model's words. Seen in 17 of 18 turns (B20). One that is cut short is
 * taken for one where a call follows.
 */
export function createCallMarkers(markers: readonly string[]): TextFilter {
  /** Whole markers at the end, each with the white space behind it, and the beginning of one. */
  let held = ''
  /** How much of that is whole. */
  let whole = 0

  function take(text: string): Pieces {
    const all = held + text
    const at = beginOfMarkers(all, markers)
    held = all.slice(at)
    whole = wholeMarkers(held, markers)
    return asText(all.slice(0, at))
  }

  /** Leaves whole markers out. */
  function settle(): string {
    const begun = held.slice(whole)
    held = ''
    whole = 0
    return begun
  }

  return {
    take,
    blockEnd() {
      const begun = settle()
      if (!begun.startsWith(FULL_WIDTH)) return asText(begun)
      // What follows the block tells.
      held = begun
      return NO_PIECES
    },
    release(hasAnswered) {
      const begun = settle()
      return hasAnswered && begun.startsWith(FULL_WIDTH) ? NO_PIECES : asText(begun)
    },
    passes: (text) => held === '' && !text.includes('<')
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
