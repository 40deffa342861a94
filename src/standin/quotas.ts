import type { CatalogModel } from './catalog.ts'
import { type Place, poolKey } from './place.ts'
import { type Hold, type QuotaCall, type QuotaCounters, type QuotaLimits, QuotaPool, type Shortage } from './quota-pool.ts'
import { Refusal } from './refusal.ts'

/** Quota of a pool as a test sets it. */
export interface QuotaSetting extends QuotaLimits {
  /** How a stream ends whose output quota runs out, which AWS does not document; default `length`. */
  readonly outputEnd?: 'length' | 'error'
}

/** Which pools are meant; what is left out is any. */
export interface PoolPlace extends Partial<Place> {
  /** The capacity that is reserved beside the shared pool of the other tiers. */
  readonly isReserved?: boolean
}

/** A call that asks for quota. */
export interface QuotaAsk extends QuotaCall {
  readonly place: Place
  /** As it is called. */
  readonly modelId: string
  readonly model: Pick<CatalogModel, 'id' | 'maxOutput'>
  readonly isMantle: boolean
  /** The tier that is asked for. */
  readonly tier: string | undefined
}

/** What a call has taken of its quota. Ended once; what comes after is of no effect. */
export interface Charge {
  /** The pool was the reserved one. */
  readonly isReserved: boolean
  /** The pool has a quota. */
  readonly isLimited: boolean
  readonly outputEnd: 'length' | 'error'
  /** What may be produced of so many tokens. */
  produce(tokens: number): number
  settle(usage: Readonly<Record<string, unknown>>): void
  release(): void
}

/**
 * What a token of the answer counts in the settlement, by base id; the first that fits. AWS's page on how tokens are counted, 2026-10;
 * Sonnet 5.5, Haiku 5, Fable 5, GPT-6 and Kimi K3 are named for a neighbour only.
 */
const BURNDOWN: readonly (readonly [match: RegExp, factor: number])[] = [
  [/^anthropic\.claude-opus-4-8/, 15],
  [/^anthropic\.claude-(?:opus|sonnet|haiku|fable)-5/, 10],
  [/^openai\.gpt-(?:5\.6|6)/, 10],
  [/^moonshotai\.kimi-k3/, 10],
  [/^anthropic\.claude-3-7/, 5],
  [/^anthropic\.claude-.*-4-/, 5]
]

const burndownOf = (base: string) => BURNDOWN.find(([match]) => match.test(base))?.[1] ?? 1

/** AWS's sentences (troubleshooting page and recorded answers, 2026). */
const SENTENCES = {
  tokens: 'Too many tokens, please wait before trying again.',
  output: 'Too many tokens, please wait before trying again.',
  requests: 'Too many requests, please wait before trying again.',
  day: 'Too many tokens per day, please wait before trying again.',
  capacity: 'Too many connections, please wait before trying again.'
} as const satisfies Record<Shortage, string>

/** Mantle says which of its two quotas is used up. */
const OF_MANTLE: Partial<Record<Shortage, string>> = { tokens: 'tpm (InputTokens)', output: 'tpm (OutputTokens)' }

interface Rule {
  readonly key: string
  readonly place: PoolPlace
  readonly setting: QuotaSetting
}

/** The quotas of every account: pools come into being with their first call. */
export class Quotas {
  private readonly now: () => number
  private readonly rules: Rule[] = []
  private readonly pools = new Map<string, { readonly pool: QuotaPool; readonly fixed: FixedLimits }>()
  private readonly unlimited = new Map<string, QuotaCounters>()

  constructor(now: () => number) {
    this.now = now
  }

  /** Limits the pool of a key in every place that is meant; the last setting that fits holds. What was used stays used. */
  set(key: string, setting: QuotaSetting, place: PoolPlace): void {
    this.rules.push({ key, place, setting })
    for (const [name, { pool, fixed }] of this.pools) {
      const [account = '', region = '', pooled, reserved] = name.split(' ')
      if (pooled === key && isOf(place, { account, region, isReserved: reserved === 'reserved' }))
        pool.limits = limitsOf(setting, fixed)
    }
  }

  /** What a judge may read of a pool. */
  counters(key: string, place: Place, isReserved = false): QuotaCounters {
    const name = nameOf(key, place, isReserved)
    return this.pools.get(name)?.pool.counters ?? this.unlimited.get(name) ?? { invocations: 0, throttles: 0, quotaUsage: 0 }
  }

