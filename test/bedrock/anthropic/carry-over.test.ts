import t from 'tap'
import { OPUS_47, SONNET_45, SONNET_46 } from '../../acceptance/asker.ts'
import { build, lastCall } from '../../support/helper.ts'

const { post, standin } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
const NOVA = 'amazon.nova-lite-v1:0'
const OPUS_48 = 'us.anthropic.claude-opus-4-8'

interface Native {
  [field: string]: unknown
  messages: { role: string; content: Record<string, unknown>[] }[]
  tools: Record<string, unknown>[]
}

async function send(body: object, headers: Record<string, string> = {}) {
  const response = await post(
    '/v1/messages',
    { model: OPUS_47, max_tokens: 2000, messages: [{ role: 'user', content: 'go' }], ...body },
    { 'anthropic-version': '2023-06-01', ...headers }
  )
  const text = await response.text()
  return {
    status: response.status,
    text,
    dropped: response.headers.get('x-adit-dropped') ?? '',
    call: lastCall(standin),
    sent: lastCall(standin)?.body as Native
  }
}

const f = { name: 'f', input_schema: { type: 'object' } }
const later = { name: 'g'.repeat(90), description: 'later', input_schema: { type: 'object' }, defer_loading: true }
const editing = {
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  thinking: { type: 'adaptive' }
}

