import t, { type Test } from 'tap'
import { signReasoning } from '../../src/standin/signature.ts'
import { KEY, lastCall } from '../support/helper.ts'
import {
  added,
  asker,
  CHAT,
  call,
  kinds,
  LLAMA,
  MISTRAL,
  NOVA,
  OPUS_47,
  OPUS_55,
  PNG,
  type Sent,
  SONNET_45,
  SONNET_46,
  say,
  tool
} from './asker.ts'

const { ask, stream, standin, post, openai, base } = await asker(t)

const NOVA_2 = 'us.amazon.nova-2-lite-v1:0'
const SCHEMA = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }
const READ = tool('read', { description: 'Reads.', parameters: SCHEMA })
const TOOLS = [READ, tool('now')]
const MODELS = [NOVA, SONNET_46, LLAMA, MISTRAL]
const lastSent = () => lastCall(standin)?.body as Sent | undefined
const dropped = (headers: Headers) => headers.get('x-adit-dropped')?.split(', ') ?? []
const answering = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content })
const calling = (...calls: object[]) => ({ role: 'assistant', content: null, tool_calls: calls })

/** Both bodies are taken, and reach every model as one: whole and as a stream. */
async function meansTheSame(t: Test, given: object, meant: object, models: readonly string[] = MODELS): Promise<void> {
  for (const model of models) {
    for (const send of [ask, stream]) {
      const wanted = await send({ model, ...meant })
      const got = await send({ model, ...given })
      t.strictSame([got.status, got.sent], [200, wanted.sent], `${model} ${JSON.stringify(given).slice(0, 300)}`)
      t.strictSame(dropped(got.headers), dropped(wanted.headers))
    }
  }
}

t.test('F47: parts of the Responses API in Chat mean what they mean there', async (t) => {
  const url = `data:image/png;base64,${PNG}`
  const file = { filename: 'a.txt', file_data: 'data:text/plain;base64,aGVsbG8=' }
  const image = { type: 'image_url', image_url: { url } }
  const rows: readonly (readonly [given: object, meant: object])[] = [
    [
      { type: 'input_text', text: 'a' },
      { type: 'text', text: 'a' }
    ],
    [
      { type: 'output_text', text: 'a', annotations: [], logprobs: [] },
      { type: 'text', text: 'a' }
    ],
    [{ type: 'input_image', image_url: url }, image],
    [{ type: 'input_image', image_url: { url }, detail: 'auto' }, image],
    [
      { type: 'input_file', ...file },
      { type: 'file', file }
    ]
  ]
  for (const [given, meant] of rows) {
    await meansTheSame(t, { messages: say([given]) }, { messages: say([meant]) }, [NOVA, SONNET_46])
  }
  const said = [{ type: 'output_text', text: 'b' }]
  await meansTheSame(
    t,
    {
      messages: [
        { role: 'system', content: [{ type: 'input_text', text: 's' }] },
        ...say('a'),
        { role: 'assistant', content: said },
        ...say('c')
      ]
    },
    { messages: [{ role: 'system', content: 's' }, ...say('a'), { role: 'assistant', content: 'b' }, ...say('c')] }
  )
})

t.test('F47: a file or an image that is named by an id alone is refused by its path', async (t) => {
  for (const type of ['input_image', 'input_file']) {
    const { status, body } = await ask({ messages: say([{ type, file_id: 'file-1' }]) })
    t.strictSame([status, body.error?.param], [400, 'messages[0].content[0].file_id'])
  }
  const { status, body } = await ask({ messages: say([{ type: 'input_image', image_url: 'nonsense' }]) })
  t.strictSame([status, body.error?.param], [400, 'messages[0].content[0].image_url'])
})

const MEANT = {
  tools: TOOLS,
  messages: [
    ...say('go'),
    calling(call('a', 'read', '{"path":"x"}'), call('b', 'now')),
    answering('a', 'one'),
    answering('b', 'two'),
    ...say('more')
  ]
}

/** Ids are the gateway's own where the caller gives none: what counts is which result answers which call. */
function pairs(sent: Sent | undefined): unknown {
  const blocks = sent?.messages.flatMap(({ content }) => content) ?? []
  const uses = blocks.flatMap(({ toolUse }) => (toolUse as { toolUseId: string; name: string; input: object } | undefined) ?? [])
  const results = blocks.flatMap(({ toolResult }) => (toolResult as { toolUseId: string; content: object } | undefined) ?? [])
  t.equal(new Set(uses.map(({ toolUseId }) => toolUseId)).size, uses.length, 'ids are unique')
  return uses.map(({ toolUseId, name, input }) => [
    name,
    input,
    results.filter((result) => result.toolUseId === toolUseId).map(({ content }) => content)
  ])
}

