import { type CredentialSource, createCredentialSource, sdkCredentials } from '../aws/credentials.ts'
import type { SdkHandler } from '../aws/sdk-http.ts'
import { beginningOfBody } from '../core/beginning.ts'
import { memoize } from '../core/bounded.ts'
import { GatewayError } from '../errors.ts'
import type { Residency } from '../models/residency.ts'
import { type TraitRow, type Traits, traitsFor } from '../models/traits.ts'
import { createCacheLedger } from '../state/cache-ledger.ts'
import { createPrefixHistory } from '../state/prefix-history.ts'
import { createReasoningMemory } from '../state/reasoning-memory.ts'
import { type MantleModel, readMantleModels } from './catalog/mantle-models.ts'
import { createPlaces, type Pool, type PoolPlace } from './places.ts'
import { createQuotaBook, type QuotaBookOptions } from './quota-book.ts'
import { quotaSources } from './quota-sources.ts'
import { createAdmissions, type PoolQuota, type SharedStore } from './run/admissions.ts'
import type { AttemptPolicy } from './run/attempt.ts'
import { keptMsOfBytes } from './run/cache-points.ts'
import { createCallerBreakers } from './run/caller-breakers.ts'
import { type ChatAnswer, type ChatRun, type ChatTools, runChat } from './run/chat-run.ts'
import { type CountRun, createCounter, type TokenCount } from './run/count.ts'
import { type ChatPlan, explainChat } from './run/explain.ts'
import { type InvokeAnswer, type InvokeRun, runInvoke } from './run/invoke-run.ts'
import type { BedrockObserver } from './run/observer.ts'
import { createOmissionMemory } from './run/omission-memory.ts'
import { type PassAnswer, type PassRun, runPass } from './run/pass-run.ts'
import { rehearse } from './run/rehearse.ts'
import { createOutputChecker } from './schema/output-check.ts'
import type { AgentOptions } from './transport/agent.ts'
import { createTransport, type Transport } from './transport/transport.ts'

export type { ChatAnswer, ChatRun } from './run/chat-run.ts'
export type { TokenCount } from './run/count.ts'
export type { ChatPlan } from './run/explain.ts'
export type { InvokeAnswer } from './run/invoke-run.ts'
export type { BedrockObserver } from './run/observer.ts'
export type { PassAnswer, PassRun } from './run/pass-run.ts'
export type { PassedUsage } from './run/passed-usage.ts'

/** The way to Bedrock. */
export interface Bedrock {
  /** Resolves once the first event of an answer is there. Throws GatewayError. */
  chat(run: ChatRun): Promise<ChatAnswer>
  /** What `chat` would send, and where; nothing is called. Throws GatewayError. */
  explain(run: ChatRun): Promise<ChatPlan>
  /** Calls a model with a body of its own kind. Throws GatewayError. */
  invoke(run: InvokeRun): Promise<InvokeAnswer>
  /** Hands on a call in Bedrock's own words, and its answer as it comes. Throws GatewayError. */
  pass(run: PassRun): Promise<PassAnswer>
  /** The tokens of a prompt, by the model's own count where Bedrock has it. Fails only where the caller leaves. */
  count(run: CountRun): Promise<TokenCount>
  /** What a model takes and refuses, by its base id, as the operator's rows have it. */
  traitsOf(baseId: string): Traits
  /** Endpoint, credentials, connections. Throws GatewayError saying what is missing; it may be called again. */
  warm(): Promise<void>
  /** Begins to read the account's quotas, where a ledger is kept; nobody waits for them. */
  readQuotas(): void
  /** Whether calls can be made, and if not, why: one sentence each. A failed warm-up is tried again when this is asked. */
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] }
  /** The home region, first of all: the default models and the profiles of base ids are of its geography. Empty until it is known. */
  readonly region: string
  /** The home region; a promise only while the AWS SDK is asked, where no variable names one. Throws GatewayError `not_ready`. */
  home(): string | Promise<string>
  /** The models that mantle has in the first region, in OpenAI's form. Throws GatewayError. */
  mantleModels(signal: AbortSignal): Promise<readonly MantleModel[]>
  /** What is known of the quotas of the account, pool by pool; empty where no ledger is kept. */
  quotas(): readonly PoolQuota[]
  /** The operator's; empty where there are none. */
  readonly pools: readonly Pool[]
  /** Why a pool cannot be called at the moment, by its name, in words that hold no account. */
  trouble(pool: string): string | undefined
  /** Ends everything, running answers included. */
  close(): Promise<void>
}

