/** Stable, since Bedrock tells none: a string by OpenAI's types, though its documentation allows null. */
export const SYSTEM_FINGERPRINT = 'fp_adit'