t.test('F47: calls and results without ids are paired by order, or by the name of the function', async (t) => {
  const bare = (name: string, args = '{}', more: object = {}) => ({
    ...more,
    type: 'function',
    function: { name, arguments: args }
  })
  const result = (content: string, more: object = {}) => ({ role: 'tool', content, ...more })
  const calls = [bare('read', '{"path":"x"}'), bare('now')]
  const rows: readonly (readonly object[])[] = [
    [calling(...calls), result('one'), result('two')],
    [
      calling(bare('read', '{"path":"x"}', { id: '' }), bare('now', '{}', { id: null })),
      result('one', { tool_call_id: '' }),
      result('two')
    ],
    [calling(...calls), result('two', { name: 'now' }), result('one', { tool_name: 'read' })],
    [calling(...calls), answering('made-1', 'one'), answering('made-2', 'two')],
    [calling(call('a', 'read', '{"path":"x"}'), call('b', 'now')), result('one'), result('two')],
    [calling(call('a', 'read', '{"path":"x"}'), call('b', 'now')), answering('b', 'two'), result('one')],
    [calling({ name: 'read', arguments: '{"path":"x"}' }, { name: 'now' }), result('one'), result('two')]
  ]
  for (const model of MODELS) {
    const wanted = pairs((await ask({ model, ...MEANT })).sent)
    t.match(wanted, [['read'], ['now']])
    for (const history of rows) {
      const body = { model, tools: TOOLS, messages: [...say('go'), ...history, ...say('more')] }
      const [whole, streamed] = [await ask(body), await stream(body)]
      t.strictSame([whole.status, pairs(whole.sent)], [200, wanted], JSON.stringify(history))
      t.strictSame([streamed.status, pairs(streamed.sent)], [200, wanted])
    }
    const twice = { model, tools: TOOLS, messages: [...say('go'), ...rows[0]!, ...say('again'), ...rows[0]!] }
    t.strictSame(pairs((await ask(twice)).sent), [...(wanted as []), ...(wanted as [])], 'each turn has ids of its own')
  }
})

t.test('F47: a result that names no call and finds none is still refused', async (t) => {
  for (const content of ['7', [{ type: 'tool_result', content: '7' }]]) {
    const { status, body } = await ask({ tools: TOOLS, messages: [...say('go'), { role: 'tool', content }] })
    t.equal(status, 400)
    t.match(body.error?.param, /^messages\[1\]\..*tool_(call|use)_id$/)
  }
})

t.test('F47: a tool given twice is one, two of one name that differ are a 400', async (t) => {
  const turned = tool('read', {
    parameters: { required: ['path'], properties: { path: { type: 'string' } }, type: 'object' },
    description: 'Reads.'
  })
  await meansTheSame(t, { tools: [READ, tool('now'), turned, tool('now')] }, { tools: TOOLS })
  const functions = [{ name: 'read', parameters: SCHEMA }]
  await meansTheSame(t, { functions: [...functions, ...functions] }, { functions })
  const exact = (limit: string) =>
    `{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"n":{"type":"integer","maximum":${limit}}}}}}`
  const body = (...tools: string[]) => `{"model":"${NOVA}","messages":[{"role":"user","content":"a"}],"tools":[${tools}]}`
  t.equal((await post(CHAT, body(exact('12345678901234567890'), exact('12345678901234567890')))).status, 200)
  t.equal((await post(CHAT, body(exact('12345678901234567890'), exact('12345678901234567891')))).status, 400)
  for (const tools of [
    [READ, tool('read')],
    [READ, { name: 'read', input_schema: { type: 'object' } }]
  ]) {
    const { status, body } = await ask({ tools })
    t.strictSame([status, body.error?.param], [400, 'tools'])
  }
  const marked = { ...READ, cache_control: { type: 'ephemeral' } }
  await meansTheSame(t, { tools: [READ, marked] }, { tools: [marked] }, [SONNET_46])
})

t.test('F47: empty lists, which PHP writes for empty objects, are empty objects', async (t) => {
  const nested = (properties: unknown) => ({
    type: 'object',
    properties: { a: { type: 'object', properties }, b: { type: 'string' } }
  })
  await meansTheSame(t, { tools: [tool('now', { parameters: [] })] }, { tools: [tool('now', { parameters: {} })] })
  await meansTheSame(t, { tools: [tool('now', { parameters: { type: 'object', properties: [] } })] }, { tools: [tool('now')] })
  await meansTheSame(t, { functions: [{ name: 'now', parameters: [] }] }, { functions: [{ name: 'now' }] })
  for (const model of MODELS) {
    const { status, sent } = await ask({ model, tools: [tool('now', { parameters: nested([]) })] })
    t.equal(status, 200)
    t.notMatch(JSON.stringify(sent?.toolConfig), '"properties":[]')
  }
  const format = (schema: object) => ({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } })
  t.equal((await ask({ model: SONNET_46, ...format({ type: 'object', properties: [] }) })).status, 200)
  for (const args of ['[]', ' [ ] ', []]) {
    const history = [
      ...say('go'),
      calling({ ...call('b', 'now'), function: { name: 'now', arguments: args } }),
      answering('b', 'two')
    ]
    const meant = [...say('go'), calling(call('b', 'now')), answering('b', 'two')]
    await meansTheSame(t, { tools: TOOLS, messages: history }, { tools: TOOLS, messages: meant })
    const legacy = (given: unknown) => [
      ...say('go'),
      { role: 'assistant', content: null, function_call: { name: 'now', arguments: given } },
      { role: 'function', name: 'now', content: 'two' }
    ]
    await meansTheSame(
      t,
      { functions: [{ name: 'now' }], messages: legacy(args) },
      { functions: [{ name: 'now' }], messages: legacy('{}') }
    )
  }
})