for (const stream of [false, true]) {
  const how = stream ? 'streamed' : 'whole'

  t.test(`nothing but what Converse can say goes by Converse, ${how}`, async (t) => {
    const { status, call } = await send({ stream, tools: [f], thinking: { type: 'adaptive' } })
    t.equal(status, 200)
    t.equal(call?.operation, stream ? 'ConverseStream' : 'Converse')
  })

  t.test(`a tool by type goes to Claude as it was written, ${how}`, async (t) => {
    const bash = { type: 'bash_20250124', name: 'bash', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } }
    const { status, text, call, sent } = await send({ stream, tools: [bash, f] })
    t.equal(status, 200, text)
    t.equal(call?.operation, stream ? 'InvokeModelWithResponseStream' : 'InvokeModel')
    const { tools } = sent
    t.strictSame(tools[0], { type: 'bash_20250124', name: 'bash', cache_control: { type: 'ephemeral', ttl: '1h' } })
    t.match(tools[1], { name: 'f' })
    t.match((await send({ stream, tools: [bash], model: NOVA })).call?.operation, /^Converse/)
  })

  t.test(`F20 F21 F22: schemas and examples of tools take Claude's form in its own body too, ${how}`, async (t) => {
    const branch = (name: string) => ({ type: 'object', properties: { [name]: { type: 'integer', exclusiveMinimum: true } } })
    const input_schema = { oneOf: [branch('$filter'), branch('b')] }
    const betas = { 'anthropic-beta': 'advanced-tool-use-2025-11-20' }
    const tools = [
      f,
      { name: 'g', input_schema, defer_loading: true },
      { name: 'h', input_schema, input_examples: [{ $filter: 1 }] }
    ]
    const { status, text, call, sent } = await send({ stream, tools }, betas)
    t.equal(status, 200, text)
    t.match(call?.operation, /^InvokeModel/)
    for (const name of ['g', 'h']) {
      const tool = sent.tools.find((one) => one.name === name)
      const names = Object.keys((tool?.input_schema as { properties: object } | undefined)?.properties ?? {})
      t.match(names, [/^_filter_\w{11}$/, 'b'])
      t.match(tool, { description: /exactly one of/, input_schema: { type: 'object', oneOf: undefined } })
      if (name === 'g') t.equal(tool?.defer_loading, true)
      else t.strictSame(tool?.input_examples, [{ [names[0] ?? '']: 1 }])
    }
  })

  t.test(`a deferred tool is withheld until a reference names it, ${how}`, async (t) => {
    const betas = { 'anthropic-beta': 'advanced-tool-use-2025-11-20,claude-code-20250219' }
    const first = await send({ stream, tools: [f, later] }, betas)
    t.equal(first.status, 200, first.text)
    const body = first.sent
    t.strictSame(body.anthropic_beta, ['tool-search-tool-2025-10-19'])
    t.match(body.tools, [{ name: 'f' }, { name: later.name, defer_loading: true }])
    const messages = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'tool_reference', tool_name: later.name }] }]
      }
    ]
    const second = await send({ stream, tools: [f, later], messages }, betas)
    t.equal(second.status, 200, second.text)
    const { messages: sent, tools } = second.sent
    t.strictSame(sent[2]?.content[0]?.content, [{ type: 'tool_reference', tool_name: later.name }])
    t.equal(tools.find(({ name }) => name === later.name)?.defer_loading, true)
  })

  t.test(`11: turns of the system stay the system's where Claude has them, and are the user's elsewhere, ${how}`, async (t) => {
    const system = (text: string) => ({ role: 'system', content: text })
    const messages = [
      system('from the start'),
      { role: 'user', content: 'go' },
      system('one'),
      system('two'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'r' }] },
      system('three')
    ]
    const { status, text, call, sent } = await send({ stream, model: OPUS_48, tools: [f], messages, system: 'first' })
    t.equal(status, 200, text)
    t.equal(call?.operation, stream ? 'InvokeModelWithResponseStream' : 'InvokeModel')
    t.same(
      sent.messages.map(({ role, content }) => [role, content.map((block) => block.text ?? block.type)]),
      [
        ['user', ['from the start', 'go']],
        ['system', ['one', 'two']],
        ['assistant', ['tool_use']],
        ['user', ['tool_result']],
        ['system', ['three']]
      ]
    )
    t.same(sent.system, [{ type: 'text', text: 'first' }])
    for (const model of [SONNET_46, 'us.anthropic.claude-sonnet-5', NOVA]) {
      const other = await send({ stream, model, tools: [f], messages, system: 'first' })
      t.equal(other.status, 200, other.text)
      t.match(other.call?.operation, /^Converse/)
      t.same(
        other.sent.messages.map(({ role }) => role),
        ['user', 'assistant', 'user']
      )
      t.same(other.sent.system, [{ text: 'first' }])
    }
  })

  t.test(`examples of inputs and inputs piece by piece, where Claude has them, ${how}`, async (t) => {
    const tool = { ...f, input_examples: [{ a: 1 }], eager_input_streaming: true }
    const { status, text, sent, dropped } = await send({ stream, tools: [tool] })
    t.equal(status, 200, text)
    t.match(sent.tools, [{ name: 'f', input_examples: [{ a: 1 }], eager_input_streaming: true }])
    t.same(sent.anthropic_beta, ['tool-examples-2025-10-29'])
    t.notMatch(dropped, 'tools')
    const old = await send({ stream, model: SONNET_45, tools: [tool] })
    t.equal(old.status, 200, old.text)
    t.match(old.sent.tools, [{ name: 'f', input_examples: [{ a: 1 }] }])
    t.equal(old.sent.tools[0]?.eager_input_streaming, undefined)
    t.match(old.dropped, 'tools.0.eager_input_streaming')
    const nova = await send({ stream, model: NOVA, tools: [tool] })
    t.equal(nova.status, 200, nova.text)
    t.match(nova.dropped, 'tools.0.input_examples')
    t.match(nova.dropped, 'tools.0.eager_input_streaming')
  })

  t.test(`thinking is shown as Bedrock can, and flags reach the models that take them, ${how}`, async (t) => {
    const flags = 'thinking-token-count-2026-05-13,mid-conversation-tool-changes-2026-07-01,thinking-display-updates-2026-08-18'
    const asked = { stream, thinking: { type: 'adaptive', display: 'updates' }, tools: [f] }
    for (const model of [OPUS_48, OPUS_47]) {
      const { status, text, sent, dropped } = await send({ ...asked, model }, { 'anthropic-beta': flags })
      t.equal(status, 200, text)
      t.match(dropped, 'thinking.display')
      const fields = sent.additionalModelRequestFields as Native
      t.same(fields.thinking, { type: 'adaptive', display: 'summarized' })
      t.same(fields.anthropic_beta, model === OPUS_48 ? flags.split(',').slice(0, 2) : undefined)
    }
  })

  t.test(`a mark inside a tool result stays there in Claude's own body, ${how}`, async (t) => {
    const marked = { type: 'text', text: 'one', cache_control: { type: 'ephemeral' } }
    const messages = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [marked, { type: 'text', text: 'two' }] }]
      }
    ]
    const { status, text, sent } = await send({ stream, ...editing, tools: [f], messages })
    t.equal(status, 200, text)
    t.same(sent.messages[2]?.content[0]?.content, [marked, { type: 'text', text: 'two' }])
    t.equal(sent.messages[2]?.content[0]?.cache_control, undefined)
    const plain = await send({ stream, tools: [f], messages })
    t.same(Object.keys(plain.sent.messages[2]?.content[1] ?? {}), ['cachePoint'])
  })

  t.test(`edits of the context reach the models that take them, and are reported by the others, ${how}`, async (t) => {
    const { status, text, call, dropped } = await send({ stream, ...editing })
    t.equal(status, 200, text)
    t.match(call?.body, { context_management: editing.context_management, anthropic_beta: ['context-management-2025-06-27'] })
    t.notMatch(dropped, 'context_management')
    const quiet = await send({ stream, ...editing, thinking: { type: 'disabled' } })
    t.equal(quiet.status, 200, quiet.text)
    t.equal(quiet.sent.context_management, undefined)
    t.match(quiet.dropped, 'context_management')
    const old = await send({ stream, ...editing, model: SONNET_45 })
    t.equal(old.status, 200, old.text)
    t.match(old.dropped, 'context_management')
  })
}

