import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { added, asker, OPUS_47, SONNET_45, SONNET_46, say, tool } from '../../acceptance/asker.ts'
import { ANSWERS_DRAWN } from '../../properties/drawn-answers.ts'
import { howeverCut } from '../../properties/however-cut.ts'
import { within } from '../../properties/within.ts'
import { natively } from './natively.ts'

const TOOLS = [tool('lookup'), tool('a.b')]
const FORM = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object', properties: { a: {} } } } }

/** What is asked for decides how an answer is read. */
const ASKED = fc.constantFrom<{ model: string; [field: string]: unknown }>(
  { model: SONNET_46, tools: TOOLS },
  { model: SONNET_46 },
  { model: SONNET_46, response_format: FORM },
  { model: OPUS_47, response_format: FORM },
  { model: SONNET_45, stop: ['END'], tools: TOOLS }
)

// Claude's own citations of the web tell no domain beside the address.
const bare = (text: string) => text.replaceAll(/"id":"chatcmpl-[^"]*"|"created":\d+|"domain":"example.com",/g, '')
const BODY = { messages: say('go'), stream_options: { include_usage: true } }

t.test('the same answer is the same to callers, by Converse and in its own words, streamed and whole', async (t) => {
  const converse = await asker(t)
  const native = await asker(t, natively(t))
  await fc.assert(
    fc.asyncProperty(
      ANSWERS_DRAWN,
      ASKED,
      fc.boolean(),
      within(3000, async (answer, asked, interleaved) => {
        const whole = []
        const streamed: object[] = []
        for (const { standin, ask, stream } of [converse, native]) {
          standin.answer(asked.model, answer)
          const { body, status } = await ask({ ...BODY, ...asked })
          assert.equal(status, 200)
          whole.push(bare(JSON.stringify(body)))
          standin.answer(asked.model, { ...answer, chunkSize: 3, interleaved })
          streamed.push(added((await stream({ ...BODY, ...asked })).text))
        }
        assert.equal(whole[1], whole[0])
        assert.equal(bare(JSON.stringify(streamed[1])), bare(JSON.stringify(streamed[0])))
        assert.equal(native.standin.requests.at(-1)?.operation, 'InvokeModelWithResponseStream')
        assert.equal(converse.standin.requests.at(-1)?.operation, 'ConverseStream')
      })
    ),
    { numRuns: 150 }
  )
})

t.test('however the bytes of a native stream are cut on the way, its chunks are the same', async (t) => {
  await howeverCut({
    gateway: (options) => asker(t, natively(t), options),
    asked: ASKED,
    read: async ({ stream }, asked) => bare((await stream({ ...BODY, ...asked })).text),
    same: (texts) => {
      for (const text of texts) assert.equal(text, texts[0])
      assert.match(texts[0] ?? '', /data: \[DONE\]\n\n$/)
    },
    runs: 40
  })
})
