import fc from 'fast-check'
import t from 'tap'
import { NOWHERE, Roster } from '../../src/core/roster.ts'

t.test('whatever comes and goes, exactly those stand in it that came and have not gone', async () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(15)), { maxLength: 200 })
  fc.assert(
    fc.property(steps, (steps) => {
      const all = Array.from({ length: 16 }, (_, name) => ({ name, place: NOWHERE }))
      const roster = new Roster<(typeof all)[0]>()
      const expected = new Set<number>()
      for (const [comes, name] of steps) {
        const one = all[name]!
        if (!comes)
          roster.remove(one) // also when it is not there
        else if (!expected.has(name)) roster.add(one)
        if (comes) expected.add(name)
        else expected.delete(name)
      }
      const names = roster.list().map(({ name }) => name)
      return roster.size === expected.size && names.length === expected.size && names.every((name) => expected.has(name))
    })
  )
})

t.test('the list stays as it was asked for', async (t) => {
  const roster = new Roster<{ place: number }>()
  const [one, other] = [{ place: NOWHERE }, { place: NOWHERE }]
  roster.add(one)
  roster.add(other)
  const list = roster.list()
  for (const each of list) roster.remove(each)
  t.strictSame([list.length, roster.size], [2, 0])
})
