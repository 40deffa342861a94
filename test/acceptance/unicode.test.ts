import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { within } from '../properties/within.ts'
import { sseData } from '../support/helper.ts'
import { added, asker, GPT_OSS, NOVA, SONNET_46, say } from './asker.ts'

const EMBED = '/v1/embeddings'
const { ask, stream, post, standin } = await asker(t)

const HALF = fc.constantFrom('\ud83d', '\ude00', '\udfff\ud800', 'a\ud83db', '😀\ud83d', '\\ud83d\ud83d', '\ude00😀')
const TEXT = fc
  .oneof(HALF, fc.string({ unit: 'binary' }), fc.constantFrom('plain', '\\ud83d', '"\\\\', '😀'))
  .map((text) => `x${text}`)

/** Every place of a request where a caller's text goes on to Bedrock. */
const BODY = fc
  .record({ model: fc.constantFrom(NOVA, SONNET_46, GPT_OSS), text: fc.array(TEXT, { minLength: 14, maxLength: 14 }) })
  .map(({ model, text: [a, b, c, d, e, f, g, h, i, j, k, l, m, n] }) => ({
    model,
    messages: [
      { role: 'system', content: a },
      { role: 'user', content: [{ type: 'text', text: b }, file(`${c}`, `${d}`)] },
      { role: 'assistant', content: e, tool_calls: [called('one', JSON.stringify({ [`${f}`]: g })), called('two', `${h}`)] },
      { role: 'tool', tool_call_id: 'one', content: i },
      { role: 'tool', tool_call_id: 'two', content: `{"escaped":"\\ud83d"}` }
    ],
    tools: [
      {
        type: 'function',
        function: {
          name: 'lookup',
          description: j,
          parameters: { type: 'object', properties: { [`${k}`]: { type: 'string', description: l, enum: [m] } } }
        }
      }
    ],
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object', description: n } } },
    stop: [`${a}`],
    metadata: { tenant: `${b}` }
  }))

const file = (filename: string, text: string) => ({
  type: 'file',
  file: { filename: `${filename}.txt`, file_data: `data:text/plain;base64,${Buffer.from(text).toString('base64')}` }
})
const called = (id: string, args: string) => ({ id, type: 'function', function: { name: 'lookup', arguments: args } })

t.test('F35: half a character in any place of a request never reaches Bedrock', async () => {
  await fc.assert(
    fc.asyncProperty(
      BODY,
      fc.boolean(),
      within(4000, async (body, streaming) => {
        const { status, sent, ...rest } = await (streaming ? stream(body) : ask(body))
        assert.equal(status, 200, JSON.stringify(rest))
        assert.equal(findHalf(sent), undefined)
      })
    ),
    { numRuns: 150 }
  )
})

t.test('F35: what was half a character is U+FFFD, and whole ones and written escapes stay', async (t) => {
  const { sent } = await ask({ messages: say('cut \ud83d, whole 😀, written \\ud83d') })
  t.equal(sent?.messages[0]?.content[0]?.text, 'cut \ufffd, whole 😀, written \\ud83d')
})

t.test('F35: so it is in arguments, raw and escaped', async (t) => {
  for (const args of ['{"a":"\ud83d"}', '{"a":"\\ud83d"}', '{"a":"\\uD83D"}']) {
    const messages = [
      ...say('go'),
      { role: 'assistant', content: null, tool_calls: [called('one', args)] },
      { role: 'tool', tool_call_id: 'one', content: '"\ud83d"' }
    ]
    const tools = [{ type: 'function', function: { name: 'lookup' } }]
    const { status, sent } = await ask({ messages, tools })
    t.equal(status, 200)
    t.match(sent?.messages[1]?.content[0], { toolUse: { input: { a: '\ufffd' } } })
    t.match(sent?.messages[2]?.content[0], { toolResult: { content: [{ text: '"\ufffd"' }] } })
  }
})

t.test('F35: so it is in what is embedded', async (t) => {
  for (const model of ['cohere.embed-multilingual-v3', 'amazon.titan-embed-text-v2:0']) {
    const response = await post(EMBED, { model, input: 'cut \ud83d' })
    t.equal(response.status, 200)
    t.match(JSON.stringify(standin.requests.at(-1)?.body), /cut \ufffd/)
  }
})

t.test('F35: an answer holds whole characters, and halves from two deltas are one', async (t) => {
  const call = { toolUse: { toolUseId: 'one', name: 'lookup', input: { said: 'so 😀' } } }
  const answer = { content: [{ text: 'so 😀 and \ud83d' }, call], stopReason: 'tool_use' }
  const body = { tools: [{ type: 'function', function: { name: 'lookup' } }] }
  for (const chunkSize of [1, 2, 3, 4]) {
    standin.answer(NOVA, { ...answer, chunkSize })
    const { text } = await stream(body)
    for (const chunk of sseData(text).slice(0, -1)) t.equal(findHalf(JSON.parse(chunk)), undefined)
    t.equal(added(text).message.content, 'so 😀 and \ufffd')
    t.same(JSON.parse(added(text).message.tool_calls?.[0]?.function?.arguments ?? ''), { said: 'so 😀' })
  }
  standin.answer(NOVA, answer)
  t.equal((await ask(body)).body.choices[0]?.message.content, 'so 😀 and \ufffd')
})

/** The first string or name that is not Unicode. */
function findHalf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : value
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value)
    .map(([name, member]) => findHalf(name) ?? findHalf(member))
    .find((found) => found !== undefined)
}
