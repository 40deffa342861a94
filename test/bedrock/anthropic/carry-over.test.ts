import t from 'tap'
import { OPUS_47, SONNET_45 } from '../../acceptance/asker.ts'
import { build, lastCall } from '../../helper.ts'

const { post, standin } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
const NOVA = 'amazon.nova-lite-v1:0'

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
