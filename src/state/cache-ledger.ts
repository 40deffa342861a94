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
/** Bits of a small integer; all of them. */
const MOST_GAPS = 31
const ALL_GAPS = 0x7fffffff
const MOST_ENTRIES = 40_000
/** Ids come from callers. */
const MOST_MODELS = 10_000
/** What was made the newest is not made so again sooner. Milliseconds. */
const FRESH_MS = 10_000

const NO_PLAN: CachePlan = { turns: [], turnTtl: '5m' }

/** Tokens of plain input that caching has cost so far; below 0: saved. */
interface Account {
  lost: number
  offUntil: number
  pauseMs: number
}

/** The newest times that passed until a prefix came again, as bits of what was soon enough: a turn holds one, and there are thousands. */
interface Gaps {
  count: number
  /** Within five minutes, and within an hour; the newest is the lowest bit. */
  short: number
  long: number
}

/** A conversation's turn as it came. */
interface Turn extends Gaps {
  readonly at: number
  /** Until the conversation went on, milliseconds. The bits are of the turns before. */
  gap: number | undefined
}

/** The newest sightings of a head, and turns of the conversations that begin with it, in no order. */
interface Seen {
  readonly gaps: Gaps
  at: number | undefined
  readonly turns: Turn[]
  next: number
}

/** What is known of one prefix of one key. */
interface Known {
  /** As the head of prompts. */
  seen: Seen | undefined
  /** As the end of a prompt. */
  turn: Turn | undefined
  /** Of the conversation that begins with it, or of what is written of it as a head. */
  account: Account | undefined
  /** Until when it is being written by an answer that has not begun. */
  writingUntil: number
  /** Until when it can be read. */
  warmUntil: number
  /** When it was made the newest. */
  usedAt: number
}

/** How likely something comes again within the times of the cache. */
interface Chances {
  readonly short: number
  readonly long: number
}

/** The planning of one request for one model. */
interface Planned {
  readonly model: string
  readonly plan: CachePlan
  /** Tokens, charged until it is known what was written. */
  readonly premium: number
  readonly tokens: number
  readonly accounts: readonly Account[]
  readonly marked: readonly Marked[]
}

/** A prefix that gets a point. */
interface Marked {
  readonly known: Known
  readonly ttl: CacheTtl
}

/**
 * Decides by what was observed where cache points pay: a prefix is marked from when it is seen to come again, for as long as its gaps say,
 * and only while what was written in vain stays within bounds, by what Bedrock says was read and written. So the bill of any stream
 * of requests is above that without points by at most 5 times the longest prefix in an hour of each key and model. Bounded; `now` in milliseconds.
 */
