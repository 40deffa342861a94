import fc from 'fast-check'
import t from 'tap'
import { VirtualClock } from '../../bench/economy/virtual-clock.ts'
import { Canceller } from '../../src/core/cancel.ts'
import { PoolClosed, PoolLedger, type Ticket } from '../../src/quota/pool-ledger.ts'
import { throttleKind } from '../../src/quota/throttle-kind.ts'

const SAID = [
  [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'tokens'],
  [429, 'ThrottlingException', 'Too many requests, please wait before trying again.', 'requests'],
  [429, 'ThrottlingException', 'Your request rate is too high. Reduce the frequency of requests.', 'requests'],
  [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.', 'day'],
  [400, 'ServiceQuotaExceededException', 'Too many tokens per day, please wait before trying again.', 'day'],
  [429, 'ThrottlingException', 'Too many connections, please wait before trying again.', 'capacity'],
  [503, 'ServiceUnavailableException', 'Too many connections, please wait before trying again.', 'capacity'],
  [529, undefined, 'Overloaded', 'capacity'],
  [429, 'ModelNotReadyException', 'Model is not ready for inference.', 'warming'],
  [400, 'ServiceQuotaExceededException', 'You have exceeded the quota of imported models.', 'account'],
  [429, 'Rate_limit_error', 'tpm (InputTokens)', 'tokens'],
  [429, undefined, 'tpm (OutputTokens)', 'tokens'],
  [400, 'ValidationException', 'Too many tokens per day are asked for by this prompt', undefined],
  [500, 'InternalServerException', 'Too many requests', undefined]
] as const

t.test('throttles are told apart by type, status and sentence', async (t) => {
  for (const [status, type, message, kind] of SAID)
    t.equal(throttleKind({ status, message, ...(type === undefined ? {} : { type }) }), kind, `${status} ${message}`)
})

const ask = (tokens: number, until = 60_000, owner = 'one') => ({ owner, tokens, until })

/** What became of an admission: the time, or the reason why not. */
function outcome(clock: VirtualClock, entered: Ticket | Promise<Ticket>): { at?: number; reason?: string; retryAfterS?: number } {
  const seen: { at?: number; reason?: string; retryAfterS?: number } = {}
  Promise.resolve(entered).then(
    () => {
      seen.at = clock.now()
    },
    (error: PoolClosed) => {
      seen.reason = error.reason
      seen.retryAfterS = error.retryAfterS
    }
  )
  return seen
}

/** What an admission is refused with at once. */
function refusal(enter: () => unknown): unknown {
  try {
    return enter()
  } catch (error) {
    return error
  }
}

t.test('with no quota known and no refusal seen, everything passes at once', async (t) => {
  const ledger = new PoolLedger(new VirtualClock())
  for (let n = 0; n < 1000; n++) t.notOk(ledger.enter(ask(1_000_000)) instanceof Promise)
})

t.test('what does not fit waits for the refill, and goes in the order it came', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  t.notOk(ledger.enter(ask(60_000)) instanceof Promise, 'the bucket begins full')
  const [first, second] = [outcome(clock, ledger.enter(ask(5000))), outcome(clock, ledger.enter(ask(5000)))]
  await clock.runUntil(30_000)
  t.ok(first.at !== undefined && first.at >= 4000 && first.at <= 5100, `about 5 s, a little less by learning: ${first.at}`)
  t.ok(second.at !== undefined && second.at > first.at!, 'one after the other')
})

t.test('what was reserved beyond need comes back at the end, and more is taken where it was not enough', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  const ticket = ledger.enter(ask(50_000)) as Ticket
  ticket.settle(1000)
  ticket.settle(50_000)
  t.equal(ledger.view().headroom, 59_000, 'settled once')
  ;(ledger.enter(ask(1000)) as Ticket).settle(30_000)
  t.equal(ledger.view().headroom, 29_000)
  ;(ledger.enter(ask(9000)) as Ticket).failed()
  t.equal(ledger.view().headroom, 29_000, 'a failed call takes nothing')
})

t.test('who cannot be served in time is told so, with the time it would take', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  ledger.enter(ask(60_000))
  t.match(
    refusal(() => ledger.enter(ask(50_000, 10_000))),
    { reason: 'minute', retryAfterS: 50 },
    'hopeless: at once'
  )
  const late = outcome(clock, ledger.enter(ask(15_000, 10_000)))
  await clock.runUntil(10_001)
  t.match(late, { reason: 'minute' })
  t.equal(ledger.view().waiting, 0)
})

