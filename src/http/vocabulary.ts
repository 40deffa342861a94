import type { DecodeTokens } from '../dialects/openai/token-text.ts'

/** What turns tokens into text. The vocabulary comes with the package; it costs some 300 ms once, and most processes never need it. */
export async function vocabularyFor(holdsTokens: boolean): Promise<DecodeTokens> {
  return holdsTokens ? (await import('gpt-tokenizer/encoding/cl100k_base')).decode : noTokens
}

function noTokens(): never {
  throw new TypeError('the vocabulary is loaded whenever there are tokens')
}
