import type { UsageDetails } from '../../core/event.ts'
import { costMember, type Usage } from '../../core/usage.ts'

/** Token counts as Anthropic has them: the input is without what was read from and written to the cache. */
export interface UsageBody {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number }
  readonly output_tokens: number
  readonly output_tokens_details?: { readonly thinking_tokens: number }
  readonly service_tier: string
  /** US dollars; only where the caller asks for it. */
  readonly cost?: number | null
}

/** What an answer cost. Where the provider does not tell how long a part is kept, it is five minutes, the default. */
export function encodeUsage(usage: Usage, { serviceTier }: UsageDetails): UsageBody {
  const hour = usage.cacheWriteHourTokens ?? 0
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: { ephemeral_5m_input_tokens: Math.max(0, usage.cacheWriteTokens - hour), ephemeral_1h_input_tokens: hour },
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
    service_tier: tierWord(serviceTier),
    ...costMember(usage)
  }
}

/** Anthropic knows `standard`, `priority` and `batch`. */
function tierWord(tier: string | undefined): string {
  return tier === 'priority' || tier === 'reserved' ? 'priority' : 'standard'
}
