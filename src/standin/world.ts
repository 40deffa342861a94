import type { BillLine } from './bill.ts'
import { StandinClock } from './clock.ts'
import { LISTED_QUOTAS, type ListedQuota } from './listed-quotas.ts'
import { REGIONS } from './lists.ts'
import type { RecordedRequest, S3Object, ScriptedAnswer, StandinOptions } from './options.ts'
import { PromptCache } from './prompt-cache.ts'
import { Quotas } from './quotas.ts'
import { makeRandom } from './random.ts'
import type { ExceptionName } from './refusal.ts'
import type { Origin } from './signature.ts'

/** Everything one running stand-in knows and remembers; two of them share nothing. */
export interface World {
  readonly options: Options
  readonly clock: StandinClock
  readonly cache: PromptCache
  readonly quotas: Quotas
  readonly requests: RecordedRequest[]
  readonly parameters: Map<string, string[]>
  readonly secrets: Map<string, string>
  readonly denied: Set<string>
  readonly throttled: Set<string>
  /** Models, by the id as called, for which the account may not cache, and how that is said. */
  readonly uncached: Map<string, ExceptionName>
  readonly answers: Map<string, ScriptedAnswer[]>
  readonly faults: Map<string, string[]>
  /** Where reasoning that was given out comes from, by its digest. */
  readonly reasoning: Map<string, readonly Origin[]>
  readonly inFlight: Set<string>
  /** What the account pays for, in the order in which calls ended. */
  readonly bill: BillLine[]
  /** Buckets of S3 by name, objects by key. */
  readonly objects: ReadonlyMap<string, Map<string, S3Object>>
  /** What Service Quotas lists. */
  readonly listedQuotas: ListedQuota[]
  /** What S3 waits before each answer. */
  s3DelayMs: number
  /** Model calls so far: what chance each of them has. */
  calls: number
}

type Options = Required<Omit<StandinOptions, 'startAt'>> & Pick<StandinOptions, 'startAt'>

const DEFAULTS: Options = {
  host: '127.0.0.1',
  port: 0,
  auth: 'check',
  framing: 'whole',
  seed: 1,
  pageSize: 1000,
  parameters: { '/adit/api-key': 'sk-adit-demo' },
  secrets: { 'adit/api-key': '{"api_key":"sk-adit-demo"}' },
  deny: [],
  buckets: ['adit-responses'],
  chaos: false,
  eventGapMs: 20,
  hangMs: 30_000,
  listDelayMs: 0,
  credentialsTtlMs: 6 * 3_600_000,
  strayShare: 0,
  implicitShare: 0
}

/** Makes the state of one stand-in. */
export function makeWorld(given: StandinOptions): World {
  const options = { ...DEFAULTS, ...given }
  const clock = new StandinClock(given.startAt)
  const now = () => clock.now()
  return {
    options,
    clock,
    cache: new PromptCache(now),
    quotas: new Quotas(now),
    requests: [],
    parameters: new Map(Object.entries(options.parameters).map(([name, value]) => [name, [value]])),
    secrets: new Map(Object.entries(options.secrets)),
    denied: new Set(options.deny),
    throttled: new Set(),
    uncached: new Map(),
    answers: new Map(),
    faults: new Map(),
    reasoning: new Map(),
    inFlight: new Set(),
    bill: [],
    objects: new Map(options.buckets.map((bucket) => [bucket, new Map()])),
    listedQuotas: [...LISTED_QUOTAS],
    s3DelayMs: 0,
    calls: 0
  }
}

/** The scripted answer for this call, if one is set: each once in turn, the last one for ever. */
export function nextAnswer(world: World, modelId: string): ScriptedAnswer | undefined {
  const queue = world.answers.get(modelId)
  return queue !== undefined && queue.length > 1 ? queue.shift() : queue?.[0]
}

/** The fault this call must meet, each once in turn; `none` and an empty queue mean none. */
export function nextFault(world: World, modelId: string): string | undefined {
  const fault = world.faults.get(modelId)?.shift() ?? /^standin\.fault-(.+)$/.exec(modelId)?.[1]
  return fault === 'none' ? undefined : fault
}

/** The Region that computes: of a profile another one of its geography now and then, for the others the one that was called. */
export function computingRegion(world: World, modelId: string, home: string): string {
  const { strayShare, seed } = world.options
  const named = /:inference-profile\/(.+)$/.exec(modelId)?.[1] ?? modelId
  const others = (REGIONS[named.slice(0, named.indexOf('.'))] ?? []).filter((region) => region !== home)
  const random = makeRandom(seed, `region\n${modelId}\n${world.calls++}`)
  if (others.length === 0 || random.next() >= strayShare) return home
  return others[random.between(0, others.length - 1)] ?? home
}

/** Whether the service caches a whole prompt of a Nova model without being asked. */
export function isImplicitlyCached({ options, calls }: World, modelId: string, family: string): boolean {
  return family === 'nova' && makeRandom(options.seed, `implicit\n${modelId}\n${calls}`).next() < options.implicitShare
}
