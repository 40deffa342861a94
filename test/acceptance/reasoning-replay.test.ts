import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { added, asker, CHAT, call, kinds, OPUS_47, type Sent, SONNET_45, SONNET_46, say, tool } from './asker.ts'

const FABLE = 'us.anthropic.claude-fable-5-1'
const OPUS_48 = 'us.anthropic.claude-opus-4-8'
const FORMS = [false, true] as const
const told = (headers: Headers) => headers.get('x-adit-dropped') ?? undefined
const thought = (text: string) => ({ reasoningContent: { reasoningText: { text } } })
const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'look', input: {} } })
const TOOLS = [tool('look')]

interface Message {
  content: string | null
  tool_calls?: object[]
  thinking_blocks?: { signature?: string }[]
}

/** A gateway; `turn` asks in either form, and tells the answer and every call that it took. */
async function conversing(t: Parameters<typeof asker>[0], env: Record<string, string> = {}) {
  const gateway = await asker(t, env)
  const { post, standin } = gateway
  async function turn(body: object, { stream = false, key }: { stream?: boolean; key?: string } = {}) {
    const before = standin.requests.length
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` }
    const response = await post(CHAT, { tools: TOOLS, reasoning_effort: 'low', ...body, stream }, headers)
    const text = await response.text()
    const calls = standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse'))
    const message: Message = stream || response.status !== 200 ? { content: null } : JSON.parse(text).choices[0].message
    return {
      status: response.status,
      text,
      dropped: told(response.headers),
      message,
      sent: calls.map(({ body }) => body as Sent)
    }
  }
  return { ...gateway, turn }
}

/** What a client sends back: the answer with or without its reasoning, then a result for each call. */
function back(message: Message, ids: readonly string[], keepsThinking: boolean) {
  const { thinking_blocks, ...rest } = message
  const kept = keepsThinking ? { thinking_blocks } : {}
  return [{ ...rest, role: 'assistant', ...kept }, ...ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'found' }))]
}

const clock = (time: string) => ({ role: 'system', content: `It is ${time}.` })

for (const stream of FORMS) {
  const how = stream ? 'streamed' : 'whole'
  for (const [what, first, second] of [
    ['a clock in the system prompt', {}, { system: clock('10:01') }],
    ['one tool fewer', { tools: [...TOOLS, tool('other')] }, {}],
    [
      'a clock, without a wish to reason',
      { reasoning_effort: undefined },
      { system: clock('10:01'), reasoning_effort: undefined }
    ]
  ] as const) {
    t.test(`F10: reasoning bound to its past is passed over by the model after a change: ${what}, ${how}`, async (t) => {
      const { turn, standin } = await conversing(t)
      standin.answer(FABLE, { content: [thought('hm'), use('a')] }, { content: [{ text: 'done' }] })
      const { system = clock('10:00'), ...more } = second as { system?: object }
      const one = await turn({ model: FABLE, messages: [clock('10:00'), ...say('q')], ...first })
      t.equal(one.status, 200)
      const messages = [system, ...say('q'), ...back(one.message, ['a'], false)]
      const two = await turn({ model: FABLE, messages, ...more }, { stream })
      t.equal(two.status, 200)
      t.equal(two.sent.length, 1)
      t.match(two.sent[0]?.additionalModelRequestFields, {
        thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } },
        anthropic_beta: ['thinking-binding-controls-2026-08-01']
      })
      t.strictSame(kinds(two.sent[0]?.messages[1]), ['reasoningContent', 'toolUse'])
    })
  }

  t.test(`F10: a model that knows no such wish is asked once more without any reasoning block, ${how}`, async (t) => {
    const file = join(t.testdir({}), 'traits.json')
    await writeFile(file, JSON.stringify({ rows: [{ match: 'anthropic.claude-fable-5-1', bindingBeta: '' }] }))
    const { turn, standin } = await conversing(t, { MODEL_TRAITS_FILE: file })
    standin.answer(FABLE, { content: [thought('hm'), use('a')] }, { content: [{ text: 'done' }] })
    const one = await turn({ model: FABLE, messages: [clock('10:00'), ...say('q')] })
    const two = await turn(
      { model: FABLE, messages: [clock('10:01'), ...say('q'), ...back(one.message, ['a'], true)] },
      { stream }
    )
    t.equal(two.status, 200)
    t.equal(two.dropped, 'messages[2].thinking_blocks[0]')
    t.strictSame(
      two.sent.map(({ messages }) => kinds(messages[1])),
      [['reasoningContent', 'toolUse'], ['toolUse']]
    )
    t.match(two.sent[1]?.additionalModelRequestFields, { thinking: { type: 'adaptive' } }, 'it goes on thinking')
  })

  t.test(`F10: a wish that the model does not know is left out, ${how}`, async (t) => {
    const file = join(t.testdir({}), 'traits.json')
    const claim = { match: 'anthropic.claude-opus-4-8', bindingBeta: 'thinking-binding-controls-2026-08-01' }
    await writeFile(file, JSON.stringify({ rows: [claim] }))
    const { turn, standin } = await conversing(t, { MODEL_TRAITS_FILE: file })
    standin.answer(OPUS_48, { content: [thought('hm'), use('a')] }, { content: [{ text: 'done' }] })
    const one = await turn({ model: OPUS_48, messages: say('q') })
    const two = await turn({ model: OPUS_48, messages: [...say('q'), ...back(one.message, ['a'], false)] }, { stream })
    t.strictSame([two.status, two.sent.length, two.dropped], [200, 2, undefined])
    t.strictSame(kinds(two.sent[1]?.messages[1]), ['reasoningContent', 'toolUse'])
  })

  t.test(`F11: another model's reasoning is left out once it is refused, and thinking stays on, ${how}`, async (t) => {
    const { turn, standin } = await conversing(t)
    standin.answer(OPUS_48, { content: [thought('hm'), use('a')] })
    const one = await turn({ model: OPUS_48, messages: say('q') })
    const two = await turn({ model: SONNET_46, messages: [...say('q'), ...back(one.message, ['a'], true)] }, { stream })
    t.equal(two.status, 200)
    t.equal(two.dropped, 'messages[1].thinking_blocks[0]')
    t.strictSame(
      two.sent.map(({ messages }) => kinds(messages[1])),
      [['reasoningContent', 'toolUse'], ['toolUse']]
    )
    t.match(two.sent[1]?.additionalModelRequestFields, { thinking: { type: 'adaptive' } })
    const silent = await turn({ model: SONNET_46, messages: [...say('q'), ...back(one.message, ['a'], false)] }, { stream })
    t.strictSame([silent.status, silent.sent.length, silent.dropped], [200, 1, undefined], 'what is remembered is for its model')
  })

  t.test(`F11: broken signatures and foreign opaque reasoning are left out once they are refused, ${how}`, async (t) => {
    const { turn } = await conversing(t)
    for (const model of [SONNET_45, SONNET_46, OPUS_47]) {
      for (const block of [
        { type: 'thinking', thinking: 'hm', signature: 'YnJva2Vu' },
        { type: 'redacted_thinking', data: 'Zm9yZWlnbg==' }
      ]) {
        const answer = { role: 'assistant', content: 'a', thinking_blocks: [block] }
        const { status, dropped, sent } = await turn({ model, messages: [...say('q'), answer, ...say('r')] }, { stream })
        t.equal(status, 200)
        t.equal(dropped, 'messages[1].thinking_blocks[0]')
        t.equal(sent.length, 2)
        t.match(sent[1]?.additionalModelRequestFields, { thinking: {} })
      }
    }
  })

  for (const keepsThinking of [false, true]) {
    t.test(
      `F12: thoughts between calls go back in the place they had, ${keepsThinking ? 'sent back' : 'dropped'} by the client, ${how}`,
      async (t) => {
        const { turn, standin } = await conversing(t)
        const layouts = [
          [thought('one'), { text: 'so' }, use('a'), thought('two'), use('b')],
          [thought('one'), use('a'), thought('two'), { text: 'and so' }, use('b')],
          [thought('one'), { text: 'so' }, thought('two'), { text: 'then' }, use('a'), use('b')],
          [{ text: 'so' }, thought('one'), use('a'), use('b')]
        ]
        for (const content of layouts) {
          standin.answer(OPUS_47, { content }, { content: [{ text: 'done' }] })
          const one = await turn({ model: OPUS_47, messages: say('q') })
          const two = await turn(
            { model: OPUS_47, messages: [...say('q'), ...back(one.message, ['a', 'b'], keepsThinking)] },
            { stream }
          )
          t.strictSame([two.status, two.sent.length, two.dropped], [200, 1, undefined])
          t.strictSame(
            kinds(two.sent[0]?.messages[1]),
            content.map((block) => Object.keys(block)[0])
          )
        }
      }
    )
  }
}

