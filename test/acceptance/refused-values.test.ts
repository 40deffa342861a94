import t from 'tap'
import { lastCall } from '../support/helper.ts'
import { asker, NOVA, OPUS_47, type Sent, SONNET_45, SONNET_46, say, tool } from './asker.ts'

const MARK = { cache_control: { type: 'ephemeral' } }
const FORMS = ['whole', 'streamed'] as const
const told = (headers: Headers) => headers.get('x-adit-dropped') ?? undefined

/** Asks in both forms, and tells what reached Bedrock: every call, the refused ones too. */
async function asking(t: Parameters<typeof asker>[0], env?: Record<string, string>) {
  const gateway = await asker(t, env)
  return {
    ...gateway,
    async once(how: (typeof FORMS)[number], body: object) {
      const before = gateway.standin.requests.length
      const { status, headers, text } = how === 'whole' ? { ...(await gateway.ask(body)), text: '' } : await gateway.stream(body)
      if (how === 'streamed' && status === 200) t.ok(text.endsWith('data: [DONE]\n\n'), 'complete')
      const calls = gateway.standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse'))
      return { status, dropped: told(headers), sent: calls.map((call) => call.body as Sent) }
    }
  }
}

const BILLING = 'x-anthropic-billing-header: cc_version=2.1.37; cc_entrypoint=cli; cch=00000;'

