import type { HttpAnswer } from './http-exchange.ts'

/** Beside Bedrock's own. The length and the coding of a body are those of the connection that it goes by. */
const OTHERS: ReadonlySet<string> = new Set(['content-type', 'retry-after', 'x-amz-retry-after'])

/** The headers of an answer that are its caller's business: Bedrock's own, its type, and when to come again. */
export function passedHeaders(headers: HttpAnswer['headers']): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && (name.startsWith('x-amzn-') || OTHERS.has(name))) passed[name] = value
  }
  return passed
}
