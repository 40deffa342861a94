import t from 'tap'
import type { ModelEvent } from '../../src/core/event.ts'
import { createReasoningMemory } from '../../src/state/reasoning-memory.ts'

const ALICE = { owner: 'alice', model: 'anthropic.claude-sonnet-4-6' }

function answer(id: string, thought = 'think'): ModelEvent[] {
  return [
    { type: 'start' },
    { type: 'reasoning', block: 0, text: thought },
    { type: 'reasoning-signature', block: 0, signature: 'sig' },
    { type: 'block-end', block: 0 },
    { type: 'reasoning-redacted', block: 1, data: 'c2VjcmV0' },
    { type: 'block-end', block: 1 },
    { type: 'tool-start', block: 2, id, name: 'f' },
    { type: 'block-end', block: 2 },
    { type: 'finish', reason: 'tool-calls', details: { raw: 'tool_use' } }
  ]
}

t.test('signed reasoning is found again by the id of the call it led to', async (t) => {
  const memory = createReasoningMemory()
  const watch = memory.watch(ALICE)
  for (const event of answer('call-1')) watch([event])
  t.same(memory.recall(ALICE, 'call-1'), [
    { type: 'reasoning', text: 'think', signature: 'sig' },
    { type: 'redacted-reasoning', data: 'c2VjcmV0' },
    { type: 'tool-call', id: 'call-1' }
  ])
  t.equal(memory.recall(ALICE, 'call-2'), undefined)
})

t.test('S1: what one key or model has thought is given to no other', async (t) => {
  const memory = createReasoningMemory()
  memory.watch(ALICE)(answer('call-1'))
  t.equal(memory.recall({ ...ALICE, owner: 'mallory' }, 'call-1'), undefined)
  t.equal(memory.recall({ ...ALICE, model: 'anthropic.claude-opus-4-8' }, 'call-1'), undefined)
  memory.watch({ ...ALICE, owner: 'mallory' })(answer('call-1', 'other'))
  t.match(memory.recall(ALICE, 'call-1')?.[0], { text: 'think' }, 'nor put in its place')
})

t.test('S1: an owner who keeps too much pushes out what is their own', async (t) => {
  const memory = createReasoningMemory({ maxSize: 300 })
  memory.watch(ALICE)(answer('mine'))
  for (let i = 0; i < 50; i++) memory.watch({ ...ALICE, owner: 'mallory' })(answer(`call-${i}`, 'x'.repeat(60)))
  t.ok(memory.recall(ALICE, 'mine'))
  t.equal(memory.recall({ ...ALICE, owner: 'mallory' }, 'call-1'), undefined)
  t.ok(memory.recall({ ...ALICE, owner: 'mallory' }, 'call-49'))
})

t.test('unsigned reasoning is not kept, since no model takes it back', async (t) => {
  const memory = createReasoningMemory()
  memory.watch(ALICE)(answer('call-1').filter(({ type }) => type !== 'reasoning-signature' && type !== 'reasoning-redacted'))
  t.equal(memory.recall(ALICE, 'call-1'), undefined)
})

t.test('an answer that was cut is not kept', async (t) => {
  const memory = createReasoningMemory()
  memory.watch(ALICE)(answer('call-1').slice(0, -1))
  t.equal(memory.recall(ALICE, 'call-1'), undefined)
})

t.test('what is old is forgotten, and so is the oldest when there is too much', async (t) => {
  let clock = 0
  const memory = createReasoningMemory({ maxSize: 100, ttlMs: 1000, now: () => clock })
  memory.watch(ALICE)(answer('a', 'x'.repeat(60)))
  memory.watch(ALICE)(answer('b', 'x'.repeat(60)))
  t.equal(memory.recall(ALICE, 'a'), undefined)
  t.ok(memory.recall(ALICE, 'b'))
  clock = 1001
  t.equal(memory.recall(ALICE, 'b'), undefined)
})