t.test('the tokens of the prompt are the true ones from the beginning of a native stream', async (t) => {
  standin.answer(OPUS_47, { content: [{ text: 'a' }], usage: { inputTokens: 4321, outputTokens: 3, cacheReadInputTokens: 17 } })
  const { text } = await send({ stream: true, ...editing })
  const [, start] = /event: message_start\ndata: (.*)/.exec(text) ?? []
  t.match(JSON.parse(start ?? ''), { message: { usage: { input_tokens: 4321, cache_read_input_tokens: 17 } } })
})

t.test('21: an error inside the stream is an error to the caller, after one call', async (t) => {
  const before = standin.requests.length
  standin.fail(OPUS_47, 'in-band-overloaded')
  const { status, text } = await send({ stream: true, ...editing })
  t.equal(status, 200)
  t.match(text, /event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error"/)
  t.notMatch(text, /message_stop|message_delta/)
  t.equal(standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Invoke')).length, 1)
})

t.test('29: the beginning of an answer is taken by Claude up to 4.5, and refused in its own words by later ones', async (t) => {
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: 'The answer is' }
  ]
  t.equal((await send({ model: SONNET_45, messages })).status, 200)
  for (const model of [SONNET_46, OPUS_47, OPUS_48])
    for (const stream of [false, true]) {
      const { status, text } = await send({ model, messages, stream })
      t.equal(status, 400)
      t.match(JSON.parse(text), {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'This model does not support assistant message prefill. The conversation must end with a user message.'
        }
      })
    }
  for (const model of [NOVA, 'openai.gpt-oss-120b-1:0']) t.equal((await send({ model, messages })).status, 200)
})

t.test('signed thinking goes back byte for byte, over ten turns, from one wire to the other', async (t) => {
  const messages: { role: string; content: unknown }[] = [{ role: 'user', content: 'turn 0' }]
  const thoughts: unknown[] = []
  for (let turn = 1; turn <= 10; turn++) {
    const thinking = ` thought ${turn} \u00e9\u2028"\\ \n`
    standin.answer(OPUS_47, {
      content: [
        { reasoningContent: { reasoningText: { text: thinking } } },
        { toolUse: { toolUseId: `toolu_${turn}`, name: 'f', input: {} } }
      ]
    })
    // Every other turn holds something that Converse has no place for.
    const { status, text, call } = await send({
      messages,
      tools: [f],
      ...(turn % 2 === 0 ? editing : { thinking: { type: 'adaptive' } })
    })
    t.equal(status, 200, text)
    t.equal(call?.operation, turn % 2 === 0 ? 'InvokeModel' : 'Converse')
    const { content } = JSON.parse(text) as { content: { type: string; thinking?: string; signature?: string }[] }
    t.equal(content[0]?.thinking, thinking)
    thoughts.push([content[0]?.thinking, content[0]?.signature])
    messages.push({ role: 'assistant', content })
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${turn}`, content: 'done' }] })
  }
  const last = await send({ messages, tools: [f], ...editing })
  const sent = last.sent.messages.flatMap(({ content }) => content).filter(({ type }) => type === 'thinking')
  t.strictSame(
    sent.map(({ thinking, signature }) => [thinking, signature]),
    thoughts
  )
})
