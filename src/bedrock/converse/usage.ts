import type { UsageDetails } from '../../core/event.ts'
import { isRawNumber } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, member } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { Usage } from '../../core/usage.ts'

/**
 * Reads Bedrock's usage. Claude sends its cache counts under two names, other families leave them out. `holdsCache`: the input counts what
 * was read from and written to the cache, as GPT's does in a stream, measured as 4,995 with 4,993 written where the whole answer said 2
 * (B36). An input smaller than those is one that does not. The total says nothing of it: it comes with either (opencode#47296).
 */
export function decodeUsage(usage: Json | undefined, extra: Json | undefined, holdsCache = false): Usage {
  const from = isJsonObject(usage) ? usage : {}
  const reasoning = reasoningTokens(extra)
  const input = count(from.inputTokens)
  const cacheReadTokens = count(from.cacheReadInputTokens ?? from.cacheReadInputTokenCount)
  const cacheWriteTokens = count(from.cacheWriteInputTokens ?? from.cacheWriteInputTokenCount)
  const cached = cacheReadTokens + cacheWriteTokens
  const read: Mutable<Usage> = {
    inputTokens: holdsCache && input >= cached ? input - cached : input,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: count(from.outputTokens)
  }
  if (reasoning !== undefined) read.reasoningTokens = reasoning
  const hour = hourTokens(from.cacheDetails)
  if (hour !== undefined) read.cacheWriteHourTokens = Math.min(hour, cacheWriteTokens)
  return read
}

/** Reads what comes beside the usage: latency, the tier that served, the guardrail's trace. */
export function decodeUsageDetails(payload: JsonObject): UsageDetails {
  const latency = member(payload.metrics, 'latencyMs')
  const tier = member(payload.serviceTier, 'type')
  const details: Mutable<UsageDetails> = {}
  if (typeof latency === 'number') details.latencyMs = latency
  if (typeof tier === 'string') details.serviceTier = tier
  if (member(payload.performanceConfig, 'latency') === 'optimized') details.isOptimized = true
  if (payload.trace !== undefined && payload.trace !== null) details.trace = payload.trace
  return details
}

/** Native response fields of Claude, whole (`/usage/...`) or in a stream; the count is part of the output tokens. */
function reasoningTokens(extra: Json | undefined): number | undefined {
  const details = member(member(extra, 'usage'), 'output_tokens_details')
  const tokens = member(details, 'reasoning_tokens') ?? member(details, 'thinking_tokens')
  return typeof tokens === 'number' ? count(tokens) : undefined
}

/** What was written for an hour, of Bedrock's list of what was written for how long. */
function hourTokens(details: Json | undefined): number | undefined {
  if (!Array.isArray(details)) return undefined
  let sum = 0
  for (const detail of details as readonly Json[]) if (member(detail, 'ttl') === '1h') sum += count(member(detail, 'inputTokens'))
  return sum
}

/** A count of tokens that Bedrock told, with whatever digits: whole and not negative; 0 for what is none. */
export function count(value: Json | undefined): number {
  const amount = isRawNumber(value) ? Number(value.rawJSON) : value
  return typeof amount === 'number' && Number.isFinite(amount) && amount > 0 ? Math.trunc(amount) : 0
}