t.test('F12: a gateway that does not remember the answer sends none of several thoughts, and says so', async (t) => {
  const [asked, other] = [await conversing(t), await conversing(t)]
  asked.standin.answer(OPUS_47, { content: [thought('one'), { text: 'so' }, use('a'), thought('two'), use('b')] })
  const one = await asked.turn({ model: OPUS_47, messages: say('q') })
  const two = await other.turn({ model: OPUS_47, messages: [...say('q'), ...back(one.message, ['a', 'b'], true)] })
  t.strictSame([two.status, two.sent.length], [200, 1])
  t.equal(two.dropped, 'messages[1].thinking_blocks[0], messages[1].thinking_blocks[1]')
  t.strictSame(kinds(two.sent[0]?.messages[1]), ['text', 'toolUse', 'toolUse'])
})

t.test('F12: an answer that the client has changed goes back without thoughts that stood between', async (t) => {
  const { turn, standin } = await conversing(t)
  standin.answer(OPUS_47, { content: [thought('one'), use('a'), thought('two'), use('b')] }, { content: [{ text: 'done' }] })
  const one = await turn({ model: OPUS_47, messages: say('q') })
  const cut = { ...one.message, tool_calls: one.message.tool_calls?.slice(0, 1) } as Message
  const two = await turn({ model: OPUS_47, messages: [...say('q'), ...back(cut, ['a'], false)] })
  t.strictSame([two.status, two.sent.length], [200, 1])
  t.strictSame(kinds(two.sent[0]?.messages[1]), ['toolUse'])
})