t.test('F47: a mark of byte order before the body is passed over, on every route', async (t) => {
  const bytes = (body: object) => Buffer.from(`\ufeff${JSON.stringify(body)}`)
  for (const [path, body] of [
    [CHAT, { model: NOVA, messages: say('hello') }],
    ['/v1/completions', { model: NOVA, prompt: 'hello' }],
    ['/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'hello' }]
  ] as const) {
    const send = (sent: Uint8Array<ArrayBuffer>) =>
      fetch(base + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body: sent
      })
    const response = await send(new Uint8Array(bytes(body)))
    t.equal(response.status, 200, path)
    await response.text()
    for (const wrong of [[0xef, 0xbb, 0xbf], [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x7b, 0x7d], [0xef]]) {
      const refused = await send(new Uint8Array(wrong))
      t.match([refused.status, await refused.json()], [400, { error: { type: 'invalid_request_error' } }])
    }
  }
})

t.test("F40: tools in Anthropic's shape and in MCP's reach models with their arguments", async (t) => {
  const flat = { name: 'read', description: 'Reads.' }
  const rows: readonly object[] = [
    { ...flat, input_schema: SCHEMA },
    { ...flat, inputSchema: SCHEMA },
    { ...flat, parameters: SCHEMA },
    { type: 'function', ...flat, input_schema: SCHEMA },
    { type: 'function', ...flat, parameters: SCHEMA, strict: null },
    { type: 'custom', ...flat, input_schema: SCHEMA },
    { type: 'function', function: { ...flat, input_schema: SCHEMA } },
    { type: 'function', function: { ...flat, inputSchema: SCHEMA } },
    { function: { ...flat, input_schema: SCHEMA, parameters: null } },
    { function: { ...flat, input_schema: SCHEMA, parameters: {} } },
    { ...flat, parameters: [], inputSchema: SCHEMA },
    { ...flat, parameters: SCHEMA, input_schema: SCHEMA },
    { ...flat, inputSchema: { json: SCHEMA } }
  ]
  for (const given of rows) await meansTheSame(t, { tools: [given] }, { tools: [READ] })
  await meansTheSame(t, { functions: [{ ...flat, input_schema: SCHEMA }] }, { functions: [{ ...flat, parameters: SCHEMA }] })
  const two = await ask({ tools: [{ ...flat, parameters: SCHEMA, input_schema: { type: 'object' } }] })
  t.strictSame([two.status, two.headers.get('x-adit-dropped')], [200, 'tools[0].input_schema'])
  const { body, status } = await ask({ tools: [{ name: 'read', input_schema: 'x' }] })
  t.strictSame([status, body.error?.param], [400, 'tools[0].input_schema'])
})

t.test("F40: tool_choice as Anthropic's object", async (t) => {
  for (const [given, meant] of [
    [{ type: 'auto' }, 'auto'],
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'now' },
      { type: 'function', function: { name: 'now' } }
    ]
  ] as const) {
    await meansTheSame(t, { tools: TOOLS, tool_choice: given }, { tools: TOOLS, tool_choice: meant })
    const one = { ...given, disable_parallel_tool_use: true }
    const models = [SONNET_46]
    await meansTheSame(
      t,
      { tools: TOOLS, tool_choice: one },
      { tools: TOOLS, tool_choice: meant, parallel_tool_calls: false },
      models
    )
    const both = { ...given, disable_parallel_tool_use: false }
    await meansTheSame(
      t,
      { tools: TOOLS, tool_choice: both },
      { tools: TOOLS, tool_choice: meant, parallel_tool_calls: true },
      models
    )
  }
  const wish = { type: 'auto', disable_parallel_tool_use: true }
  t.ok(
    dropped((await ask({ model: NOVA, tools: TOOLS, tool_choice: wish })).headers).includes(
      'tool_choice.disable_parallel_tool_use'
    )
  )
  for (const [tool_choice, tools, param] of [
    [{ type: 'tool' }, TOOLS, 'tool_choice.name'],
    [{ type: 'tool', name: 'other' }, TOOLS, 'tool_choice'],
    [{ type: 'any' }, undefined, 'tool_choice.type']
  ] as const) {
    const { status, body } = await ask({ tools, tool_choice })
    t.strictSame([status, body.error?.param], [400, param])
  }
})

