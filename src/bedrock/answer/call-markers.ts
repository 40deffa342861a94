import { NO_PIECES, type Pieces, type TextFilter } from './text-pieces.ts'

/**
 * Takes a marker out of the end of a text: DeepSeek V3.2 leaves there the opening of the markup that its calls are made of, and the calls
 * themselves come as they should. Elsewhere the same letters are the model's words. Seen in 17 of 18 turns (B20).
 */
export function createCallMarkers(markers: readonly string[]): TextFilter {
  /** The beginning of a marker, or a whole one and the white space behind it. */
  let held = ''
  let isWhole = false

  function take(text: string): Pieces {
    if (isWhole && text.trim() === '') {
      held += text
      return NO_PIECES
    }
    const all = held + text
    const at = all.lastIndexOf('<')
    const tail = at < 0 ? '' : all.slice(at)
    isWhole = markers.some((marker) => tail.startsWith(marker) && ENDING.test(tail.slice(marker.length)))
    held = isWhole || markers.some((marker) => marker.startsWith(tail)) ? tail : ''
    const words = all.slice(0, all.length - held.length)
    return words === '' ? NO_PIECES : [{ type: 'text', text: words }]
  }

  function settle(): Pieces {
    const words = isWhole ? '' : held
    held = ''
    isWhole = false
    return words === '' ? NO_PIECES : [{ type: 'text', text: words }]
  }

  return { take, blockEnd: settle, release: settle, passes: (text) => held === '' && !text.includes('<') }
}

/** What may stand behind a marker at the end of a text. */
const ENDING = /^>?\s*$/
