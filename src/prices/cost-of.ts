import type { PictureKind } from '../core/image.ts'
import { NANO_PER_DOLLAR, promptTokens, type Usage } from '../core/usage.ts'
import type { PriceRow, Rates } from './price-row.ts'

/** Why no cost is known: the model in this Region and on this day, the tier, the latency, a class of tokens, or what was used at all. */
export type Unpriced = 'model' | 'tier' | 'latency' | 'input' | 'output' | 'cache_read' | 'cache_write' | 'image' | 'usage'

/** What one answer cost. */
export interface Cost {
  /** Whole nano-dollars; null: no price is known for a part of it, which is never taken as nothing. */
  readonly nano: number | null
  readonly unpriced?: Unpriced
  /** Of an answer that has no price as a whole: what the rest of it costs, nano-dollars; absent: nothing is known. */
  readonly partNano?: number
  /** What it depends on was not told: the dearest is taken. */
  readonly isEstimate?: true
}

/** What an answer used, as its own usage tells it. */
export interface Used {
  readonly usage: Usage
  /** The tier that answered, in Bedrock's words; absent: the default. */
  readonly tier?: string | undefined
  /** It was served with optimized latency, as the answer says: what was asked for may have fallen back. */
  readonly isOptimized?: boolean
  /** Pictures that were embedded or made. */
  readonly images?: number
  /** What those that were made look like. */
  readonly picture?: PictureKind
  /** Texts that were embedded. */
  readonly texts?: number
  /** Tokens of one prompt, where the usage is a sum of several. */
  readonly prompt?: number
}

/** Tiers that cost what no tier costs. `reserved` is paid by the hour: what an answer of it costs is not known, and its overflow is `default`. */
const USUAL_TIERS: ReadonlySet<string> = new Set(['default', 'standard', 'on-demand', 'auto'])

/** A rate is dollars for a million tokens. */
const NANO_PER_RATE = 1000

/**
 * Prices one answer by its row, in nano-dollars that are whole for each class of tokens: input without what the cache gave or took, reads,
 * writes by how long they are kept, and output, reasoning included. What the provider does not tell of a TTL was kept for the usual time,
 * five minutes or, where a family has no other, thirty. Above the row's border the whole request has the rates of a long context. All is
 * multiplied by the tier that answered. (AWS: user guide, prompt caching and service tiers, 2026-10; rows: `price-sources.ts`.)
 */
export function costOf(row: PriceRow, { usage, tier, isOptimized = false, images = 0, texts = 0, prompt, picture }: Used): Cost {
  const factor = tier === undefined || USUAL_TIERS.has(tier) ? 1 : row.tiers?.[tier]
  if (factor === undefined) return { nano: null, unpriced: 'tier' }
  const rates = ratesFor(row, prompt ?? promptTokens(usage), isOptimized)
  if (rates === undefined) return { nano: null, unpriced: 'latency' }
  const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWriteHourTokens: hour = 0, outputTokens } = usage
  const usual = rates.cache_write_5m ?? rates.cache_write_30m
  const input = nanoOf(row.per_text === undefined ? inputTokens : 0, rates.input, factor)
  const read = nanoOf(cacheReadTokens, rates.cache_read, factor)
  const written = nanoOf(cacheWriteTokens - hour, usual, factor) + nanoOf(hour, rates.cache_write_1h, factor)
  const output = nanoOf(outputTokens, rates.output, factor)
  const nano = input + read + written + output
  if (Number.isNaN(nano)) {
    const classes = { input, cache_read: read, cache_write: written, output }
    return { nano: null, unpriced: firstUnknown(classes), partNano: sumOfKnown(Object.values(classes)) }
  }
  const image = images === 0 ? { usd: 0 } : imageRate(row, picture)
  if (image === undefined) return { nano: null, unpriced: 'image', partNano: nano }
  const pieces = images * image.usd + texts * (row.per_text ?? 0)
  const whole = nano + Math.round(pieces * NANO_PER_DOLLAR)
  return image.isEstimate === true ? { nano: whole, isEstimate: true } : { nano: whole }
}

/** What one picture costs; undefined: it has no price. */
function imageRate(
  { per_image: rate }: PriceRow,
  picture: PictureKind | undefined
): { readonly usd: number; readonly isEstimate?: true } | undefined {
  if (rate === undefined) return undefined
  if (typeof rate === 'number') return { usd: rate }
  const { pixels, quality } = picture ?? {}
  const fits = rate.filter((one) => one.quality === undefined || quality === undefined || one.quality === quality)
  if (pixels === undefined || quality === undefined)
    return fits.length === 0 ? undefined : { usd: Math.max(...fits.map(({ usd }) => usd)), isEstimate: true }
  return fits.find(({ up_to_pixels: most = Number.POSITIVE_INFINITY }) => pixels <= most)
}

/** Whole nano-dollars of one class; NaN: there is something of it, and it has no rate. */
function nanoOf(tokens: number, rate: number | undefined, factor: number): number {
  if (tokens === 0) return 0
  return rate === undefined ? Number.NaN : Math.round(tokens * rate * factor * NANO_PER_RATE)
}

function sumOfKnown(classes: readonly number[]): number {
  return classes.reduce((sum, nano) => (Number.isNaN(nano) ? sum : sum + nano), 0)
}

function firstUnknown(classes: Readonly<Partial<Record<Unpriced, number>>>): Unpriced {
  const found = Object.entries(classes).find(([, nano]) => Number.isNaN(nano))
  return (found?.[0] ?? 'usage') as Unpriced
}

function ratesFor(row: PriceRow, prompt: number, isOptimized: boolean): Rates | undefined {
  if (isOptimized) return row.latency_optimized
  const long = row.long_context
  return long !== undefined && prompt > long.over_prompt_tokens ? long : row
}