export function createCacheLedger(now: () => number): CacheLedger {
  const prefixes = new OwnedMap<number, Known>(MOST_ENTRIES)
  /** By the id that is called. */
  const models = new OwnedMap<string, Account>(MOST_MODELS)

  /** What is known of a prefix, from now on. `isLook`: for now alone. */
  function obtain({ owner, own, isLook, time }: Asking, hash: number): Known {
    const found = own?.get(hash)
    const known = found ?? newKnown(time)
    if (isLook || (found !== undefined && time - found.usedAt < FRESH_MS)) return known
    known.usedAt = time
    prefixes.set(owner, hash, known)
    return known
  }

  /** What is known of the prompt; and, unless it is only looked at, that it came now. */
  function observe(asking: Asking, { head, turns }: PromptPlaces): Evidence {
    const { own, isLook, time } = asking
    const known = obtain(asking, head.hash)
    if (known.seen === undefined) known.seen = blank()
    const seen = isLook ? copyOf(known.seen) : known.seen
    if (seen.at !== undefined) addGap(seen.gaps, time - seen.at)
    seen.at = time
    let before = turns.length - 1
    let last: Turn | undefined
    for (; before >= 0 && last === undefined; before--) last = own?.get(turns[before]!.hash)?.turn
    const turn: Turn = { at: time, gap: undefined, count: 0, short: 0, long: 0 }
    if (last !== undefined) {
      before++
      const gap = last.gap ?? time - last.at
      turn.count = last.count
      turn.short = last.short
      turn.long = last.long
      addGap(turn, gap)
      if (!isLook) last.gap = gap
    }
    // What was seen just now tells nothing of when it comes again.
    const conversation = turn.count > 1 ? chancesOf(turn) : chancesOfTurns(seen.turns, isLook ? last : undefined, time)
    const end = turns.at(-1)
    const knownEnd = end === undefined ? known : obtain(asking, end.hash)
    if (!isLook) {
      seen.turns[seen.next] = turn
      seen.next = (seen.next + 1) % MOST_SEEN
      knownEnd.turn = turn
    }
    return { knownHead: known, knownEnd, head: chancesOf(seen.gaps), turns: conversation, before: turns[before] }
  }

  function isOpen(account: Account, premium: number, { most, time }: { readonly most: number; readonly time: number }): boolean {
    if (account.offUntil > time) return false
    if (account.offUntil > 0) {
      account.offUntil = 0
      account.lost = 0
    }
    if (account.lost + premium <= most) return true
    account.offUntil = time + account.pauseMs
    account.pauseMs = Math.min(account.pauseMs * 2, LONGEST_PAUSE_MS)
    return false
  }

  function accountOfModel({ owner, isLook }: Asking, model: string): Account {
    const found = models.get(owner, model)
    const account = found ?? newAccount()
    if (isLook) return { ...account }
    if (found === undefined) models.set(owner, model, account)
    return account
  }

  function planned(asking: Asking, model: string, places: PromptPlaces): Planned {
    const evidence = observe(asking, places)
    const plan = decide(places, evidence)
    if (plan === NO_PLAN) return nothing(model)
    const { head, turns } = places
    const { knownHead, knownEnd, before } = evidence
    const { own, isLook, time } = asking
    const marked: Marked[] = []
    if (plan.head !== undefined) marked.push({ known: knownHead, ttl: plan.head })
    if (plan.turns.length > 1 && before !== undefined) marked.push({ known: obtain(asking, before.hash), ttl: plan.turnTtl })
    if (plan.turns.length > 0) marked.push({ known: knownEnd, ttl: plan.turnTtl })
    const { tokens } = plan.turns.length > 0 ? turns.at(-1)! : head
    // Until the first answer has begun nobody can read what it writes: others would write it again.
    if (marked[0]!.known.writingUntil > time) {
      const isWarm = ({ hash }: Prefix) => (own?.get(hash)?.warmUntil ?? 0) > time
      if (!((plan.head !== undefined && isWarm(head)) || turns.some(isWarm))) return nothing(model)
    }
    // As if nothing were warm: what was written may be gone, or in another region.
    const premium = tokens * (marked.some(({ ttl }) => ttl === '1h') ? PREMIUM['1h'] : PREMIUM['5m'])
    // What a conversation writes is its own to lose, however many begin with the same system prompt.
    const begun = plan.turns.length === 0 ? knownHead : turns.length === 1 ? knownEnd : obtain(asking, turns[0]!.hash)
    const account = accountOfPrefix(begun, isLook)
    const all = accountOfModel(asking, model)
    const isPaid =
      isOpen(account, premium, { most: MOST_LOST_OF_ONE * tokens, time }) &&
      isOpen(all, premium, { most: MOST_LOST * tokens, time })
    if (!isPaid) return nothing(model)
    if (!isLook) {
      account.lost += premium
      all.lost += premium
      for (const { known } of marked) known.writingUntil = time + LONGEST_WRITE_MS
    }
    return { model, plan, premium, tokens, accounts: [account, all], marked }
  }

  return {
    session: (owner, isLook = false) =>
      new Session(isLook, now, (model, places) => planned({ owner, own: prefixes.of(owner), isLook, time: now() }, model, places))
  }
}

/** Who asks, for what and when. */
interface Asking {
  readonly owner: string
  /** What is known of the owner's prefixes. */
  readonly own: ReadonlyMap<number, Known> | undefined
  /** It is only looked at: nothing is kept of it. */
  readonly isLook: boolean
  readonly time: number
}

interface Evidence {
  readonly knownHead: Known
  /** Of the last turn. */
  readonly knownEnd: Known
  readonly head: Chances
  readonly turns: Chances
  /** The newest turn that was the last of an earlier request. */
  readonly before: TurnPrefix | undefined
}

/** One request: mostly of one model, and of others where it is tried elsewhere. A class: there is one for each open answer. */
class Session implements CacheSession {
  private readonly isLook: boolean
  private readonly now: () => number
  private readonly make: (model: string, places: PromptPlaces) => Planned
  private readonly plans: Planned[] = []
  private isSettled = false

  constructor(isLook: boolean, now: () => number, make: (model: string, places: PromptPlaces) => Planned) {
    this.isLook = isLook
    this.now = now
    this.make = make
  }

  plan(model: string, places: PromptPlaces): CachePlan {
    let known = this.plans.find((one) => one.model === model)
    if (known === undefined) {
      known = this.make(model, places)
      this.plans.push(known)
    }
    return known.plan
  }

  hasPoints(): boolean {
    return this.plans.some(({ marked }) => marked.length > 0)
  }

  settle(model: string, use: CacheUse | undefined): void {
    if (this.isSettled || this.isLook) return
    this.isSettled = true
    for (const one of this.plans) {
      if (one.model !== model) giveUp(one, false)
      else if (use === undefined) giveUp(one, true)
      else book(one, use, this.now())
    }
  }
}

function nothing(model: string): Planned {
  return { model, plan: NO_PLAN, premium: 0, tokens: 0, accounts: NONE, marked: NONE }
}

const NONE: readonly never[] = []

/** Of a conversation or head. */
function accountOfPrefix(known: Known, isLook: boolean): Account {
  if (known.account === undefined) known.account = newAccount()
  return isLook ? { ...known.account } : known.account
}

