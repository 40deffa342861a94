import type { DecodeTokens } from '../dialects/dialect.ts'

/** What turns tokens into text. The vocabulary comes with the package; it costs some 300 ms once, and most processes never need it. */
export async function vocabulary(): Promise<DecodeTokens> {
  const { decode } = await import('gpt-tokenizer/encoding/cl100k_base')
  return decode
}
