import t from 'tap'
import { createKeyStore } from '../../src/keys/key-store.ts'

function storeOf(read: () => string, now: () => number) {
  let readings = 0
  const errors: string[] = []
  const source = {
    name: 'the test',
    variable: 'TEST',
    refreshable: true,
    load: async () => {
      readings++
      return read()
    }
  }
  const store = createKeyStore({ source, now, onError: (error) => errors.push(error.message) })
  return { store, errors, readings: () => readings }
}

t.test('a rotated key works at once, without a restart, and the old one no more', async (t) => {
  let key = 'old'
  let clock = 0
  const { store } = storeOf(
    () => key,
    () => clock
  )
  t.teardown(() => store.close())
  t.ok(await store.find('old'))
  key = 'new'
  clock += 6_000
  t.ok(await store.find('new'))
  t.equal(await store.find('old'), undefined)
})

t.test('a flood of wrong keys reads the source once in five seconds', async (t) => {
  let clock = 0
  const { store, readings } = storeOf(
    () => 'right',
    () => clock
  )
  t.teardown(() => store.close())
  await store.load()
  clock += 6_000
  await Promise.all(Array.from({ length: 100 }, (_, i) => store.find(`wrong ${i}`)))
  for (let i = 0; i < 100; i++) await store.find(`wrong ${i}`)
  t.equal(readings(), 2)
})

t.test('the last good set stays in use when the source fails', async (t) => {
  let broken = false
  let clock = 0
  const { store, errors } = storeOf(
    () => {
      if (broken) throw new Error('gone')
      return 'right'
    },
    () => clock
  )
  t.teardown(() => store.close())
  await store.load()
  broken = true
  clock += 60_000
  await store.load()
  t.ok(await store.find('right'))
  t.same(errors, ['gone'])
  t.equal(store.reason, undefined)
})

t.test('says why there are no keys yet', async (t) => {
  const { store } = storeOf(
    () => {
      throw new Error('no such parameter')
    },
    () => 0
  )
  t.teardown(() => store.close())
  await store.load()
  t.equal(store.reason, 'no such parameter')
  t.equal(await store.find('any'), undefined)
})
