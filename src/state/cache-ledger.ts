import { OwnedMap } from '../core/bounded.ts'

/** How long what is written to the cache is kept. */
export type CacheTtl = '5m' | '1h'

/** A prompt up to a place where a cache point may stand. Only a hash of it is known here. */
export interface Prefix {
  readonly hash: number
  /** Estimated, from the beginning of the prompt. */
  readonly tokens: number
}

/** A prefix that ends with a message. */
export interface TurnPrefix extends Prefix {
  /** Of the message. */
  readonly index: number
  /** Blocks from the beginning of the messages. */
  readonly blocks: number
}

/** The places of one prompt, in the order in which models read them. */
export interface PromptPlaces {
  /** Tools and system prompt. */
  readonly head: Prefix
  /** Behind each message of the user; at least one. */
  readonly turns: readonly TurnPrefix[]
  /** The model keeps for an hour too. */
  readonly hasLongTtl: boolean
  /** Fewer tokens are never cached; above 0. */
  readonly minimum: number
}

/** Where points pay. */
export interface CachePlan {
  readonly head?: CacheTtl
  /** Indices of messages, and the time of all of them. */
  readonly turns: readonly number[]
  readonly turnTtl: CacheTtl
}

/** Tokens that an answer read from and wrote to the cache. */
export interface CacheUse {
  readonly read: number
  readonly written: number
  /** Part of `written`. */
  readonly writtenForHour: number
}

/** The planning of one request. */
export interface CacheSession {
  /** The same plan for the same model, however often it is asked: one request is one observation. */
  plan(model: string, places: PromptPlaces): CachePlan
  /** Some plan of it has set points: what comes of them is to be told. */
  hasPoints(): boolean
  /** What came of the plan for a model; undefined: nothing was called, or nothing was told. The first time counts. */
  settle(model: string, use: CacheUse | undefined): void
}

/** What is known of the prompts of all keys. */
export interface CacheLedger {
  /** `isLook`: the plan is asked for, and the request does not happen. */
  session(owner: string, isLook?: boolean): CacheSession
}

const MINUTE = 60_000
const TTL_MS: Readonly<Record<CacheTtl, number>> = { '5m': 5 * MINUTE, '1h': 60 * MINUTE }
/** What writing costs beside plain input, and what reading saves at least: the dearest read of the price list is a quarter of the input. */
const PREMIUM: Readonly<Record<CacheTtl, number>> = { '5m': 0.25, '1h': 1 }
const SAVED = 0.75
/** An hour costs four times the premium: it has to be likelier. */
const LEAST_CHANCE_OF_HOUR = 0.6
/** What may have been written in vain: times the tokens of the prefix, for one conversation or head, and for all of a key and model. */
const MOST_LOST_OF_ONE = 1.25
const MOST_LOST = 5
const PAUSE_MS = 60 * MINUTE
const LONGEST_PAUSE_MS = 24 * PAUSE_MS
/** An answer has begun by then, or never will. */
const LONGEST_WRITE_MS = 2 * MINUTE
/** A point looks for what was written up to 20 blocks before it (Anthropic, 2026-08). */
const LOOK_BACK = 18
/** An estimate may be high: what is hardly long enough is not marked. */
const MARGIN = 1.2
const MOST_SEEN = 32
const MOST_ENTRIES = 20_000

const NO_PLAN: CachePlan = { turns: [], turnTtl: '5m' }

/** One sighting of a prefix, and how long it took until it came again. Milliseconds. */
interface Sighting {
  readonly at: number
  gap?: number
}

/** Whose prompts are observed, and for which model, by the id that is called. */
interface Scope {
  readonly owner: string
  readonly model: string
}

/** Tokens of plain input that caching has cost so far; below 0: saved. */
interface Account {
  lost: number
  offUntil: number
  pauseMs: number
}

/** A conversation's newest turn. */
interface Tail {
  readonly sighting: Sighting
  /** Of the turns before it. */
  readonly own: readonly Sighting[]
}

/**
 * Decides by what was observed where cache points pay: a prefix is marked from when it is seen to come again, for as long as its gaps say,
 * and only while what was written in vain stays within bounds, by what Bedrock says was read and written. So the bill of any stream
 * of requests is above that without points by at most 5 times the longest prefix in an hour of each key and model. Bounded; `now` in milliseconds.
 */