t.test('a caller who leaves gives its place up', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  ledger.enter(ask(60_000))
  const signal = new Canceller()
  const left = outcome(clock, ledger.enter({ ...ask(5000), signal }))
  signal.abort('left')
  await clock.runUntil(1)
  t.match(left, { reason: 'left' })
  t.equal(ledger.view().waiting, 0)
})

t.test('a key that floods takes nothing from one that asks now and then', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  ledger.enter(ask(60_000))
  for (let n = 0; n < 30; n++) outcome(clock, ledger.enter(ask(1000, 60_000, 'flood')))
  const calm = outcome(clock, ledger.enter(ask(1000, 60_000, 'calm')))
  await clock.runUntil(5000)
  t.ok(calm.at !== undefined && calm.at <= 2500, `${calm.at}`)
})

t.test('a refusal empties the pool and narrows it by a tenth each three seconds; waiting widens it', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  const sent = Array.from({ length: 5 }, () => ledger.enter(ask(1000)) as Ticket)
  for (const ticket of sent) ticket.failed('tokens')
  t.match(ledger.view(), { headroom: 0, factor: 0.9 }, 'many refusals of one moment are one')
  const waiting = outcome(clock, ledger.enter(ask(10_000)))
  await clock.runUntil(60_000)
  t.ok(waiting.at !== undefined)
  t.ok(ledger.view().factor > 0.9)
})

t.test('the first refusal of a pool whose quota nobody knows makes a guess by what went through', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock)
  for (let n = 0; n < 100; n++) (ledger.enter(ask(5000)) as Ticket).settle(3000)
  ;(ledger.enter(ask(4000)) as Ticket).failed('tokens')
  t.match(ledger.view(), { tokensPerMinute: 300_000, isGuess: true, headroom: 0 })
  ledger.setQuota({ tokensPerMinute: 200_000 })
  t.match(ledger.view(), { tokensPerMinute: 200_000, isGuess: false })
})

t.test("one caller's huge request that is refused closes nothing for the others", async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 200_000 })
  for (let n = 0; n < 20; n++) (ledger.enter(ask(1000)) as Ticket).settle(500)
  for (let n = 0; n < 5; n++) (await ledger.enter(ask(150_000, 60_000, 'huge'))).failed('tokens')
  t.match(ledger.view(), { factor: 1 })
  t.notOk(ledger.enter(ask(1000)) instanceof Promise)
})

t.test(
  "what asks for more than a minute's takes no more of it than there is, and its refusal tells nothing of the rest",
  async (t) => {
    const clock = new VirtualClock()
    const ledger = new PoolLedger(clock, { tokensPerMinute: 5000 })
    for (let n = 0; n < 20; n++) (ledger.enter(ask(1000)) as Ticket).settle(0.1)
    clock.after(1000, () => {})
    await clock.runUntil(1000)
    const huge = ledger.enter(ask(1e12)) as Ticket
    t.match(ledger.view(), { headroom: 0 })
    const behind = outcome(clock, ledger.enter(ask(1000)))
    await clock.runUntil(14_000)
    t.ok(behind.at !== undefined, `${behind.at}`)
    t.equal(huge.failed('tokens'), undefined)
    t.ok(ledger.view().factor >= 1)
  }
)

t.test('an answer to what was sent before the day was used up does not open it', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock)
  const [before, refused] = [ledger.enter(ask(1000)), ledger.enter(ask(1000))] as [Ticket, Ticket]
  let outcome: unknown
  clock.after(1000, () => refused.failed('day'))
  clock.after(2000, () => {
    before.taken()
    outcome = refusal(() => ledger.enter(ask(1000)))
  })
  await clock.runUntil(3000)
  t.match(outcome, { reason: 'day' })
})

t.test('a used up day closes the pool without calls; one in ten minutes asks again, and smaller requests may go', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock)
  ;(ledger.enter(ask(5000)) as Ticket).failed('day')
  t.match(
    refusal(() => ledger.enter(ask(5000))),
    { reason: 'day', retryAfterS: 600 }
  )
  const small = ledger.enter(ask(100)) as Ticket
  small.failed('day')
  t.match(
    refusal(() => ledger.enter(ask(100))),
    { reason: 'day' },
    'now that is known too'
  )
  clock.after(600_001, () => {})
  await clock.runUntil(600_001)
  const probe = ledger.enter(ask(5000)) as Ticket
  t.match(
    refusal(() => ledger.enter(ask(5000))),
    { reason: 'day' },
    'one finds out for all'
  )
  probe.taken()
  t.notOk(ledger.enter(ask(5000)) instanceof Promise)
  t.notOk(ledger.enter(ask(5000)) instanceof Promise)
})

