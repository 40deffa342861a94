import { createHash } from 'node:crypto'
import type { CatalogModel } from './catalog.ts'
import { type Block, type ConverseRequest, type ToolEntry, turnsOf } from './converse-request.ts'
import { countValue } from './tokens.ts'

type Cached = { readonly read: number; readonly write: number; readonly details: readonly { ttl: string; inputTokens: number }[] }
const TTL_MS = { '5m': 300_000, '1h': 3_600_000 } as const

/** Counts a call as the service bills it: what the prompt cache read and wrote stands apart from the input. */
export function countUsage(
  request: ConverseRequest,
  content: readonly Block[],
  model: CatalogModel,
  cache: Map<string, number>
): Record<string, unknown> {
  const outputTokens = Math.max(1, countValue(content))
  const prompt = promptItems(request)
  const all = Math.max(
    1,
    prompt.reduce((sum, item) => sum + countValue(item), 0)
  )
  const { read, write, details } = lookUp(prompt, model, cache)
  const inputTokens = all - read - write
  const usage = { inputTokens, outputTokens, totalTokens: all + outputTokens }
  if (model.cacheMinimum === undefined) return usage
  const cached = {
    cacheReadInputTokens: read,
    cacheWriteInputTokens: write,
    ...(details.length > 0 ? { cacheDetails: details } : {})
  }
  if (model.family !== 'claude') return read + write > 0 ? { ...usage, ...cached } : usage
  return { ...usage, ...cached, cacheReadInputTokenCount: read, cacheWriteInputTokenCount: write, serverToolUsage: {} }
}

/** Everything the model reads, in the order in which prefixes are cached: tools, system, messages. */
function promptItems(request: ConverseRequest): readonly (ToolEntry | Block)[] {
  return [...(request.toolConfig?.tools ?? []), ...(request.system ?? []), ...turnsOf(request).flatMap((turn) => turn.content)]
}

function lookUp(prompt: readonly (ToolEntry | Block)[], model: CatalogModel, cache: Map<string, number>): Cached {
  const now = Date.now()
  const hash = createHash('sha256').update(model.id)
  const points: { key: string; tokens: number; ttl: '5m' | '1h' }[] = []
  let [tokens, hit, read] = [0, 0, 0]
  for (const item of prompt) {
    const key = hash.copy().digest('hex')
    // The service also finds a prefix that an earlier call marked and this one no longer does.
    if ((cache.get(key) ?? 0) > now) hit = tokens
    if (item.cachePoint === undefined) {
      hash.update(JSON.stringify(item))
      tokens += countValue(item)
    } else if (tokens >= (model.cacheMinimum ?? Number.POSITIVE_INFINITY)) {
      points.push({ key, tokens, ttl: item.cachePoint.ttl === '1h' ? '1h' : '5m' })
      read = hit
    }
  }
  for (const { key, ttl } of points) cache.set(key, now + TTL_MS[ttl])
  const last = points.at(-1)
  const write = (last?.tokens ?? 0) - read
  return { read, write, details: last !== undefined && write > 0 ? [{ ttl: last.ttl, inputTokens: write }] : [] }
}
