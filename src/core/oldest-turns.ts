import type { Block, Turn } from './turn.ts'

/**
 * The turns without the oldest ones: about half of what they hold goes, in whole exchanges, each from what the user says to what comes before
 * the next. A call keeps its result, and what the user said last stays. Undefined: there is nothing that could go.
 */
export function withoutOldest(turns: readonly Turn[]): readonly Turn[] | undefined {
  const sizes = turns.map(sizeOf)
  const half = sizes.reduce((sum, size) => sum + size, 0) / 2
  let gone = 0
  let last: number | undefined
  for (const [index, turn] of turns.entries()) {
    if (index > 0 && beginsExchange(turn)) {
      last = index
      if (gone >= half) break
    }
    gone += sizes[index] ?? 0
  }
  return last === undefined ? undefined : turns.slice(last)
}

function beginsExchange({ role, content }: Turn): boolean {
  return role === 'user' && !content.some(({ type }) => type === 'tool-result')
}

/** Characters, about. */
function sizeOf({ content }: Turn): number {
  return content.reduce((sum, block) => sum + blockSize(block), 0)
}

function blockSize(block: Block): number {
  return 'text' in block ? block.text.length : JSON.stringify(block).length
}
