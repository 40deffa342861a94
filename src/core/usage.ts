/** Tokens of one answer. All counts are whole and not negative. */
export interface Usage {
  /** Input tokens that were neither read from nor written to the cache. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  /** Part of `cacheWriteTokens` that is kept for an hour; absent where the provider does not tell. */
  readonly cacheWriteHourTokens?: number
  /** Everything the model wrote, reasoning included. */
  readonly outputTokens: number
  /** Part of `outputTokens`; absent where the provider does not tell. */
  readonly reasoningTokens?: number
}

export const NO_USAGE: Usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 }

/** All tokens of the prompt, cached or not: what OpenAI calls `prompt_tokens`. */
export function promptTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
}

/** Sums the usage of parallel answers. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...sumOf('cacheWriteHourTokens', a, b),
    ...sumOf('reasoningTokens', a, b)
  }
}

/** A part that either may not tell. */
function sumOf(name: 'cacheWriteHourTokens' | 'reasoningTokens', a: Usage, b: Usage): Partial<Usage> {
  return a[name] === undefined && b[name] === undefined ? {} : { [name]: (a[name] ?? 0) + (b[name] ?? 0) }
}
