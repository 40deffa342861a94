import assert from 'node:assert/strict'
import fc from 'fast-check'
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator'
import type { Response } from 'openai/resources/responses/responses'
import t from 'tap'
import {
  bare,
  eventsOf,
  fn,
  GPT_OSS,
  NOVA,
  OPUS_55,
  responder,
  SONNET_46,
  type StreamEvent
} from '../dialects/openai-responses/responder.ts'
import { ANSWERS_DRAWN } from './drawn-answers.ts'
import { howeverCut } from './however-cut.ts'
import { within } from './within.ts'

const TOOLS = [fn('lookup'), fn('a.b')]
const FORM = { format: { type: 'json_schema', name: 'answer', schema: { type: 'object', properties: { a: {} } } } }
const SHOWN = { summary: 'auto' }

/** What is asked for decides how an answer is read. */
const ASKED = fc.constantFrom<{ model: string; [field: string]: unknown }>(
  { model: SONNET_46, tools: TOOLS, reasoning: SHOWN },
  { model: SONNET_46 },
  { model: GPT_OSS, tools: TOOLS, reasoning: SHOWN },
  { model: NOVA, tools: TOOLS },
  { model: NOVA, text: FORM },
  { model: OPUS_55, text: FORM, reasoning: SHOWN },
  { model: SONNET_46, tools: [fn('lookup'), { type: 'custom', name: 'a.b' }] },
  {
    model: SONNET_46,
    tools: [{ type: 'namespace', name: 'a', tools: [fn('b')] }, { type: 'shell' }, { type: 'custom', name: 'lookup' }]
  },
  { model: SONNET_46, input: [{ role: 'user', content: 'go' }, { type: 'compaction_trigger' }] }
)

/** What the deltas of a stream add up to, by item: text and arguments, and what is shown of reasoning. */
function joined(list: readonly StreamEvent[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const { type, item_id, delta } of list) {
    if (type.endsWith('.delta')) texts.set(String(item_id), (texts.get(String(item_id)) ?? '') + delta)
  }
  return texts
}

/** The same of a whole answer; what is told in one piece has no deltas. */
function textOf(item: Record<string, unknown>): string | undefined {
  switch (item.type) {
    case 'message':
      return (item.content as { text: string }[])[0]?.text || undefined
    case 'reasoning':
      return (item.summary as { text: string }[])[0]?.text
    case 'function_call':
      return item.arguments as string
    case 'custom_tool_call':
      return item.input as string
    default:
      return undefined
  }
}

t.test('a stream adds up to the whole answer, and the SDK takes every one', async (t) => {
  const { ask, events, standin } = await responder(t)
  await fc.assert(
    fc.asyncProperty(
      ANSWERS_DRAWN,
      ASKED,
      within(2000, async (answer, asked) => {
        standin.answer(asked.model, answer)
        const { body, status } = await ask(asked)
        assert.equal(status, 200)
        const { list, text } = await events(asked)
        const last = list.at(-1)
        assert.deepEqual(bare(last?.response), bare(body))
        const whole = (last?.response?.output ?? []).flatMap((item) => {
          const said = textOf(item)
          return said === undefined ? [] : [[String(item.id), said]]
        })
        assert.deepEqual([...joined(list)], whole)
        const done = list.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)
        assert.deepEqual(done, last?.response?.output)
        assert.equal(eventsOf(text).length, list.length)
        let snapshot: Response | undefined
        for (const event of list) snapshot = accumulateResponse(event as never, snapshot as never)
        assert.deepEqual(JSON.parse(JSON.stringify(snapshot?.output)), last?.response?.output)
      })
    ),
    { numRuns: 200 }
  )
})

t.test('however the bytes of a stream are cut on the way, its events are the same', async (t) => {
  await howeverCut({
    gateway: (options) => responder(t, {}, options),
    asked: ASKED,
    read: async ({ events }, asked) => bare((await events(asked)).list),
    same: (lists) => {
      for (const list of lists) assert.deepEqual(list, lists[0])
    },
    runs: 50
  })
})