export interface BedrockOptions extends AgentOptions {
  /** In order of preference; empty: the one the AWS SDK finds. */
  readonly regions: readonly string[]
  readonly roleArn?: string
  readonly externalId?: string
  /** In place of the regions; absent or empty: there are none. */
  readonly pools?: readonly Pool[]
  /** Where the requests of a key may go, by its name; default: anywhere. */
  readonly residencyOf?: (owner: string) => Residency | undefined
  /** Hears of credentials that do not come, once until they do; `pools`: the names of those they are for. */
  readonly onTrouble?: (trouble: { readonly pools: readonly string[]; readonly error: GatewayError }) => void
  /** How the SDK reaches STS. */
  readonly handler?: () => SdkHandler | undefined
  /** A Bedrock API key, instead of credentials. */
  readonly bearerToken?: string
  readonly traitRows?: readonly TraitRow[]
  readonly defaults: ChatTools['defaults']
  /** Cache points are set where prefixes are seen to come again. */
  readonly plansCache?: boolean
  /** Calls of one model in one region for one request. */
  readonly maxAttempts: number
  readonly firstEventTimeoutMs: number
  readonly idleTimeoutMs: number
  /** No retry begins later than this after the request came. Milliseconds; default: `firstEventTimeoutMs`. */
  readonly deadlineMs?: number
  /** A conversation waits no longer than this for room in its quota; default 0: no ledger is kept. Milliseconds. */
  readonly queueMs?: number
  /** What is known of the account's quotas; absent: nothing. */
  readonly quotas?: Pick<QuotaBookOptions, 'rows' | 'copiesOf' | 'onNews'> & {
    /** Service Quotas is asked; with a Bedrock key nothing can be. */
    readonly areRead: boolean
  }
  /** Where the ledgers of several gateways hold together; absent: each counts alone. */
  readonly quotaStore?: SharedStore
  readonly observer?: BedrockObserver
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** 0 to 1; for the jitter of retries. */
  readonly random?: () => number
}

const REHEARSALS = 50
/** Callers for whom what is the same for all their requests is kept. */
const MOST_OWNERS = 1000
/** A failed warm-up is not tried again sooner. Milliseconds. */
const WARM_AGAIN_MS = 2000

const steadyNow = () => performance.now()

/** Makes the way to Bedrock. Nothing is read or opened before `warm` or the first call. */
export function createBedrock(options: BedrockOptions): Bedrock {
  const { observer = {}, random = Math.random } = options
  const { transports, pools, credentials, byPool: troubles } = makeWays(options)
  const breakers = createCallerBreakers({
    onChange(place, state) {
      const [region = '', model = ''] = place.split(' ', 2)
      observer.breaker?.({ region, model, state })
    }
  })
  // Where a pool stalls there is time for another one.
  const longestMs = options.firstEventTimeoutMs * (pools.length > 1 ? 2 : 1)
  const deadlineMs = options.deadlineMs ?? longestMs
  const policyOf = memoize(
    (owner: string): AttemptPolicy => ({
      maxAttempts: options.maxAttempts,
      deadlineMs,
      breaker: breakers.of(owner),
      observer,
      now: steadyNow,
      random
    }),
    MOST_OWNERS
  )
  const { traitRows = [], queueMs = 0 } = options
  const { residencyOf = () => undefined } = options
  const candidates = createPlaces({ transports, pools, traitRows, residencyOf, now: steadyNow })
  const { areRead = false, rows = [], copiesOf = () => undefined, onNews = () => {} } = options.quotas ?? {}
  const sources = areRead && queueMs > 0 && options.bearerToken === undefined ? quotaSources(options) : []
  const book = createQuotaBook({ rows, sources, traitRows, copiesOf, onNews })
  const tools: Omit<ChatTools, 'policy'> = {
    candidates,
    omissions: createOmissionMemory(steadyNow),
    defaults: options.defaults,
    traitRows,
    memory: createReasoningMemory(),
    ...(queueMs > 0 && {
      admissions: createAdmissions(Math.min(queueMs, options.deadlineMs ?? options.firstEventTimeoutMs), book, options.quotaStore)
    }),
    prefixes: createPrefixHistory(),
    watchesPrefixes: options.defaults.autoCache || options.plansCache === true,
    ...(options.plansCache === true && { cacheLedger: createCacheLedger(steadyNow) }),
    checkOutput: createOutputChecker()
  }

  const toolsOf = memoize((owner: string): ChatTools => ({ ...tools, policy: policyOf(owner) }), MOST_OWNERS)
  const count = createCounter({ candidates, traitRows, now: steadyNow })
  const warmth = createWarmth(transports, credentials)
  return {
    chat: (run) => runChat(run, toolsOf(run.owner)),
    explain: (run) => explainChat(run, toolsOf(run.owner)),
    count,
    traitsOf: (baseId) => traitsFor(baseId, traitRows),
    async invoke(run) {
      // What has no conversation has no warm cache: it is spread.
      const { owner } = run
      const beginning = () => Math.floor(random() * Number.MAX_SAFE_INTEGER)
      return runInvoke(run, candidates(run.targets, { owner, beginning, keptMs: () => 0 }), policyOf(owner), tools.admissions)
    },
    async pass(run) {
      const { owner, body } = run
      const placing = { owner, beginning: () => beginningOfBody(body), keptMs: () => keptMsOfBytes(body) }
      return runPass(run, candidates(run.targets, placing), policyOf(owner), tools.admissions)
    },
    async mantleModels(signal) {
      const text = await transports[0]?.read({ host: 'mantle', path: '/v1/models' }, signal)
      return readMantleModels(text ?? '')
    },
    warm: warmth.warm,
    readQuotas() {
      const { admissions } = tools
      if (admissions !== undefined) book.start(() => admissions.learnQuotas())
    },
    ready: warmth.ready,
    get region() {
      return transports[0]?.region ?? ''
    },
    home() {
      const [first] = transports
      return first === undefined || first.region !== '' ? (first?.region ?? '') : first.locate()
    },
    quotas: () => tools.admissions?.quotas() ?? [],
    pools,
    trouble: (name) => troubles.get(name)?.trouble,
    async close() {
      book.close()
      tools.admissions?.close()
      await Promise.all(transports.map((transport) => transport.close()))
    }
  }
}

