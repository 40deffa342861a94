export type { ChatOptions } from './options.ts'

/** What all parts of one answer share. */
export interface ChatHead {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  /** The id that was called. */
  readonly model: string
}

/** Stable, since Bedrock tells none: a string by OpenAI's types, though its documentation allows null. */
export const SYSTEM_FINGERPRINT = 'fp_adit'

/** The head of a new answer. The clock and the randomness can be given, so that a test knows the bytes. */
export function chatHead(model: string, nowMs: number = Date.now(), random: string = crypto.randomUUID()): ChatHead {
  return { id: `chatcmpl-${random.replaceAll('-', '')}`, created: Math.floor(nowMs / 1000), model }
}
