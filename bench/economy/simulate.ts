import { AnswerSizes } from '../../src/quota/answer-sizes.ts'
import { type Ask, PoolClosed, PoolLedger, type Ticket } from '../../src/quota/pool-ledger.ts'
import { type Hold, type QuotaLimits, QuotaPool } from '../../src/standin/quota-pool.ts'
import type { Design } from './designs.ts'
import { VirtualClock } from './virtual-clock.ts'
import { type Arrival, MINUTES, type Random, seeded, type Workload } from './workloads.ts'

/** What came of one run. Counted are requests of the minutes after the first two. */
export interface Outcome {
  offered: number
  useful: number
  /** Answered, but cut by a limit of ours. */
  cut: number
  answered: number
  attempts: number
  /** Milliseconds between the arrival and the admission, of each answer. */
  readonly waits: number[]
  /** Tokens of the answers, for each answer. */
  billed: number
  /** Offered and useful, by key. */
  readonly keys: Map<string, { offered: number; useful: number }>
}

export interface Service {
  readonly name: string
  readonly mode: QuotaLimits['mode']
  readonly burst: number
}

/** How the service may count; none of them is what it really does. */
export const SERVICES: readonly Service[] = [
  { name: 'bucket', mode: 'bucket', burst: 1 },
  { name: 'sliding', mode: 'sliding', burst: 1 },
  { name: 'sliding ×1.8', mode: 'sliding', burst: 1.8 },
  { name: 'fixed', mode: 'fixed', burst: 1 },
  { name: 'mantle', mode: 'mantle', burst: 1 }
]

const WARM_UP_MS = 120_000
/** What the gateway lets a request wait, and what a client bears. */
const QUEUE_MS = 20_000
/** What the gateway lets a call wait that mends a cut answer: however the service counts, its minute turns meanwhile. */
const REPAIR_MS = 75_000
const PATIENCE_MS = 30_000
const MOST_ATTEMPTS = 3
const USUAL_LIMIT = 8192
/** Until the first event, and for each token. Milliseconds. */
const BEGIN_MS = 1000
const TOKEN_MS = 15

interface Lane {
  readonly pool: QuotaPool
  readonly ledger: PoolLedger | undefined
}

/** Plays one workload against one design and one service, with the numbers of one seed. */
export async function simulate(
  workload: Workload,
  {
    design,
    service,
    load,
    seed
  }: { readonly design: Design; readonly service: Service; readonly load: number; readonly seed: number }
): Promise<Outcome> {
  const clock = new VirtualClock()
  const arrivals = workload.arrivals(load, seeded(seed))
  const run = new Run(workload, design, service, { clock, random: seeded(seed + 1) })
  for (const arrival of arrivals) clock.after(arrival.at, () => void run.answer(arrival))
  await clock.runUntil(MINUTES * 60_000 + 600_000)
  return run.outcome
}

class Run {
  readonly outcome: Outcome = { offered: 0, useful: 0, cut: 0, answered: 0, attempts: 0, waits: [], billed: 0, keys: new Map() }
  private readonly clock: VirtualClock
  private readonly random: Random
  private readonly sizes = new AnswerSizes()
  private readonly lanes: readonly Lane[]
  private readonly workload: Workload
  private readonly design: Design

  constructor(
    workload: Workload,
    design: Design,
    service: Service,
    { clock, random }: { readonly clock: VirtualClock; readonly random: Random }
  ) {
    this.workload = workload
    this.design = design
    this.clock = clock
    this.random = random
    const { tokensPerMinute, burndown, mostOutput } = workload
    // Of mantle's two quotas that of the input is played: answers count nothing there.
    const limits = { mode: service.mode, burst: service.burst, tokensPerMinute, burndown, mostOutput }
    this.lanes = Array.from({ length: design.pools }, () => ({
      pool: new QuotaPool(limits, clock.now()),
      ledger: design.ledger === 'none' ? undefined : new PoolLedger(clock, design.ledger === 'known' ? { tokensPerMinute } : {})
    }))
  }