t.test('F12: reasoning whose calls do not go back does not go back either', async (t) => {
  const { turn, standin } = await conversing(t)
  standin.answer(OPUS_47, { content: [thought('one'), use('a'), use('b')] }, { content: [{ text: 'done' }] })
  const one = await turn({ model: OPUS_47, messages: say('q') }, {})
  const [said, first] = back(one.message, ['a', 'b'], true)
  for (const [body, kept] of [
    [{ messages: [...say('q'), said, first, ...say('go on')] }, ['text', 'toolUse']],
    [{ messages: [...say('q'), ...back(one.message, ['a', 'b'], true)], tools: undefined }, ['text', 'text']]
  ] as const) {
    const two = await turn({ model: OPUS_47, ...body })
    t.strictSame([two.status, two.sent.length, two.dropped], [200, 1, 'messages[1].thinking_blocks[0]'])
    t.strictSame([...kinds(two.sent[0]?.messages[1])].sort(), [...kept].sort())
  }
})

for (const keepsThinking of [false, true]) {
  t.test(
    `F12: the place is kept of a streamed answer too, ${keepsThinking ? 'sent back' : 'dropped'} by the client`,
    async (t) => {
      const { turn, standin } = await conversing(t)
      const content = [thought('one'), { text: 'so' }, use('a'), thought('two'), use('b')]
      standin.answer(OPUS_47, { content, chunkSize: 1 }, { content: [{ text: 'done' }] })
      const one = await turn({ model: OPUS_47, messages: say('q') }, { stream: true })
      const message = added(one.text).message as unknown as Message
      const two = await turn({ model: OPUS_47, messages: [...say('q'), ...back(message, ['a', 'b'], keepsThinking)] })
      t.strictSame([two.status, two.sent.length, two.dropped], [200, 1, undefined])
      t.strictSame(
        kinds(two.sent[0]?.messages[1]),
        content.map((block) => Object.keys(block)[0])
      )
    }
  )
}

