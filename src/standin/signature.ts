import { createHash, createHmac } from 'node:crypto'

const KEY = 'standin reasoning signature'

/** Signs reasoning as Claude does: whoever changes the text loses the signature. What was signed for one model says nothing to another. */
export function signReasoning(text: string, modelId = ''): string {
  return createHmac('sha512', KEY).update(modelId).update('\n').update(text).digest('base64')
}

/** What is remembered of reasoning that was given out. */
export interface Origin {
  readonly modelId: string
  /** Digest of all that came before the answer: system, tools and messages. */
  readonly prefix: string
  /** The blocks of the answer in order, by `layoutOf`. */
  readonly layout: string
}

export type Origins = ReadonlyMap<string, readonly Origin[]>

/** How a pair of text and signature, or opaque data, is remembered. */
export function pairDigest(text: string, signature: string): string {
  return createHash('sha256').update(text).update('\n').update(signature).digest('base64')
}