t.test('F40: tool_use and tool_result blocks are calls and results', async (t) => {
  const use = (id: string, name: string, input: unknown) => ({ type: 'tool_use', id, name, input })
  const result = (id: string, content: unknown, more: object = {}) => ({ type: 'tool_result', tool_use_id: id, content, ...more })
  const url = `data:image/png;base64,${PNG}`
  const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }
  const uses = [use('a', 'read', { path: 'x' }), use('b', 'now', {})]
  const history = (said: object, ...rest: object[]) => ({ tools: TOOLS, messages: [...say('go'), said, ...rest, ...say('more')] })
  await meansTheSame(
    t,
    history({ role: 'assistant', content: uses }, ...say([result('a', 'one'), result('b', [{ type: 'text', text: 'two' }])])),
    MEANT
  )
  await meansTheSame(
    t,
    history(
      { role: 'assistant', content: [{ type: 'text', text: 'I look.' }, ...uses] },
      ...say([result('a', 'one', { is_error: true }), result('b', null), { type: 'text', text: 'beside' }])
    ),
    history(
      { ...calling(call('a', 'read', '{"path":"x"}'), call('b', 'now')), content: 'I look.' },
      { ...answering('a', 'one'), is_error: true },
      answering('b', ''),
      ...say('beside')
    )
  )
  await meansTheSame(
    t,
    history(
      { role: 'assistant', content: uses },
      ...say([result('a', [{ type: 'text', text: 'one' }, picture]), result('b', 'two')])
    ),
    history(
      calling(call('a', 'read', '{"path":"x"}'), call('b', 'now')),
      answering('a', [
        { type: 'text', text: 'one' },
        { type: 'image_url', image_url: { url } }
      ]),
      answering('b', 'two')
    ),
    [NOVA, SONNET_46]
  )
  await meansTheSame(
    t,
    history({ role: 'assistant', content: uses }, { role: 'tool', content: [result('a', 'one'), result('b', 'two')] }),
    MEANT
  )
  await meansTheSame(
    t,
    history(
      { role: 'assistant', content: uses, tool_calls: [call('a', 'read', '{"path":"x"}'), call('b', 'now')] },
      answering('a', 'one'),
      answering('b', 'two')
    ),
    MEANT
  )
  await meansTheSame(
    t,
    history(
      { role: 'assistant', content: [use('a', 'read', '{"path":"x"}'), use('b', 'now', [])] },
      ...say([result('b', 'two'), result('a', 'one')])
    ),
    { ...MEANT, messages: [MEANT.messages[0], MEANT.messages[1], MEANT.messages[3], MEANT.messages[2], MEANT.messages[4]] }
  )
})

t.test('F40: a system message between calls and their results waits behind the results', async (t) => {
  const uses = [{ type: 'tool_use', id: 'a', name: 'now', input: {} }]
  const results = [
    { type: 'tool_result', tool_use_id: 'a', content: 'one' },
    { type: 'text', text: 'beside' }
  ]
  const { status, sent } = await ask({
    model: SONNET_46,
    tools: TOOLS,
    messages: [...say('go'), { role: 'assistant', content: uses }, { role: 'system', content: 'note' }, ...say(results)]
  })
  t.equal(status, 200)
  t.match(sent?.messages[2]?.content, [{ toolResult: { toolUseId: 'a' } }, { text: 'note' }, { text: 'beside' }])
})

t.test("F40: thinking stands before the call it led to, and numbers of a call's input keep their digits", async (t) => {
  const body = `{"model":"${SONNET_46}","tools":[{"name":"now","input_schema":{"type":"object","properties":{"id":{"type":"integer"}}}}],
    "messages":[{"role":"user","content":"go"},
    {"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"a","name":"now","input":{"id":12345678901234567890}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"x"}]}]}`
  t.equal((await post(CHAT, body)).status, 200)
  t.match(lastCall(standin)?.bodyText, '"id":12345678901234567890')
  const thought = { type: 'thinking', thinking: 'hm', signature: signReasoning('hm') }
  const use = { type: 'tool_use', id: 'a', name: 'now', input: {} }
  const { status, sent, headers } = await ask({
    model: SONNET_46,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    tools: TOOLS,
    messages: [
      ...say('go'),
      { role: 'assistant', content: [thought, { type: 'text', text: 'I look.' }, use] },
      ...say([{ type: 'tool_result', tool_use_id: 'a', content: 'x' }])
    ]
  })
  t.strictSame([status, dropped(headers)], [200, []])
  t.match(kinds(sent?.messages[1]), ['reasoningContent', 'text', 'toolUse'])
})

