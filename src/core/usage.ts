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
  /** What it cost, whole nano-dollars, where the caller wants to know; null: no price is known. */
  readonly costNano?: number | null
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
    ...sumOf('reasoningTokens', a, b),
    ...sumOfCosts(a, b)
  }
}

/** A part that either may not tell. */
function sumOf(name: 'cacheWriteHourTokens' | 'reasoningTokens', a: Usage, b: Usage): Partial<Usage> {
  return a[name] === undefined && b[name] === undefined ? {} : { [name]: (a[name] ?? 0) + (b[name] ?? 0) }
}

/** What is not known of one is not known of both. */
function sumOfCosts({ costNano: a }: Usage, { costNano: b }: Usage): Pick<Usage, 'costNano'> {
  if (a === undefined && b === undefined) return {}
  return { costNano: a === null || b === null ? null : (a ?? 0) + (b ?? 0) }
}

/** Costs are reckoned in whole nano-dollars. */
export const NANO_PER_DOLLAR = 1_000_000_000

/** The cost as every dialect tells it beside its token counts, US dollars; nothing where the caller does not want to know. */
export function costMember({ costNano }: Usage): { readonly cost?: number | null } {
  if (costNano === undefined) return {}
  return { cost: toDollars(costNano) }
}

/** US dollars; null where the cost is not known. */
export function toDollars(nano: number | null): number | null {
  return nano === null ? null : nano / NANO_PER_DOLLAR
}

const ZERO = 0x30

/** US dollars as a decimal number, to the nano-dollar: `0.00123`. Whole nano-dollars are written exactly, and without an exponent. */
export function dollars(nano: number): string {
  if (nano < 0) return `-${dollars(-nano)}`
  const whole = Math.floor(nano / NANO_PER_DOLLAR)
  const rest = nano - whole * NANO_PER_DOLLAR
  if (rest === 0) return String(whole)
  const digits = String(NANO_PER_DOLLAR + rest) // a 1 keeps the zeros behind the point
  let end = digits.length
  while (digits.charCodeAt(end - 1) === ZERO) end--
  return `${whole}.${digits.slice(1, end)}`
}
