import t from 'tap'
import { readFrames } from '../dialects/readers/read-sse.ts'
import {
  added,
  asker,
  call,
  chunksOf,
  GPT_OSS,
  kinds,
  LLAMA,
  MISTRAL,
  NOVA,
  OPUS_55,
  PNG,
  SONNET_46,
  say,
  tool
} from './asker.ts'

const { ask, stream, standin } = await asker(t)

const LOOKUP = tool('lookup')
const TOOLS = [LOOKUP, tool('now')]
const use = (name: string, input: object = {}, id = `tooluse_${name}`) => ({ toolUse: { toolUseId: id, name, input } })
const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content })
const calling = (...calls: object[]) => ({ role: 'assistant', content: null, tool_calls: calls })

/** The scripted answer of a model of this case's own, asked whole and as a stream. */
async function both(model: string, script: Parameters<typeof standin.answer>[1], more: object = {}) {
  standin.answer(model, script)
  const body = { model, tools: TOOLS, ...more }
  const whole = await ask(body)
  const streamed = await stream(body)
  return { whole: whole.body.choices[0], streamed: added(streamed.text), frames: readFrames(chunksOf(streamed.text)) }
}

t.test('T1 T2 a tool without description and parameters is taken', async (t) => {
  const { status, sent } = await ask({ tools: [LOOKUP] })
  t.equal(status, 200)
  t.same(sent?.toolConfig?.tools, [{ toolSpec: { name: 'lookup', inputSchema: { json: { type: 'object', properties: {} } } } }])
})

t.test('T3 under tool_choice none no tool can be called, and tool history is text', async (t) => {
  const history = [...say('use lookup'), calling(call('a', 'lookup')), result('a', '7'), ...say('use the tool again')]
  const { status, sent, body } = await ask({ tools: TOOLS, tool_choice: 'none', messages: history })
  t.equal(status, 200)
  t.equal(sent?.toolConfig, undefined)
  t.ok(sent?.messages.every((turn) => kinds(turn).every((kind) => kind === 'text')))
  t.equal(body.choices[0]?.message.tool_calls, undefined)
})

t.test('T4 a forced choice is any, tool, fewer tools or words, as the model takes it', async (t) => {
  const named = { type: 'function', function: { name: 'now' } }
  t.same((await ask({ tools: TOOLS, tool_choice: 'required' })).sent?.toolConfig?.toolChoice, { any: {} })
  t.same((await ask({ tools: TOOLS, tool_choice: named })).sent?.toolConfig?.toolChoice, { tool: { name: 'now' } })
  const allowed = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named] } }
  const filtered = await ask({ tools: TOOLS, tool_choice: allowed })
  t.same(
    filtered.sent?.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.name),
    ['now']
  )
  for (const model of [OPUS_55, LLAMA, MISTRAL]) {
    for (const choice of ['required', named]) {
      const { status, headers, sent } = await ask({ model, tools: TOOLS, tool_choice: choice })
      t.equal(status, 200, model)
      if (model !== MISTRAL) {
        t.same(sent?.toolConfig?.toolChoice ?? { auto: {} }, { auto: {} }, model)
        t.match(headers.get('x-adit-dropped'), 'tool_choice', model)
      }
    }
  }
})

t.test('T5 blank arguments are an empty input', async (t) => {
  for (const args of ['', '  ']) {
    const { status, sent } = await ask({
      tools: TOOLS,
      messages: [...say('q'), calling(call('a', 'lookup', args)), result('a', '7')]
    })
    t.equal(status, 200)
    t.match(sent?.messages[1]?.content[0], { toolUse: { input: {} } })
    t.same((sent!.messages[1]!.content[0] as { toolUse: { input: object } }).toolUse.input, {})
  }
})

t.test('T6 arguments cut short are sent as they are, in one field', async (t) => {
  const { status, sent } = await ask({
    tools: TOOLS,
    messages: [...say('q'), calling(call('a', 'lookup', '{"a":')), result('a', '7')]
  })
  t.equal(status, 200)
  t.match(sent?.messages[1]?.content[0], { toolUse: { input: { rawInvalidInput: '{"a":' } } })
})

