import { BILL_PRICES } from './bill-prices.ts'
import { OWNED } from './resolve.ts'

/** One call as the account pays for it. */
export interface BillLine {
  /** Day of the call, UTC. */
  readonly day: string
  readonly account: string
  /** Where it was made. */
  readonly region: string
  /** As it was called. */
  readonly modelId: string
  /** What is sold, in tokens, pictures and texts, and for how much. */
  readonly items: readonly BillItem[]
  /** US dollars; null: it is not sold by the call. */
  readonly usd: number | null
  /** It ended before it was whole, and is paid for what was processed. */
  readonly isCut: boolean
}

export interface BillItem {
  /** As the cost and usage report names it: Region, model, class, and what is special. */
  readonly usageType: string
  readonly amount: number
  readonly usd: number
}

/** A call that was processed. */
export interface Processed {
  readonly at: number
  readonly account: string
  readonly region: string
  readonly modelId: string
  /** The foundation model behind it. */
  readonly base: string
  readonly usage: Readonly<Record<string, unknown>>
  readonly tier?: string
  readonly isFast?: boolean
  readonly isMantle?: boolean
  readonly trace?: unknown
  readonly images?: number
  /** Width times height, and whether it was paid for as premium. */
  readonly pictureSize?: { readonly pixels: number; readonly isPremium: boolean }
  readonly texts?: number
  readonly isCut?: boolean
}

const CLASSES = ['input', 'output', 'cache-read', 'cache-write-5m', 'cache-write-1h', 'cache-write-30m'] as const
type Class = (typeof CLASSES)[number]
type Rates = readonly (number | undefined)[]

interface Offer {
  readonly ids: readonly RegExp[]
  readonly routings: readonly string[]
  readonly rates: Rates
  readonly more: Readonly<Record<string, string>>
}

const OFFERS = BILL_PRICES.trim().split('\n').map(readOffer)

