import type { Block, CacheMark } from './turn.ts'

/**
 * Leaves blocks out of a list. A cache mark on one of them moves to the block before it, since it means "everything up to here";
 * `orphaned` is given a mark that has no block before it which can bear one.
 */
export function leaveOut<T extends Block>(
  blocks: readonly T[],
  isLeftOut: (block: T, index: number) => boolean,
  orphaned: (mark: CacheMark) => void
): T[] {
  const kept: T[] = []
  blocks.forEach((block, index) => {
    if (!isLeftOut(block, index)) kept.push(block)
    else if (block.cache !== undefined) {
      const marked = marking(kept.at(-1), block.cache)
      if (marked === undefined) orphaned(block.cache)
      else kept[kept.length - 1] = marked
    }
  })
  return kept
}

/** The block with a mark, its own before another; undefined where it can bear none, as reasoning. */
function marking<T extends Block>(block: T | undefined, cache: CacheMark): T | undefined {
  if (block === undefined || block.type === 'reasoning' || block.type === 'redacted-reasoning') return undefined
  return block.cache === undefined ? { ...block, cache } : block
}