t.test('T6 calls that a client has joined into one are taken apart, and its result answers each', async (t) => {
  const joined = call('a', 'lookup', '{"city":"}{"} {"city":"Rome"}')
  const { status, sent } = await ask({ tools: TOOLS, messages: [...say('q'), calling(joined), result('a', '7')] })
  t.equal(status, 200)
  const inputs = sent?.messages[1]?.content.map((block) => block.toolUse) as { toolUseId: string; input: object }[]
  t.same(
    inputs.map(({ input }) => input),
    [{ city: '}{' }, { city: 'Rome' }]
  )
  t.match(
    sent?.messages[2]?.content.map((block) => (block.toolResult as { toolUseId: string }).toolUseId).sort(),
    inputs.map(({ toolUseId }) => toolUseId).sort()
  )
  const again = await ask({
    tools: TOOLS,
    messages: [...say('q'), calling(joined), result('a', '7'), ...say('on'), calling(call('a', 'lookup')), result('a', '8')]
  })
  t.equal(again.status, 200)
  t.same(kinds(again.sent?.messages.at(-1)), ['toolResult'])
})

t.test('T7 tool history without tools is text', async (t) => {
  for (const model of [NOVA, SONNET_46, MISTRAL, LLAMA]) {
    const { status, sent } = await ask({
      model,
      messages: [...say('q'), calling(call('a', 'lookup')), result('a', 'seven'), ...say('and?')]
    })
    t.equal(status, 200, model)
    t.equal(sent?.toolConfig, undefined)
    t.ok(sent?.messages.every((turn) => kinds(turn).every((kind) => kind === 'text')))
    t.match(JSON.stringify(sent?.messages), 'seven')
  }
})

t.test('T8 two results and words of the user are one turn, results first', async (t) => {
  const { sent } = await ask({
    tools: TOOLS,
    messages: [...say('q'), calling(call('a', 'lookup'), call('b', 'now')), result('a', '7'), result('b', '8'), ...say('go on')]
  })
  t.same(kinds(sent?.messages[2]), ['toolResult', 'toolResult', 'text'])
  t.equal(sent?.messages.length, 3)
})

t.test('T9 orphan results and unanswered calls are repaired', async (t) => {
  const histories = [
    [...say('q'), result('gone', '7'), ...say('go on')],
    [...say('q'), calling(call('a', 'lookup')), ...say('never mind')],
    [...say('q'), calling(call('a', 'lookup'), call('b', 'now')), result('b', '8')],
    [...say('q'), calling(call('a', 'lookup')), result('a', '7'), result('a', '8')],
    [result('gone', '7')]
  ]
  for (const model of [NOVA, SONNET_46, MISTRAL, LLAMA]) {
    for (const messages of histories) t.equal((await ask({ model, tools: TOOLS, messages })).status, 200, model)
  }
})

t.test('T10 a result keeps its text byte for byte, its picture as a picture, and is never blank', async (t) => {
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }
  const sentResult = async (content: unknown) => {
    const { sent, status } = await ask({
      tools: TOOLS,
      messages: [...say('q'), calling(call('a', 'lookup')), result('a', content)]
    })
    t.equal(status, 200)
    return (sent!.messages[2]!.content[0] as { toolResult: { content: { text?: string; image?: object }[] } }).toolResult.content
  }
  t.ok((await sentResult(''))[0]?.text?.trim())
  t.same(await sentResult('{"city": "上海"}'), [{ text: '{"city": "上海"}' }])
  t.same(await sentResult([{ type: 'text', text: 'a map' }, image]), [
    { text: 'a map' },
    { image: { format: 'png', source: { bytes: PNG } } }
  ])
})

t.test('T11 ids and names outside the alphabet are mapped, and the client gets its own name back', async (t) => {
  const name = 'weather.lookup/v2 上海'
  const id = 'call with spaces: 上海'
  for (const model of [NOVA, MISTRAL, SONNET_46]) {
    const body = {
      model,
      tools: [tool(name, { parameters: { type: 'object', properties: {} } })],
      messages: [...say('q'), calling(call(id, name)), result(id, '7'), ...say('again')]
    }
    const { status, sent } = await ask({ ...body })
    t.equal(status, 200, model)
    const used = sent?.messages[1]?.content[0]?.toolUse as { toolUseId: string; name: string }
    t.match(used.name, /^[a-zA-Z0-9_-]{1,64}$/)
    t.match(used.toolUseId, model === MISTRAL ? /^[a-zA-Z0-9]{9}$/ : /^[a-zA-Z0-9_-]{1,64}$/)
    t.match(sent?.messages[2]?.content[0], { toolResult: { toolUseId: used.toolUseId } })
    const answered = await ask({ ...body, messages: say('use it'), tool_choice: 'required' })
    t.match(answered.body.choices[0]?.message.tool_calls, [{ type: 'function', function: { name } }])
    const streamed = await stream({ ...body, messages: say('use it'), tool_choice: 'required' })
    t.equal(added(streamed.text).message.tool_calls?.[0]?.function?.name, name)
  }
})

