import type { Cancel } from '../../core/cancel.ts'
import { byLength, estimateTokens } from '../../core/estimate-tokens.ts'
import type { EventBatch } from '../../core/event.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Usage } from '../../core/usage.ts'
import { GatewayError } from '../../errors.ts'
import { geographyOf } from '../../models/base-model.ts'
import { burndownOf } from '../../models/burndown.ts'
import type { Quota } from '../../models/listed-quotas.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import { traitsOfTarget } from '../../models/traits.ts'
import { PoolClosed, PoolLedger, type Ticket } from '../../quota/pool-ledger.ts'
import { PROCESS_CLOCK } from '../../quota/quota-clock.ts'
import type { QuotaStore } from '../../quota/quota-store.ts'
import { createSharedQuota, type SharedPool, type StoreListener } from '../../quota/shared-quota.ts'
import { leftError } from '../transport/network-error.ts'
import type { Candidate, CandidatePlace } from './candidate.ts'
import { watchEvents } from './watched-events.ts'

/** For whom a call is about to be sent. */
export interface Caller {
  readonly owner: string
  readonly signal: Cancel
  readonly isRepair?: boolean
}

/** Admits calls to the pools of the account's quota: one for each region and id as it is called, since every profile has a quota of its own. */
export interface Admissions {
  /** Until when a request that comes now may wait in all; `isRepair`: a whole minute at least, in which every quota comes back. */
  deadline(isRepair?: boolean): number
  /**
   * Lets a call go: at once where its pool has room, or nothing is known of it; else after a wait, in fair turn with other keys. `tokens`: what
   * the service reserves for it, its prompt and the most of its answer. It waits no longer than `until`, on the clock of `deadline`, and
   * where another place is as good not at all. Throws Held. The ticket has to be ended: by `failed`, or once the answer is over.
   */
  enter(place: Candidate, caller: Caller, tokens: number, until: number): Ticket | Promise<Ticket>
  /** The call has failed: the ledger learns from a throttle, and the error is told when it expects room. */
  failed(ticket: Ticket, error: unknown): void
  /** What is known of each pool, for operators. */
  quotas(): readonly PoolQuota[]
  /** Quotas have become known, or others: the ledgers begin with them. */
  learnQuotas(): void
  close(): void
}

/** Where the ledgers of several gateways hold together. */
export interface SharedStore {
  readonly store: QuotaStore
  readonly listener: StoreListener
}

/** What is known of a pool's quota. */
export interface PoolQuota {
  /** The operator's pools that share it, else the Region. */
  readonly pools: readonly string[]
  readonly region: string
  /** Whose quota it is: a profile, or the model by its own id, whatever copies of it are called. */
  readonly model: string
  readonly base_model: string
  /** The geography of the profile, or `global`; null: the model's own id, or an ARN that does not tell. */
  readonly profile: string | null
  /** The ids by which it is called, as far as it was. */
  readonly ids: readonly string[]
  /** Tokens a minute that the ledger reckons with; null: nothing is known, since nothing was refused. */
  readonly tokens_per_minute: number | null
  readonly requests_per_minute: number | null
  /** Tokens a day (UTC); null: not known. */
  readonly tokens_per_day: number | null
  /** Learnt from refusals, and not told by anybody. */
  readonly is_guess: boolean
  /** Tokens that fit now; null: not known. */
  readonly headroom: number | null
  /** Requests that fit now; null: not known. */
  readonly requests_headroom: number | null
  /** Tokens of the last minute, as the service counts them. */
  readonly used: number
  /** The same since midnight. */
  readonly used_today: number
  /** Requests that wait for room. */
  readonly waiting: number
  /** ISO time until which a used up day is not asked for again; null: it is not used up. */
  readonly closed_until: string | null
}

/** Whether nothing is known of a pool's quota: nobody told, and nothing was refused. */
export function isBlank({ tokens_per_minute, requests_per_minute, tokens_per_day, closed_until }: PoolQuota): boolean {
  return (tokens_per_minute ?? requests_per_minute ?? tokens_per_day ?? closed_until) === null
}

/** A call was not made, since its pool has no room for it in time, or its caller has left meanwhile. */
export class Held extends Error {
  /** For the caller. */
  readonly error: GatewayError

  constructor(error: GatewayError) {
    super(error.message)
    this.error = error
  }
}

