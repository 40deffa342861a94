import t from 'tap'
import type { ChatRequest } from '../../../src/core/request.ts'
import type { Block, TextBlock } from '../../../src/core/turn.ts'
import {
  assistant,
  at,
  call,
  encode,
  HAIKU_3,
  LLAMA,
  MISTRAL,
  MIXTRAL,
  NOVA,
  PDF,
  PNG,
  refusalOf,
  result,
  SONNET_45,
  SONNET_46,
  text,
  tool,
  user
} from '../converse/encode.ts'

const LOOKUP = [tool()]
const system = (...words: readonly string[]) => words.map((word) => text(word) as TextBlock)
const SIGNED: Block = { type: 'reasoning', text: 'hm', signature: 'EsIg' }

/** One line per message: role and kinds of its blocks, with text in quotes. */
function outline(model: string, request: Partial<ChatRequest>): readonly string[] {
  const messages = encode(model, request).body.messages as unknown as {
    role: string
    content: Record<string, { text?: string }>[]
  }[]
  return messages.map(({ role, content }) => `${role}: ${content.map(kind).join(' ')}`)
}

function kind(block: Record<string, unknown>): string {
  const [name, value] = Object.entries(block)[0] ?? []
  return name === 'text' ? `"${value}"` : `${name}`
}

const ROWS: readonly [promise: string, model: string, request: Partial<ChatRequest>, messages: readonly string[]][] = [
  ['M3 a blank part beside a picture is left out', SONNET_46, { turns: [user(' ', PNG)] }, ['user: image']],
  ['M3 a wholly blank user turn becomes a placeholder', SONNET_46, { turns: [user('')] }, ['user: "."']],
  [
    'M3 a blank user turn keeps two answers apart',
    SONNET_46,
    { turns: [user('a'), assistant('b'), user(' '), assistant('c'), user('d')] },
    ['user: "a"', 'assistant: "b"', 'user: "."', 'assistant: "c"', 'user: "d"']
  ],
  [
    'M4 a conversation that the assistant begins gets a user turn first',
    SONNET_46,
    { turns: [assistant('hello'), user('hi')] },
    ['user: "."', 'assistant: "hello"', 'user: "hi"']
  ],
  ['M7 two user turns become one with two texts', SONNET_46, { turns: [user('a'), user('b')] }, ['user: "a" "b"']],
  [
    'M7 an empty assistant turn between two user turns leaves no trace',
    SONNET_46,
    { turns: [user('a'), assistant(''), user('b')] },
    ['user: "a" "b"']
  ],
  [
    'M9 a last assistant turn is followed by a user where the model has no prefill',
    SONNET_46,
    { turns: [user('a'), assistant('Once ')] },
    ['user: "a"', 'assistant: "Once "', 'user: "Please continue your response from where you left off."']
  ],
  [
    'M9 a prefill is kept, trimmed at its end',
    SONNET_45,
    { turns: [user('a'), assistant('Once \n')] },
    ['user: "a"', 'assistant: "Once"']
  ],
  ['M9 a prefill of nothing but space is left out', SONNET_45, { turns: [user('a'), assistant('\n')] }, ['user: "a"']],
  [
    'M9 no prefill while the model thinks',
    SONNET_45,
    { turns: [user('a'), assistant('Once')], reasoning: { effort: 'low' } },
    ['user: "a"', 'assistant: "Once"', 'user: "Please continue your response from where you left off."']
  ],
  ['M12 a document gets words beside it', SONNET_46, { turns: [user(PDF)] }, ['user: "." document']],
  [
    'T8 two tool messages and user text become one user turn: results first, then text',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a'), call('b')), user(result('a')), user('and?'), user(result('b'))] },
    ['user: "q"', 'assistant: toolUse toolUse', 'user: toolResult toolResult "and?"']
  ],
  [
    'T9 an orphan result becomes text',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), user(result('gone'))] },
    ['user: "q" "[The tool answered]\ndone"']
  ],
  [
    'T9 a call without result becomes text',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), assistant('Let me see', call('a', 'lookup', { x: 1 })), user('so?')] },
    ['user: "q"', 'assistant: "Let me see" "[Called the tool lookup with {"x":1}]"', 'user: "so?"']
  ],
  [
    'T9 of two calls only the unanswered one becomes text, before the other',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a'), call('b')), user(result('a'))] },
    ['user: "q"', 'assistant: "[Called the tool lookup with {}]" toolUse', 'user: toolResult']
  ],
  [
    'T9 a second answer to one call becomes text',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a')), user(result('a'), result('a', 'again'))] },
    ['user: "q"', 'assistant: toolUse', 'user: toolResult "[The tool lookup answered]\nagain"']
  ],
  [
    'T9 a call told twice is sent once',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a'), call('a')), user(result('a'))] },
    ['user: "q"', 'assistant: toolUse', 'user: toolResult']
  ],
  [
    'T9 a failed orphan says that it failed',
    SONNET_46,
    { tools: LOOKUP, turns: [user({ ...result('gone'), isError: true } as Block)] },
    ['user: "[The tool failed]\ndone"']
  ],
  [
    'T7 tool history without tools becomes text',
    SONNET_46,
    { turns: [user('q'), assistant(call('a')), user(result('a'))] },
    ['user: "q"', 'assistant: "[Called the tool lookup with {}]"', 'user: "[The tool lookup answered]\ndone"']
  ],
  [
    'T3 tool history under tool_choice none becomes text',
    SONNET_46,
    { tools: LOOKUP, toolChoice: { type: 'none' }, turns: [user('q'), assistant(call('a')), user(result('a'))] },
    ['user: "q"', 'assistant: "[Called the tool lookup with {}]"', 'user: "[The tool lookup answered]\ndone"']
  ],
  [
    'tool history for a model without tools becomes text',
    MIXTRAL,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a')), user(result('a'))] },
    ['user: "q"', 'assistant: "[Called the tool lookup with {}]"', 'user: "[The tool lookup answered]\ndone"']
  ],
  [
    'blocks of an assistant turn stand as reasoning, text, calls',
    SONNET_45,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a'), 'text', SIGNED), user(result('a'))] },
    ['user: "q"', 'assistant: reasoningContent "text" toolUse', 'user: toolResult']
  ],
  [
    'reasoning that leads keeps its place among text',
    SONNET_45,
    { turns: [user('q'), assistant(SIGNED, 'a', SIGNED, 'b'), user('c')] },
    ['user: "q"', 'assistant: reasoningContent "a" reasoningContent "b"', 'user: "c"']
  ],
  [
    'results stand alone where a model wants that, and the words follow in a turn of their own',
    MISTRAL,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a')), user(result('a'), 'and?')] },
    ['user: "q"', 'assistant: toolUse', 'user: toolResult', 'assistant: "Understood."', 'user: "and?"']
  ],
  [
    'a picture in a result is moved behind the results where a model refuses it inside',
    LLAMA.replace('3-3-70b', '4-scout-17b'),
    {
      tools: LOOKUP,
      turns: [user('q'), assistant(call('a')), user({ type: 'tool-result', callId: 'a', content: [PNG as never] })]
    },
    ['user: "q"', 'assistant: toolUse', 'user: toolResult']
  ],
  [
    'a file beside results goes into the last one for Claude',
    SONNET_46,
    { tools: LOOKUP, turns: [user('q'), assistant(call('a')), user(result('a'), PDF, 'see')] },
    ['user: "q"', 'assistant: toolUse', 'user: toolResult "see"']
  ],
  [
    'a model without system prompt reads it at the head of the first user turn',
    MIXTRAL,
    { system: system('Be brief.'), turns: [user('q')] },
    ['user: "Be brief." "q"']
  ]
]
for (const [promise, model, request, messages] of ROWS) {
  t.test(promise, async (t) => t.strictSame(outline(model, request), messages))
}

