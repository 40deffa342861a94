import t from 'tap'
import { VirtualClock } from '../../bench/economy/virtual-clock.ts'
import { type PoolClosed, PoolLedger, type Ticket } from '../../src/quota/pool-ledger.ts'
import type { HeardLesson, QuotaStore, Turnover } from '../../src/quota/quota-store.ts'
import { createSharedQuota, type SharedPool } from '../../src/quota/shared-quota.ts'

const POOL = 'us-east-1 model'
const QUOTA = 60_000

/** A store on the tests' clock, a few milliseconds away, that can be away altogether. */
function memoryStore(clock: VirtualClock) {
  const sums = { tokens: 0, requests: 0, used: 0 }
  const taught: { from: number; at: number; lesson: HeardLesson['lesson'] }[] = []
  const state = { isDown: false, exchanges: 0 }
  const way = () =>
    new Promise<void>((resolve, reject) => {
      clock.after(3, () => (state.isDown ? reject(new Error('away')) : resolve()))
    })
  let gateways = 0
  let left: number | undefined

  function connect(): QuotaStore {
    const me = gateways++
    let seen: Turnover | undefined
    let read = 0
    return {
      async exchange(_pool, own, mine) {
        const before = seen ?? sums
        const isFirst = seen === undefined
        seen = undefined
        await way()
        state.exchanges++
        const told = isFirst ? left : undefined
        left = mine ?? left
        const others = { ...sums }
        for (const name of ['tokens', 'requests', 'used'] as const) {
          others[name] -= before[name]
          sums[name] += own[name]
        }
        seen = { ...sums }
        await way()
        return { others, gateways, usedToday: sums.used, ...(told === undefined ? {} : { left: told }) }
      },
      async teach(_pool, lesson) {
        await way()
        taught.push({ from: me, at: clock.now(), lesson })
      },
      async lessons() {
        await way()
        const news = taught.slice(read).filter(({ from }) => from !== me)
        read = taught.length
        return news.map(({ lesson, at }) => ({ pool: POOL, lesson, ageMs: clock.now() - at }))
      },
      close() {}
    }
  }
  return { connect, state }
}

/** The service: takes what it has room for. */
function service(clock: VirtualClock) {
  let level = QUOTA
  let at = 0
  const counts = { answered: 0, throttled: 0 }
  const pass = () => {
    level = Math.min(QUOTA, level + ((clock.now() - at) * QUOTA) / 60_000)
    at = clock.now()
  }
  return {
    counts,
    call(ticket: Ticket): boolean {
      pass()
      if (level < 1500) {
        counts.throttled++
        ticket.failed('tokens')
        return false
      }
      level -= 1500
      ticket.taken()
      clock.after(2000, () => {
        pass()
        level = Math.min(QUOTA, level + 600)
        counts.answered++
        ticket.settle(900)
      })
      return true
    }
  }
}

function gateways(
  clock: VirtualClock,
  count: number,
  { shares = true, quota = {} as { tokensPerMinute?: number; tokensPerDay?: number } } = {}
) {
  const { connect, state } = memoryStore(clock)
  const said: string[] = []
  const made = Array.from({ length: count }, (_, index) => {
    const shared = createSharedQuota(connect(), clock, (isUp) => said.push(`${index} ${isUp ? 'up' : 'down'}`))
    const ledger = new PoolLedger(clock, quota, (lesson) => shared.teach(POOL, lesson))
    const pool: Pick<SharedPool, 'enter'> = shares ? shared.pool(POOL, ledger) : ledger
    return { ledger, pool, close: () => shared.close() }
  })
  return { made, state, said }
}

/** 120 requests at once over so many gateways, all answered after two seconds with less than they reserve; refused ones wait again. */
async function crowd(count: number, shares: boolean) {
  const clock = new VirtualClock()
  const { made, state } = gateways(clock, count, { shares, quota: { tokensPerMinute: QUOTA } })
  const { counts, call } = service(clock)
  const run = async (pool: Pick<SharedPool, 'enter'>, owner: string) => {
    for (;;) if (call(await pool.enter({ owner, tokens: 1500, until: 90_000 }))) return
  }
  for (let n = 0; n < 120; n++) run((made[n % count] as (typeof made)[0]).pool, `key ${n % 3}`).catch(() => {}) // no room in time
  await clock.runUntil(100_000)
  return { ...counts, exchanges: state.exchanges }
}

t.test('gateways that share a store are throttled as one is, and serve as many', async (t) => {
  const one = await crowd(1, false)
  for (const count of [2, 3]) {
    const apart = await crowd(count, false)
    const together = await crowd(count, true)
    const told = `${count} gateways, throttles: ${together.throttled}; one: ${one.throttled}; each alone: ${apart.throttled}`
    t.ok(together.throttled <= 2 * one.throttled && apart.throttled >= 3 * together.throttled, told)
    t.ok(together.answered >= 0.95 * one.answered, `${together.answered} were answered, by one ${one.answered}`)
    t.ok(together.exchanges < 1000, `${together.exchanges} exchanges`)
  }
})