t.test('F40: images, documents and a top-level system as Anthropic has them', async (t) => {
  const source = (type: string, more: object) => ({ source: { type, ...more } })
  const url = `data:image/png;base64,${PNG}`
  const words = [{ type: 'text', text: 'what?' }]
  const hello = 'data:text/plain;base64,aGVsbG8='
  const rows: readonly (readonly [given: object, meant: object])[] = [
    [
      { type: 'image', ...source('base64', { media_type: 'image/png', data: PNG }) },
      { type: 'image_url', image_url: { url } }
    ],
    [
      {
        type: 'document',
        title: 'a.txt',
        ...source('base64', { media_type: 'text/plain', data: 'aGVsbG8=' }),
        context: 'c',
        citations: { enabled: false }
      },
      { type: 'file', file: { filename: 'a.txt', file_data: hello, context: 'c', citations: { enabled: false } } }
    ]
  ]
  for (const [given, meant] of rows) {
    await meansTheSame(t, { messages: say([given, ...words]) }, { messages: say([meant, ...words]) }, [NOVA, SONNET_46])
  }
  for (const given of [
    source('text', { media_type: 'text/plain', data: 'hello' }),
    source('content', { content: [{ type: 'text', text: 'hello' }] }),
    source('content', { content: 'hello' })
  ]) {
    const { status, sent } = await ask({
      model: SONNET_46,
      messages: say([{ type: 'document', title: 'a', ...given }, ...words])
    })
    t.equal(status, 200)
    t.match(sent?.messages[0]?.content[0], { document: { format: 'txt', name: 'a' } })
  }
  const asked = { messages: [{ role: 'system', content: 'two' }, ...say('hi')] }
  for (const system of ['one', [{ type: 'text', text: 'one' }]]) {
    const { status, sent } = await ask({ system, ...asked })
    t.strictSame([status, sent?.system], [200, [{ text: 'one' }, { text: 'two' }]])
  }
  const marked = await ask({
    model: SONNET_46,
    system: [{ type: 'text', text: 'one '.repeat(3000), cache_control: { type: 'ephemeral' } }]
  })
  t.match(marked.sent?.system, [{ text: /one/ }, { cachePoint: {} }])
  const alone = await ask({ system: 'one', messages: [{ role: 'system', content: 'two' }] })
  t.strictSame([alone.sent?.system, alone.sent?.messages], [[{ text: 'one' }], say([{ text: 'two' }])])
  for (const [fields, param] of [
    [{ system: 4 }, 'system'],
    [{ messages: say([{ type: 'image', source: { type: 'file', file_id: 'f' } }]) }, 'messages[0].content[0].source.file_id'],
    [{ messages: say([{ type: 'image', source: { type: 'odd' } }]) }, 'messages[0].content[0].source.type'],
    [{ messages: say([{ type: 'image' }]) }, 'messages[0].content[0].source'],
    [{ messages: say([{ type: 'document', source: { type: 'text' } }]) }, 'messages[0].content[0].source.data']
  ] as const) {
    const { status, body } = await ask(fields)
    t.strictSame([status, body.error?.param], [400, param])
  }
})

t.test("F40: the official client carries Cursor's body, and gets the call back as OpenAI has it", async (t) => {
  const body = {
    model: SONNET_46,
    messages: [{ role: 'user', content: 'use read' }],
    tools: [{ name: 'read', description: 'Reads.', input_schema: SCHEMA }],
    tool_choice: { type: 'any' }
  } as unknown as Parameters<typeof openai.chat.completions.create>[0]
  const whole = await openai.chat.completions.create({ ...body, stream: false })
  const [made] = whole.choices[0]?.message.tool_calls ?? []
  t.match(made, { type: 'function', function: { name: 'read', arguments: /"path"/ } })
  const streamed = await stream(body)
  t.match(added(streamed.text).message.tool_calls, [{ function: { name: 'read', arguments: /"path"/ } }])
})

/** A request, and the paths that it makes the header name. */
const UNKNOWN: readonly (readonly [fields: object, ...paths: string[]])[] = [
  [{ messages: [{ role: 'user', content: 'a', foo: 1 }] }, 'messages[0].foo'],
  [{ messages: [{ role: 'system', content: 'a', foo: false }, ...say('b')] }, 'messages[0].foo'],
  [
    { messages: [...say('a'), { role: 'assistant', content: 'b', foo: 'x', audio: { id: 'y' } }, ...say('c')] },
    'messages[1].foo',
    'messages[1].audio'
  ],
  [{ messages: say([{ type: 'text', text: 'a', foo: 1 }]) }, 'messages[0].content[0].foo'],
  [
    { messages: say([{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } }]) },
    'messages[0].content[0].image_url.detail'
  ],
  [
    { messages: say([{ type: 'image', source: { type: 'base64', data: PNG, foo: 1 }, bar: { a: 1 } }]) },
    'messages[0].content[0].source.foo',
    'messages[0].content[0].bar'
  ],
  [
    {
      tools: TOOLS,
      messages: [
        ...say('a'),
        calling({ ...call('a', 'now'), foo: 1, function: { name: 'now', arguments: '{}', bar: 1 } }),
        { ...answering('a', 'x'), foo: 1 },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'b', name: 'now', input: { free: 1 }, foo: 1 }] },
        ...say([{ type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'x', bar: 1 }], foo: 1 }])
      ]
    },
    'messages[1].tool_calls[0].foo',
    'messages[1].tool_calls[0].function.bar',
    'messages[2].foo',
    'messages[3].content[0].foo',
    'messages[4].content[0].foo',
    'messages[4].content[0].content[0].bar'
  ],
  [
    { tools: [{ ...READ, foo: 1 }, tool('now', { bar: 1 }), { name: 'flat', input_schema: SCHEMA, defer_loading: true }] },
    'tools[0].foo',
    'tools[1].function.bar',
    'tools[2].defer_loading'
  ],
  [{ functions: [{ name: 'now', foo: 1 }] }, 'functions[0].foo'],
  [{ thinking: { type: 'disabled', foo: 1 } }, 'thinking.foo'],
  [{ extra_body: { reasoning: { enabled: false, foo: 1, summary: 'auto' } } }, 'extra_body.reasoning.foo'],
  [{ prompt_caching: { system: false, foo: 1 } }, 'prompt_caching.foo'],
  [{ guardrail: { identifier: 'abc123', version: '1', stream_mode: 'async' } }, 'guardrail.stream_mode'],
  [{ extra_body: { tools: [{ ...READ, foo: 1 }] } }, 'extra_body.tools[0].foo'],
  [
    { tools: TOOLS, tool_choice: { type: 'function', foo: 1, function: { name: 'now', bar: 1 } } },
    'tool_choice.foo',
    'tool_choice.function.bar'
  ],
  [{ response_format: { type: 'text', foo: 1 } }, 'response_format.foo'],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, bar: 1 }, foo: 1 } },
    'response_format.foo',
    'response_format.json_schema.bar'
  ],
  [
    { stream_options: { include_usage: true, foo: 1, include_obfuscation: true } },
    'stream_options.foo',
    'stream_options.include_obfuscation'
  ]
]