export function createCacheLedger(now: () => number): CacheLedger {
  const heads = new OwnedMap<Sighting[]>(MOST_ENTRIES)
  const conversations = new OwnedMap<Sighting[]>(MOST_ENTRIES)
  const tails = new OwnedMap<Tail>(MOST_ENTRIES)
  const accounts = new OwnedMap<Account>(MOST_ENTRIES)
  /** Until when a prefix is being written by an answer that has not begun. */
  const writing = new OwnedMap<number>(MOST_ENTRIES)
  /** Until when it can be read. */
  const warm = new OwnedMap<number>(MOST_ENTRIES)

  function accountOf(owner: string, key: string): Account {
    const account = accounts.get(owner, key) ?? { lost: 0, offUntil: 0, pauseMs: PAUSE_MS }
    accounts.set(owner, key, account)
    return account
  }

  interface Evidence {
    readonly head: readonly Sighting[]
    readonly turns: readonly Sighting[]
    readonly before: TurnPrefix | undefined
  }

  /** What is known of the prompt; and, unless it is only looked at, that it came now. */
  function observe({ owner, model }: Scope, { head, turns }: PromptPlaces, isLook: boolean): Evidence {
    const at = now()
    const key = `${model} ${head.hash}`
    const seen = heads.get(owner, key) ?? []
    const pooled = conversations.get(owner, key) ?? []
    const before = turns.findLast(({ hash }) => tails.get(owner, `${model} ${hash}`) !== undefined)
    const tail = before === undefined ? undefined : tails.get(owner, `${model} ${before.hash}`)
    const gap = tail === undefined ? undefined : at - tail.sighting.at
    const lastSeen = seen.at(-1)
    const headSeen = lastSeen === undefined ? seen : [...seen.slice(0, -1), { ...lastSeen, gap: at - lastSeen.at }]
    const own =
      tail === undefined ? [] : [...tail.own, { ...tail.sighting, gap: tail.sighting.gap ?? gap ?? 0 }].slice(-MOST_SEEN)
    if (isLook)
      return { head: headSeen, turns: own.length > 1 ? own : [...own, ...pooled.filter((one) => one !== tail?.sighting)], before }
    if (tail !== undefined && gap !== undefined) tail.sighting.gap ??= gap
    const sighting: Sighting = { at }
    const evidence = { head: headSeen, turns: own.length > 1 ? own : [...pooled], before }
    heads.set(owner, key, [...headSeen, { at }].slice(-MOST_SEEN))
    conversations.set(owner, key, [...pooled, sighting].slice(-MOST_SEEN))
    const last = turns.at(-1)
    if (last !== undefined) tails.set(owner, `${model} ${last.hash}`, { sighting, own })
    return evidence
  }

  /** The time that costs least; undefined: none costs less than no point. */
  function bestTtl(sightings: readonly Sighting[], hasLongTtl: boolean): CacheTtl | undefined {
    let [best, least]: [CacheTtl | undefined, number] = [undefined, 1]
    for (const ttl of ['5m', '1h'] as const) {
      const chance = chanceWithin(sightings, TTL_MS[ttl], now())
      if (ttl === '1h' && !(hasLongTtl && chance >= LEAST_CHANCE_OF_HOUR)) continue
      const factor = chance * (1 - SAVED) + (1 - chance) * (1 + PREMIUM[ttl])
      if (factor < least) [best, least] = [ttl, factor]
    }
    return best
  }

  function isOpen(account: Account, premium: number, most: number): boolean {
    if (account.offUntil > now()) return false
    if (account.offUntil > 0) {
      account.offUntil = 0
      account.lost = 0
    }
    if (account.lost + premium <= most) return true
    account.offUntil = now() + account.pauseMs
    account.pauseMs = Math.min(account.pauseMs * 2, LONGEST_PAUSE_MS)
    return false
  }

  function decide(places: PromptPlaces, { head, turns, before }: Evidence): CachePlan {
    const last = places.turns.at(-1)
    let headTtl = places.head.tokens >= places.minimum * MARGIN ? bestTtl(head, places.hasLongTtl) : undefined
    const turnTtl = last !== undefined && last.tokens >= places.minimum * MARGIN ? bestTtl(turns, places.hasLongTtl) : undefined
    if (last === undefined || turnTtl === undefined) return headTtl === undefined ? NO_PLAN : { ...NO_PLAN, head: headTtl }
    // What is kept for an hour must not stand behind what is kept for less.
    if (turnTtl === '1h' && headTtl !== undefined) headTtl = '1h'
    const isFar = before !== undefined && before.index !== last.index && last.blocks - before.blocks > LOOK_BACK
    const marked = isFar && before !== undefined ? [before.index, last.index] : [last.index]
    return { ...(headTtl === undefined ? {} : { head: headTtl }), turns: marked, turnTtl }
  }

  interface Planned {
    readonly owner: string
    readonly plan: CachePlan
    /** Tokens, charged until it is known what was written. */
    readonly premium: number
    readonly tokens: number
    readonly accounts: readonly Account[]
    readonly keys: readonly { readonly key: string; readonly ttl: CacheTtl; readonly tokens: number }[]
  }

  function planned(scope: Scope, places: PromptPlaces, isLook: boolean): Planned {
    const plan = decide(places, observe(scope, places, isLook))
    const { owner, model } = scope
    const nothing = { owner, plan: NO_PLAN, premium: 0, tokens: 0, accounts: [], keys: [] }
    const { head } = places
    const marked = places.turns.filter(({ index }) => plan.turns.includes(index))
    const keys = [
      ...(plan.head === undefined ? [] : [{ key: `${model} ${head.hash}`, ttl: plan.head, tokens: head.tokens }]),
      ...marked.map(({ hash, tokens }) => ({ key: `${model} ${hash}`, ttl: plan.turnTtl, tokens }))
    ]
    const last = keys.at(-1)
    if (last === undefined) return nothing
    const time = now()
    const known = [...keys.map(({ key }) => key), ...places.turns.map(({ hash }) => `${model} ${hash}`)]
    const isWarm = known.some((key) => (warm.get(owner, key) ?? 0) > time)
    // Until the first answer has begun nobody can read what it writes: others would write it again.
    const [first] = keys
    if (!isWarm && first !== undefined && (writing.get(owner, first.key) ?? 0) > time) return nothing
    // As if nothing were warm: what was written may be gone, or in another region.
    const premium = last.tokens * Math.max(...keys.map(({ ttl }) => PREMIUM[ttl]))
    // What a conversation writes is its own to lose, however many begin with the same system prompt.
    const [begun] = marked.length > 0 ? places.turns : []
    const own = accountOf(owner, `${model} ${(begun ?? head).hash}`)
    const all = accountOf(owner, model)
    if (!(isOpen(own, premium, MOST_LOST_OF_ONE * last.tokens) && isOpen(all, premium, MOST_LOST * last.tokens))) return nothing
    if (!isLook) {
      own.lost += premium
      all.lost += premium
      for (const { key } of keys) writing.set(owner, key, time + LONGEST_WRITE_MS)
    }
    return { owner, plan, premium, tokens: last.tokens, accounts: [own, all], keys }
  }

  function settle({ owner, premium, tokens, accounts: charged, keys }: Planned, use: CacheUse): void {
    const time = now()
    const cost = (use.written - use.writtenForHour) * PREMIUM['5m'] + use.writtenForHour * PREMIUM['1h'] - use.read * SAVED
    for (const account of charged) {
      account.lost = Math.max(-MOST_LOST * tokens, account.lost - premium + cost)
      if (use.read > 0) account.pauseMs = PAUSE_MS
    }
    for (const { key, ttl } of keys) {
      writing.delete(owner, key)
      if (use.read + use.written > 0) warm.set(owner, key, time + TTL_MS[ttl])
      else warm.delete(owner, key)
    }
  }

  return {
    session(owner, isLook = false) {
      const plans = new Map<string, Planned>()
      let isSettled = false
      return {
        plan(model, places) {
          const known = plans.get(model) ?? planned({ owner, model }, places, isLook)
          plans.set(model, known)
          return known.plan
        },
        hasPoints() {
          for (const { keys } of plans.values()) if (keys.length > 0) return true
          return false
        },
        settle(model, use) {
          if (isSettled || isLook) return
          isSettled = true
          for (const [name, one] of plans) {
            if (name === model && use !== undefined) settle(one, use)
            else if (name !== model || use === undefined) giveUp(one, name === model)
          }
        }
      }
    }
  }

  /** What was not called has cost nothing; what was called and told nothing is taken for written. */
  function giveUp({ owner, premium, accounts: charged, keys }: Planned, wasCalled: boolean): void {
    if (!wasCalled) for (const account of charged) account.lost -= premium
    for (const { key } of keys) writing.delete(owner, key)
  }
}

/** How likely a prefix comes again within a time: once less than was seen, so that one time alone is an even chance. */
function chanceWithin(sightings: readonly Sighting[], ms: number, now: number): number {
  let [hits, total] = [0, 1]
  for (const { at, gap } of sightings) {
    if (gap === undefined && now - at <= ms) continue
    total++
    if (gap !== undefined && gap <= ms) hits++
  }
  return hits / total
}
