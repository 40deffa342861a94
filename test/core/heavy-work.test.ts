import t from 'tap'
import { HeavyWork } from '../../src/core/heavy-work.ts'

t.test('pieces are done in their order, and others have a turn between any two', async (t) => {
  const { seen, tick, stop } = watchTurns()
  const heavy = new HeavyWork()
  await Promise.all([1, 2, 3].map((piece) => heavy.turn(() => seen.push(`piece ${piece}`))))
  stop()
  t.strictSame(
    seen.filter((each) => each !== tick),
    ['piece 1', 'piece 2', 'piece 3']
  )
  for (const piece of ['piece 2', 'piece 3']) t.equal(seen[seen.indexOf(piece) - 1], tick)
})

t.test('what a piece throws is thrown to who wanted it, and the next one comes', async (t) => {
  const heavy = new HeavyWork()
  const failing = heavy.turn(() => {
    throw new RangeError('too much')
  })
  const next = heavy.turn(() => 'done')
  await t.rejects(failing, { message: 'too much' })
  t.equal(await next, 'done')
})

/** Notes each turn of the event loop among what else is noted. */
function watchTurns() {
  const tick = 'a turn'
  const seen: string[] = []
  let isOver = false
  const again = () => {
    if (isOver) return
    seen.push(tick)
    setImmediate(again)
  }
  again()
  return {
    seen,
    tick,
    stop() {
      isOver = true
    }
  }
}