t.test('M1 each system part stays a block of its own', async (t) => {
  t.strictSame(encode(SONNET_46, { system: system('a', 'b') }).body.system, [{ text: 'a' }, { text: 'b' }])
})

t.test('M2 a blank system text is left out, and with it the whole key', async (t) => {
  t.notOk('system' in encode(SONNET_46, { system: system('', ' \n') }).body)
})

t.test('M5 a conversation without turns is refused by name', async (t) => {
  t.match(
    refusalOf(() => encode(SONNET_46, { turns: [] })),
    { kind: 'invalid_value', param: 'messages' }
  )
})

t.test('T10 an empty result gets a placeholder, and JSON text stays byte for byte', async (t) => {
  const json = '{"city": "上海",\n "__type": "x"}'
  const turns = [user('q'), assistant(call('a'), call('b')), user(result('a', ' '), result('b', json))]
  const { body } = encode(SONNET_46, { tools: LOOKUP, turns })
  t.strictSame(at(body, 'messages.2.content.0.toolResult.content'), [{ text: '(no output)' }])
  t.strictSame(at(body, 'messages.2.content.1.toolResult.content'), [{ text: json }])
})

t.test('T10 a result with a picture holds text and image', async (t) => {
  const turns = [
    user('q'),
    assistant(call('a')),
    user({ type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'see' }, PNG as never] })
  ]
  const content = at(encode(SONNET_46, { tools: LOOKUP, turns }).body, 'messages.2.content.0.toolResult.content') as object[]
  t.strictSame(
    content.map((part) => Object.keys(part)[0]),
    ['text', 'image']
  )
})

