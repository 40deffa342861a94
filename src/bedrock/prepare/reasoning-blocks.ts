import type { Block, ReasoningBlock, RedactedReasoningBlock } from '../../core/turn.ts'
import { baseModelId } from '../../models/base-model.ts'
import type { Traits } from '../../models/traits.ts'
import type { EncodeScope } from './encode-scope.ts'

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
 * Encrypted blocks of one family make another family refuse the whole request, and so may those of another Claude.
 */
export function replayable(
  block: ReasoningBlock | RedactedReasoningBlock,
  { traits, target }: Pick<EncodeScope, 'traits' | 'target'>
): ReasoningBlock | RedactedReasoningBlock | undefined {
  if (traits.replay === 'signed' && isOthers(block, target.baseId, traits.readsReasoningOf)) return undefined
  if (block.type === 'reasoning') {
    const signed = block.signature !== undefined && block.signature !== '' && !block.signature.includes(':')
    return traits.replay === 'signed' && signed ? block : undefined
  }
  if (traits.replay === 'none' || block.data === '') return undefined
  const mark = reasoningMark(traits)
  if (mark === undefined) return block.data.includes(':') ? undefined : block
  return block.data.startsWith(mark) ? { ...block, data: block.data.slice(mark.length) } : undefined
}

/**
 * A signature says nothing to a model that may not read its maker's thoughts: it drops the block, or refuses the request and with it the
 * thoughts of its own (AWS, preserved thinking, 2026-09; llxprt-code#2335, 2026-07). What an ARN hides is not known, and is sent.
 */
function isOthers({ origin }: Pick<ReasoningBlock, 'origin'>, reader: string, reads: readonly string[]): boolean {
  const maker = origin === undefined ? 'arn:' : baseModelId(origin)
  return ![maker, reader].some((id) => id.startsWith('arn:')) && maker !== reader && !reads.includes(maker)
}