function readOffer(line: string): Offer {
  const words = line.split(' ')
  const more = Object.fromEntries(words.slice(8).map((word) => word.split('=') as [string, string]))
  const globs = (words[0] ?? '').split(',')
  const ids = globs.map((glob) => new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`))
  return { ids, routings: (words[1] ?? '').split('/'), rates: words.slice(2, 8).map(readRate), more }
}

function readRate(word: string): number | undefined {
  return word === '-' ? undefined : Number(word)
}

/** Text units of a guardrail, US dollars for a thousand. */
const UNITS: Readonly<Record<string, number>> = {
  contentPolicyUnits: 0.15,
  topicPolicyUnits: 0.15,
  sensitiveInformationPolicyUnits: 0.1,
  contextualGroundingPolicyUnits: 0.1
}

/** What a guardrail is paid with that is asked by itself. */
export function guardrailLine(
  call: Pick<Processed, 'at' | 'account' | 'region' | 'modelId'>,
  usage: Processed['usage']
): BillLine {
  const { at, account, region, modelId } = call
  const items = unitsIn(usage).map(([name, amount]) => ({
    usageType: `${region}-guardrail-${name}`,
    amount,
    usd: (amount * (UNITS[name] ?? 0)) / 1000
  }))
  const usd = items.reduce((sum, item) => sum + item.usd, 0)
  return { day: dayOf(at), account, region, modelId, isCut: false, items, usd }
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** Ids of things that are paid by the hour, or by somebody else. */
const NOT_BY_CALL = /:(?:provisioned-model|imported-model|custom-model|custom-model-deployment|default-prompt-router|endpoint)\//

/** What a call is paid with. */
export function billLine(call: Processed): BillLine {
  const day = dayOf(call.at)
  const { account, region, modelId, isCut = false } = call
  const line = { day, account, region, modelId, isCut }
  const offer = NOT_BY_CALL.test(modelId) ? undefined : OFFERS.find((one) => isMeant(one, call, day))
  const items = offer && sold(offer, call)
  if (items === undefined) return { ...line, items: [], usd: null }
  return { ...line, items, usd: items.reduce((sum, { usd }) => sum + usd, 0) }
}

function isMeant({ ids, routings, more }: Offer, call: Processed, day: string): boolean {
  const { routing, geography } = routed(call)
  if (!ids.some((id) => id.test(call.base))) return false
  if (!routings.includes('any') && !routings.includes(routing)) return false
  if (more.in !== undefined && more.in !== call.region) return false
  if (more.geo !== undefined && more.geo !== geography) return false
  return day >= (more.from ?? '') && day < (more.to ?? '9999')
}

function routed({ modelId, region, isMantle = false }: Processed): { routing: string; geography: string } {
  const named = /:inference-profile\/(.+)$/.exec(modelId)?.[1] ?? modelId
  const geography = /^(global|us-gov|us|eu|apac|jp|au|in|ca|sa)\./.exec(named)?.[1] ?? ''
  if (region.startsWith('us-gov')) return { routing: 'us-gov', geography }
  if (geography === 'global') return { routing: 'global', geography }
  // Application profiles copy what their Region has, but one.
  if (modelId === OWNED.globalProfile.arn) return { routing: 'global', geography }
  return { routing: geography === '' ? (isMantle ? 'mantle' : 'in_region') : 'geo', geography }
}

function sold(offer: Offer, call: Processed): readonly BillItem[] | undefined {
  const { tier = 'default', isFast = false, images = 0, texts = 0 } = call
  const amounts = amountsOf(call.usage)
  const prompt = CLASSES.reduce((sum, name) => sum + (name === 'output' ? 0 : amounts[name]), 0)
  const [border, ...longRates] = (offer.more.long ?? 'Infinity').split(':')
  const isLong = prompt > Number(border)
  const rates = isFast ? offer.more.fast?.split(':').map(readRate) : isLong ? longRates.map(readRate) : offer.rates
  const factors = { default: '1', ...Object.fromEntries((offer.more.tiers ?? '').split(',').map((word) => word.split(':'))) }
  const factor = Number((factors as Record<string, string>)[tier])
  if (rates === undefined || Number.isNaN(factor)) return undefined
  const special = `${tier === 'default' ? '' : `-${tier}`}${routed(call).routing === 'global' ? '-cross-region-global' : ''}${isLong ? '-long_ctx' : ''}`
  const items: BillItem[] = []
  const add = (name: string, amount: number, usd: number) =>
    items.push({ usageType: `${call.region}-${call.base}-${name}${special}`, amount, usd })
  for (const [at, name] of CLASSES.entries()) {
    const amount = offer.more.text === undefined ? amounts[name] : 0
    if (amount === 0) continue
    const rate = rates[at]
    if (rate === undefined) return undefined
    add(name, amount, (amount * rate * factor) / 1_000_000)
  }
  if (images > 0) {
    const rate = imageRate(offer.more.image, call)
    if (rate === undefined) return undefined
    add('images', images, images * rate)
  }
  if (texts > 0 && offer.more.text !== undefined) add('texts', texts, texts * Number(offer.more.text))
  for (const [name, amount] of unitsIn(call.trace)) add(name, amount, (amount * (UNITS[name] ?? 0)) / 1000)
  return items
}

/** `0.04`, or by size `pixels:standard:premium/...`, the last of any size. */
function imageRate(sold: string | undefined, { pictureSize }: Processed): number | undefined {
  const sizes = sold?.split('/') ?? []
  const [any] = sizes
  if (any === undefined || sizes.length === 1) return any === undefined ? undefined : Number(any)
  const { pixels = Number.POSITIVE_INFINITY, isPremium = true } = pictureSize ?? {}
  const [, standard, premium] = (sizes.find((size) => pixels <= Number(size.split(':')[0])) ?? any).split(':')
  return Number(isPremium ? premium : standard)
}

function amountsOf(usage: Processed['usage']): Record<Class, number> {
  const count = (name: string) => Number(usage[name] ?? 0)
  const details = (usage.cacheDetails ?? []) as readonly { ttl: string; inputTokens: number }[]
  const kept = (ttl: string) => details.filter((one) => one.ttl === ttl).reduce((sum, one) => sum + one.inputTokens, 0)
  const written = count('cacheWriteInputTokens')
  return {
    input: count('inputTokens'),
    output: count('outputTokens'),
    'cache-read': count('cacheReadInputTokens'),
    'cache-write-5m': written - kept('1h') - kept('30m'),
    'cache-write-1h': kept('1h'),
    'cache-write-30m': kept('30m')
  }
}

function unitsIn(value: unknown): readonly (readonly [string, number])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'number' && name in UNITS && inner > 0 ? [[name, inner] as const] : unitsIn(inner)
  )
}

/** The bill as the cost and usage report has it: no calls, but days, Regions and usage types; US dollars. */
export function usageReport(lines: readonly BillLine[]): ReadonlyMap<string, number> {
  const report = new Map<string, number>()
  for (const { day, items } of lines)
    for (const { usageType, usd } of items) report.set(`${day} ${usageType}`, (report.get(`${day} ${usageType}`) ?? 0) + usd)
  return report
}
