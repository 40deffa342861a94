import t from 'tap'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { decode, decodeTurns, refusal, text, USER } from './decode.ts'

const user = (...content: object[]) => ({ role: 'user', content })
const assistant = (...content: object[]) => ({ role: 'assistant', content })
const functionCall = (args: Json, id = 'c1') => ({ id, type: 'function', function: { name: 'now', arguments: args } })
const call = (input: object, id = 'c1') => ({ type: 'tool-call', id, name: 'now', input })
const result = (callId: string, ...content: object[]) => ({ type: 'tool-result', callId, content })

interface Row {
  readonly messages: readonly Json[]
  readonly system?: readonly object[]
  readonly turns: readonly object[]
}

const READ: Readonly<Record<string, Row>> = {
  'M1 system parts, one block each': {
    messages: [{ role: 'system', content: [text('a'), text('b')] }, USER],
    system: [text('a'), text('b')],
    turns: [user(text('hi'))]
  },
  'M2 blank system messages as none': {
    messages: [{ role: 'system', content: ' \n' }, { role: 'system', content: null }, USER],
    turns: [user(text('hi'))]
  },
  'M3 a blank text beside a picture as it is, for the encoder to judge': {
    messages: [{ role: 'user', content: [text(''), { type: 'image_url', image_url: { url: 'https://a.b/c.png' } }] }],
    turns: [user(text(''), { type: 'image', source: { type: 'url', url: 'https://a.b/c.png', byBytes: true } })]
  },
  'M4 an assistant message in first place': {
    messages: [{ role: 'assistant', content: 'hello' }, USER],
    turns: [assistant(text('hello')), user(text('hi'))]
  },
  'M7 two user messages in order': { messages: [USER, USER], turns: [user(text('hi')), user(text('hi'))] },
  'M8 developer as system': {
    messages: [{ role: 'developer', content: 'a' }, { role: 'system', content: 'b' }, USER],
    system: [text('a'), text('b')],
    turns: [user(text('hi'))]
  },
  'M10 a refusal as text, in a part or on its own': {
    messages: [
      USER,
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
      { role: 'assistant', content: null, refusal: 'never' }
    ],
    turns: [user(text('hi')), assistant(text('no')), assistant(text('never'))]
  },
  'a system message in last place, as NextChat sends it, as user text': {
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'system', content: 'sum up' }
    ],
    turns: [user(text('a')), assistant(text('b')), user(text('sum up'))]
  },
  'a system message between a call and its results, behind the results': {
    messages: [
      USER,
      { role: 'assistant', tool_calls: [functionCall('{}', 'a'), functionCall('{}', 'b')] },
      { role: 'system', content: 'note' },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'user', content: 'go on' }
    ],
    turns: [
      user(text('hi')),
      assistant(call({}, 'a'), call({}, 'b')),
      user(result('a', text('1'))),
      user(result('b', text('2'))),
      user(text('note')),
      user(text('go on'))
    ]
  },
  'an assistant without content, as NextChat leaves it, with its calls': {
    messages: [
      USER,
      { role: 'assistant', tool_calls: [functionCall('{"a":1}')] },
      { role: 'tool', name: 'now', tool_call_id: 'c1', content: 'x' }
    ],
    turns: [user(text('hi')), assistant(call({ a: 1 })), user(result('c1', text('x')))]
  },
  'assistants with null or empty content and no calls as no turn': {
    messages: [
      USER,
      { role: 'assistant', content: null },
      { role: 'assistant', content: '' },
      { role: 'assistant', content: [] },
      { role: 'assistant' }
    ],
    turns: [user(text('hi'))]
  },
  'LangChain: empty content beside calls, and text before them': {
    messages: [
      USER,
      { role: 'assistant', content: '', tool_calls: [functionCall('{}')] },
      { role: 'assistant', content: 'hm', tool_calls: [functionCall('{}')] }
    ],
    turns: [user(text('hi')), assistant(call({})), assistant(text('hm'), call({}))]
  },
  'bare strings in a content array as text': {
    messages: [{ role: 'user', content: ['a', text('b')] }],
    turns: [user(text('a'), text('b'))]
  },
  'T10 tool content: empty, and with a picture': {
    messages: [
      USER,
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'tool', tool_call_id: 'b', content: [text('{"市":"上海"}'), { type: 'image_url', image_url: 'https://a.b/c' }] }
    ],
    turns: [
      user(text('hi')),
      user(result('a', text(''))),
      user(result('b', text('{"市":"上海"}'), { type: 'image', source: { type: 'url', url: 'https://a.b/c', byBytes: true } }))
    ]
  },
  'legacy functions: a call and its result, matched by name': {
    messages: [
      USER,
      { role: 'assistant', content: null, function_call: { name: 'now', arguments: '{}' } },
      { role: 'function', name: 'now', content: '1' }
    ],
    turns: [user(text('hi')), assistant(call({}, 'call_function_1')), user(result('call_function_1', text('1')))]
  },
  'X5 signed and redacted thinking, before the text; unsigned reasoning not at all': {
    messages: [
      USER,
      {
        role: 'assistant',
        content: 'so',
        reasoning_content: 'why',
        thinking_blocks: [
          { index: 0, type: 'thinking', thinking: 'why', signature: 'sig' },
          { index: 1, type: 'redacted_thinking', data: 'xx' },
          { type: 'thinking', thinking: 'unsigned' }
        ]
      },
      { role: 'assistant', content: 'so', reasoning_content: 'why' }
    ],
    turns: [
      user(text('hi')),
      assistant({ type: 'reasoning', text: 'why', signature: 'sig' }, { type: 'redacted-reasoning', data: 'xx' }, text('so')),
      assistant(text('so'))
    ]
  },
  'reasoning_details, as OpenRouter clients replay them': {
    messages: [
      USER,
      {
        role: 'assistant',
        content: 'so',
        reasoning_details: [
          { type: 'reasoning.text', text: 'why', signature: 'sig', index: 0 },
          { type: 'reasoning.summary', summary: 's' },
          { type: 'reasoning.encrypted', data: 'xx' }
        ]
      }
    ],
    turns: [
      user(text('hi')),
      assistant({ type: 'reasoning', text: 'why', signature: 'sig' }, { type: 'redacted-reasoning', data: 'xx' }, text('so'))
    ]
  },
  "Anthropic's thinking among the content parts": {
    messages: [USER, { role: 'assistant', content: [{ type: 'thinking', thinking: 'why', signature: 'sig' }, text('so')] }],
    turns: [user(text('hi')), assistant({ type: 'reasoning', text: 'why', signature: 'sig' }, text('so'))]
  },
  'calls of custom tools': {
    messages: [USER, { role: 'assistant', tool_calls: [{ id: 'c1', type: 'custom', custom: { name: 'now', input: 'raw' } }] }],
    turns: [user(text('hi')), assistant(call({ input: 'raw' }))]
  },
  'cache marks on parts, messages and tool results, each once': {
    messages: [
      { role: 'system', content: [{ ...text('a'), cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      { role: 'user', content: [{ ...text('b'), prompt_cache_breakpoint: { mode: 'explicit' } }, text('c')] },
      { role: 'user', content: 'd', cache_control: { type: 'ephemeral' } },
      { role: 'tool', tool_call_id: 'x', content: [{ ...text('e'), cache_control: { type: 'ephemeral', ttl: '5m' } }] }
    ],
    system: [{ ...text('a'), cache: { ttl: '1h' } }],
    turns: [
      user({ ...text('b'), cache: {} }, text('c')),
      user({ ...text('d'), cache: {} }),
      user({ ...result('x', text('e')), cache: { ttl: '5m' } })
    ]
  },
  'text for the guardrail': {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'guarded_text', text: 'a', qualifiers: ['query'] },
          { ...text('b'), guard_content: true }
        ]
      }
    ],
    turns: [user({ ...text('a'), guard: ['query'] }, { ...text('b'), guard: ['guard_content'] })]
  }
}