t.test('F49: members that mean nothing here are reported by the path their caller wrote', async (t) => {
  for (const [fields, ...paths] of UNKNOWN) {
    for (const send of [ask, stream]) {
      const { status, headers } = await send({ model: SONNET_46, ...fields })
      t.strictSame([status, dropped(headers).sort()], [200, paths.toSorted()], JSON.stringify(fields))
    }
  }
})

t.test("F49: what OpenAI's own answers hold, and what asks for nothing, is not reported", async (t) => {
  const message = {
    id: 'msg_1',
    index: 0,
    role: 'assistant',
    content: 'b',
    refusal: null,
    annotations: [],
    audio: null,
    function_call: null,
    reasoning_content: 'hm',
    parsed: null,
    tool_calls: [{ ...call('a', 'now'), index: 0, function: { name: 'now', arguments: '{}', parsed_arguments: {} } }]
  }
  for (const send of [ask, stream]) {
    const { status, headers } = await send({
      model: SONNET_46,
      tools: [{ ...READ, foo: null }, tool('now', { strict: null })],
      tool_choice: 'auto',
      response_format: { type: 'text' },
      stream_options: { include_usage: true, include_obfuscation: false },
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'auto' } }] },
        message,
        { ...answering('a', 'x'), name: 'now' },
        ...say('c')
      ]
    })
    t.strictSame([status, headers.get('x-adit-dropped')], [200, null])
  }
})

const RESPONSES = '/v1/responses'
const MESSAGES = '/v1/messages'
const WORDS = { type: 'input_text', text: 'a' }
const NAMED = { type: 'function', name: 'read', parameters: SCHEMA }
const PLAIN = { name: 'read', input_schema: SCHEMA }
const USED = { type: 'tool_use', id: 'c', name: 'read', input: { path: 'x' } }

const CITED = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' } }
const marked = (type: string) => ({ type, cache_control: { type: 'ephemeral', foo: 1 } })

/** What stands inside a request of the other dialects and means nothing there, and the paths it is reported by. */
const UNKNOWN_ELSEWHERE: readonly (readonly [path: string, fields: object, ...paths: string[]])[] = [
  [RESPONSES, { input: 'a', tools: [{ ...NAMED, foo: 1 }] }, 'tools[0].foo'],
  [RESPONSES, { input: 'a', tools: [NAMED], tool_choice: { type: 'function', name: 'read', foo: 1 } }, 'tool_choice.foo'],
  [RESPONSES, { input: [{ role: 'user', content: [{ ...WORDS, foo: 1 }], bar: 1 }] }, 'input[0].bar', 'input[0].content[0].foo'],
  [
    RESPONSES,
    {
      tools: [NAMED],
      input: [
        { role: 'user', content: 'a' },
        { type: 'function_call', call_id: 'c', name: 'read', arguments: '{"path":"x"}', foo: 1 },
        { type: 'function_call_output', call_id: 'c', output: 'x', foo: 1 }
      ]
    },
    'input[1].foo',
    'input[2].foo'
  ],
  [RESPONSES, { input: 'a', text: { foo: 1, format: { type: 'text', foo: 1 } } }, 'text.foo', 'text.format.foo'],
  [RESPONSES, { input: 'a', reasoning: { max_tokens: 2000 } }, 'reasoning.max_tokens'],
  [MESSAGES, { messages: say('a'), tools: [{ ...PLAIN, foo: 1 }] }, 'tools.0.foo'],
  [MESSAGES, { messages: say('a'), tools: [PLAIN], tool_choice: { type: 'any', foo: 1 } }, 'tool_choice.foo'],
  [MESSAGES, { messages: say('a'), system: [{ type: 'text', text: 's', foo: 1 }] }, 'system.0.foo'],
  [
    MESSAGES,
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', foo: 1 }], bar: 1 }] },
    'messages.0.bar',
    'messages.0.content.0.foo'
  ],
  [
    MESSAGES,
    {
      tools: [PLAIN],
      messages: [
        ...say('a'),
        { role: 'assistant', content: [{ ...USED, foo: 1 }] },
        ...say([{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'x', foo: 1 }], bar: 1 }])
      ]
    },
    'messages.1.content.0.foo',
    'messages.2.content.0.bar',
    'messages.2.content.0.content.0.foo'
  ],
  [MESSAGES, { messages: say('a'), thinking: { type: 'disabled', foo: 1 } }, 'thinking.foo'],
  [MESSAGES, { messages: say([{ ...marked('text'), text: 'a' }]) }, 'messages.0.content.0.cache_control.foo'],
  [MESSAGES, { messages: say('a'), cache_control: { type: 'ephemeral', foo: 1 } }, 'cache_control.foo'],
  [MESSAGES, { messages: say([{ ...CITED, citations: { enabled: false, foo: 1 } }]) }, 'messages.0.content.0.citations.foo'],
  [CHAT, { messages: say([{ ...marked('text'), text: 'a' }]) }, 'messages[0].content[0].cache_control.foo'],
  // What answers hold goes back as it came.
  [
    MESSAGES,
    {
      messages: [
        ...say('a'),
        {
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'x',
          content: 'b',
          stop_reason: 'end_turn',
          usage: { output_tokens: 1 }
        },
        ...say('c')
      ]
    }
  ],
  [
    RESPONSES,
    {
      input: [
        { role: 'user', content: 'a' },
        {
          id: 'm',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          phase: 'final_answer',
          content: [{ type: 'output_text', text: 'b', annotations: [], logprobs: [] }]
        },
        { role: 'user', content: 'c' }
      ]
    }
  ]
]