for (const how of FORMS) {
  t.test(`F13: a system text refused for what it says is left out of that request and of no other, ${how}`, async (t) => {
    const { once } = await asking(t)
    const ordinary = { model: SONNET_46, messages: [{ role: 'system', content: 'Be brief.' }, ...say('q')] }
    const before = await once(how, ordinary)
    const billed = await once(how, {
      model: SONNET_46,
      messages: [{ role: 'system', content: BILLING }, { role: 'system', content: 'You are a helper.' }, ...say('q')]
    })
    t.equal(billed.status, 200)
    t.equal(billed.dropped, 'messages[0].content')
    t.strictSame(billed.sent.at(-1)?.system, [{ text: 'You are a helper.' }])
    t.equal(billed.sent.length, 2)
    const after = await once(how, ordinary)
    t.strictSame(after.sent, before.sent, 'the next one is sent as ever')
    t.equal(after.dropped, undefined)
  })

  t.test(`F13: of a prompt joined to one text the refused line alone is left out, ${how}`, async (t) => {
    const { once } = await asking(t)
    const joined = `${BILLING}\nYou are a helper.\nBe brief.`
    const { status, dropped, sent } = await once(how, {
      model: SONNET_46,
      messages: [{ role: 'system', content: [{ type: 'text', text: joined, ...MARK }] }, ...say('q')]
    })
    t.equal(status, 200)
    t.equal(dropped, 'messages[0].content[0]')
    t.strictSame(sent.at(-1)?.system, [{ text: 'You are a helper.\nBe brief.' }, { cachePoint: { type: 'default' } }])
  })

  t.test(`F13: in Messages the line alone is left out too, and a mark on its block stays, ${how}`, async (t) => {
    const { post, standin } = await asker(t)
    const rest = 'You are a helper.\nBe brief.'
    for (const [system, sent] of [
      [`${BILLING}\n${rest}`, [{ text: rest }]],
      [[{ type: 'text', text: `${BILLING}\n${rest}`, ...MARK }], [{ text: rest }, { cachePoint: {} }]],
      [
        [text('s'), { type: 'text', text: BILLING, ...MARK }, text('t')],
        [{ text: 's' }, { cachePoint: {} }, { text: 't' }]
      ]
    ] as const) {
      const before = standin.requests.length
      const body = { model: SONNET_46, max_tokens: 99, system, messages: say('q'), stream: how === 'streamed' }
      const response = await post('/v1/messages', body)
      t.match(told(response.headers), /^system/, await response.text())
      t.match((lastCall(standin)?.body as Sent | undefined)?.system, sent)
      const calls = standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse'))
      t.equal(calls.length, 1, 'it is not even tried')
    }
  })

  for (const exception of ['AccessDeniedException', 'ValidationException'] as const) {
    t.test(`F28: where the account may not cache, ${exception}, the points are left out and reported, ${how}`, async (t) => {
      const { once, standin } = await asking(t)
      standin.denyCaching(SONNET_46, exception)
      const marked = [
        { role: 'system', content: [{ type: 'text', text: 's', ...MARK }] },
        ...say([{ type: 'text', text: 'q', ...MARK }])
      ]
      const { status, dropped, sent } = await once(how, { model: SONNET_46, messages: marked })
      t.equal(status, 200)
      t.equal(dropped, 'messages[0].content[0].cache_control, messages[1].content[0].cache_control')
      t.equal(sent.length, 2)
      t.notMatch(JSON.stringify(sent.at(-1)), /cachePoint/)
      const wished = await once(how, { model: SONNET_46, messages: say('q'), prompt_caching: true })
      t.equal(wished.status, 200)
      t.equal(wished.dropped, 'prompt_caching')
    })
  }

  t.test(`F29: a form whose grammar is too large is asked for by a tool, and reported, ${how}`, async (t) => {
    const { once } = await asking(t)
    const schema = { type: 'object', properties: { a: { type: 'string', enum: words() } }, required: ['a'] }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } }
    const { status, dropped, sent } = await once(how, { model: SONNET_46, response_format: format })
    t.equal(status, 200)
    t.equal(dropped, 'response_format.json_schema.strict')
    t.ok(sent[0]?.outputConfig)
    t.equal(sent.at(-1)?.outputConfig, undefined)
    t.match(sent.at(-1)?.toolConfig?.toolChoice, { tool: { name: 'json' } })
    for (const [asked, named] of [
      [{ type: 'json_schema', json_schema: { name: 'x', schema } }, 'response_format.json_schema'],
      [{ type: 'json_schema', json_schema: { name: 'x', schema, strict: false } }, 'response_format.json_schema'],
      [{ type: 'json_object', schema }, 'response_format.schema']
    ] as const)
      t.match((await once(how, { model: SONNET_46, response_format: asked })).dropped, named, 'as it was written')
    const small = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object', properties: {} }, strict: true } }
    const next = await once(how, { model: SONNET_46, response_format: small })
    t.equal(next.dropped, undefined)
    t.ok(next.sent.at(-1)?.outputConfig, 'nobody else loses their schema')
  })

  t.test(`F29: of strict tools and a form the one that is too large is left out, ${how}`, async (t) => {
    const { once } = await asking(t)
    const schema = { type: 'object', properties: { a: { type: 'string', enum: words() } }, required: ['a'] }
    const format = { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } }
    const tools = [tool('look', { strict: true })]
    const { status, dropped, sent } = await once(how, { model: SONNET_46, response_format: format, tools })
    t.equal(status, 200)
    t.equal(dropped, 'response_format.json_schema.strict')
    t.match(JSON.stringify(sent.at(-1)?.toolConfig), /"strict":true/, 'what did not help is put back')
  })

  t.test(`F24: Nova gets no cache point right behind a tool result, and keeps the others, ${how}`, async (t) => {
    const { once } = await asking(t)
    const messages = [
      { role: 'system', content: [{ type: 'text', text: 's', ...MARK }] },
      ...say([{ type: 'text', text: 'q', ...MARK }]),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }]
      },
      { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'found', ...MARK }] }
    ]
    const { status, dropped, sent } = await once(how, { model: NOVA, messages, tools: [tool('look')] })
    t.equal(status, 200)
    t.equal(dropped, 'messages[3].content[0].cache_control')
    t.equal(sent.length, 1, 'it is not even tried')
    t.strictSame(
      sent[0]?.messages.map(({ content }) => Object.keys(content.at(-1) ?? {})[0]),
      ['cachePoint', 'toolUse', 'toolResult']
    )
    t.match(sent[0]?.system?.at(-1), { cachePoint: {} })
    const auto = await once(how, { model: NOVA, messages, tools: [tool('look')], prompt_caching: true })
    t.equal(auto.status, 200)
  })
}