  async answer(arrival: Arrival): Promise<void> {
    const isCounted = arrival.at >= WARM_UP_MS
    const key = this.keyOf(arrival.key)
    if (isCounted) {
      this.outcome.offered++
      key.offered++
    }
    const limit = this.limitOf(arrival)
    const first = await this.call(arrival, limit, arrival.at + PATIENCE_MS, { isCounted, isUrgent: false })
    if (first === undefined) return
    const isOurs = limit < (arrival.maxTokens ?? USUAL_LIMIT)
    let isCut = arrival.output > limit && isOurs
    let isLate = false
    if (isCut && this.design.limit === 'learnt') {
      // Cut by what was learnt: asked again with the limit that it would have had without.
      this.sizes.note(arrival.key, 'model', limit * 2)
      const again = arrival.maxTokens ?? USUAL_LIMIT
      const mended = await this.call(arrival, again, this.clock.now() + REPAIR_MS, { isCounted, isUrgent: true })
      isCut = mended === undefined
      isLate = (mended ?? 0) > PATIENCE_MS
    }
    if (!isCut) this.sizes.note(arrival.key, 'model', arrival.output)
    if (!isCounted) return
    this.outcome.answered++
    this.outcome.waits.push(first)
    if (isCut) this.outcome.cut++
    else if (!isLate) {
      this.outcome.useful++
      key.useful++
    }
  }

  private keyOf(name: string): { offered: number; useful: number } {
    const known = this.outcome.keys.get(name) ?? { offered: 0, useful: 0 }
    this.outcome.keys.set(name, known)
    return known
  }

  private limitOf({ key, maxTokens }: Arrival): number {
    const { limit } = this.design
    const asked = maxTokens ?? (limit === 'max' ? this.workload.mostOutput : USUAL_LIMIT)
    return limit === 'learnt' ? Math.min(asked, this.sizes.limitFor(key, 'model') ?? asked) : asked
  }

  /** Makes the calls of one request. Gives the time until one was admitted; undefined: none was. Resolves when the answer is over. */
  private async call(
    arrival: Arrival,
    maxTokens: number,
    until: number,
    { isCounted, isUrgent }: { readonly isCounted: boolean; readonly isUrgent: boolean }
  ): Promise<number | undefined> {
    const tokens = arrival.input + maxTokens
    const began = this.clock.now()
    const deadline = isUrgent ? until : Math.min(until, began + QUEUE_MS)
    // What a limit of ours has cut is mended as long as there is time: the ledger spaces its calls.
    const most = isUrgent && this.design.ledger !== 'none' ? Number.POSITIVE_INFINITY : MOST_ATTEMPTS
    for (let tried = 1; tried <= most; tried++) {
      const lane = this.laneFor(tokens, arrival.key)
      const ticket = await this.ticketOf(lane, { tokens, owner: arrival.key, until: deadline, isUrgent })
      if (ticket === 'closed') return undefined
      if (isCounted) this.outcome.attempts++
      const hold = lane.pool.admit({ inputTokens: arrival.input, maxTokens }, this.clock.now())
      if (typeof hold !== 'string') {
        const waited = this.clock.now() - began
        await this.produce(arrival, maxTokens, { lane, hold, ticket, isCounted })
        return waited
      }
      ticket?.failed(hold === 'output' ? 'tokens' : hold)
      if (ticket === undefined) {
        await this.pause(this.random() * 1000 * 2 ** (tried - 1))
        if (this.clock.now() > until) return undefined
      }
    }
    return undefined
  }

  private laneFor(tokens: number, owner: string): Lane {
    const [first, ...others] = this.lanes as readonly [Lane, ...Lane[]]
    const wait = ({ ledger }: Lane) => ledger?.expectedMs({ owner, tokens }) ?? 0
    return others.reduce((best, lane) => (wait(lane) < wait(best) ? lane : best), first)
  }

  private async ticketOf({ ledger }: Lane, ask: Ask): Promise<Ticket | undefined | 'closed'> {
    try {
      return await ledger?.enter(ask)
    } catch (error) {
      if (error instanceof PoolClosed) return 'closed'
      throw error
    }
  }

  private async produce(
    { input, output }: Arrival,
    maxTokens: number,
    {
      lane,
      hold,
      ticket,
      isCounted
    }: { readonly lane: Lane; readonly hold: Hold; readonly ticket: Ticket | undefined; readonly isCounted: boolean }
  ): Promise<void> {
    const said = Math.min(output, maxTokens)
    ticket?.taken()
    await this.pause(BEGIN_MS + said * TOKEN_MS)
    lane.pool.settle(hold, { inputTokens: input, outputTokens: said }, this.clock.now())
    ticket?.settle(input + this.workload.burndown * said)
    if (isCounted) this.outcome.billed += input + said
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve))
  }
}