t.test('F49: in Responses and in Messages they are reported too', async (t) => {
  for (const model of [SONNET_46, NOVA]) {
    for (const [path, fields, ...paths] of UNKNOWN_ELSEWHERE) {
      for (const stream of [false, true]) {
        const max = path === MESSAGES ? { max_tokens: 50 } : {}
        const response = await post(path, { model, stream, ...max, ...fields })
        await response.text()
        t.strictSame([response.status, dropped(response.headers).sort()], [200, paths.toSorted()], JSON.stringify(fields))
      }
    }
  }
})

t.test('F47: Messages takes a tool given twice and empty lists as they are meant', async (t) => {
  const turns = (input: unknown) => [
    ...say('go'),
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'read', input }] },
    ...say([{ type: 'tool_result', tool_use_id: 'c', content: 'x' }])
  ]
  const bare = (input_schema: unknown) => [{ name: 'read', input_schema }]
  const send = async (body: object) => {
    const response = await post(MESSAGES, { model: SONNET_46, max_tokens: 50, ...body })
    return { status: response.status, body: await response.json(), sent: lastSent() }
  }
  const meant = await send({ messages: turns({}), tools: bare({ type: 'object', properties: {} }) })
  t.equal(meant.status, 200)
  for (const tools of [bare([]), bare({ type: 'object', properties: [] }), [...bare({}), ...bare({})]])
    t.match(await send({ messages: turns([]), tools }), { status: 200, sent: { messages: meant.sent?.messages } })
  t.equal((await send({ messages: say('go'), tools: [PLAIN, PLAIN] })).sent?.toolConfig?.tools.length, 1)
  const differ = await send({ messages: say('go'), tools: [PLAIN, { ...PLAIN, description: 'x' }] })
  t.match(differ, { status: 400, body: { error: { message: /unique/ } } })
})

t.test('F49: however many there are, the header stays short and what is known and lost stays in it', async (t) => {
  const odd = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`member_${index}`, index]))
  const { status, headers } = await ask({
    model: SONNET_46,
    tools: [{ ...READ, ...odd }],
    messages: [{ role: 'user', content: 'a', ...odd, 'two words': 1 }],
    cache_control: { type: 'ephemeral', ttl: '3m' },
    seed: 7
  })
  t.equal(status, 200)
  const names = dropped(headers)
  t.ok(names.length <= 20 && names.includes('seed') && names.includes('cache_control.ttl'), names.join())
  t.notOk(names.some((name) => name.includes('two words')))
})

t.test("F36: what a literal extra_body holds and Adit does not know goes into the model's own fields", async (t) => {
  const rows: readonly (readonly [model: string, fields: object, sent: object])[] = [
    [OPUS_55, { output_config: { effort: 'high' } }, { output_config: { effort: 'high' } }],
    [SONNET_46, { context_management: { edits: [] } }, { context_management: { edits: [] } }],
    [NOVA, { inferenceConfig: { topK: 20 } }, { inferenceConfig: { topK: 20 } }],
    [
      NOVA_2,
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }
    ],
    [MISTRAL, { top_k: 7 }, { top_k: 7 }]
  ]
  for (const [model, fields, wanted] of rows) {
    for (const send of [ask, stream]) {
      const { status, headers, sent } = await send({ model, extra_body: fields })
      t.strictSame([status, dropped(headers)], [200, []], model)
      t.match(sent?.additionalModelRequestFields, wanted, model)
    }
    const response = await post('/v1/completions', { model, prompt: 'hello', extra_body: fields })
    t.strictSame([response.status, response.headers.get('x-adit-dropped')?.includes('config') ?? false], [200, false])
    await response.text()
    if (model !== MISTRAL) t.match(lastSent()?.additionalModelRequestFields, wanted, 'completions too')
  }
})

