import { OwnedMap } from '../core/bounded.ts'

/** How long what is written to the cache is kept. */
export type CacheTtl = '5m' | '1h'

/** A prompt up to a place where a cache point may stand. Only a hash of it and of its model is known here. */
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
  gap: number | undefined
}

/** The newest sightings of a head, and of the conversations that begin with it. */
interface Seen {
  readonly head: Sighting[]
  readonly conversations: Sighting[]
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
  const heads = new OwnedMap<number, Seen>(MOST_ENTRIES)
  const tails = new OwnedMap<number, Tail>(MOST_ENTRIES)
  /** Of one conversation or head, by its hash; of a model, by its id. */
  const accounts = new OwnedMap<number | string, Account>(MOST_ENTRIES)
  /** Until when a prefix is being written by an answer that has not begun. */
  const writing = new OwnedMap<number, number>(MOST_ENTRIES)
  /** Until when it can be read. */
  const warm = new OwnedMap<number, number>(MOST_ENTRIES)

  function accountOf(owner: string, key: number | string): Account {
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
  function observe(owner: string, { head, turns }: PromptPlaces, isLook: boolean): Evidence {
    const at = now()
    const known = heads.get(owner, head.hash)
    const seen = isLook ? copyOf(known) : (known ?? { head: [], conversations: [] })
    const { before, tail } = turnBefore(owner, turns)
    const lastSeen = seen.head.at(-1)
    if (lastSeen !== undefined) lastSeen.gap = at - lastSeen.at
    const own = tail === undefined ? [] : [...tail.own, { ...tail.sighting, gap: tail.sighting.gap ?? at - tail.sighting.at }]
    if (own.length > MOST_SEEN) own.shift()
    if (isLook) {
      const others = seen.conversations.filter((one) => one !== tail?.sighting)
      return { head: seen.head, turns: own.length > 1 ? own : [...own, ...others], before }
    }
    if (tail !== undefined) tail.sighting.gap ??= at - tail.sighting.at
    // What was seen just now tells nothing of when it comes again: it may stand in the evidence already.
    const sighting: Sighting = { at, gap: undefined }
    addNewest(seen.head, { at, gap: undefined })
    addNewest(seen.conversations, sighting)
    heads.set(owner, head.hash, seen)
    const last = turns.at(-1)
    if (last !== undefined) tails.set(owner, last.hash, { sighting, own })
    return { head: seen.head, turns: own.length > 1 ? own : seen.conversations, before }
  }

  /** The newest turn that was the last of an earlier request. */
  function turnBefore(owner: string, turns: readonly TurnPrefix[]): { before?: TurnPrefix; tail?: Tail } {
    for (let index = turns.length - 1; index >= 0; index--) {
      const before = turns[index]!
      const tail = tails.get(owner, before.hash)
      if (tail !== undefined) return { before, tail }
    }
    return {}
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
    readonly marked: readonly { readonly hash: number; readonly ttl: CacheTtl }[]
  }

  function isWarm(owner: string, prefixes: readonly Prefix[], time: number): boolean {
    return prefixes.some(({ hash }) => (warm.get(owner, hash) ?? 0) > time)
  }

  function planned({ owner, model }: Scope, places: PromptPlaces, isLook: boolean): Planned {
    const plan = decide(places, observe(owner, places, isLook))
    const nothing = { owner, plan: NO_PLAN, premium: 0, tokens: 0, accounts: [], marked: [] }
    const { head, turns } = places
    const ends = plan.turns.length === 0 ? [] : turns.filter(({ index }) => plan.turns.includes(index))
    const marked = ends.map(({ hash }) => ({ hash, ttl: plan.turnTtl }))
    if (plan.head !== undefined) marked.unshift({ hash: head.hash, ttl: plan.head })
    const [first] = marked
    if (first === undefined) return nothing
    const { tokens } = ends.at(-1) ?? head
    const time = now()
    // Until the first answer has begun nobody can read what it writes: others would write it again.
    const isWritten = (writing.get(owner, first.hash) ?? 0) > time
    if (isWritten && !isWarm(owner, plan.head === undefined ? turns : [head, ...turns], time)) return nothing
    // As if nothing were warm: what was written may be gone, or in another region.
    const premium = tokens * (marked.some(({ ttl }) => ttl === '1h') ? PREMIUM['1h'] : PREMIUM['5m'])
    // What a conversation writes is its own to lose, however many begin with the same system prompt.
    const [begun] = ends.length > 0 ? turns : []
    const own = accountOf(owner, (begun ?? head).hash)
    const all = accountOf(owner, model)
    if (!(isOpen(own, premium, MOST_LOST_OF_ONE * tokens) && isOpen(all, premium, MOST_LOST * tokens))) return nothing
    if (!isLook) {
      own.lost += premium
      all.lost += premium
      for (const { hash } of marked) writing.set(owner, hash, time + LONGEST_WRITE_MS)
    }
    return { owner, plan, premium, tokens, accounts: [own, all], marked }
  }

  function settle({ owner, premium, tokens, accounts: charged, marked }: Planned, use: CacheUse): void {
    const time = now()
    const cost = (use.written - use.writtenForHour) * PREMIUM['5m'] + use.writtenForHour * PREMIUM['1h'] - use.read * SAVED
    for (const account of charged) {
      account.lost = Math.max(-MOST_LOST * tokens, account.lost - premium + cost)
      if (use.read > 0) account.pauseMs = PAUSE_MS
    }
    for (const { hash, ttl } of marked) {
      writing.delete(owner, hash)
      if (use.read + use.written > 0) warm.set(owner, hash, time + TTL_MS[ttl])
      else warm.delete(owner, hash)
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
          for (const { marked } of plans.values()) if (marked.length > 0) return true
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
  function giveUp({ owner, premium, accounts: charged, marked }: Planned, wasCalled: boolean): void {
    if (!wasCalled) for (const account of charged) account.lost -= premium
    for (const { hash } of marked) writing.delete(owner, hash)
  }
}

function addNewest(sightings: Sighting[], sighting: Sighting): void {
  sightings.push(sighting)
  if (sightings.length > MOST_SEEN) sightings.shift()
}

/** What may be looked at and changed without anything of it being kept. */
function copyOf(seen: Seen | undefined): Seen {
  return { head: seen?.head.map((one) => ({ ...one })) ?? [], conversations: [...(seen?.conversations ?? [])] }
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