for (const [name, { messages, system, turns }] of Object.entries(READ)) {
  t.test(`reads ${name}`, async (t) => {
    t.strictSame(decodeTurns(...messages), { system: system ?? [], turns })
  })
}

const ARGUMENTS: readonly (readonly [name: string, given: Json, input: object])[] = [
  ['T5 empty', '', {}],
  ['T5 blank', ' \n', {}],
  ['absent', null, {}],
  ['an object where a string should be', { a: 1 }, { a: 1 }],
  ['T6 cut short', '{"a":', { rawInvalidInput: '{"a":' }],
  ['an array', '[1]', { rawInvalidInput: '[1]' }],
  ['an object and a part of one', '{"a":1}{"b":', { rawInvalidInput: '{"a":1}{"b":' }],
  ['an object and words', '{"a":1} done', { rawInvalidInput: '{"a":1} done' }]
]

for (const [name, given, input] of ARGUMENTS) {
  t.test(`replays a call whose arguments are ${name}, and loses nothing`, async (t) => {
    const { turns } = decodeTurns(USER, { role: 'assistant', tool_calls: [functionCall(given)] })
    t.strictSame(turns, [user(text('hi')), assistant(call(input))])
  })
}

const part = (value: Json): JsonObject => ({ messages: [{ role: 'user', content: [value] }] })

