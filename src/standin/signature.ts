import { createHash, createHmac } from 'node:crypto'

const KEY = 'standin reasoning signature'

/** Signs reasoning as Claude does: whoever changes the text loses the signature. */
export function signReasoning(text: string): string {
  return createHmac('sha512', KEY).update(text).digest('base64')
}

/** Whether a signature was given out for exactly this text, by rule or by a script. */
export function isSigned(text: string, signature: string, scripted: ReadonlySet<string>): boolean {
  return signature === signReasoning(text) || scripted.has(pairDigest(text, signature))
}

/** How a scripted pair of text and signature is remembered. */
export function pairDigest(text: string, signature: string): string {
  return createHash('sha256').update(text).update('\n').update(signature).digest('base64')
}