const REPAIR_MS = 75_000
/** Model ids come from callers. */
const MOST_POOLS = 1000
/** Ids that are told of one pool: an account has so many application profiles at most. */
const MOST_IDS = 1000

/** What is known of quotas before anything is refused. */
export interface KnownQuotas {
  /** Which pool a call counts against. */
  poolOf(place: CandidatePlace): string
  /** The id whose quota that is. */
  idOf(place: CandidatePlace): string
  quotaOf(place: CandidatePlace): Quota | undefined
}

interface Pool {
  readonly ledger: PoolLedger
  /** Where it was called; at least one. */
  readonly places: CandidatePlace[]
  /** The same with what other gateways take. */
  readonly shared: SharedPool | undefined
  /** The quota that was told last. */
  told: Quota | undefined
}

/** Makes the ledgers of this process. `waitMs`: the longest that a request waits for room. `sharedStore`: with those of other gateways. */
export function createAdmissions(waitMs: number, known: KnownQuotas, sharedStore?: SharedStore): Admissions {
  const clock = PROCESS_CLOCK
  const pools = new Map<string, Pool>()
  const shared = sharedStore && createSharedQuota(sharedStore.store, clock, sharedStore.listener)

  function poolOf(place: CandidatePlace): Pool {
    const name = known.poolOf(place)
    const found = pools.get(name)
    if (found !== undefined) {
      notePlace(found.places, place)
      return found
    }
    if (pools.size >= MOST_POOLS) forgetOne(pools, (gone) => shared?.drop(gone))
    const told = known.quotaOf(place)
    const ledger = new PoolLedger(clock, told, shared && ((lesson) => shared.teach(name, lesson)))
    const made = { ledger, places: [place], shared: shared?.pool(name, ledger), told }
    pools.set(name, made)
    return made
  }

  /** What was learnt upward or downward from the same number stays. */
  function learn(pool: Pool): void {
    const {
      told,
      ledger,
      places: [place]
    } = pool
    const quota = place && known.quotaOf(place)
    if (quota === undefined) return
    pool.told = quota
    ledger.setQuota(changed(quota, told))
  }

  return {
    deadline: (isRepair = false) => clock.now() + (isRepair ? Math.max(waitMs, REPAIR_MS) : waitMs),
    enter(place, { owner, signal, isRepair = false }, tokens, queueUntil) {
      try {
        const { ledger, shared } = poolOf(place)
        const until = place.hasEqual === true ? 0 : queueUntil
        const entered = (shared ?? ledger).enter({ owner, tokens, until, signal, isUrgent: isRepair })
        return entered instanceof Promise ? entered.catch((error: unknown) => refuse(error, signal)) : entered
      } catch (error) {
        return refuse(error, signal)
      }
    },
    quotas: () => [...pools.values()].map((pool) => quotaOf(pool, known)),
    learnQuotas() {
      for (const pool of pools.values()) learn(pool)
    },
    close: () => shared?.close(),
    failed(ticket, error) {
      if (!(error instanceof GatewayError)) {
        ticket.failed()
        return
      }
      const roomMs = ticket.failed(error.throttle)
      if (roomMs === undefined) return
      const leftMs = ticket.until - clock.now()
      // Whoever waits widens the refill: half of the expected time may do, as for the ledger itself.
      const isSoon = Math.max(roomMs / 2, (error.retryAfterS ?? 0) * 1000) <= leftMs
      error.room = { inS: Math.max(1, Math.ceil(roomMs / 1000)), isSoon }
    }
  }
}

/** One look where a pool is called by one id, as most are. */
function notePlace(places: CandidatePlace[], place: CandidatePlace): void {
  const { target, pool } = place
  for (const one of places) if (one.target.id === target.id && one.pool === pool) return
  if (places.length < MOST_IDS) places.push(place)
}

/** The numbers that are others than before. */
function changed({ tokensPerMinute, requestsPerMinute, tokensPerDay }: Quota, told: Quota = {}): Quota {
  return {
    ...(tokensPerMinute === undefined || tokensPerMinute === told.tokensPerMinute ? {} : { tokensPerMinute }),
    ...(requestsPerMinute === undefined || requestsPerMinute === told.requestsPerMinute ? {} : { requestsPerMinute }),
    ...(tokensPerDay === undefined || tokensPerDay === told.tokensPerDay ? {} : { tokensPerDay })
  }
}

