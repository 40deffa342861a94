import type { Ask, PoolLedger, Ticket } from './pool-ledger.ts'
import type { QuotaClock } from './quota-clock.ts'
import type { HeardLesson, PoolLesson, QuotaStore } from './quota-store.ts'

/** Hears whether the store can be reached; once for each change. */
export type StoreListener = (isUp: boolean, error?: unknown) => void

/** The ledgers of several gateways as one. */
export interface SharedQuota {
  /** The pool of this name, whose ledger is this. What the others have learnt of it before is adopted. */
  pool(name: string, ledger: PoolLedger): SharedPool
  /** Tells the others what a ledger has learnt from the service. */
  teach(name: string, lesson: PoolLesson): void
  /** Forgets a pool. */
  drop(name: string): void
  close(): void
}

/** While anything is asked for, gateways tell each other so often what they take, and hear what was learnt. */
const EXCHANGE_MS = 250
/** A pool that nobody asked for so long is told of no more; and after the second there is nothing to hear. */
const POOL_IDLE_MS = 5000
/** All together take so small a part of what is left unasked: what one has put in order does not know of it yet. */
const UNASKED = 8
/** A share that was not renewed for so long is none: others may have taken what it was a part of. */
const SHARE_MS = 5000
const IDLE_MS = 60_000
/** Lessons of pools that nobody has asked for here yet: so many pools, and so many of each. */
const MOST_HEARD = 1000
const MOST_OF_POOL = 10
/** Longer than the event loop of a busy process lags. Only what first meets a store that hangs waits so long. */
const STORE_MS = 2000
/** The store counts whole tokens. */
const ROUNDED = 1

/** The way to the store, as all pools see it. */
interface Link {
  readonly store: QuotaStore
  readonly clock: QuotaClock
  isUp: boolean
  /** When anything was last asked for. */
  askedAt: number
  wake(): void
  said(isUp: boolean, error?: unknown): void
}

/** Lets ledgers of this process hold together with those of others. It reaches the store in the background, and does without while that is away. */
export function createSharedQuota(store: QuotaStore, clock: QuotaClock, listener: StoreListener): SharedQuota {
  const pools = new Map<string, SharedPool>()
  const heard = new Map<string, (HeardLesson & { readonly at: number })[]>()
  let forget: (() => void) | undefined
  let isClosed = false
  const link: Link = {
    store,
    clock,
    isUp: true,
    askedAt: Number.NEGATIVE_INFINITY,
    wake() {
      if (forget === undefined && !isClosed) void tick()
    },
    said(isUp, error) {
      if (link.isUp === isUp || isClosed) return
      link.isUp = isUp
      listener(isUp, error)
    }
  }

  async function tick(): Promise<void> {
    forget = () => {} // awake
    await Promise.all([listen(), ...[...pools.values()].map((pool) => pool.exchangeIfUsed())])
    if (isClosed) return
    const isIdle = clock.now() - link.askedAt > IDLE_MS
    forget = isIdle ? undefined : clock.after(EXCHANGE_MS, () => void tick())
  }

  async function listen(): Promise<void> {
    try {
      for (const lesson of await inTime(clock, store.lessons())) hear(lesson)
      link.said(true)
    } catch (error) {
      link.said(false, error)
    }
  }

  function hear(lesson: HeardLesson): void {
    const known = pools.get(lesson.pool)
    if (known !== undefined) {
      known.ledger.adopt(lesson.lesson, lesson.ageMs)
      return
    }
    const kept = heard.get(lesson.pool) ?? []
    if (kept.length === 0 && heard.size >= MOST_HEARD) return
    heard.set(lesson.pool, [...kept, { ...lesson, at: clock.now() }].slice(-MOST_OF_POOL))
  }

  return {
    pool(name, ledger) {
      const made = new SharedPool(name, ledger, link)
      pools.set(name, made)
      for (const { lesson, ageMs, at } of heard.get(name) ?? []) ledger.adopt(lesson, ageMs + clock.now() - at)
      heard.delete(name)
      return made
    },
    teach(name, lesson) {
      store.teach(name, lesson).catch((error: unknown) => link.said(false, error))
    },
    drop: (name) => void pools.delete(name),
    close() {
      isClosed = true
      forget?.()
      store.close()
    }
  }
}

/** A client of a store may lose a command with its connection. */
function inTime<T>(clock: QuotaClock, asked: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = clock.after(STORE_MS, () => reject(new Error('the store does not answer in time')))
    asked.then(resolve, reject).finally(forget)
  })
}

interface Unconfirmed {
  readonly ticket: Ticket
  resolve(stands: boolean): void
}