function book({ premium, tokens, accounts, marked }: Planned, use: CacheUse, time: number): void {
  const cost = (use.written - use.writtenForHour) * PREMIUM['5m'] + use.writtenForHour * PREMIUM['1h'] - use.read * SAVED
  for (const account of accounts) {
    account.lost = Math.max(-MOST_LOST * tokens, account.lost - premium + cost)
    if (use.read > 0) account.pauseMs = PAUSE_MS
  }
  for (const { known, ttl } of marked) {
    known.writingUntil = 0
    known.warmUntil = use.read + use.written > 0 ? time + TTL_MS[ttl] : 0
  }
}

/** What was not called has cost nothing; what was called and told nothing is taken for written. */
function giveUp({ premium, accounts, marked }: Planned, wasCalled: boolean): void {
  if (!wasCalled) for (const account of accounts) account.lost -= premium
  for (const { known } of marked) known.writingUntil = 0
}

function decide(places: PromptPlaces, { head, turns, before }: Evidence): CachePlan {
  const last = places.turns.at(-1)
  const isLong = ({ tokens }: Prefix) => tokens >= places.minimum * MARGIN
  let headTtl = isLong(places.head) ? bestTtl(head, places.hasLongTtl) : undefined
  const turnTtl = last !== undefined && isLong(last) ? bestTtl(turns, places.hasLongTtl) : undefined
  if (last === undefined || turnTtl === undefined) return headTtl === undefined ? NO_PLAN : { ...NO_PLAN, head: headTtl }
  // What is kept for an hour must not stand behind what is kept for less.
  if (turnTtl === '1h' && headTtl !== undefined) headTtl = '1h'
  const isFar = before !== undefined && before.index !== last.index && last.blocks - before.blocks > LOOK_BACK
  const marked = isFar && before !== undefined ? [before.index, last.index] : [last.index]
  return headTtl === undefined ? { turns: marked, turnTtl } : { head: headTtl, turns: marked, turnTtl }
}

/** The time that costs least; undefined: none costs less than no point. */
function bestTtl({ short, long }: Chances, hasLongTtl: boolean): CacheTtl | undefined {
  const shortCost = costOf(short, '5m')
  const longCost = hasLongTtl && long >= LEAST_CHANCE_OF_HOUR ? costOf(long, '1h') : 1
  if (Math.min(shortCost, longCost) >= 1) return undefined
  return longCost < shortCost ? '1h' : '5m'
}

/** Beside what it costs without a point, which is 1. */
function costOf(chance: number, ttl: CacheTtl): number {
  return chance * (1 - SAVED) + (1 - chance) * (1 + PREMIUM[ttl])
}

function addGap(gaps: Gaps, ms: number): void {
  gaps.count = Math.min(MOST_GAPS, gaps.count + 1)
  gaps.short = ((gaps.short << 1) | (ms <= TTL_MS['5m'] ? 1 : 0)) & ALL_GAPS
  gaps.long = ((gaps.long << 1) | (ms <= TTL_MS['1h'] ? 1 : 0)) & ALL_GAPS
}

/** Once less than was seen, so that one time alone is an even chance. */
function chancesOf({ count, short, long }: Gaps): Chances {
  return { short: bitsOf(short) / (count + 1), long: bitsOf(long) / (count + 1) }
}

/** The same of the newest turns of several conversations. Those that may go on in time tell nothing yet. `goesOn`: it does, now. */
function chancesOfTurns(turns: readonly Turn[], goesOn: Turn | undefined, time: number): Chances {
  let [short, shortOf, long, longOf] = [0, 1, 0, 1]
  for (const turn of turns) {
    const { gap } = turn
    const age = time - turn.at
    const took = gap ?? (turn === goesOn ? age : undefined)
    if (took !== undefined || age > TTL_MS['5m']) shortOf++
    if (took !== undefined || age > TTL_MS['1h']) longOf++
    if (took !== undefined && took <= TTL_MS['5m']) short++
    if (took !== undefined && took <= TTL_MS['1h']) long++
  }
  return { short: short / shortOf, long: long / longOf }
}

/** How many bits of 31 are set. */
function bitsOf(bits: number): number {
  let count = 0
  for (let left = bits; left !== 0; left &= left - 1) count++
  return count
}

function newAccount(): Account {
  return { lost: 0, offUntil: 0, pauseMs: PAUSE_MS }
}

function newKnown(usedAt: number): Known {
  return { seen: undefined, turn: undefined, account: undefined, writingUntil: 0, warmUntil: 0, usedAt }
}

function blank(): Seen {
  return { gaps: { count: 0, short: 0, long: 0 }, at: undefined, turns: [], next: 0 }
}

/** What may be looked at and changed without anything of it being kept. */
function copyOf(seen: Seen): Seen {
  return { ...seen, gaps: { ...seen.gaps } }
}
