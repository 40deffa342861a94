import { createKeyRestorer } from './restore-keys.ts'
import { NO_PIECES, type TextFilter } from './text-pieces.ts'

/** Gives the keys of an answer that is JSON the caller's names. */
export function createJsonKeys(names: ReadonlyMap<string, string>): TextFilter {
  const keys = createKeyRestorer(names)
  const asText = (text: string) => (text === '' ? NO_PIECES : [{ type: 'text' as const, text }])
  return {
    take: (text) => asText(keys.take(text)),
    blockEnd: () => NO_PIECES,
    release: () => asText(keys.end()),
    passes: () => false
  }
}
