import { Socket } from 'node:net'
import t from 'tap'
import { createKeyMemory } from '../../src/keys/key-memory.ts'

const digest = Buffer.alloc(32)

t.test('a header opens again what it has opened, on its connection and while the same keys are in force', async (t) => {
  const memory = createKeyMemory()
  const [socket, other] = [new Socket(), new Socket()]
  const [edition, next] = [{}, {}]
  const key = { name: 'a', digest }
  memory.keep(socket, 'Bearer one', edition, key)
  t.equal(memory.recall(socket, 'Bearer one', edition), key)
  t.equal(memory.recall(socket, 'Bearer two', edition), undefined)
  t.equal(memory.recall(socket, 'Bearer', edition), undefined)
  t.equal(memory.recall(socket, undefined, edition), undefined)
  t.equal(memory.recall(other, 'Bearer one', edition), undefined)
  t.equal(memory.recall(socket, 'Bearer one', next), undefined, 'the keys have been read again')
})

t.test('a key that has expired meanwhile opens nothing', async (t) => {
  let now = 0
  const memory = createKeyMemory(() => now)
  const socket = new Socket()
  const edition = {}
  memory.keep(socket, 'Bearer one', edition, { name: 'a', digest, expiresAt: 1000 })
  t.ok(memory.recall(socket, 'Bearer one', edition))
  now = 1000
  t.equal(memory.recall(socket, 'Bearer one', edition), undefined)
})