t.test('a picture hoisted out of a result leaves a word in its place', async (t) => {
  const turns = [user('q'), assistant(call('a')), user({ type: 'tool-result', callId: 'a', content: [PNG as never] }, 'so?')]
  const { body } = encode('us.openai.gpt-6-sol', { tools: LOOKUP, turns })
  t.strictSame(at(body, 'messages.2.content.0.toolResult.content'), [{ text: '(The image of this result follows below.)' }])
  t.ok(at(body, 'messages.2.content.1.image'))
  t.equal(at(body, 'messages.2.content.2.text'), 'so?')
})

t.test('T11 ids outside the alphabet are mapped, alike in call and result', async (t) => {
  const turns = [user('q'), assistant(call('id with spaces/ü')), user(result('id with spaces/ü'))]
  const { body, context } = encode(SONNET_46, { tools: LOOKUP, turns })
  const id = at(body, 'messages.1.content.0.toolUse.toolUseId') as string
  t.match(id, /^[a-zA-Z0-9_-]{1,64}$/)
  t.equal(at(body, 'messages.2.content.0.toolResult.toolUseId'), id)
  t.equal(context.toolIds.get(id), 'id with spaces/ü')
})

t.test('T11 Mistral gets nine letters or digits, never two alike', async (t) => {
  const ids = ['tooluse_XYaaaaaaaaaaaa', 'tooluse_XYbbbbbbbbbbbb', 'abcdefghi']
  const turns = [user('q'), assistant(...ids.map((id) => call(id))), user(...ids.map((id) => result(id)))]
  const content = at(encode(MISTRAL, { tools: LOOKUP, turns }).body, 'messages.1.content') as unknown as {
    toolUse: { toolUseId: string }
  }[]
  const sent = content.map((part) => part.toolUse.toolUseId)
  t.ok(sent.every((id) => /^[a-zA-Z0-9]{9}$/.test(id)))
  t.equal(new Set(sent).size, 3)
  t.equal(sent[2], 'abcdefghi')
})

t.test('an id that a client repeats in every turn is sent only once', async (t) => {
  const turns = [
    user('q'),
    assistant(call('call_0')),
    user(result('call_0', 'one')),
    assistant(call('call_0')),
    user(result('call_0', 'two'))
  ]
  const { body } = encode(SONNET_46, { tools: LOOKUP, turns })
  const first = at(body, 'messages.1.content.0.toolUse.toolUseId')
  const second = at(body, 'messages.3.content.0.toolUse.toolUseId')
  t.equal(first, 'call_0')
  t.not(first, second)
  t.equal(at(body, 'messages.4.content.0.toolResult.toolUseId'), second)
})

t.test('calls of one turn that share an id are answered in their order', async (t) => {
  const turns = [user('q'), assistant(call('', 'one'), call('', 'two')), user(result('', 'first'), result('', 'second'))]
  const { body } = encode(SONNET_46, { tools: [tool('one'), tool('two')], turns })
  t.equal(at(body, 'messages.1.content.1.toolUse.toolUseId'), at(body, 'messages.2.content.1.toolResult.toolUseId'))
  t.equal(at(body, 'messages.2.content.1.toolResult.content.0.text'), 'second')
})

t.test('an error result is marked where the model knows the mark', async (t) => {
  const turns = [user('q'), assistant(call('a')), user({ ...result('a'), isError: true } as Block)]
  const request = { tools: LOOKUP, turns }
  t.equal(at(encode(SONNET_46, request).body, 'messages.2.content.0.toolResult.status'), 'error')
  t.equal(at(encode('us.writer.palmyra-x5-v1:0', request).body, 'messages.2.content.0.toolResult.status'), undefined)
  t.equal(
    at(encode(SONNET_46, request, { omissions: new Set(['status']) }).body, 'messages.2.content.0.toolResult.status'),
    undefined
  )
})

t.test('I6 a picture for a model that does not see is a 400 with its path', async (t) => {
  t.match(
    refusalOf(() => encode('amazon.nova-micro-v1:0', { turns: [user(PNG, 'what?')] })),
    {
      kind: 'unsupported_value',
      param: 'messages[0].content[0]'
    }
  )
})

t.test('a URL that nobody fetched is a 400 with its path', async (t) => {
  const block: Block = {
    type: 'image',
    format: 'png',
    source: { type: 'url', url: 'https://x/y.png' },
    path: 'messages[2].content[1]'
  }
  t.match(
    refusalOf(() => encode(SONNET_46, { turns: [user(block)] })),
    { kind: 'invalid_value', param: 'messages[2].content[1]' }
  )
})

