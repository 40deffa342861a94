import assert from 'node:assert/strict'
import type Anthropic from '@anthropic-ai/sdk'
import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream'
import fc from 'fast-check'
import t from 'tap'
import {
  GPT_OSS,
  LLAMA,
  messenger,
  NOVA,
  OPUS_55,
  SONNET_46,
  type StreamEvent,
  say,
  WEATHER
} from '../dialects/anthropic-messages/messenger.ts'
import { ANSWERS_DRAWN } from './drawn-answers.ts'
import { howeverCut } from './however-cut.ts'
import { within } from './within.ts'

const TOOLS = [
  { ...WEATHER, name: 'lookup' },
  { ...WEATHER, name: 'a_b' }
]
const FORMAT = { type: 'json_schema', schema: { type: 'object', properties: { a: {} } } }

/** What is asked for decides how an answer is read. */
const ASKED = fc.constantFrom<{ model: string; [field: string]: unknown }>(
  { model: SONNET_46, tools: TOOLS },
  { model: SONNET_46 },
  { model: GPT_OSS, tools: TOOLS },
  { model: NOVA, tools: TOOLS },
  { model: NOVA, output_config: { format: FORMAT } },
  { model: OPUS_55, output_config: { format: FORMAT } },
  { model: LLAMA, tools: TOOLS }
)
/** A busy machine makes the loop late, and new work would be refused. */
const CALM = { MAX_EVENT_LOOP_DELAY_MS: '0' }

t.test('a stream adds up to the whole message, for the SDK’s strict accumulator', async (t) => {
  const { ask, events, standin } = await messenger(t, CALM)
  await fc.assert(
    fc.asyncProperty(
      ANSWERS_DRAWN,
      ASKED,
      within(2000, async (answer, asked) => {
        standin.answer(asked.model, answer)
        const { body, status } = await ask({ messages: say('go'), ...asked })
        assert.equal(status, 200)
        const { text, list } = await events({ messages: say('go'), ...asked })
        inOrder(list)
        const message = await accumulated(text)
        assert.deepEqual(comparable(message), comparable(body))
      })
    ),
    { numRuns: 250 }
  )
})

/** The message as the SDK itself adds it up. */
async function accumulated(text: string): Promise<Anthropic.Message> {
  const list = text.split('\n\n').flatMap((frame) => (frame === '' ? [] : [JSON.parse(frame.slice(frame.indexOf('data: ') + 6))]))
  const lines = new Blob(list.map((event) => `${JSON.stringify(event)}\n`)).stream()
  return MessageStream.fromReadableStream(lines).finalMessage()
}

/** Without what each answer has for itself, and what a stream tells only at its end and the accumulator does not read there. */
function comparable({ id: _, usage, content, ...message }: Anthropic.Message): object {
  const { cache_creation: _split, output_tokens_details: _thought, ...counts } = usage
  const { parsed_output: _parsed, stop_details, ...rest } = message as Anthropic.Message & { parsed_output?: unknown }
  const blocks = content.map((block) => {
    const { parsed: _one, ...known } = block as typeof block & { parsed?: unknown }
    return known
  })
  return JSON.parse(JSON.stringify({ ...rest, stop_details: stop_details ?? null, counts, blocks }))
}

/** Anthropic's order: blocks one after the other, numbered without gaps, each signed at most once, and one end. */
function inOrder(list: readonly StreamEvent[]): void {
  assert.equal(list[0]?.type, 'message_start')
  assert.deepEqual(
    list.slice(-2).map(({ type }) => type),
    ['message_delta', 'message_stop']
  )
  let open: number | undefined
  let next = 0
  let seals = 0
  for (const event of list.slice(1, -2)) {
    switch (event.type) {
      case 'content_block_start':
        assert.deepEqual([open, event.index], [undefined, next++])
        open = event.index
        seals = 0
        break
      case 'content_block_delta':
        assert.equal(event.index, open)
        if (event.delta.type === 'signature_delta') assert.equal(++seals, 1)
        break
      case 'content_block_stop':
        assert.equal(event.index, open)
        open = undefined
        break
      default:
        assert.fail(`${event.type} among the blocks`)
    }
  }
  assert.equal(open, undefined)
}

t.test('however the bytes of a stream are cut on the way, its events are the same', async (t) => {
  await howeverCut({
    gateway: (options) => messenger(t, CALM, options),
    asked: ASKED,
    read: async ({ events }, asked) => (await events({ messages: say('go'), ...asked })).text.replaceAll(/"id":"msg_[^"]*"/g, ''),
    same: (texts) => {
      for (const text of texts) assert.equal(text, texts[0])
    },
    runs: 60
  })
})
