import fc from 'fast-check'
import t from 'tap'
import { NOWHERE, OpenSet } from '../../src/core/open-set.ts'

t.test('whatever comes and goes, exactly those stand in it that came and have not gone', async () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(15)), { maxLength: 200 })
  fc.assert(
    fc.property(steps, (steps) => {
      const all = Array.from({ length: 16 }, (_, name) => ({ name, place: NOWHERE }))
      const open = new OpenSet<(typeof all)[0]>()
      const expected = new Set<number>()
      for (const [comes, name] of steps) {
        const one = all[name]!
        if (!comes)
          open.remove(one) // also when it is not there
        else if (!expected.has(name)) open.add(one)
        if (comes) expected.add(name)
        else expected.delete(name)
      }
      const names = open.list().map(({ name }) => name)
      return open.size === expected.size && names.length === expected.size && names.every((name) => expected.has(name))
    })
  )
})

t.test('the list stays as it was asked for', async (t) => {
  const open = new OpenSet<{ place: number }>()
  const [one, other] = [{ place: NOWHERE }, { place: NOWHERE }]
  open.add(one)
  open.add(other)
  const list = open.list()
  for (const each of list) open.remove(each)
  t.strictSame([list.length, open.size], [2, 0])
})
