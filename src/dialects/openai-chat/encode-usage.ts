import { costMember, promptTokens, type Usage } from '../../core/usage.ts'
import type { UsageBody } from './completion-body.ts'

/** Token counts as OpenAI has them: cached tokens are part of the prompt, reasoning is part of the completion. */
export function encodeUsage(usage: Usage): UsageBody {
  const prompt = promptTokens(usage)
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      cache_creation_tokens: usage.cacheWriteTokens,
      audio_tokens: 0
    },
    completion_tokens_details: {
      ...(usage.reasoningTokens === undefined ? {} : { reasoning_tokens: usage.reasoningTokens }),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0
    },
    ...costMember(usage)
  }
}