const REFUSED: readonly (readonly [name: string, fields: JsonObject, kind: string, param: string])[] = [
  ['no messages', { messages: [] }, 'empty_array', 'messages'],
  ['absent messages', { messages: null }, 'missing_parameter', 'messages'],
  ['messages that are no array', { messages: 'hi' }, 'invalid_type', 'messages'],
  ['M6 a message without role', { messages: [{ content: 'a' }] }, 'missing_parameter', 'messages[0].role'],
  ['an unknown role', { messages: [USER, { role: 'robot', content: 'a' }] }, 'invalid_value', 'messages[1].role'],
  ['a message that is no object', { messages: ['a'] }, 'invalid_type', 'messages[0]'],
  ['a user message without content', { messages: [{ role: 'user' }] }, 'missing_parameter', 'messages[0].content'],
  [
    'a user message with null content',
    { messages: [{ role: 'user', content: null }] },
    'missing_parameter',
    'messages[0].content'
  ],
  ['a user message without parts', { messages: [{ role: 'user', content: [] }] }, 'invalid_value', 'messages[0].content'],
  ['content that is a number', { messages: [{ role: 'user', content: 4 }] }, 'invalid_type', 'messages[0].content'],
  ['M11 an unknown part', part({ type: 'hologram' }), 'invalid_value', 'messages[0].content[0].type'],
  ['a part without type', part({ text: 'a' }), 'missing_parameter', 'messages[0].content[0].type'],
  ['a part without text', part({ type: 'text' }), 'missing_parameter', 'messages[0].content[0].text'],
  [
    'a picture in a system message',
    { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: 'https://a.b/c' }] }, USER] },
    'invalid_value',
    'messages[0].content[0]'
  ],
  [
    'a tool result without id',
    { messages: [USER, { role: 'tool', content: 'a' }] },
    'missing_parameter',
    'messages[1].tool_call_id'
  ],
  [
    'a call without name',
    { messages: [USER, { role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
    'missing_parameter',
    'messages[1].tool_calls[0].function.name'
  ]
]

for (const [name, fields, kind, param] of REFUSED) {
  t.test(`refuses ${name} and names ${param}`, async (t) => {
    const error = refusal(fields)
    t.strictSame([error.kind, error.param], [kind, param])
    t.notMatch(error.message, '\n', 'one line')
  })
}

t.test('M11 the refusal of a part names it and what there is', async (t) => {
  t.equal(
    refusal(part({ type: 'hologram' })).message,
    "Invalid value: 'hologram'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'file', and 'video_url'."
  )
})

t.test('a refusal never quotes what may be a prompt', async (t) => {
  t.notMatch(refusal({ messages: [{ role: 'my secret words', content: 'a' }] }).message, 'secret')
})

t.test('turns and blocks know where they stood', async (t) => {
  const { turns } = decode({ messages: [USER, { role: 'user', content: [text('a'), text('b')] }] }).request
  t.strictSame([turns[1]?.path, turns[1]?.content[1]?.path], ['messages[1]', 'messages[1].content[1]'])
})

t.test('as many messages as are taken are read in well under a second, and a list of more is not read at all', async (t) => {
  const messages = Array.from({ length: 5000 }, (_, index) => ({ role: index % 2 ? 'assistant' : 'user', content: 'a' }))
  const before = process.cpuUsage()
  decode({ messages })
  const { user, system } = process.cpuUsage(before)
  t.ok(user + system < 500_000, 'less than half a second of processor time')
  t.match(refusal({ messages: [{ role: 'robot' }, ...messages] }), { kind: 'array_too_long', param: 'messages' })
})

const toolCall = (id: string, args: string) => ({ id, type: 'function', function: { name: 'f', arguments: args } })
const conversation = (calls: readonly JsonObject[], results: readonly JsonObject[]): JsonObject => ({
  messages: [{ role: 'user', content: 'q' }, { role: 'assistant', tool_calls: calls }, ...results]
})
const toolResult = (id: string, content: Json) => ({ role: 'tool', tool_call_id: id, content })

t.test('S12: 128 objects joined to the arguments of one call are as many calls, each answered; more stay whole', async (t) => {
  const answered = [toolResult('a', '1')]
  const { request } = decode(conversation([toolCall('a', '{}'.repeat(128))], answered))
  t.equal(request.turns[1]?.content.length, 128)
  t.equal(request.turns[2]?.content.length, 128)
  for (const args of ['{}'.repeat(129), '{"a":1} '.repeat(100_000)]) {
    const many = decode(conversation([toolCall('a', args)], answered))
    t.match(many.request.turns[1]?.content, [{ input: { rawInvalidInput: args } }])
    t.match(many.warnings, [{ param: 'messages[1].tool_calls[0].function.arguments' }])
  }
})

t.test('S12: a request holds a thousand further calls at most', async (t) => {
  const calls = Array.from({ length: 900 }, (_, at) => toolCall(`c${at}`, '{}'.repeat(20)))
  const { request } = decode(
    conversation(
      calls,
      calls.map(({ id }) => toolResult(id, '1'))
    )
  )
  t.equal(request.turns[1]?.content.length, 1900 - (1000 % 19))
})

t.test('S12: further calls have short ids, and results that are large are not said again for each', async (t) => {
  const id = 'c'.repeat(100_000)
  const { request } = decode(conversation([toolCall(id, '{}'.repeat(128))], [toolResult(id, 'a'.repeat(600_000))]))
  t.ok(request.turns[1]?.content.every((block, at) => block.type === 'tool-call' && (at === 0 || block.id.length < 300)))
  const results = request.turns[2]?.content ?? []
  t.equal(results.length, 128)
  t.equal(
    results.filter((block) => JSON.stringify(block).includes('aaaa')).length,
    2,
    'the result itself, and once for the first of the others'
  )
  t.match(results[5], { content: [{ text: /The same result/ }] })
})

t.test('S12: calls of one id are answered each by its own result', async (t) => {
  const calls = Array.from({ length: 900 }, () => toolCall('same', '{}{}'))
  const { request } = decode(
    conversation(
      calls,
      calls.map(() => toolResult('same', '1'))
    )
  )
  t.equal(request.turns[1]?.content.length, 1800)
  t.equal(
    request.turns.slice(2).reduce((sum, turn) => sum + turn.content.length, 0),
    1800
  )
})

t.test('results without ids answer calls in order, those of their name first', async (t) => {
  const named = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{}' } })
  const { request } = decode(
    conversation(
      [named('1', 'f'), named('2', 'g'), named('3', 'f')],
      [
        { role: 'tool', name: 'g', content: 'of g' },
        { role: 'tool', name: 'f', content: 'of f' },
        { role: 'tool', content: 'of the last' }
      ]
    )
  )
  t.match(
    request.turns.slice(2).flatMap(({ content }) => content),
    [{ callId: '2' }, { callId: '1' }, { callId: '3' }]
  )
})

t.test('numbers that keep their digits are as many as a request may hold, and then the arguments stay whole', async (t) => {
  const args = (count: number) => `{"a":[1.0${',1.0'.repeat(count - 1)}]}`
  const input = (count: number) => decode(conversation([toolCall('a', args(count))], [])).request.turns[1]?.content[0]
  t.match(input(20_000), { input: { a: Array } })
  t.match(input(20_001), { input: { rawInvalidInput: args(20_001) } })
  t.match(input(499_000), { input: { rawInvalidInput: args(499_000) } })
})

t.test('extra_body holds a thousand fields for the model at most', async (t) => {
  const extra = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1]))
  const body = (count: number) => ({ messages: [{ role: 'user', content: 'q' }], extra_body: extra(count) })
  t.equal(Object.keys(decode(body(1000)).request.extraFields ?? {}).length, 1000)
  t.match(refusal(body(1001)), { kind: 'invalid_value', param: 'extra_body' })
})