function quotaOf({ places, ledger }: Pool, known: KnownQuotas): PoolQuota {
  const [place] = places as [CandidatePlace, ...CandidatePlace[]]
  const { region } = place.transport
  const model = known.idOf(place)
  const { isGuess, used, usedToday, waiting, closedUntil, ...told } = ledger.view()
  return {
    pools: [...new Set(places.map(({ pool = region }) => pool))],
    region,
    model,
    base_model: place.target.baseId,
    profile: geographyOf(model) ?? null,
    ids: [...new Set(places.map(({ target: { id } }) => id))],
    tokens_per_minute: rounded(told.tokensPerMinute ?? null),
    requests_per_minute: rounded(told.requestsPerMinute ?? null),
    tokens_per_day: told.tokensPerDay ?? null,
    is_guess: isGuess,
    headroom: told.headroom ?? null,
    requests_headroom: told.requestsHeadroom ?? null,
    used,
    used_today: usedToday,
    waiting,
    closed_until: closedUntil === undefined ? null : new Date(closedUntil).toISOString()
  }
}

function rounded(number: number | null): number | null {
  return number === null ? null : Math.round(number)
}

/** Names that callers make up push out no pool that is real. */
function forgetOne(pools: Map<string, Pool>, gone: (name: string) => void): void {
  let [name] = pools.keys()
  for (const [other, { ledger }] of pools)
    if (ledger.isBlank) {
      name = other
      break
    }
  if (name === undefined) return
  pools.delete(name)
  gone(name)
}

function refuse(error: unknown, signal: Cancel): never {
  if (!(error instanceof PoolClosed)) throw error
  const { reason, retryAfterS } = error
  if (reason === 'left') throw new Held(leftError(signal))
  if (reason === 'day') {
    const message = `The account's quota of tokens a day is used up for this model. Please try again in ${retryAfterS}s.`
    throw new Held(new GatewayError('quota_exceeded', message, { retryAfterS }))
  }
  const message = `The account's quota for this model has no room at the moment. Please try again in ${retryAfterS}s.`
  throw new Held(new GatewayError('rate_limited', message, { retryAfterS }))
}

/** Assumed where a call names no limit. */
const UNLIMITED = 8192

/** What the service reserves for a conversation, by the body as it is sent. Tokens. */
export function reservedFor(request: ChatRequest, body: JsonObject): number {
  return estimateTokens(request, byLength) + mostOutput(body)
}

/** The most that the answer may have, tokens; of all wires, since each names it in its own way. */
function mostOutput({ inferenceConfig, max_tokens, max_output_tokens, max_completion_tokens }: JsonObject): number {
  const ofConverse = isJsonObject(inferenceConfig) ? inferenceConfig.maxTokens : undefined
  const most = ofConverse ?? max_tokens ?? max_output_tokens ?? max_completion_tokens
  return typeof most === 'number' ? most : UNLIMITED
}

/**
 * The answer's events, after which the ticket is settled by what Bedrock says was used; where it breaks, or its caller leaves, roughly.
 * While nothing is known of the pool it is settled roughly at once, and costs an event nothing.
 */
export function settling(
  events: AsyncIterable<EventBatch>,
  ticket: Ticket,
  target: ModelTarget,
  signal: Cancel
): AsyncIterable<EventBatch> {
  if (ticket.needsUsage && !signal.aborted) return settled(events, ticket, target, signal)
  ticket.settleRoughly()
  return events
}

function settled(
  events: AsyncIterable<EventBatch>,
  ticket: Ticket,
  target: ModelTarget,
  signal: Cancel
): AsyncIterable<EventBatch> {
  const left = () => ticket.settleRoughly()
  signal.addEventListener('abort', left) // an answer whose caller has left may be read by nobody
  return watchEvents(events, {
    see(batch) {
      const last = batch[batch.length - 1]
      if (last?.type === 'usage') ticket.settle(counted(last.usage, target))
    },
    over(error) {
      signal.removeEventListener('abort', left)
      if (error instanceof GatewayError && error.throttle !== undefined) ticket.failed(error.throttle)
      ticket.settleRoughly()
    }
  })
}

/** What the service counts of an answer, tokens: what was read from the cache is free, and on mantle answers have a quota of their own. */
export function counted({ inputTokens, cacheWriteTokens, outputTokens }: Usage, target: ModelTarget): number {
  const factor = traitsOfTarget(target).host === 'mantle' ? 0 : burndownOf(target.baseId)
  return inputTokens + cacheWriteTokens + outputTokens * factor
}
