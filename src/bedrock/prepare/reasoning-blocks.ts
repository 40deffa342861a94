import type { Block, ReasoningBlock, RedactedReasoningBlock } from '../../core/turn.ts'
import type { Traits } from '../../models/traits.ts'

/**
 * The mark put before opaque reasoning of this family; undefined for the family whose signed blocks go out byte for byte.
 * No base64 holds a colon, so a marked block can never be taken for one of another family.
 */
export function reasoningMark(traits: Traits): string | undefined {
  return traits.replay === 'signed' ? undefined : `${traits.family}:`
}

/** Tells reasoning, open or encrypted, from what is meant for the reader. */
export function isReasoning(block: Block): block is ReasoningBlock | RedactedReasoningBlock {
  return block.type === 'reasoning' || block.type === 'redacted-reasoning'
}

/**
 * The block as it may go back to this model, or undefined. Unsigned reasoning never does: models repeat it in the answer.
 * Encrypted blocks of one family make another family refuse the whole request.
 */
export function replayable(
  block: ReasoningBlock | RedactedReasoningBlock,
  traits: Traits
): ReasoningBlock | RedactedReasoningBlock | undefined {
  if (block.type === 'reasoning') {
    const signed = block.signature !== undefined && block.signature !== '' && !block.signature.includes(':')
    return traits.replay === 'signed' && signed ? block : undefined
  }
  if (traits.replay === 'none' || block.data === '') return undefined
  const mark = reasoningMark(traits)
  if (mark === undefined) return block.data.includes(':') ? undefined : block
  return block.data.startsWith(mark) ? { ...block, data: block.data.slice(mark.length) } : undefined
}