/** Nothing that a call waits for takes longer than the call may. */
const LONGEST_LOAD_MS = 10_000

interface Role {
  readonly roleArn?: string
  readonly externalId?: string
}

function makeCredentials({ roleArn, externalId }: Role, options: BedrockOptions, pools: readonly string[]): CredentialSource {
  const { now, onTrouble } = options
  const home = options.pools?.[0]?.region ?? options.regions[0]
  return createCredentialSource({
    load: sdkCredentials({
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(home === undefined ? {} : { region: home }),
      ...(options.handler === undefined ? {} : { handler: options.handler }),
      waitMs: Math.min(options.firstEventTimeoutMs, LONGEST_LOAD_MS)
    }),
    isRole: roleArn !== undefined,
    ...(onTrouble === undefined ? {} : { onTrouble: (error) => onTrouble({ pools, error }) }),
    ...(now === undefined ? {} : { now })
  })
}

interface Ways {
  readonly transports: readonly Transport[]
  readonly pools: readonly PoolPlace[]
  /** One for each role. */
  readonly credentials: readonly CredentialSource[]
  /** The same by the names of pools. */
  readonly byPool: ReadonlyMap<string, CredentialSource>
}

/** One way for each region and role; pools of several kinds of profiles share it. */
function makeWays(options: BedrockOptions): Ways {
  const { pools = [] } = options
  if (pools.length === 0) {
    const credentials = makeCredentials(options, options, [])
    const regions = options.regions.length === 0 ? [undefined] : options.regions
    const transports = regions.map((region) =>
      createTransport({ ...options, credentials, ...(region === undefined ? {} : { region }) })
    )
    return { transports, pools: [], credentials: [credentials], byPool: new Map() }
  }
  const roleOf = (pool: Pool): Role => (pool.roleArn === undefined ? options : pool)
  const idOf = ({ roleArn, externalId }: Role) => `${roleArn} ${externalId}`
  const sources = new Map<string, CredentialSource>()
  const made = new Map<string, Transport>()
  const byPool = new Map<string, CredentialSource>()
  const places = pools.map((pool): PoolPlace => {
    const role = roleOf(pool)
    const who = idOf(role)
    const theirs = pools.filter((one) => idOf(roleOf(one)) === who).map(({ name }) => name)
    const credentials = sources.get(who) ?? makeCredentials(role, options, theirs)
    sources.set(who, credentials)
    byPool.set(pool.name, credentials)
    const way = `${pool.region} ${who}`
    const transport = made.get(way) ?? createTransport({ ...options, credentials, region: pool.region })
    made.set(way, transport)
    return { ...pool, transport }
  })
  return { transports: [...made.values()], pools: places, credentials: [...sources.values()], byPool }
}

/** Warms all regions. One that answers is enough to begin with; the others are failed over to only when they work. */
function createWarmth(
  transports: readonly Transport[],
  credentials: readonly CredentialSource[]
): Pick<Bedrock, 'warm' | 'ready'> {
  let ok = false
  let reasons: readonly string[] = ['Bedrock is not warmed up yet']
  let warming: Promise<void> | undefined
  let triedAt = 0

  async function tryAll(): Promise<void> {
    const [outcomes] = await Promise.all([
      Promise.allSettled(transports.map((transport) => transport.warm())),
      rehearse(REHEARSALS)
    ])
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []))
    ok = failures.length < transports.length
    reasons = ok ? [] : [...new Set(failures.map(reasonOf))]
    if (!ok) throw failures[0] ?? new GatewayError('not_ready', 'no region is configured')
  }

  function warm(): Promise<void> {
    warming ??= tryAll().finally(() => {
      warming = undefined
      triedAt = performance.now()
    })
    return warming
  }

  return {
    warm,
    ready() {
      // One role that can sign is enough to begin with.
      const troubles = credentials.map((source) => source.trouble)
      const trouble = troubles.includes(undefined) ? undefined : troubles[0]
      const again = !(ok && trouble === undefined) && triedAt > 0 && performance.now() - triedAt > WARM_AGAIN_MS
      if (again) warm().catch(() => {}) // `reasons` holds what it said
      return trouble === undefined || !ok ? { ok, reasons } : { ok: false, reasons: [trouble] }
    }
  }
}

/** Anybody may read it: no more than what to do. What has failed in words of others goes to the log. */
function reasonOf(failure: Error): string {
  return failure instanceof GatewayError ? failure.message : 'the way to Bedrock cannot be opened; the log says why'
}
