import { isRawNumber } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/**
 * Claude's token counts in the form that Converse has them. The counts of a stream's end go over those of its start, whose prompt they
 * may leave out; `null` says nothing.
 */
export function wireUsage(first: Json | undefined, last: Json | undefined): JsonObject {
  const counts = { ...told(first), ...told(last) }
  const hour = isJsonObject(counts.cache_creation) ? number(counts.cache_creation.ephemeral_1h_input_tokens) : 0
  return {
    inputTokens: number(counts.input_tokens),
    outputTokens: number(counts.output_tokens),
    cacheReadInputTokens: number(counts.cache_read_input_tokens),
    cacheWriteInputTokens: number(counts.cache_creation_input_tokens),
    ...(hour > 0 ? { cacheDetails: [{ ttl: '1h', inputTokens: hour }] } : {})
  }
}

function told(usage: Json | undefined): JsonObject {
  return isJsonObject(usage) ? Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)) : {}
}

function number(value: Json | undefined): number {
  const amount = isRawNumber(value) ? Number(value.rawJSON) : value
  return typeof amount === 'number' ? amount : 0
}