/** More than the stand-in's compiler of grammars takes. */
function words(): readonly string[] {
  return Array.from({ length: 2000 }, (_, index) => `word number ${index}`)
}

const FILES = ['csv', 'md', 'txt', 'html', 'docx'] as const
const file = (format: string, more: object = {}) => ({
  type: 'file',
  file: { filename: `a.${format}`, file_data: Buffer.from('a,b').toString('base64'), format },
  ...more
})
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more })
const shape = (sent: Sent | undefined) => sent?.messages[0]?.content.map((block) => Object.keys(block)[0])

for (const format of FILES) {
  const PLACES: readonly [where: string, body: object][] = [
    ['on the part', { messages: say([text('q'), file(format, MARK)]) }],
    ['on the message', { messages: [{ role: 'user', content: [text('q'), file(format)], ...MARK }] }],
    ['on the request', { messages: say([text('q'), file(format)]), ...MARK }],
    ['by prompt_caching', { messages: say([text('q'), file(format)]), prompt_caching: true }]
  ]
  for (const [where, body] of PLACES) {
    t.test(`F23: a cache mark ${where} behind a ${format} document stands before it`, async (t) => {
      const { once } = await asking(t)
      for (const how of FORMS) {
        const { status, dropped, sent } = await once(how, { model: SONNET_45, ...body })
        t.equal(status, 200)
        t.equal(dropped, undefined)
        t.equal(sent.length, 1)
        t.strictSame(shape(sent[0]), ['text', 'cachePoint', 'document'])
      }
    })
  }
}

t.test('F23: without a part before the documents the mark is left out and reported', async (t) => {
  const { once } = await asking(t)
  const { status, dropped, sent } = await once('whole', {
    model: SONNET_45,
    messages: say([file('csv'), file('md', MARK), text('q')])
  })
  t.equal(status, 200)
  t.equal(dropped, 'messages[0].content[1].cache_control')
  t.strictSame(shape(sent[0]), ['document', 'document', 'text'])
})

t.test('F23: where the gateway alone puts a word before a document no point stands behind it', async (t) => {
  const { post, standin } = await asker(t)
  const marked = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' }, ...MARK }
  const earlier = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'a' }
  ]
  const ROWS: readonly [path: string, body: object, dropped: string][] = [
    ['/v1/messages', { messages: say([marked]) }, 'messages.0.content.0.cache_control'],
    ['/v1/messages', { messages: [...earlier, ...say([marked])] }, 'messages.2.content.0.cache_control'],
    ['/v1/messages', { messages: say([{ ...marked, cache_control: null }]), ...MARK }, 'cache_control'],
    [
      '/v1/messages',
      { messages: say([marked]), tools: [{ type: 'bash_20250124', name: 'bash' }] },
      'messages.0.content.0.cache_control'
    ],
    ['/v1/chat/completions', { messages: say([file('md', MARK)]) }, 'messages[0].content[0].cache_control'],
    ['/v1/chat/completions', { messages: say([file('csv')]), prompt_caching: { messages: true } }, 'prompt_caching']
  ]
  for (const [path, body, dropped] of ROWS) {
    for (const stream of [false, true]) {
      const response = await post(path, { model: SONNET_45, max_tokens: 500, stream, ...body })
      t.strictSame([response.status, told(response.headers)], [200, dropped], await response.text())
      t.notMatch(JSON.stringify(lastCall(standin)?.body), 'cachePoint')
    }
  }
})