  /** Takes a call in, or throws the service's refusal. Reserved capacity that is used up overflows to the pool of all. */
  enter(ask: QuotaAsk): Charge {
    if (ask.tier === 'reserved') {
      const reserved = this.tryEnter(ask, true)
      if (reserved !== undefined && typeof reserved !== 'string') return reserved
    }
    const entered = this.tryEnter(ask, false)
    if (typeof entered !== 'string') return entered ?? this.uncounted(ask)
    if (entered === 'capacity') throw new Refusal('ServiceUnavailableException', SENTENCES.capacity)
    const own = ask.isMantle ? OF_MANTLE[entered] : undefined
    throw new Refusal('ThrottlingException', own ?? SENTENCES[entered], own === undefined ? {} : { type: 'rate_limit_error' })
  }

  private tryEnter(ask: QuotaAsk, isReserved: boolean): Charge | Shortage | undefined {
    const key = poolKey(ask.modelId, ask.model, ask.isMantle)
    const rule = this.rules.findLast((one) => one.key === key && isOf(one.place, { ...ask.place, isReserved }))
    if (rule === undefined) return undefined
    const name = nameOf(key, ask.place, isReserved)
    const pool = this.pools.get(name)?.pool ?? this.open(name, rule.setting, ask)
    const hold = pool.admit(ask, this.now())
    return typeof hold === 'string'
      ? hold
      : this.charge(pool, hold, { isReserved, isLimited: true, outputEnd: rule.setting.outputEnd ?? 'length' })
  }

  private open(name: string, setting: QuotaSetting, { model, isMantle }: QuotaAsk): QuotaPool {
    const fixed = { burndown: burndownOf(model.id), mostOutput: model.maxOutput, isMantle }
    const pool = new QuotaPool(limitsOf(setting, fixed), this.now())
    this.pools.set(name, { pool, fixed })
    return pool
  }

  private charge(pool: QuotaPool, hold: Hold, facts: Pick<Charge, 'isReserved' | 'isLimited' | 'outputEnd'>): Charge {
    return {
      ...facts,
      produce: (tokens) => pool.produce(tokens, this.now()),
      settle: (usage) => pool.settle(hold, counted(usage), this.now()),
      release: () => pool.release(hold, this.now())
    }
  }

  private uncounted({ modelId, model, isMantle, place }: QuotaAsk): Charge {
    const name = nameOf(poolKey(modelId, model, isMantle), place, false)
    const counters = this.unlimited.get(name) ?? { invocations: 0, throttles: 0, quotaUsage: 0 }
    this.unlimited.set(name, counters)
    return {
      isReserved: false,
      isLimited: false,
      outputEnd: 'length',
      produce: (tokens) => tokens,
      settle(usage) {
        const { inputTokens, cacheWriteTokens, outputTokens } = counted(usage)
        counters.invocations++
        counters.quotaUsage += inputTokens + cacheWriteTokens + outputTokens * (isMantle ? 0 : burndownOf(model.id))
      },
      release() {}
    }
  }
}

/** What a pool has of its model and host, where no test says otherwise. */
interface FixedLimits {
  readonly burndown: number
  readonly mostOutput: number
  readonly isMantle: boolean
}

/** On mantle input and output have quotas of their own, whatever is said of the other pools. */
function limitsOf(setting: QuotaSetting, { burndown, mostOutput, isMantle }: FixedLimits): QuotaLimits {
  return { burndown, mostOutput, ...setting, ...(isMantle ? { mode: 'mantle' as const } : {}) }
}

const nameOf = (key: string, { account, region }: Place, isReserved: boolean) =>
  `${account} ${region} ${key} ${isReserved ? 'reserved' : 'shared'}`

function isOf(meant: PoolPlace, { account, region, isReserved }: Required<PoolPlace>): boolean {
  if ((meant.isReserved ?? false) !== isReserved) return false
  return (meant.account ?? account) === account && (meant.region ?? region) === region
}

const counted = (usage: Readonly<Record<string, unknown>>) => ({
  inputTokens: Number(usage.inputTokens ?? 0),
  cacheWriteTokens: Number(usage.cacheWriteInputTokens ?? 0),
  outputTokens: Number(usage.outputTokens ?? 0)
})