const NOON = 12 * 3_600_000

/** A ledger that knows what a day has, at noon. */
async function dayLedger(tokensPerDay: number, more: { tokensPerMinute?: number } = {}) {
  const clock = new VirtualClock()
  const at = async (ms: number) => {
    clock.after(ms - clock.now(), () => {})
    await clock.runUntil(ms)
  }
  await at(NOON)
  const ledger = new PoolLedger(clock, { tokensPerDay, ...more })
  const spend = (tokens: number, used = tokens) => (ledger.enter(ask(tokens, Number.POSITIVE_INFINITY)) as Ticket).settle(used)
  return { clock, ledger, at, spend }
}

t.test('a quota of a day that is used up closes the pool before anything is refused, until midnight', async (t) => {
  const { ledger, at, spend } = await dayLedger(10_000)
  spend(5000, 4000)
  spend(5000)
  t.match(ledger.view(), { tokensPerDay: 10_000, usedToday: 9000 })
  t.match(
    refusal(() => ledger.enter(ask(1001))),
    { reason: 'day', retryAfterS: 60 },
    'it would be more than there is'
  )
  spend(1000)
  t.match(
    refusal(() => ledger.enter(ask(1))),
    { reason: 'day' }
  )
  await at(24 * 3_600_000)
  t.match(ledger.view(), { usedToday: 0, closedUntil: undefined })
  spend(5000)
})

t.test('what requests under way have reserved of a day comes back: who needs it waits, and the day is not over', async (t) => {
  const { clock, ledger } = await dayLedger(10_000)
  const first = ledger.enter(ask(9000)) as Ticket
  const second = outcome(clock, ledger.enter(ask(5000, NOON + 10_000)))
  clock.after(2000, () => first.settle(500))
  await clock.runUntil(NOON + 3000)
  t.equal(second.at, NOON + 2000)
})

t.test('whoever waits for a minute when the day ends is told, and not sent', async (t) => {
  const { clock, ledger } = await dayLedger(100_000, { tokensPerMinute: 6000 })
  const first = ledger.enter(ask(6000, NOON + 60_000)) as Ticket
  const waiting = [1, 2, 3].map(() => outcome(clock, ledger.enter(ask(1500, NOON + 60_000))))
  clock.after(1000, () => first.failed('day'))
  await clock.runUntil(NOON + 40_000)
  t.strictSame(
    waiting.map(({ at }) => at !== undefined),
    [true, true, true],
    'what is smaller than the one that was refused may fit'
  )
  const again = ledger.enter(ask(1500, clock.now() + 60_000))
  const tickets = [1, 2].map(() => outcome(clock, ledger.enter(ask(1500, clock.now() + 60_000))))
  clock.after(100, async () => (await again).failed('day'))
  await clock.runUntil(NOON + 60_000)
  t.strictSame(
    tickets.map(({ reason, retryAfterS }) => [reason, retryAfterS]),
    [
      ['day', 600],
      ['day', 600]
    ]
  )
})

t.test('the number of a day is a hint: after a minute one request asks, and a service that takes it is believed', async (t) => {
  const { ledger, at, spend } = await dayLedger(10_000)
  spend(10_000)
  const closed = () => refusal(() => ledger.enter(ask(500)))
  t.match(closed(), { reason: 'day' })
  await at(NOON + 61_000)
  const probe = ledger.enter(ask(500)) as Ticket
  t.match(closed(), { reason: 'day' }, 'one finds out for all')
  probe.taken()
  probe.settle(500)
  spend(5000)
  t.match(ledger.view(), { usedToday: 15_500, closedUntil: undefined })
  ;(ledger.enter(ask(400)) as Ticket).failed('day')
  t.match(closed(), { reason: 'day', retryAfterS: 600 }, 'until the service itself says so')
  await at(25 * 3_600_000)
  spend(10_000)
  t.match(closed(), { reason: 'day' }, 'the next day it is believed again')
})

t.test('what mends an answer waits for room, and not for those who wait', async (t) => {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  ledger.enter(ask(60_000))
  for (let n = 0; n < 30; n++) outcome(clock, ledger.enter(ask(1000)))
  t.match(
    refusal(() => ledger.enter(ask(5000, 8000))),
    { reason: 'minute' }
  )
  const urgent = outcome(clock, ledger.enter({ ...ask(5000, 8000), isUrgent: true }))
  await clock.runUntil(8000)
  t.ok(urgent.at !== undefined)
})