t.test('S3 media go where the model reads S3', async (t) => {
  const block: Block = {
    type: 'image',
    format: 'png',
    source: { type: 's3', uri: 's3://b/k', bucketOwner: '123456789012' },
    path: 'messages[0].content[0]'
  }
  t.strictSame(at(encode(NOVA, { turns: [user(block)] }).body, 'messages.0.content.0.image.source'), {
    s3Location: { uri: 's3://b/k', bucketOwner: '123456789012' }
  })
  t.match(
    refusalOf(() => encode(SONNET_46, { turns: [user(block)] })),
    { kind: 'unsupported_value', param: 'messages[0].content[0]' }
  )
})

t.test('M12 document names fit, and only later duplicates are numbered', async (t) => {
  const named = (name: string): Block => ({ type: 'document', format: 'pdf', name, source: { type: 'base64', data: 'JVBERi0=' } })
  const content = at(
    encode(SONNET_46, { turns: [user('q', named('a b?.pdf'), named('a_b.pdf'), named('報告.pdf'), named('dir/報.pdf'))] }).body,
    'messages.0.content'
  )
  const names = (content as unknown as { document?: { name: string } }[]).flatMap((part) => part.document?.name ?? [])
  t.strictSame(names, ['a b', 'a b (2)', 'document', 'document (2)'])
})

t.test('a text file is read out to a model without documents, any other is a 400', async (t) => {
  const file: Block = { type: 'document', format: 'txt', name: 'notes.txt', source: { type: 'text', text: 'buy milk' } }
  t.equal(
    at(encode('amazon.nova-micro-v1:0', { turns: [user('q', file)] }).body, 'messages.0.content.1.text'),
    'notes.txt:\nbuy milk'
  )
  t.match(
    refusalOf(() => encode('amazon.nova-micro-v1:0', { turns: [user('q', PDF)] })),
    { kind: 'unsupported_value' }
  )
})

t.test('X5 signed reasoning goes back to Claude as it came, unsigned and foreign reasoning to nobody', async (t) => {
  const turns = [
    user('q'),
    assistant(
      SIGNED,
      { type: 'reasoning', text: 'unsigned' },
      { type: 'redacted-reasoning', data: 'gpt:AAAA' },
      { type: 'redacted-reasoning', data: 'RXQ=' },
      'a'
    ),
    user('b')
  ]
  const claude = at(encode(SONNET_45, { turns }).body, 'messages.1.content')
  t.strictSame(claude, [
    { reasoningContent: { reasoningText: { text: 'hm', signature: 'EsIg' } } },
    { reasoningContent: { redactedContent: 'RXQ=' } },
    { text: 'a' }
  ])
  t.strictSame(at(encode('us.openai.gpt-6-sol', { turns }).body, 'messages.1.content'), [
    { reasoningContent: { redactedContent: 'AAAA' } },
    { text: 'a' }
  ])
  t.strictSame(at(encode(HAIKU_3, { turns }).body, 'messages.1.content'), [{ text: 'a' }])
  t.strictSame(at(encode('openai.gpt-oss-120b-1:0', { turns }).body, 'messages.1.content'), [{ text: 'a' }])
})

t.test('X5 reasoning a client dropped is put back from memory before its tool calls', async (t) => {
  const turns = [user('q'), assistant('Let me see', call('a')), user(result('a'))]
  const recall = (id: string) =>
    id === 'a' ? ([SIGNED, { type: 'text', length: 10 }, { type: 'tool-call', id: 'a' }] as never) : undefined
  const { body } = encode(SONNET_45, { tools: LOOKUP, turns, reasoning: { effort: 'low' } }, { recall })
  t.ok(at(body, 'messages.1.content.0.reasoningContent'))
  t.equal(at(body, 'additionalModelRequestFields.thinking.type'), 'enabled')
})

t.test('white space between two reasoning blocks goes back as it came', async (t) => {
  const { body } = encode(SONNET_45, { turns: [user('q'), assistant(SIGNED, '\n\n', SIGNED, 'a', ' '), user('b')] })
  const content = at(body, 'messages.1.content') as object[]
  t.strictSame(content[1], { text: '\n\n' })
  t.equal(content.length, 4)
})

t.test('citations are on for all documents of a request or for none', async (t) => {
  const cited = { ...PDF, citations: true } as Block
  const silent = { ...PDF, citations: false } as Block
  const switches = (encoded: { body: object }) => JSON.stringify(encoded.body).match(/"enabled":\w+/g)
  t.same(
    switches(encode(SONNET_45, { turns: [user('q', PDF, silent), assistant('a'), user('q', cited)] })),
    Array(3).fill('"enabled":true')
  )
  t.equal(switches(encode(SONNET_45, { turns: [user('q', PDF, silent)] })), null)
})