t.test("S1: a key that names another key's tool call does not get its reasoning", async (t) => {
  const keys = { keys: ['alice', 'mallory'].map((name) => ({ name, key: `sk-${name}` })) }
  const file = join(t.testdir({ 'keys.json': JSON.stringify(keys) }), 'keys.json')
  const { turn, standin } = await conversing(t, { API_KEYS_FILE: file })
  standin.answer(SONNET_46, { content: [thought('secret'), use('a')] }, { content: [{ text: 'done' }] })
  const one = await turn({ model: SONNET_46, messages: say('q') }, { key: 'sk-alice' })
  t.equal(one.status, 200)
  const messages = [
    ...say('q'),
    { role: 'assistant', content: null, tool_calls: [call('a', 'look')] },
    { role: 'tool', tool_call_id: 'a', content: 'found' }
  ]
  const stolen = await turn({ model: SONNET_46, messages }, { key: 'sk-mallory' })
  t.strictSame(kinds(stolen.sent[0]?.messages[1]), ['toolUse'])
  const own = await turn({ model: SONNET_46, messages }, { key: 'sk-alice' })
  t.strictSame(kinds(own.sent[0]?.messages[1]), ['reasoningContent', 'toolUse'])
})

const FOREIGN: readonly [what: string, message: object, dropped: string][] = [
  [
    'reasoning of another provider',
    { reasoning_details: [{ type: 'reasoning.encrypted', format: 'openai-responses-v1', data: 'Zm9v' }] },
    'messages[1].reasoning_details[0]'
  ],
  [
    'a signed text of another provider',
    { reasoning_details: [{ type: 'reasoning.text', format: 'google-gemini-v1', text: 'a', signature: 'YQ==' }] },
    'messages[1].reasoning_details[0]'
  ],
  ['details that are a string', { reasoning_details: 'hm' }, 'messages[1].reasoning_details'],
  ['details of nothing', { reasoning_details: [null] }, 'messages[1].reasoning_details[0]'],
  [
    'opaque details without data',
    { reasoning_details: [{ type: 'reasoning.encrypted', data: null }] },
    'messages[1].reasoning_details[0]'
  ],
  [
    'opaque details of no base64',
    { reasoning_details: [{ type: 'reasoning.encrypted', data: 'ü!' }] },
    'messages[1].reasoning_details[0]'
  ],
  ['blocks that are an object', { thinking_blocks: { type: 'thinking' } }, 'messages[1].thinking_blocks'],
  ['blocks of numbers', { thinking_blocks: [1, 'a'] }, 'messages[1].thinking_blocks[0], messages[1].thinking_blocks[1]'],
  ['a block of no kind', { thinking_blocks: [{ type: 'x' }] }, 'messages[1].thinking_blocks[0]'],
  [
    'a block with a number for its signature',
    { thinking_blocks: [{ type: 'thinking', thinking: 'a', signature: 1 }] },
    'messages[1].thinking_blocks[0]'
  ],
  ['a part without data', { content: [{ type: 'redacted_thinking' }, { type: 'text', text: 'a' }] }, 'messages[1].content[0]']
]
for (const [what, message, dropped] of FOREIGN) {
  t.test(`F14: ${what} is left out and reported`, async (t) => {
    const { turn } = await conversing(t)
    for (const stream of FORMS) {
      const messages = [...say('q'), { role: 'assistant', content: 'a', ...message }, ...say('r')]
      const answer = await turn({ model: SONNET_46, messages }, { stream })
      t.strictSame([answer.status, answer.sent.length, answer.dropped], [200, 1, dropped])
      t.strictSame(kinds(answer.sent[0]?.messages[1]), ['text'])
    }
  })
}