/** Asks so often for so long, against a service that takes or refuses. Gives when calls were taken, and how many were refused. */
async function flood(takes: (now: number) => boolean, { everyMs, minutes }: { everyMs: number; minutes: number }) {
  const clock = new VirtualClock()
  const ledger = new PoolLedger(clock, { tokensPerMinute: 60_000 })
  const [taken, refused]: [number[], number[]] = [[], []]
  const call = async () => {
    try {
      const ticket = await ledger.enter(ask(2000, clock.now() + 20_000))
      if (!takes(clock.now())) {
        refused.push(clock.now())
        return void ticket.failed('tokens')
      }
      taken.push(clock.now())
      ticket.taken()
      clock.after(1000, () => ticket.settle(2000))
    } catch (error) {
      if (!(error instanceof PoolClosed)) throw error
    }
  }
  for (let at = 0; at < minutes * 60_000; at += everyMs) clock.after(at, () => void call())
  await clock.runUntil(minutes * 60_000 + 30_000)
  return { taken, refused }
}

/** A service that takes so many calls in each minute of the clock. */
function byTheClock(most: number) {
  const seen = new Map<number, number>()
  return (now: number) => {
    const minute = Math.floor(now / 60_000)
    const count = (seen.get(minute) ?? 0) + 1
    if (count > most) return false
    seen.set(minute, count)
    return true
  }
}

t.test('where the service counts by the minute of the clock, what has waited goes when the minute turns', async (t) => {
  const { taken, refused } = await flood(byTheClock(30), { everyMs: 1000, minutes: 6 })
  for (const minute of [3, 4, 5]) {
    const soon = taken.filter((at) => at >= minute * 60_000 && at < minute * 60_000 + 3000).length
    t.ok(soon >= 8, `${soon} in the first 3 s of minute ${minute}`)
  }
  t.ok(taken.length >= 0.95 * 30 * 6, `${taken.length} taken`)
  t.ok(refused.length <= 0.5 * taken.length, `${refused.length} refused`)
})

t.test('where it does not, that costs a call in eight minutes, and learning upward no more than one call in five', async (t) => {
  let level = 60_000
  let at = 0
  const bucket = (now: number) => {
    level = Math.min(60_000, level + now - at)
    at = now
    if (level < 2000) return false
    level -= 2000
    return true
  }
  const { taken, refused } = await flood(bucket, { everyMs: 500, minutes: 30 })
  t.ok(taken.length >= 0.9 * 30 * 30, `${taken.length} taken`)
  t.ok(refused.length <= 0.25 * taken.length, `${refused.length} of ${taken.length}`)
})

t.test('law: everyone is answered by its deadline, and what is settled is all that is counted', async () => {
  const one = fc.record({
    at: fc.integer({ min: 0, max: 60_000 }),
    owner: fc.constantFrom('a', 'b', 'c'),
    tokens: fc.integer({ min: 1, max: 80_000 }),
    patience: fc.integer({ min: 0, max: 20_000 }),
    fate: fc.constantFrom<'settle' | 'tokens' | 'requests' | 'failed'>(
      'settle',
      'settle',
      'settle',
      'tokens',
      'requests',
      'failed'
    )
  })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 60 }), async (asks) => {
      const clock = new VirtualClock()
      const ledger = new PoolLedger(clock, { tokensPerMinute: 100_000 })
      let answered = 0
      for (const { at, owner, tokens, patience, fate } of asks) {
        clock.after(at, async () => {
          try {
            const ticket = await ledger.enter({ owner, tokens, until: at + patience })
            if (clock.now() > at + patience) throw new Error('admitted after its deadline')
            if (fate === 'settle') ticket.settle(Math.floor(tokens / 2))
            else ticket.failed(fate === 'failed' ? undefined : fate)
          } catch (error) {
            if (!(error instanceof PoolClosed)) throw error
            if (error.retryAfterS < 1 || !Number.isFinite(error.retryAfterS)) throw new Error('no honest time')
          }
          answered++
        })
      }
      await clock.runUntil(200_000)
      const { factor, waiting } = ledger.view()
      return answered === asks.length && waiting === 0 && factor >= 0.5 && factor <= 4
    }),
    { numRuns: 60 }
  )
})
