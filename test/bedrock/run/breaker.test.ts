import t from 'tap'
import { type BreakerState, createBreaker } from '../../../src/bedrock/run/breaker.ts'

function build() {
  const clock = { at: 1000 }
  const changes: BreakerState[] = []
  const breaker = createBreaker({
    threshold: 3,
    openMs: 100,
    longestMs: 300,
    now: () => clock.at,
    onChange: (_place, state) => changes.push(state)
  })
  return { clock, changes, breaker }
}

t.test('opens after failures in a row, not before', async (t) => {
  const { breaker } = build()
  breaker.failed('a')
  breaker.failed('a')
  breaker.succeeded('a')
  breaker.failed('a')
  breaker.failed('a')
  t.ok(breaker.admits('a'))
  breaker.failed('a')
  t.notOk(breaker.admits('a'))
  t.equal(breaker.waitMs('a'), 100)
  t.ok(breaker.admits('b'), 'other places are not touched')
})

t.test('after a while one probe goes through, and its success closes it', async (t) => {
  const { breaker, clock, changes } = build()
  for (let i = 0; i < 3; i++) breaker.failed('a')
  clock.at += 100
  t.ok(breaker.admits('a'))
  t.notOk(breaker.admits('a'), 'only one at a time')
  t.strictSame([...breaker.states()], [['a', 'half-open']])
  breaker.succeeded('a')
  t.ok(breaker.admits('a'))
  t.strictSame(changes, ['open', 'half-open', 'closed'])
})

t.test('a failed probe opens it for longer, up to a limit', async (t) => {
  const { breaker, clock } = build()
  for (let i = 0; i < 3; i++) breaker.failed('a')
  const waits: number[] = []
  for (let i = 0; i < 4; i++) {
    clock.at += breaker.waitMs('a')
    t.ok(breaker.admits('a'))
    breaker.failed('a')
    waits.push(breaker.waitMs('a'))
  }
  t.strictSame(waits, [200, 300, 300, 300])
})

t.test('a probe whose caller left makes room for the next', async (t) => {
  const { breaker, clock } = build()
  for (let i = 0; i < 3; i++) breaker.failed('a')
  clock.at += 100
  breaker.admits('a')
  breaker.withdrew('a')
  t.ok(breaker.admits('a'))
})

t.test('failures of calls that were under way already do not prolong it', async (t) => {
  const { breaker } = build()
  for (let i = 0; i < 30; i++) breaker.failed('a')
  t.equal(breaker.waitMs('a'), 100)
})

t.test('places without end do not take memory without end', async (t) => {
  const { breaker } = build()
  for (let i = 0; i < 5000; i++) for (let j = 0; j < 3; j++) breaker.failed(`model-${i}`)
  t.ok(breaker.states().size <= 1001)
})
