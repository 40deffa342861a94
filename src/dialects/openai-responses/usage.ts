import { costMember, promptTokens, type Usage } from '../../core/usage.ts'

/** Token counts as the Responses API has them: cached tokens are part of the input, reasoning is part of the output. */
export function encodeUsage(usage: Usage) {
  const input = promptTokens(usage)
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheReadTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + usage.outputTokens,
    ...costMember(usage)
  }
}
