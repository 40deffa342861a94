import type { CatalogModel } from './catalog.ts'
import type { Block } from './converse-request.ts'
import type { Cached } from './prompt-cache.ts'
import { countValue } from './tokens.ts'

/** Counts a call as the service bills it: what the prompt cache read and wrote stands apart from the input. */
export function countUsage(
  { all, read, write, details }: Cached,
  content: readonly Block[],
  model: CatalogModel
): Record<string, unknown> {
  const outputTokens = Math.max(1, countValue(content))
  const usage = { inputTokens: all - read - write, outputTokens, totalTokens: all + outputTokens }
  if (model.cacheMinimum === undefined) return usage
  const cached = {
    cacheReadInputTokens: read,
    cacheWriteInputTokens: write,
    ...(details.length > 0 ? { cacheDetails: details } : {})
  }
  if (model.family !== 'claude') return read + write > 0 ? { ...usage, ...cached } : usage
  return { ...usage, ...cached, cacheReadInputTokenCount: read, cacheWriteInputTokenCount: write, serverToolUsage: {} }
}

/** How an answer may tell less, or something else, than what it is billed for. */
export type UsageFault = 'double-count' | 'no-details' | 'no-usage'

/**
 * The usage as a damaged answer tells it. `double-count`: what was written stands in the input as well, as OpenAI's family was seen to do on
 * ConverseStream (2026-09); `no-details`: for how long writes are kept is left out; `no-usage`: nothing is told.
 */
export function damagedUsage(usage: Readonly<Record<string, unknown>>, fault: UsageFault): Readonly<Record<string, unknown>> {
  if (fault === 'no-usage') return {}
  if (fault === 'no-details') return { ...usage, cacheDetails: undefined }
  return { ...usage, inputTokens: Number(usage.inputTokens) + Number(usage.cacheWriteInputTokens ?? 0) }
}

/** A payload or a whole answer without any word of what was used. */
export function withoutUsage<P>(payload: P): P {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload
  const kept = Object.entries(payload).filter(([name]) => name !== 'usage' && name !== 'amazon-bedrock-invocationMetrics')
  return Object.fromEntries(
    kept.map(([name, value]) => [name, ['message', 'response'].includes(name) ? withoutUsage(value) : value])
  ) as P
}
