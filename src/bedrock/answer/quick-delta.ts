import type { ByteString } from '../../core/byte-string.ts'

/** A piece of text, of reasoning, or of a tool's input. */
export interface QuickDelta {
  readonly index: number
  readonly kind: 'text' | 'input' | 'reasoning'
  readonly text: string
  /** The piece as it stands in the payload, quotes included. */
  readonly literal: ByteString
}
