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