/**
 * A pool that other gateways call too. Between two exchanges a gateway takes no more than its share of what was left; what is more is
 * sent only once the store has put it in order with what the others take.
 */
export class SharedPool {
  readonly ledger: PoolLedger
  private readonly name: string
  private readonly link: Link
  /** What may still be taken unasked. */
  private share = { tokens: 0, requests: 0 }
  private sharedAt = Number.NEGATIVE_INFINITY
  private waiting: Unconfirmed[] = []
  private usedAt: number
  private isBusy = false
  /** Tickets of less tellings have been weighed against what others took. */
  private judged = 0

  constructor(name: string, ledger: PoolLedger, link: Link) {
    this.name = name
    this.ledger = ledger
    this.link = link
    this.usedAt = link.clock.now()
  }

  /** As the ledger admits: at once where it has room that nobody else can have taken. Throws PoolClosed, or rejects with it. */
  enter(ask: Ask): Ticket | Promise<Ticket> {
    this.usedAt = this.link.clock.now()
    this.link.askedAt = this.usedAt
    this.link.wake()
    const entered = this.ledger.enter(ask)
    return entered instanceof Promise || !this.isCovered ? this.confirmed(ask, entered) : entered
  }

  /** Waits again, before the others, where another gateway was quicker. */
  private async confirmed(ask: Ask, entered: Ticket | Promise<Ticket>): Promise<Ticket> {
    for (let ticket = await entered; ; ticket = await this.ledger.enter({ ...ask, isUrgent: true }))
      if (this.isCovered || (await this.confirm(ticket))) return ticket
  }

  /** What this gateway has taken is there, whatever the others take; or there is no asking. */
  private get isCovered(): boolean {
    if (!this.link.isUp || this.ledger.isOpen || this.ledger.isTrying) return true
    if (this.link.clock.now() - this.sharedAt > SHARE_MS) return false
    const { untold } = this.ledger.left
    return untold.tokens <= this.share.tokens && untold.requests <= this.share.requests
  }

  /** Whether what a ticket has taken is really there; else it is taken back. */
  private confirm(ticket: Ticket): Promise<boolean> {
    if (ticket.telling < this.judged) return Promise.resolve(this.judge(ticket))
    return new Promise((resolve) => {
      this.waiting.push({ ticket, resolve })
      if (!this.isBusy) void this.exchange()
    })
  }

  async exchangeIfUsed(): Promise<void> {
    if (this.link.clock.now() - this.usedAt > POOL_IDLE_MS || this.isBusy) return
    await this.exchange()
  }

  private async exchange(): Promise<void> {
    this.isBusy = true
    do {
      const telling = this.ledger.tellings
      await this.exchangeOnce()
      // Judged by the exchange that has told of it: a later one knows what others took after it.
      this.judged = telling + 1
      const told = this.waiting.filter(({ ticket }) => ticket.telling < this.judged)
      this.waiting = this.waiting.filter(({ ticket }) => ticket.telling >= this.judged)
      for (const { ticket, resolve } of told.reverse()) resolve(this.judge(ticket)) // the newest gives way
    } while (this.waiting.length > 0)
    this.isBusy = false
  }

  private judge(ticket: Ticket): boolean {
    const stands = !this.link.isUp || this.ledger.isTrying || !this.isOverdrawn
    if (!stands) ticket.withdraw()
    return stands
  }

  private async exchangeOnce(): Promise<void> {
    const own = this.ledger.turnover()
    this.share = { tokens: this.share.tokens - own.tokens, requests: this.share.requests - own.requests }
    try {
      const { clock, store } = this.link
      const { others, left, gateways, usedToday } = await inTime(clock, store.exchange(this.name, own, this.ledger.left.tokens))
      this.ledger.othersTook(others, left === undefined ? undefined : left - own.tokens)
      if (usedToday !== undefined) this.ledger.usedToday(usedToday)
      this.takeShare(gateways)
      this.link.said(true)
    } catch (error) {
      // What could not be told is lost: whoever comes back begins anew, with what is left by the others' reckoning.
      this.link.said(false, error)
    }
  }

  private takeShare(gateways: number): void {
    const { tokens, requests, untold } = this.ledger.left
    this.sharedAt = this.link.clock.now()
    const shareOf = (left: number | undefined, taken: number) =>
      left === undefined ? Number.POSITIVE_INFINITY : Math.max(0, left + taken) / (UNASKED * gateways)
    this.share = { tokens: shareOf(tokens, untold.tokens), requests: shareOf(requests, untold.requests) }
  }

  private get isOverdrawn(): boolean {
    const { tokens = 0, requests = 0 } = this.ledger.left
    return Math.min(tokens, requests) < -ROUNDED
  }
}