t.test('F23: in Messages too a mark on a blank part moves to the part before', async (t) => {
  const { post, standin } = await asker(t)
  const ask = async (body: object) => {
    const response = await post('/v1/messages', { model: SONNET_46, max_tokens: 500, ...body })
    t.equal(response.status, 200, await response.text())
    return { dropped: told(response.headers), sent: lastCall(standin)?.body as Sent }
  }
  const moved = await ask({ messages: say([text('q'), text('', MARK), text('r')]) })
  t.strictSame([shape(moved.sent), moved.dropped], [['text', 'cachePoint', 'text'], undefined])
  const called = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] }
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [text('', MARK)] }] }
  const tools = [{ name: 'f', input_schema: { type: 'object' } }]
  const behind = await ask({ messages: [...say('q'), called, result], tools })
  t.strictSame(Object.keys(behind.sent.messages[2]?.content[1] ?? {}), ['cachePoint'])
  const native = await ask({
    messages: [...say('q'), called, result],
    tools: [...tools, { type: 'bash_20250124', name: 'bash' }]
  })
  t.match(native.sent.messages[2]?.content[0], { type: 'tool_result', ...MARK })
  const thought = { type: 'thinking', thinking: 'x', signature: 'c2ln', ...MARK }
  const behindThought = await ask({ messages: [...say('q'), { role: 'assistant', content: [thought, text('a')] }, ...say('r')] })
  t.match(behindThought.dropped, 'messages.1.content.0.cache_control')
})

t.test('F23: behind a PDF, and behind text that follows a document, a mark stays where it is', async (t) => {
  const { once } = await asking(t)
  const pdf = { type: 'file', file: { filename: 'a.pdf', file_data: 'JVBERi0xLjQK' }, ...MARK }
  const pdfs = await once('whole', { model: SONNET_45, messages: say([text('q'), pdf]) })
  t.strictSame(shape(pdfs.sent[0]), ['text', 'document', 'cachePoint'])
  const texts = await once('whole', { model: SONNET_45, messages: say([file('csv'), text('q', MARK)]) })
  t.strictSame(shape(texts.sent[0]), ['document', 'text', 'cachePoint'])
  t.strictSame([pdfs.status, texts.status, pdfs.dropped, texts.dropped], [200, 200, undefined, undefined])
})

t.test('F23: a mark on a blank part moves to the part before', async (t) => {
  const { once } = await asking(t)
  const moved = await once('whole', { model: SONNET_45, messages: say([text('q'), text(' ', MARK), text('r')]) })
  t.strictSame(shape(moved.sent[0]), ['text', 'cachePoint', 'text'])
  const system = await once('whole', {
    model: SONNET_45,
    messages: [{ role: 'system', content: [text('s'), text('', MARK)] }, ...say('q')]
  })
  t.strictSame(system.sent[0]?.system, [{ text: 's' }, { cachePoint: { type: 'default' } }])
  const between = await once('whole', {
    model: SONNET_45,
    messages: [{ role: 'system', content: 's' }, { role: 'system', content: [text('', MARK)] }, ...say('q')]
  })
  t.strictSame(between.sent[0]?.system, [{ text: 's' }, { cachePoint: { type: 'default' } }])
  const first = await once('whole', { model: SONNET_45, messages: say([text(' ', MARK), text('r')]) })
  t.strictSame([first.status, first.dropped], [200, 'messages[0].content[0].cache_control'])
  t.strictSame([moved.dropped, system.dropped, between.dropped], [undefined, undefined, undefined])
})

t.test('S2: a choice of tools refused for its company is not left out of the next request', async (t) => {
  const { once } = await asking(t)
  const forced = { model: SONNET_46, tools: [tool('look')], tool_choice: 'required' }
  const alone = await once('whole', forced)
  const attacks = [
    { ...forced, additional_model_request_fields: { tool_choice: { type: 'any' } } },
    { ...forced, additional_model_request_fields: { 'tool_choice.disable_parallel_tool_use': 1, 'tools.0.custom.strict': 1 } },
    { ...forced, additional_model_request_fields: { 'output_config.format': 1 } }
  ]
  for (const attack of attacks) await once('whole', attack)
  const after = await once('whole', forced)
  t.strictSame(after.sent, alone.sent)
  t.match(after.sent[0]?.toolConfig?.toolChoice, { any: {} })
})

t.test('S12: of a refused value that Bedrock repeats the beginning is read and told', async (t) => {
  const { ask } = await asker(t)
  const { status, body } = await ask({ model: OPUS_47, additional_model_request_fields: { ['input tokens '.repeat(10_000)]: 1 } })
  t.equal(status, 400)
  t.match(body.error?.message, /^The model returned the following errors: input tokens/)
  t.ok((body.error?.message.length ?? 0) <= 1000)
})
