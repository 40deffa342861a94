import t from 'tap'
import { added, asker, kinds, MISTRAL, NOVA, PNG, SONNET_45, SONNET_46, say } from './asker.ts'

const { ask, stream, openai } = await asker(t)

t.test('M1 system parts reach the model one block each', async (t) => {
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' }
  ]
  const { sent } = await ask({ messages: [{ role: 'system', content: parts }, ...say('hi')] })
  t.same(sent?.system, [{ text: 'a' }, { text: 'b' }])
})

t.test('M2 blank system text is not sent, and no empty system either', async (t) => {
  for (const content of ['', ' \n', [{ type: 'text', text: '' }]]) {
    const { status, sent } = await ask({ messages: [{ role: 'system', content }, ...say('hi')] })
    t.equal(status, 200)
    t.notOk(sent && 'system' in sent)
  }
  const { sent } = await ask({
    messages: [{ role: 'system', content: '' }, { role: 'system', content: 'a' }, ...say('hi')]
  })
  t.same(sent?.system, [{ text: 'a' }])
})

t.test('M3 a blank part beside an image is left out, a blank turn becomes a placeholder', async (t) => {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }
  const beside = await ask({ messages: say([{ type: 'text', text: ' ' }, image]) })
  t.equal(beside.status, 200)
  t.same(kinds(beside.sent?.messages[0]), ['image'])
  for (const content of ['', '  ', [{ type: 'text', text: '' }]]) {
    const { status, sent } = await ask({ messages: say(content) })
    t.equal(status, 200)
    t.same(sent?.messages, [{ role: 'user', content: [{ text: '.' }] }])
  }
})

t.test('M4 a conversation that an assistant begins starts with a user turn', async (t) => {
  const { status, sent } = await ask({ messages: [{ role: 'assistant', content: 'Hello!' }, ...say('hi')] })
  t.equal(status, 200)
  t.same(
    sent?.messages.map(({ role }) => role),
    ['user', 'assistant', 'user']
  )
})

t.test('F46 M5 what only the system says is the turn of the user', async (t) => {
  const rows: readonly (readonly [messages: object[], said: object[]])[] = [
    [[{ role: 'system', content: 'Translate: bonjour' }], [{ text: 'Translate: bonjour' }]],
    [[{ role: 'developer', content: [{ type: 'text', text: 'a' }] }], [{ text: 'a' }]],
    [
      [
        { role: 'system', content: 'a' },
        { role: 'developer', content: 'b' }
      ],
      [{ text: 'a' }, { text: 'b' }]
    ],
    [
      [
        { role: 'system', content: 'a' },
        { role: 'assistant', content: '' }
      ],
      [{ text: 'a' }]
    ],
    [[{ role: 'system', content: ' ' }], [{ text: '.' }]],
    [[{ role: 'assistant', content: '' }], [{ text: '.' }]]
  ]
  for (const model of [NOVA, SONNET_46, MISTRAL]) {
    for (const [messages, said] of rows) {
      const { status, sent, body } = await ask({ model, messages })
      t.equal(status, 200)
      t.strictSame([sent?.messages, sent?.system], [[{ role: 'user', content: said }], undefined])
      t.ok(body.choices[0]?.message.content)
      const streamed = await stream({ model, messages })
      t.strictSame(streamed.sent, sent)
      t.ok(added(streamed.text).message.content)
    }
  }
})

t.test('F46 a mark on what only the system says stays where it was', async (t) => {
  const content = [{ type: 'text', text: 'long '.repeat(8000), cache_control: { type: 'ephemeral' } }]
  const { status, sent } = await ask({ model: SONNET_46, messages: [{ role: 'system', content }] })
  t.equal(status, 200)
  t.same(kinds(sent?.messages[0]), ['text', 'cachePoint'])
})

t.test('F46 the official client gets an answer to a system message, whole and streamed', async (t) => {
  const body = { model: NOVA, messages: [{ role: 'system' as const, content: 'Say hello' }] }
  t.ok((await openai.chat.completions.create(body)).choices[0]?.message.content)
  const pieces: string[] = []
  for await (const chunk of await openai.chat.completions.create({ ...body, stream: true }))
    pieces.push(chunk.choices[0]?.delta.content ?? '')
  t.ok(pieces.join(''))
})

t.test('F46 an empty list of messages is refused as OpenAI refuses it', async (t) => {
  const { status, body, sent } = await ask({ messages: [] })
  t.equal(status, 400)
  t.match(body.error, { type: 'invalid_request_error', code: 'empty_array', param: 'messages', message: /empty array/ })
  t.equal(sent, undefined)
})

t.test('M6 a message without role is a 400', async (t) => {
  const { status, body } = await ask({ messages: [{ content: 'a' }] })
  t.equal(status, 400)
  t.equal(body.error?.param, 'messages[0].role')
})

t.test('M7 two user messages become one turn of two texts', async (t) => {
  const { sent } = await ask({ messages: [...say('a'), ...say('b')] })
  t.same(sent?.messages, [{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] }])
})

t.test('M8 developer is system', async (t) => {
  const [developer, system] = await Promise.all(
    ['developer', 'system'].map((role) => ask({ messages: [{ role, content: 'a' }, ...say('hi')] }))
  )
  t.same(developer?.sent?.system, [{ text: 'a' }])
  t.same(developer?.sent, system?.sent)
})

t.test(
  'M9 a last message of the assistant is continued by a user where there is no prefill, else kept and trimmed',
  async (t) => {
    const messages = [...say('hi'), { role: 'assistant', content: 'Once upon ' }]
    const continued = await ask({ model: SONNET_46, messages })
    t.equal(continued.status, 200)
    t.equal(continued.sent?.messages.at(-1)?.role, 'user')
    for (const model of [SONNET_45, NOVA]) {
      const { status, sent } = await ask({ model, messages })
      t.equal(status, 200)
      t.same(sent?.messages.at(-1), { role: 'assistant', content: [{ text: 'Once upon' }] })
    }
  }
)

t.test('M10 a refusal in the history is text', async (t) => {
  const refusal = { role: 'assistant', content: [{ type: 'refusal', refusal: 'I cannot.' }] }
  const { status, sent } = await ask({ messages: [...say('a'), refusal, ...say('b')] })
  t.equal(status, 200)
  t.same(sent?.messages[1]?.content, [{ text: 'I cannot.' }])
})

t.test('M11 an unknown part is a 400 of one line that names it', async (t) => {
  const { status, body } = await ask({ messages: say([{ type: 'hologram', hologram: {} }]) })
  t.equal(status, 400)
  t.equal(body.error?.param, 'messages[0].content[0].type')
  t.match(body.error?.message, /^[^\n]*hologram[^\n]*$/)
})

t.test('M12 a PDF becomes a document with a valid name, and gets words beside it', async (t) => {
  const file = { file_data: `data:application/pdf;base64,${btoa('%PDF-1.4 x')}`, filename: 'a b?.pdf' }
  for (const model of [NOVA, SONNET_46]) {
    const { status, sent } = await ask({ model, messages: say([{ type: 'file', file }]) })
    t.equal(status, 200)
    t.same(kinds(sent?.messages[0]).sort(), ['document', 'text'])
    const document = sent?.messages[0]?.content.find((block) => block.document)?.document
    t.match(document, { format: 'pdf', name: /^[A-Za-z0-9 ()[\]-]+$/, source: { bytes: btoa('%PDF-1.4 x') } })
  }
})