t.test('T20 T21 calls count from 0 in order of appearance, and only the first delta of each has id, type and name', async (t) => {
  const { frames } = await both(SONNET_46, {
    content: [
      { reasoningContent: { reasoningText: { text: 'hm' } } },
      { text: 'Checking.' },
      use('lookup', { q: 'x' }, 'tooluse_a'),
      use('now', { z: 1 }, 'tooluse_b')
    ]
  })
  const deltas = frames.flatMap((frame) => frame.choices[0]?.delta.tool_calls ?? [])
  t.same(
    deltas.filter(({ id }) => id).map(({ index, id, type, function: f }) => [index, id, type, f?.name, f?.arguments]),
    [
      [0, 'tooluse_a', 'function', 'lookup', ''],
      [1, 'tooluse_b', 'function', 'now', '']
    ]
  )
  for (const delta of deltas.filter(({ id }) => !id)) {
    t.same(Object.keys(delta).sort(), ['function', 'index'])
    t.same(Object.keys(delta.function ?? {}), ['arguments'])
  }
})

t.test('T22 a call without arguments adds up to {}', async (t) => {
  const { whole, streamed } = await both(NOVA, { content: [use('now')] })
  t.match(whole?.message.tool_calls, [{ function: { name: 'now', arguments: '{}' } }])
  t.equal(streamed.message.tool_calls?.[0]?.function?.arguments, '{}')
})

t.test('T23 unsigned reasoning before a call keeps the finish reason', async (t) => {
  const { whole, frames } = await both(GPT_OSS, {
    content: [{ reasoningContent: { reasoningText: { text: 'I need it.' } } }, use('now')]
  })
  t.equal(whole?.finish_reason, 'tool_calls')
  t.equal(frames.findLast(({ choices }) => choices.length > 0)?.choices[0]?.finish_reason, 'tool_calls')
})

t.test('T24 text beside a call is kept, whole and streamed alike', async (t) => {
  const { whole, streamed } = await both(NOVA, { content: [{ text: 'Let me check' }, use('lookup', { q: '上海' })] })
  t.equal(whole?.message.content, 'Let me check')
  t.equal(streamed.message.content, 'Let me check')
  const [wholeCall] = whole?.message.tool_calls ?? []
  if (wholeCall?.type !== 'function') return t.fail('a function is called')
  t.same(JSON.parse(wholeCall.function.arguments), { q: '上海' })
  t.same(JSON.parse(streamed.message.tool_calls?.[0]?.function?.arguments ?? ''), { q: '上海' })
})

t.test('T25 a call beside end_turn finishes with tool_calls', async (t) => {
  const { whole, streamed } = await both(NOVA, { content: [use('now')], stopReason: 'end_turn' })
  t.equal(whole?.finish_reason, 'tool_calls')
  t.equal(streamed.finish_reason, 'tool_calls')
})

t.test('T26 a call cut by max_tokens is there, and the finish reason is length', async (t) => {
  const { whole, streamed } = await both(NOVA, { content: [use('lookup', { q: 'a' })], stopReason: 'max_tokens' })
  for (const choice of [whole, streamed]) {
    t.equal(choice?.finish_reason, 'length')
    t.equal(choice?.message.tool_calls?.length, 1)
  }
})

t.test('what a thousand tools lose does not make the headers larger than clients take', async (t) => {
  const tools = Array.from({ length: 1000 }, (_, index) => tool(`look_up_${index}`, { strict: true }))
  const { status, headers } = await ask({ model: LLAMA, tools })
  t.equal(status, 200)
  const dropped = headers.get('x-adit-dropped') ?? ''
  t.match(dropped, /^tools\[0\]\.function\.strict, tools\[1\]\.function\.strict, .*\.strict, \.\.\.$/)
  t.ok(dropped.length < 5000, `${dropped.length} characters`)
})
