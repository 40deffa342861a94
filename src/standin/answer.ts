import type { Block } from './converse-request.ts'

/** An answer made ready for the wire; the unary body and the events are both written from it. */
export interface Answer {
  readonly content: readonly Block[]
  readonly stopReason: string
  readonly output?: 'empty' | 'absent'
  readonly usage: Readonly<Record<string, unknown>>
  readonly latencyMs: number
  readonly trace?: unknown
  readonly additionalModelResponseFields?: unknown
  readonly performanceConfig?: unknown
  readonly serviceTier?: unknown
  readonly interleaved?: boolean
  readonly chunkSize?: number
  readonly gapMs: number
  readonly delayMs: number
}
