import t from 'tap'
import type { ModelEvent } from '../../src/core/event.ts'
import { createReasoningMemory } from '../../src/state/reasoning-memory.ts'

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
  const watch = memory.watch()
  for (const event of answer('call-1')) watch([event])
  t.same(memory.recall('call-1'), [
    { type: 'reasoning', text: 'think', signature: 'sig' },
    { type: 'redacted-reasoning', data: 'c2VjcmV0' }
  ])
  t.equal(memory.recall('call-2'), undefined)
})

t.test('unsigned reasoning is not kept, since no model takes it back', async (t) => {
  const memory = createReasoningMemory()
  memory.watch()(answer('call-1').filter(({ type }) => type !== 'reasoning-signature' && type !== 'reasoning-redacted'))
  t.equal(memory.recall('call-1'), undefined)
})

t.test('an answer that was cut is not kept', async (t) => {
  const memory = createReasoningMemory()
  memory.watch()(answer('call-1').slice(0, -1))
  t.equal(memory.recall('call-1'), undefined)
})

t.test('what is old is forgotten, and so is the oldest when there is too much', async (t) => {
  let clock = 0
  const memory = createReasoningMemory({ maxSize: 100, ttlMs: 1000, now: () => clock })
  memory.watch()(answer('a', 'x'.repeat(60)))
  memory.watch()(answer('b', 'x'.repeat(60)))
  t.equal(memory.recall('a'), undefined)
  t.ok(memory.recall('b'))
  clock = 1001
  t.equal(memory.recall('b'), undefined)
})