t.test('F36: nothing there goes over what the gateway sets, and what lies below is reported by its path', async (t) => {
  const rows: readonly (readonly [body: object, kept: object | undefined, ...names: string[]])[] = [
    [
      { model: OPUS_55, reasoning_effort: 'low', extra_body: { output_config: { effort: 'high' } } },
      { output_config: { effort: 'low' } },
      'extra_body.output_config.effort'
    ],
    [
      { model: NOVA, top_k: 5, extra_body: { inferenceConfig: { topK: 99 } } },
      { inferenceConfig: { topK: 5 } },
      'extra_body.inferenceConfig.topK'
    ],
    [
      { model: NOVA, max_tokens: 10, extra_body: { inferenceConfig: { maxTokens: 9999, topK: 3 } } },
      { inferenceConfig: { topK: 3 } },
      'extra_body.inferenceConfig.maxTokens'
    ],
    [{ model: NOVA, top_k: 5, extra_body: { inferenceConfig: { topK: 5 } } }, { inferenceConfig: { topK: 5 } }],
    [
      { model: SONNET_46, extra_body: { anthropic_version: 'x', max_tokens_to_sample: 9, modelId: 'other' } },
      undefined,
      'extra_body.anthropic_version',
      'extra_body.max_tokens_to_sample',
      'extra_body.modelId'
    ],
    [
      { model: SONNET_46, additional_model_request_fields: { messages: [], context_management: {} } },
      { context_management: {} },
      'additional_model_request_fields.messages'
    ],
    [
      {
        model: OPUS_55,
        extra_body: { output_config: { effort: 'low' } },
        additional_model_request_fields: { output_config: { effort: 'high' } }
      },
      { output_config: { effort: 'high' } },
      'extra_body.output_config'
    ]
  ]
  for (const [body, kept, ...names] of rows) {
    for (const send of [ask, stream]) {
      const { status, headers, sent } = await send(body)
      t.strictSame([status, dropped(headers).sort()], [200, names.toSorted()], JSON.stringify(body))
      t.match(sent?.additionalModelRequestFields, kept)
    }
  }
})

t.test('F36: a reasoning_config is a wish to reason, as thinking is', async (t) => {
  const thinking = { type: 'enabled', budget_tokens: 2000 }
  await meansTheSame(t, { extra_body: { reasoning_config: thinking } }, { thinking }, [SONNET_45, OPUS_47, NOVA_2])
})

t.test('F36: a field that the model has not is left out and reported; a wrong value is the caller’s to hear of', async (t) => {
  for (const model of [SONNET_46, NOVA, LLAMA]) {
    for (const send of [ask, stream]) {
      const { status, headers, sent } = await send({ model, extra_body: { chat_template_kwargs: { a: 1 } }, temperature: 0.5 })
      t.strictSame([status, dropped(headers)], [200, ['extra_body.chat_template_kwargs']], model)
      t.strictSame([sent?.additionalModelRequestFields, sent?.inferenceConfig?.temperature], [undefined, 0.5])
    }
  }
  t.equal((await ask({ model: SONNET_46, additional_model_request_fields: { foo: 1 } })).status, 400, 'named as the model’s')
})

t.test('F36: numbers in extra_body keep their digits, and those of known fields are numbers', async (t) => {
  const body = (extra: string) => `{"model":"${NOVA}","messages":[{"role":"user","content":"a"}],"extra_body":${extra}}`
  const exact = '{"inferenceConfig":{"topK":12.0},"temperature":0.50,"seed":12345678901234567890}'
  const response = await post(CHAT, body(exact))
  t.equal(response.status, 200)
  t.match(response.headers.get('x-adit-dropped'), 'extra_body.seed')
  t.match(lastCall(standin)?.bodyText, '"topK":12.0')
  t.equal(lastSent()?.inferenceConfig?.temperature, 0.5)
  t.equal((await post(CHAT, body('{"temperature":2.50}'))).status, 400)
  t.equal((await post(CHAT, body('{"max_tokens":1.50}'))).status, 400)
})

t.test('F36: as many fields as a body may hold are no work for hours', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 90_000 }, (_, index) => [`field_${index}`, index]))
  const before = process.cpuUsage()
  const { status } = await ask({ model: NOVA, extra_body: many })
  const { user, system } = process.cpuUsage(before)
  t.equal(status, 400)
  t.ok((user + system) / 1e6 < 20, `${(user + system) / 1e6} s`)
})

t.test('F36: names that are none are neither sent nor shown', async (t) => {
  const odd = { [`x`.repeat(70_000)]: 1, 'a, b': 2, __proto__: 3 }
  const { status, sent, headers } = await ask({ model: NOVA, extra_body: odd })
  t.strictSame([status, sent?.additionalModelRequestFields, headers.get('x-adit-dropped')], [200, undefined, null])
})