t.test('what one gateway learns holds for all, and a pool with room is asked of nobody', async (t) => {
  const clock = new VirtualClock()
  const { made, state } = gateways(clock, 2)
  const [one, other] = made as [(typeof made)[0], (typeof made)[0]]
  const ask = (tokens = 1000, waitMs = 0) => ({ owner: 'key', tokens, until: clock.now() + waitMs })
  const enter = (pool: Pick<SharedPool, 'enter'>) => {
    try {
      return pool.enter(ask())
    } catch (error) {
      return (error as { reason: string }).reason
    }
  }
  for (const { pool } of made) t.type(pool.enter(ask()), Object)
  t.notOk(enter(other.pool) instanceof Promise, 'while nothing is known nothing is waited for')

  const seen: unknown[] = []
  clock.after(100, () => (enter(one.pool) as Ticket).failed('tokens'))
  clock.after(1000, () => {
    seen.push(enter(other.pool)) // a second's refill of a guess of 60 such requests is 1,000 tokens
    seen.push(enter(other.pool))
  })
  for (const { pool } of made) clock.after(69_000, () => enter(pool))
  clock.after(70_000, () => (enter(one.pool) as Ticket).failed('day'))
  clock.after(71_000, () => seen.push(enter(other.pool)))
  clock.after(675_000, () => enter(other.pool)) // whoever was idle hears again
  clock.after(680_000, async () => {
    const probe = (await enter(one.pool)) as Ticket // asked for again after ten minutes, and there
    probe.taken()
  })
  clock.after(681_000, () => seen.push(enter(other.pool)))
  await clock.runUntil(700_000)
  t.equal(seen[1], 'minute')
  t.equal(seen[2], 'day')
  t.not(seen[3], 'day', 'and a day that is not used up after all is opened everywhere')
  t.ok(state.exchanges > 0)
})

t.test('what all gateways have used of a day counts for each, also for one that comes later', async (t) => {
  const clock = new VirtualClock()
  const { made } = gateways(clock, 3, { quota: { tokensPerDay: 10_000 } })
  const enter = async ({ pool }: { pool: Pick<SharedPool, 'enter'> }) => pool.enter({ owner: 'key', tokens: 4000, until: 0 })
  const seen: unknown[] = []
  const spend = async (index: 0 | 1 | 2) => {
    try {
      ;(await enter(made[index] as (typeof made)[0])).settle(4000)
    } catch (error) {
      seen.push((error as PoolClosed).reason)
    }
  }
  clock.after(0, () => void spend(0))
  clock.after(500, () => void spend(1))
  clock.after(1500, () => void spend(0))
  clock.after(2500, () => void made[2]?.pool.enter({ owner: 'key', tokens: 1, until: 0 }))
  clock.after(4000, () => void spend(2))
  await clock.runUntil(5000)
  t.strictSame(seen, ['day', 'day'])
})

t.test('without its store each gateway goes on alone, and they find together again', async (t) => {
  const clock = new VirtualClock()
  const { made, state, said } = gateways(clock, 2, { quota: { tokensPerMinute: QUOTA } })
  const [one, other] = made as [(typeof made)[0], (typeof made)[0]]
  const burst = (at: number, pool: Pick<SharedPool, 'enter'>, count: number) => {
    const seen = { admitted: 0 }
    clock.after(at, () => {
      for (let n = 0; n < count; n++)
        void (async () => pool.enter({ owner: 'key', tokens: 1000, until: clock.now() + 50 }))().then(
          () => seen.admitted++,
          () => {}
        )
    })
    return seen
  }
  burst(0, one.pool, 1)
  burst(0, other.pool, 1)
  clock.after(1000, () => {
    state.isDown = true
  })
  const away = [burst(2000, one.pool, 50), burst(2000, other.pool, 50)]
  clock.after(4000, () => {
    state.isDown = false
  })
  const back = [burst(6000, one.pool, 50), burst(6000, other.pool, 50)]
  const later = [burst(160_000, one.pool, 50), burst(160_000, other.pool, 50)]
  await clock.runUntil(170_000)
  t.strictSame(
    away.map(({ admitted }) => admitted),
    [50, 50],
    'nobody waits for a store that is away'
  )
  const again = back.reduce((all, { admitted }) => all + admitted, 0)
  t.ok(again >= 13 && again <= 15, `${again} of the 14 that each of them thought there was room for`)
  const sum = later.reduce((all, { admitted }) => all + admitted, 0)
  t.ok(sum >= 50 && sum <= 61, `${sum} of 60 that there is room for`)
  t.strictSame([...said].sort(), ['0 down', '0 up', '1 down', '1 up'], 'told once each')
})
