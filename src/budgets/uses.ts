import { NO_USAGE, promptTokens, type Usage } from '../core/usage.ts'
import { guardrailCost } from '../prices/guardrail-units.ts'
import type { Answered, Pricer } from '../prices/pricer.ts'
import type { CalledModel } from '../prices/routing.ts'

/*
 * What a key's money was spent on, as sums that can be priced again: by model, Region, tier, and size of the prompt, tokens of each class.
 */

/** Borders of long contexts that any price has; sums are kept apart by them. Tokens. */
const BORDERS = [100_000, 200_000, 272_000]
/** A prompt of each size. */
const SIZES = [1, 150_000, 250_000, 300_000]
const BETWEEN = '|'

const CLASSES = {
  input: ({ inputTokens }: Usage) => inputTokens,
  output: ({ outputTokens }: Usage) => outputTokens,
  read: ({ cacheReadTokens }: Usage) => cacheReadTokens,
  write: ({ cacheWriteTokens, cacheWriteHourTokens = 0 }: Usage) => cacheWriteTokens - cacheWriteHourTokens,
  hour: ({ cacheWriteHourTokens = 0 }: Usage) => cacheWriteHourTokens
} as const

/** Adds what one answer used. */
export function addUses(uses: Map<string, number>, called: CalledModel, answered: Answered): void {
  const { usage, tier = '', isOptimized = false, trace, images = 0, texts = 0, picture } = answered
  const size = BORDERS.filter((border) => promptTokens(usage) > border).length
  const { id, baseId = '', copies = '', region } = called
  const place = [id, baseId, copies, region, tier, isOptimized ? 'optimized' : '', size].join(BETWEEN)
  const add = (name: string, amount: number) => {
    if (amount > 0) uses.set(`${place}|${name}`, (uses.get(`${place}|${name}`) ?? 0) + amount)
  }
  for (const [name, count] of Object.entries(CLASSES)) add(name, count(usage))
  add(picture === undefined ? 'images' : `images ${picture.pixels ?? ''} ${picture.quality}`, images)
  add('texts', texts)
  if (trace !== undefined) add('guardrail', guardrailCost(trace)?.nano ?? 0)
}

/** What sums cost by the prices of `pricer`, nano-dollars; what has no price counts as nothing, as it did when it was spent. */
export function priceUses(uses: Iterable<readonly [field: string, amount: number]>, pricer: Pricer): number {
  let nano = 0
  for (const [field, amount] of uses) {
    const [id = '', baseId = '', copies = '', region = '', tier = '', latency = '', size = '0', name = ''] = field.split(BETWEEN)
    const called = { id, region, ...(baseId && { baseId }), ...(isRouting(copies) && { copies }) }
    const [kind, pixels = '', quality] = name.split(' ')
    const picture = quality === undefined ? {} : { picture: { quality, ...(pixels !== '' && { pixels: Number(pixels) }) } }
    const pieces = { images: kind === 'images' ? amount : 0, texts: kind === 'texts' ? amount : 0, ...picture }
    const more = { ...(tier && { tier }), isOptimized: latency !== '', ...pieces, prompt: SIZES[Number(size)] ?? 1 }
    if (name === 'guardrail') nano += Math.round(amount * pricer.multiplier)
    else nano += pricer.price(called, { usage: usageOf(name, amount), ...more }).nano ?? 0
  }
  return nano
}

function isRouting(text: string): text is NonNullable<CalledModel['copies']> {
  return text === 'global' || text === 'geo' || text === 'in_region'
}

function usageOf(name: string, amount: number): Usage {
  switch (name) {
    case 'input':
      return { ...NO_USAGE, inputTokens: amount }
    case 'output':
      return { ...NO_USAGE, outputTokens: amount }
    case 'read':
      return { ...NO_USAGE, cacheReadTokens: amount }
    case 'write':
      return { ...NO_USAGE, cacheWriteTokens: amount }
    case 'hour':
      return { ...NO_USAGE, cacheWriteTokens: amount, cacheWriteHourTokens: amount }
    default:
      return NO_USAGE
  }
}
