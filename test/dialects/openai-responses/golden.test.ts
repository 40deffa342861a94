import { request as httpRequest } from 'node:http'
import t from 'tap'
import { signReasoning } from '../../../src/standin/signature.ts'
import { eventually } from '../../support/helper.ts'
import { bare, fn, GPT_OSS, LLAMA, NOVA, responder, type Sent, SONNET_45, SONNET_46, user } from './responder.ts'

const CLAUDE = SONNET_45
const say = (text: string) => ({ content: [{ text }], stopReason: 'end_turn' })
const calling = (name: string, input: object, toolUseId = 'tooluse_1') => ({
  content: [{ toolUse: { toolUseId, name, input } }],
  stopReason: 'tool_use'
})
const types = (list: readonly { readonly type: string }[]) => list.map(({ type }) => type)
const toolNames = (sent: Sent | undefined) =>
  (sent?.toolConfig?.tools ?? []).flatMap(({ toolSpec }) => (toolSpec ? [toolSpec.name] : []))
const rolesOf = (sent: Sent | undefined) =>
  sent?.messages.map(({ role, content }) => [role, ...content.map((block) => Object.keys(block)[0])])

t.test('G1, G2: text, whole and as a stream', async (t) => {
  const { ask, events, standin } = await responder(t)
  standin.answer(CLAUDE, say('Hello'))
  const asked = { model: CLAUDE, input: 'hi', instructions: 'be brief' }
  const { body, sent } = await ask(asked)
  t.same(sent?.system, [{ text: 'be brief' }])
  t.same(sent?.messages, [{ role: 'user', content: [{ text: 'hi' }] }])
  t.equal(body.status, 'completed')
  t.match(body.id, /^resp_\w{24,}$/)
  t.match(body.output, [
    {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }]
    }
  ])
  t.equal(body.usage?.total_tokens, (body.usage?.input_tokens ?? 0) + (body.usage?.output_tokens ?? 0))
  const { list, text } = await events(asked)
  const kinds = types(list).filter((type, index, all) => type !== all[index - 1])
  t.same(kinds, [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed'
  ])
  t.same(bare(list.at(-1)?.response), bare(body))
  t.notMatch(text, /\[DONE\]/)
  for (const event of list.filter(({ type }) => type.startsWith('response.output_text'))) t.same(event.logprobs, [])
})

t.test('G3, G4: calls with and without arguments', async (t) => {
  const { ask, events, openai, standin } = await responder(t)
  standin.answer(CLAUDE, calling('f', { city: 'Paris' }))
  const { list } = await events({ model: CLAUDE, tools: [fn('f')] })
  const added = list.find(({ type }) => type === 'response.output_item.added')
  t.match(added?.item, { type: 'function_call', arguments: '', call_id: 'tooluse_1', name: 'f', status: 'in_progress' })
  const deltas = list.filter(({ type }) => type === 'response.function_call_arguments.delta')
  t.equal(deltas.map(({ delta }) => delta).join(''), '{"city":"Paris"}')
  const done = list.find(({ type }) => type === 'response.function_call_arguments.done')
  t.match(done, { name: 'f', arguments: '{"city":"Paris"}' })
  t.match(list.at(-1)?.response, { status: 'completed', output: [{ arguments: '{"city":"Paris"}', status: 'completed' }] })

  const twin = { toolUse: { toolUseId: 'same', name: 'f', input: {} } }
  standin.answer(CLAUDE, { content: [twin, twin, twin], stopReason: 'tool_use' })
  const twins = await openai.responses.stream({ model: CLAUDE, input: 'x', tools: [fn('f')] as never }).finalResponse()
  t.match(twins.output, [{ call_id: 'same' }, { call_id: 'same_2' }, { call_id: 'same_3' }], 'each call has an id of its own')
  const results = twins.output.map((item) => ({
    type: 'function_call_output',
    call_id: (item as { call_id?: string }).call_id,
    output: 'r'
  }))
  const { sent } = await ask({ model: CLAUDE, tools: [fn('f')], input: [user('x'), ...twins.output, ...results] })
  t.same(rolesOf(sent)?.slice(1), [
    ['assistant', 'toolUse', 'toolUse', 'toolUse'],
    ['user', 'toolResult', 'toolResult', 'toolResult']
  ])

  standin.answer(CLAUDE, calling('f', {}))
  const { list: bareCall } = await events({ model: CLAUDE, tools: [{ type: 'function', name: 'f' }] })
  t.ok(bareCall.some(({ type }) => type === 'response.function_call_arguments.delta'))
  t.match(bareCall.at(-1)?.response?.output[0], { arguments: '{}' })
})

t.test('G5, G6: turns from items', async (t) => {
  const { ask } = await responder(t)
  const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '' }
  const output = { type: 'function_call_output', call_id: 'c1', output: 'r' }
  const five = await ask({ model: CLAUDE, input: [user('go'), call, output, user('so?')], tools: [fn('f')] })
  t.equal(five.status, 200)
  t.same(rolesOf(five.sent), [
    ['user', 'text'],
    ['assistant', 'toolUse'],
    ['user', 'toolResult', 'text']
  ])
  const post = { role: 'assistant', content: [{ type: 'output_text', text: 'Post.', annotations: [] }] }
  const six = await ask({ model: CLAUDE, input: [user('go'), call, post, output], tools: [fn('f')] })
  t.same(rolesOf(six.sent)?.[1], ['assistant', 'text', 'toolUse'])
  for (const rest of [[], [user('stop!')]]) {
    const second = { ...call, call_id: 'c2' }
    const { sent, status } = await ask({ model: CLAUDE, input: [user('go'), call, second, output, ...rest], tools: [fn('f')] })
    t.equal(status, 200)
    t.same(rolesOf(sent)?.[1], ['assistant', 'toolUse', 'toolUse'], 'a call that was interrupted stays one')
    t.match(sent?.messages[2]?.content[1], { toolResult: { toolUseId: 'c2', content: [{ text: '(no output)' }] } })
  }
  const cut = await ask({ model: CLAUDE, input: [user('go'), call], tools: [fn('f')] })
  t.same(rolesOf(cut.sent)?.slice(1), [
    ['assistant', 'toolUse'],
    ['user', 'toolResult']
  ])
})

t.test('G7: where no tool can be called, the history keeps its calls, and the model makes none', async (t) => {
  const { ask, events, standin } = await responder(t)
  const toolUse = (toolUseId: string, name: string) => ({ toolUse: { toolUseId, name, input: {} } })
  standin.answer(CLAUDE, { content: [await thinking(), toolUse('c1', 'f'), toolUse('c2', 'gone')], stopReason: 'tool_use' })
  const first = await ask({ model: CLAUDE, reasoning: { effort: 'low' }, tools: [fn('f'), fn('gone')] })
  const output = (call_id: string) => ({ type: 'function_call_output', call_id, output: 'r' })
  const input = [user('go'), ...first.body.output, output('c1'), output('c2')]
  standin.answer(CLAUDE, say('done'))
  const history = [
    ['user', 'text'],
    ['assistant', 'reasoningContent', 'toolUse', 'toolUse'],
    ['user', 'toolResult', 'toolResult', 'text']
  ]
  const compacted = [...history.slice(0, 2), [...history[2]!, 'text']]
  for (const [more, names] of [
    [{ tools: [] }, ['f', 'gone']],
    [{}, ['f', 'gone']],
    [{ tools: [fn('f'), fn('h')], tool_choice: 'none' }, ['f', 'h', 'gone']],
    [{ tools: [fn('f'), fn('h')], input: [...input, { type: 'compaction_trigger' }] }, ['f', 'h', 'gone']]
  ] as const) {
    const { status, sent, headers } = await ask({ model: CLAUDE, input, ...more })
    t.match([status, headers.get('x-adit-dropped')], [200, null])
    t.same(toolNames(sent), names)
    t.equal(sent?.toolConfig?.toolChoice, undefined)
    t.same(rolesOf(sent), 'input' in more ? compacted : history)
  }
  const listed = await ask({ model: CLAUDE, input, tools: [fn('f')] })
  const kept = await ask({ model: CLAUDE, input, tools: [fn('f')], tool_choice: 'none' })
  t.same(kept.sent?.toolConfig?.tools[0], listed.sent?.toolConfig?.tools[0], 'what the model has cached begins as before')
  t.same(kept.sent?.messages.slice(0, -1), listed.sent?.messages.slice(0, -1))

  standin.answer(CLAUDE, {
    content: [{ text: 'I look. ' }, { toolUse: { toolUseId: 't', name: 'f', input: { city: 'x' } } }],
    stopReason: 'tool_use'
  })
  const said = 'I look. [Called the tool f with {"city":"x"}]'
  const whole = await ask({ model: CLAUDE, input, tools: [] })
  t.match(whole.body, { status: 'completed', output: [{ type: 'message', content: [{ text: said }] }] })
  t.equal(whole.body.output.length, 1, 'a call that nobody offered is told in words')
  const { list } = await events({ model: CLAUDE, input, tools: [] })
  t.same(bare(list.at(-1)?.response), bare(whole.body))
  for (const model of ['openai.gpt-5.5', NOVA, LLAMA]) {
    const { status, sent } = await ask({ model, input: [user('go'), first.body.output[1], output('c1'), user('so?')], tools: [] })
    t.equal(status, 200, model)
    if (model.startsWith('openai')) t.match(sent, { tools: [{ name: 'f' }], tool_choice: 'none' })
    if (model === NOVA) t.same(toolNames(sent), ['f'])
    if (model === LLAMA) t.equal(sent?.toolConfig, undefined, 'where tools do not stream, words do')
  }
})

t.test('G8: a custom tool gets and gives plain text', async (t) => {
  const { ask, events, standin } = await responder(t)
  const tools = [
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'edits',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
    }
  ]
  standin.answer(CLAUDE, calling('apply_patch', { input: 'a\n"b\\" é' }))
  const { body, sent } = await ask({ model: CLAUDE, tools })
  t.match(body.output, [{ type: 'custom_tool_call', name: 'apply_patch', input: 'a\n"b\\" é', call_id: 'tooluse_1' }])
  const { toolSpec } = sent!.toolConfig!.tools[0] as {
    toolSpec: { description: string; inputSchema: { json: { properties: object } } }
  }
  t.match(toolSpec.description, /edits[\s\S]*start: "x"/)
  t.same(Object.keys(toolSpec.inputSchema.json.properties), ['input'])
  const { list } = await events({ model: CLAUDE, tools })
  const deltas = list.filter(({ type }) => type === 'response.custom_tool_call_input.delta')
  t.equal(deltas.map(({ delta }) => delta).join(''), 'a\n"b\\" é')
  const back = await ask({
    model: CLAUDE,
    tools,
    input: [
      user('go'),
      body.output[0],
      { type: 'custom_tool_call_output', call_id: 'tooluse_1', output: [{ type: 'input_text', text: 'ok' }] }
    ]
  })
  t.match(back.sent?.messages[1]?.content[0], { toolUse: { input: { input: 'a\n"b\\" é' } } })
  t.match(back.sent?.messages[2]?.content[0], { toolResult: { content: [{ text: 'ok' }] } })
})

t.test('G9, G10: namespaces, also among the items', async (t) => {
  const { ask, standin } = await responder(t)
  const tools = [{ type: 'namespace', name: 'ns', description: 'group', tools: [fn('f')] }, fn('f')]
  const first = await ask({ model: CLAUDE, tools })
  const [inner = '', outer = ''] = toolNames(first.sent) as string[]
  t.not(inner, outer)
  standin.answer(CLAUDE, calling(inner, {}))
  const nine = await ask({ model: CLAUDE, tools })
  t.match(nine.body.output, [{ type: 'function_call', name: 'f', namespace: 'ns' }])
  const back = await ask({
    model: CLAUDE,
    tools,
    input: [user('go'), nine.body.output[0], { type: 'function_call_output', call_id: 'tooluse_1', output: 'r' }]
  })
  t.match(back.sent?.messages[1]?.content[0], { toolUse: { name: inner } })

  const group = {
    type: 'namespace',
    name: 'functions',
    description: '',
    tools: [{ type: 'custom', name: 'exec', format: { type: 'text' } }]
  }
  const input = [
    { type: 'additional_tools', role: 'developer', tools: [group] },
    { type: 'message', role: 'developer', content: 'rules' },
    user('go')
  ]
  const ten = await ask({ model: CLAUDE, input })
  const [exec = ''] = toolNames(ten.sent) as string[]
  t.same(ten.sent?.system, [{ text: 'rules' }])
  t.notMatch(JSON.stringify(ten.sent?.messages), /exec/)
  standin.answer(CLAUDE, calling(exec, { input: 'run' }))
  const called = await ask({ model: CLAUDE, input })
  const ran = { type: 'custom_tool_call', name: 'exec', namespace: 'functions', input: 'run' }
  t.match(called.body.output, [ran])
  const { namespace: _, ...echoed } = called.body.output[0]!
  const result = { type: 'custom_tool_call_output', call_id: 'tooluse_1', output: 'r' }
  const again = await ask({ model: CLAUDE, input: [...input, echoed, result] })
  t.match(again.sent?.messages[1]?.content[0], { toolUse: { name: exec } }, 'Codex leaves the namespace out')
  standin.answer(CLAUDE, calling('exec', { input: 'run' }))
  t.match((await ask({ model: CLAUDE, input })).body.output, [ran], 'and so may the model')
})

t.test('S10: a long description of a namespace is not said with each of a thousand members', async (t) => {
  const { ask } = await responder(t)
  const described = async (length: number) => {
    const members = Array.from({ length: 1000 }, (_, at) => fn(`f${at}`))
    const tools = [{ type: 'namespace', name: 'ns', description: 'd'.repeat(length), tools: members }]
    const { sent } = await ask({ model: CLAUDE, tools })
    const specs = sent?.toolConfig?.tools as { toolSpec?: { description?: string } }[]
    return specs.filter(({ toolSpec }) => toolSpec?.description?.includes('d'.repeat(length))).length
  }
  t.equal(await described(900), 1000)
  t.equal(await described(100_000), 11, 'a million characters, and the first')
})

t.test('a namespace whose joined name another tool has', async (t) => {
  const { ask, standin } = await responder(t)
  const tools = [fn('ns__f'), { type: 'namespace', name: 'ns', tools: [fn('f')] }]
  const { sent } = await ask({ model: CLAUDE, tools })
  const names = toolNames(sent) as string[]
  t.equal(new Set(names).size, 2)
  standin.answer(CLAUDE, calling(names[1]!, {}))
  t.match((await ask({ model: CLAUDE, tools })).body.output, [{ name: 'f', namespace: 'ns' }])
})

t.test('G11, G12: a search of tools at the client', async (t) => {
  const { ask, events, standin } = await responder(t)
  const search = {
    type: 'tool_search',
    execution: 'client',
    description: 'find',
    parameters: { type: 'object', properties: { query: { type: 'string' } } }
  }
  standin.answer(CLAUDE, calling('tool_search', { query: 'x' }))
  const { body } = await ask({ model: CLAUDE, tools: [search] })
  t.match(body.output, [
    { type: 'tool_search_call', call_id: 'tooluse_1', arguments: { query: 'x' }, execution: 'client', status: 'completed' }
  ])
  const { list } = await events({ model: CLAUDE, tools: [search] })
  t.same(types(list).slice(2, -1), ['response.output_item.added', 'response.output_item.done'])
  const input = [
    user('go'),
    body.output[0],
    {
      type: 'tool_search_output',
      call_id: 'tooluse_1',
      execution: 'client',
      status: 'completed',
      tools: [{ type: 'namespace', name: 'ns', tools: [fn('g')] }]
    }
  ]
  const found = await ask({ model: CLAUDE, tools: [search], input })
  const name = (toolNames(found.sent) as string[]).find((each) => each !== 'tool_search')!
  standin.answer(CLAUDE, calling(name, {}))
  t.match((await ask({ model: CLAUDE, tools: [search], input })).body.output, [
    { type: 'function_call', name: 'g', namespace: 'ns' }
  ])
})

t.test('G13, G14: tools that run elsewhere, and allowed tools', async (t) => {
  const { ask } = await responder(t)
  const thirteen = await ask({ model: CLAUDE, tools: [fn('f'), { type: 'web_search', external_web_access: false }] })
  t.equal(thirteen.status, 200)
  t.same(toolNames(thirteen.sent), ['f'])
  t.match(thirteen.headers.get('x-adit-dropped'), /web_search/)
  for (const [model, search, isSent] of [
    ['us.amazon.nova-2-lite-v1:0', { type: 'web_search' }, true],
    ['us.amazon.nova-2-lite-v1:0', { type: 'web_search_preview', external_web_access: false }, false],
    [CLAUDE, { type: 'web_search_2025_08_26' }, false],
    ['openai.gpt-5.5', { type: 'web_search' }, false]
  ] as const) {
    const { status, headers, sent } = await ask({ model, tools: [fn('f'), search] })
    t.equal(status, 200, model)
    t.equal(JSON.stringify(sent ?? {}).includes('nova_grounding'), isSent, `${model} ${search.type}`)
    t.equal(headers.get('x-adit-dropped')?.includes('tools.web_search') ?? false, !isSent, `${model} ${search.type} is told`)
  }
  const tools = [fn('f'), fn('g'), fn('h')]
  const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'h' }] }
  const fourteen = await ask({ model: CLAUDE, tools, tool_choice: choice })
  t.same(fourteen.sent?.toolConfig?.toolChoice, { any: {} })
  t.same(toolNames(fourteen.sent), ['h'])
  t.same(fourteen.body.tool_choice, choice)
  const named = await ask({ model: CLAUDE, tools, tool_choice: { type: 'function', name: 'g' } })
  t.same(named.sent?.toolConfig?.toolChoice, { tool: { name: 'g' } })
  for (const wrong of ['some', { type: 'function', name: 'x' }, { type: 'file_search' }]) {
    const { status, body } = await ask({ model: CLAUDE, tools, tool_choice: wrong })
    t.equal(status, 400)
    t.match(body.error?.param, /^tool_choice/)
  }
})

const THOUGHT = ' hm \n'
const thinking = async () => {
  const signature = signReasoning(THOUGHT)
  return { reasoningContent: { reasoningText: { text: THOUGHT, signature } } }
}

t.test('a search of the web is run by the model that has one', async (t) => {
  const { ask, standin } = await responder(t)
  const nova = 'us.amazon.nova-2-lite-v1:0'
  const searching = { toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] } }
  for (const type of ['web_search', 'web_search_2025_08_26', 'web_search_preview', 'web_search_preview_2025_03_11']) {
    const tools = [{ type }]
    const ran = await ask({ model: nova, tools })
    t.match(ran, { status: 200, sent: searching })
    t.equal(ran.headers.get('x-adit-dropped'), null)
    for (const model of [CLAUDE, NOVA, 'openai.gpt-5.5']) {
      const { status, sent, headers } = await ask({ model, tools })
      t.equal(status, 200)
      t.notMatch(JSON.stringify(sent), /tools/)
      t.equal(headers.get('x-adit-dropped'), `tools.${type}`)
    }
  }
  const both = [fn('f'), { type: 'web_search' }]
  const allowed = (...list: object[]) => ({ type: 'allowed_tools', mode: 'auto', tools: list })
  const f = { type: 'function', name: 'f' }
  const searches = async (tool_choice: unknown) =>
    JSON.stringify((await ask({ model: nova, tools: both, tool_choice })).sent).includes('nova_grounding')
  t.equal(await searches('auto'), true)
  t.equal(await searches(allowed(f, { type: 'web_search' })), true)
  t.equal(await searches(allowed(f)), false)
  t.equal(await searches('none'), false)

  standin.fail(nova, 'search-denied')
  const denied = await ask({ model: nova, tools: both })
  t.match([denied.status, toolNames(denied.sent), denied.headers.get('x-adit-dropped')], [200, ['f'], 'tools.web_search'])
})

t.test('where Nova may not search, an answer comes without', async (t) => {
  const { ask, post } = await responder(t, { AWS_REGION: 'eu-central-1' })
  const nova = 'eu.amazon.nova-2-lite-v1:0'
  const { status, sent, headers } = await ask({ model: nova, tools: [{ type: 'web_search' }] })
  t.match([status, sent?.toolConfig, headers.get('x-adit-dropped')], [200, undefined, 'tools.web_search'])
  const asked = { model: nova, messages: [user('news?')], web_search_options: {} }
  t.equal((await post('/v1/chat/completions', asked)).status, 400, 'a request about nothing else is refused')
})

t.test('G15, G16, G17, G20, G21: signed reasoning is shown as asked, and goes back byte for byte', async (t) => {
  const { ask, events, standin } = await responder(t)
  const block = await thinking()
  standin.answer(CLAUDE, {
    content: [block, { text: 'I look' }, { toolUse: { toolUseId: 'tooluse_1', name: 'f', input: {} } }],
    stopReason: 'tool_use'
  })
  const asked = { model: CLAUDE, tools: [fn('f')], reasoning: { effort: 'low', summary: 'auto' } }
  const { body } = await ask(asked)
  t.same(types(body.output), ['reasoning', 'message', 'function_call'])
  t.same(body.output[0]?.summary, [{ type: 'summary_text', text: THOUGHT }])
  t.match(body.output[0]?.encrypted_content, /^adit1\./)
  t.match(body.reasoning, { effort: 'low', summary: 'auto' })
  const shown = await events(asked)
  t.same(
    types(shown.list)
      .filter((type) => /reasoning/.test(type))
      .filter((type, index, all) => type !== all[index - 1]),
    [
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done'
    ]
  )
  const hidden = await events({ ...asked, reasoning: { effort: 'low' } })
  t.notOk(types(hidden.list).some((type) => /summary/.test(type)))
  t.match(hidden.list.at(-1)?.response?.output[0], { type: 'reasoning', summary: [], encrypted_content: /^adit1\./ })

  const input = [user('go'), ...body.output, { type: 'function_call_output', call_id: 'tooluse_1', output: 'r' }]
  const other = await responder(t)
  for (const gateway of [{ ask }, other]) {
    const { sent, status } = await gateway.ask({ ...asked, input, store: false })
    t.equal(status, 200)
    t.same(sent?.messages[1]?.content.slice(0, 2), [block, { text: 'I look' }])
    t.match(sent?.additionalModelRequestFields, { thinking: { type: 'enabled' } })
  }
  const nova = await other.ask({ model: NOVA, input, tools: [fn('f')] })
  t.equal(nova.status, 200)
  t.notMatch(JSON.stringify(nova.sent), /reasoningContent/)
})

t.test('G21: reasoning goes to the family that thought it, and is told of elsewhere', async (t) => {
  const { ask, standin } = await responder(t)
  standin.answer(CLAUDE, { content: [await thinking(), { text: 'b' }], stopReason: 'end_turn' })
  const { body } = await ask({ model: CLAUDE, reasoning: { effort: 'low', summary: 'auto', context: 'all_turns' } })
  const [item] = body.output
  const back = async (model: string, more: object) => {
    const said = { role: 'assistant', content: 'b' }
    const { status, sent, headers } = await ask({ model, input: [user('a'), { ...item, ...more }, said, user('c')] })
    t.equal(status, 200)
    return { sent: JSON.stringify(sent), dropped: headers.get('x-adit-dropped') }
  }
  const own = await back(CLAUDE, {})
  t.match(own.sent, /"signature"/)
  t.equal(own.dropped, null, 'what was read is not told of as lost')
  for (const model of [NOVA, GPT_OSS, 'openai.gpt-5.5']) {
    const { sent, dropped } = await back(model, {})
    t.notMatch(sent, /signature|reasoningContent|"reasoning"/, model)
    t.equal(dropped, 'input.reasoning', model)
    t.equal((await back(model, { encrypted_content: null })).dropped, null, `${model} misses nothing unsigned`)
  }
})

t.test('G21: of two Claudes each gets back what it thought itself, at once', async (t) => {
  const { ask, standin } = await responder(t)
  const [sonnet, opus, fable] = ['us.anthropic.claude-sonnet-4-6', 'us.anthropic.claude-opus-5', 'us.anthropic.claude-fable-5-1']
  const reasoning = { effort: 'high' }
  const think = async (model: string, input: unknown[]) => {
    const before = standin.requests.length
    const { status, body, sent, headers } = await ask({ model, input, reasoning, store: false })
    t.equal(status, 200)
    const calls = standin.requests.slice(before).filter(({ operation }) => operation?.startsWith('Converse'))
    return { output: body.output, sent: JSON.stringify(sent), calls: calls.length, dropped: headers.get('x-adit-dropped') }
  }
  const signatures = (sent: string) => sent.match(/"signature"/g)?.length ?? 0
  const first = [user('a')]
  const one = await think(sonnet, first)
  t.match(one.output[0], { type: 'reasoning', encrypted_content: /^adit1/ })
  const second = [...first, ...one.output, user('b')]
  const two = await think(opus, second)
  t.match([signatures(two.sent), two.calls, two.dropped], [0, 1, 'input.reasoning'])
  const third = [...second, ...two.output, user('c')]
  const again = await think(sonnet, third)
  t.match([signatures(again.sent), again.calls, again.dropped], [1, 1, 'input.reasoning'], 'its own stays')
  const elsewhere = await think('global.anthropic.claude-sonnet-4-6', second)
  t.match([signatures(elsewhere.sent), elsewhere.calls, elsewhere.dropped], [1, 1, null], 'another profile is the same model')
  const reader = await think(fable, [...first, ...(await think(opus, first)).output, user('c')])
  t.match([signatures(reader.sent), reader.dropped], [1, null], 'Fable 5.1 reads Opus 5')
})

t.test('G18, G19: redacted reasoning goes back, foreign reasoning does not', async (t) => {
  const { ask, standin } = await responder(t)
  const redacted = { reasoningContent: { redactedContent: 'QUJD' } }
  standin.answer(CLAUDE, {
    content: [redacted, { toolUse: { toolUseId: 'tooluse_1', name: 'f', input: {} } }],
    stopReason: 'tool_use'
  })
  const asked = { model: CLAUDE, tools: [fn('f')], reasoning: { effort: 'low' } }
  const { body } = await ask(asked)
  const input = [user('go'), ...body.output, { type: 'function_call_output', call_id: 'tooluse_1', output: 'r' }]
  const back = await ask({ ...asked, input })
  t.same(back.sent?.messages[1]?.content[0], redacted)
  for (const encrypted_content of [
    'gAAAAABo',
    'adit1.',
    'adit1.AAAA',
    body.output[0]?.encrypted_content?.slice(0, -3),
    '',
    null
  ]) {
    const foreign = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'S' }],
      content: null,
      encrypted_content
    }
    const { status, sent, headers } = await ask({
      model: SONNET_46,
      input: [user('a'), foreign, { role: 'assistant', content: 'b' }, user('c')]
    })
    t.equal(status, 200)
    t.notMatch(JSON.stringify(sent), /reasoningContent|"S"/)
    if (encrypted_content) t.match(headers.get('x-adit-dropped'), /input\.reasoning/)
  }
})

t.test('G22: a summary alone switches no thinking on', async (t) => {
  const { ask } = await responder(t)
  const { status, sent } = await ask({ model: CLAUDE, reasoning: { summary: 'auto' } })
  t.equal(status, 200)
  t.notMatch(JSON.stringify(sent), /thinking/)
})

t.test('G23: an answer by schema is a message', async (t) => {
  const { ask, standin } = await responder(t)
  const text = {
    format: {
      type: 'json_schema',
      name: 'out',
      strict: true,
      schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'], additionalProperties: false }
    }
  }
  for (const model of [CLAUDE, NOVA]) {
    const first = await ask({ model, text })
    const [name] = toolNames(first.sent) as string[]
    standin.answer(model, name === undefined ? say('{"a":1}') : calling(name, { a: 1 }))
    const { body } = await ask({ model, text })
    t.equal(body.status, 'completed')
    t.match(body.output, [{ type: 'message', content: [{ text: /^\{"a": ?1\}$/ }] }])
    t.same(body.text, text)
  }
  for (const format of [{ type: 'json_schema', schema: {} }, { type: 'json_schema', name: 'x' }, { type: 'xml' }]) {
    const { status, body } = await ask({ text: { format } })
    t.equal(status, 400)
    t.match(body.error?.param, /^text\.format/)
  }
})

t.test('G24, G25, G26: cut and filtered answers, and what is counted', async (t) => {
  const { ask, events, standin } = await responder(t)
  standin.answer(CLAUDE, { content: [{ text: 'half' }], stopReason: 'max_tokens' })
  const cut = {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ status: 'incomplete' }],
    completed_at: null
  }
  const { body, sent } = await ask({ model: CLAUDE, max_output_tokens: 16 })
  t.match(body, cut)
  t.equal(sent?.inferenceConfig?.maxTokens, 16)
  const { list } = await events({ model: CLAUDE, max_output_tokens: 16 })
  t.equal(list.at(-1)?.type, 'response.incomplete')
  t.match(list.at(-1)?.response, cut)
  t.match(list.at(-2)?.item, { status: 'incomplete' })
  standin.answer(CLAUDE, { content: [{ text: 'no' }], stopReason: 'guardrail_intervened' })
  t.match((await ask({ model: CLAUDE })).body, { status: 'incomplete', incomplete_details: { reason: 'content_filter' } })
  standin.answer(CLAUDE, {
    ...say('x'),
    usage: { inputTokens: 20, outputTokens: 9, cacheReadInputTokens: 100, cacheWriteInputTokens: 50 }
  } as never)
  t.match((await ask({ model: CLAUDE })).body.usage, {
    input_tokens: 170,
    input_tokens_details: { cached_tokens: 100, cache_write_tokens: 50 },
    output_tokens: 9,
    total_tokens: 179
  })
})

t.test('G27, G28: a stream that breaks says so twice, and nothing after', async (t) => {
  const { events, standin, openai } = await responder(t)
  for (const fault of ['mid-stream-unavailable', 'eof-no-stop']) {
    standin.fail(CLAUDE, fault)
    const { list, text } = await events({ model: CLAUDE })
    t.same(types(list).slice(-2), ['error', 'response.failed'], fault)
    const [told, failed] = list.slice(-2)
    t.match(told, { code: /\w/, message: /\w/, param: null, error: { code: told?.code, message: told?.message } })
    t.match(failed?.response, { status: 'failed', error: { code: told?.code }, output: [{ status: 'incomplete' }] })
    t.notMatch(text, /response\.completed|\[DONE\]/)
    standin.fail(CLAUDE, fault)
    await t.rejects(openai.responses.stream({ model: CLAUDE, input: 'hi' }).finalResponse())
  }
})

t.test('G29, G30: what fails before the stream is an HTTP error', async (t) => {
  const { events, standin } = await responder(t)
  standin.fail(CLAUDE, 'throttling-retry-after')
  const throttled = await events({ model: CLAUDE })
  t.equal(throttled.status, 429)
  t.ok(throttled.headers.get('retry-after'))
  standin.fail(CLAUDE, 'input-too-long')
  const long = await events({ model: CLAUDE })
  t.match({ status: long.status, ...JSON.parse(long.text) }, { status: 400, error: { code: 'context_length_exceeded' } })
})

t.test('G31: a silent stream says so with events, once it has begun', async (t) => {
  const { events, standin } = await responder(t, { HEARTBEAT_MS: '50', STREAM_COMMIT_MS: '50' })
  standin.answer(CLAUDE, { content: [{ text: 'slow words' }], stopReason: 'end_turn', delayMs: 300, gapMs: 120, chunkSize: 3 })
  const { list } = await events({ model: CLAUDE })
  t.equal(list[0]?.type, 'response.created')
  t.ok(list.some(({ type }) => type === 'keepalive'))
  t.equal(list.at(-1)?.type, 'response.completed')
})

t.test('G32: a WebSocket is refused so that clients go on over HTTP', async (t) => {
  const { base } = await responder(t)
  const statusOf = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = httpRequest(
        `${base}/v1/responses`,
        { headers: { authorization: 'Bearer sk-test-0123456789', ...headers } },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        }
      )
      asked.on('error', reject)
      asked.on('upgrade', () => reject(new Error('upgraded')))
      asked.end()
    })
  t.equal(
    await statusOf({
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA=='
    }),
    426
  )
  t.equal(await statusOf({}), 405)
})

t.test('G33, G34, G35, G36, G37, G47, G48: what is refused, and what is not', async (t) => {
  const { ask } = await responder(t)
  for (const input of [null, 7, []]) {
    const { status, body } = await ask({ input })
    t.equal(status, 400)
    t.equal(body.error?.param, 'input')
  }
  const bare = { type: 'additional_tools', tools: 'f' }
  for (const input of [[{ role: 'wizard', content: 'x' }], [user([{ type: 'hologram' }])], [bare, user('a')]]) {
    const { status, body } = await ask({ input })
    t.equal(status, 400)
    t.match(body.error?.param, /^input\[0\]/)
  }
  const told = (await ask({ input: [user([{ type: 'hologram' }])] })).body.error?.message
  t.match(told, /'input_text', 'input_image'/, 'parts are told of by the names of this API')
  const penalized = await ask({ model: CLAUDE, frequency_penalty: 1, presence_penalty: 0.5 })
  t.match([penalized.status, penalized.headers.get('x-adit-dropped')], [200, 'frequency_penalty, presence_penalty'])
  const searched = [
    { type: 'tool_search_call', call_id: null, execution: 'server', arguments: { query: 'x' }, status: 'completed' },
    { type: 'tool_search_output', call_id: null, execution: 'server', tools: [fn('g')], status: 'completed' }
  ]
  const elsewhere = await ask({ model: CLAUDE, input: [user('a'), ...searched, user('b')], tools: [{ type: 'tool_search' }] })
  t.match([elsewhere.status, elsewhere.headers.get('x-adit-dropped')], [200, 'input.tool_search_call'])
  t.same(toolNames(elsewhere.sent), ['g'], 'what a search at OpenAI has found can be called')
  const strange = await ask({ input: [user('a'), { type: 'hologram' }] })
  t.equal(strange.status, 200)
  t.match(strange.headers.get('x-adit-dropped'), /input\.hologram/)
  const previous = await ask({ previous_response_id: 'resp_nope' })
  t.match(previous, { status: 400, body: { error: { code: 'previous_response_not_found', param: 'previous_response_id' } } })
  for (const reference of [{ type: 'item_reference', id: 'msg_nope' }, { id: 'msg_nope' }]) {
    const { status, body } = await ask({ input: [user('a'), reference] })
    t.match({ status, error: body.error }, { status: 404, error: { param: 'input', message: /msg_nope/, code: null } })
  }
  t.match(await ask({ background: true }), { status: 400, body: { error: { param: 'background' } } })
  t.match(await ask({ prompt: { id: 'pmpt_1' } }), { status: 400, body: { error: { param: 'prompt' } } })
})

t.test('G44, G45, G46: a conversation in one item', async (t) => {
  const { ask, events, standin, openai } = await responder(t)
  standin.answer(CLAUDE, say('S'))
  const history = [
    user('go'),
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: 'r' }
  ]
  const asked = {
    model: CLAUDE,
    tools: [fn('f')],
    parallel_tool_calls: true,
    input: [...history, { type: 'compaction_trigger' }]
  }
  const { body } = await ask(asked)
  t.same(types(body.output), ['compaction'])
  const { list } = await events(asked)
  t.same(types(list), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.output_item.done',
    'response.completed'
  ])
  const back = await ask({ model: CLAUDE, input: [body.output[0], user('next')] })
  t.match(back.sent?.messages, [{ role: 'user', content: [{ text: 'S' }, { text: 'next' }] }])
  const foreign = await ask({ model: CLAUDE, input: [{ type: 'compaction', encrypted_content: 'gAAAA' }, user('next')] })
  t.match(foreign, { status: 400, body: { error: { code: 'invalid_encrypted_content', param: 'input[0]' } } })
  const compacted = await openai.responses.compact({ model: CLAUDE as never, input: history as never })
  t.match(compacted, { object: 'response.compaction', output: [{ type: 'compaction' }] })
  t.ok(compacted.usage.total_tokens > 0)
})

t.test('G49: null means absent', async (t) => {
  const { ask } = await responder(t)
  const plain = await ask({ model: CLAUDE })
  const names = [
    'instructions',
    'previous_response_id',
    'conversation',
    'store',
    'stream',
    'stream_options',
    'background',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'max_tool_calls',
    'temperature',
    'top_p',
    'top_logprobs',
    'max_output_tokens',
    'text',
    'reasoning',
    'include',
    'metadata',
    'user',
    'safety_identifier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'service_tier',
    'truncation',
    'context_management',
    'prompt',
    'moderation',
    'client_metadata'
  ]
  const nulled = await ask({ model: CLAUDE, ...Object.fromEntries(names.map((name) => [name, null])) })
  t.equal(nulled.status, 200)
  t.same(nulled.sent, plain.sent)
})

t.test("G50: Cursor's bodies on chat/completions", async (t) => {
  const { ask, send, standin } = await responder(t)
  standin.answer(CLAUDE, say('x'))
  const { body } = await ask(
    { model: CLAUDE, input: [user('hi')], tools: [fn('f')], reasoning: { effort: 'low' }, include: [], store: false },
    '/v1/chat/completions'
  )
  t.match(body as unknown as object, { object: 'chat.completion', choices: [{ message: { content: 'x' } }] })
  const { text } = await send({ model: CLAUDE, input: 'hi', stream: true }, '/v1/chat/completions')
  t.match(text, /chat\.completion\.chunk[\s\S]*\[DONE\]/)
})

t.test('G51: a client that leaves ends the call', async (t) => {
  const { openai, standin } = await responder(t)
  standin.answer(CLAUDE, { ...say('word '.repeat(200)), chunkSize: 5, gapMs: 20 })
  const stream = await openai.responses.create({ model: CLAUDE, input: 'hi', stream: true })
  for await (const event of stream) if (event.type === 'response.output_text.delta') break
  stream.controller.abort()
  t.ok(await eventually(() => standin.inFlight() === 0, 1000))
})

t.test('input tokens are counted', async (t) => {
  const { ask } = await responder(t)
  const { status, body } = await ask({ model: CLAUDE, instructions: 'be brief' }, '/v1/responses/input_tokens')
  t.equal(status, 200)
  const counted = body as unknown as { object: string; input_tokens: number }
  t.equal(counted.object, 'response.input_tokens')
  t.ok(counted.input_tokens > 0)
})

t.test('without a limit of its own an answer may be as long as the model can, up to 32,000', async (t) => {
  const limitOf = (sent: Sent | undefined) =>
    (sent as { inferenceConfig?: { maxTokens?: number } } | undefined)?.inferenceConfig?.maxTokens
  const { ask, post, standin } = await responder(t)
  t.equal(limitOf((await ask({ model: CLAUDE })).sent), 32_000)
  t.equal(limitOf((await ask({ model: CLAUDE, max_output_tokens: 100 })).sent), 100)
  const nova = limitOf((await ask({ model: NOVA })).sent)
  t.ok(nova !== undefined && nova <= 10_240, 'never above the ceiling')
  await (await post('/v1/chat/completions', { model: CLAUDE, messages: [user('hi')] })).text()
  t.equal(limitOf(standin.requests.at(-1)?.body as Sent), 8192, 'chat is as it was')
  const own = await responder(t, { RESPONSES_MAX_TOKENS: '5000', DEFAULT_MAX_TOKENS: '700' })
  t.equal(limitOf((await own.ask({ model: CLAUDE })).sent), 5000)
  const all = await responder(t, { DEFAULT_MAX_TOKENS: '700' })
  t.equal(limitOf((await all.ask({ model: CLAUDE })).sent), 700)
})

t.test('a model that is silent for long is announced, and its stream is one all the same', async (t) => {
  const { events, standin } = await responder(t, { STREAM_COMMIT_MS: '50', HEARTBEAT_MS: '50' }, { hangMs: 2000 })
  standin.answer(NOVA, say('Hello'))
  standin.fail(NOVA, 'slow-first-event')
  const { list, text } = await events({})
  t.same(types(list).slice(0, 3), ['response.created', 'response.in_progress', 'keepalive'])
  t.equal(types(list).filter((type) => type === 'response.created').length, 1)
  t.match(list.at(-1), { type: 'response.completed', response: { output: [{ content: [{ text: 'Hello' }] }] } })
  t.equal(new Set(list.flatMap(({ response }) => response?.id ?? [])).size, 1)
  t.match(text, /^: waiting for the model\n\nevent: response\.created/)
})

t.test('truncation: auto leaves out the oldest turns of what is too long', async (t) => {
  const { ask, standin } = await responder(t)
  standin.answer(CLAUDE, say('ok'))
  const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }
  const output = { type: 'function_call_output', call_id: 'c1', output: 'r' }
  const input = [user('first'), { role: 'assistant', content: 'one' }, user('second '.repeat(20)), call, output, user('last')]
  const asked = { model: CLAUDE, instructions: 'be', tools: [fn('f')], input }
  standin.fail(CLAUDE, 'input-too-long')
  t.match(await ask(asked), { status: 400, body: { error: { code: 'context_length_exceeded' } } })
  standin.fail(CLAUDE, 'input-too-long')
  const cut = await ask({ ...asked, truncation: 'auto' })
  t.equal(cut.status, 200)
  t.match(cut.headers.get('x-adit-dropped'), /truncation/)
  t.same(cut.sent?.system, [{ text: 'be' }])
  t.notMatch(JSON.stringify(cut.sent?.messages), /first/)
  t.match(JSON.stringify(cut.sent?.messages), /toolUse.*toolResult.*last/)
  const whole = await ask({ ...asked, truncation: 'auto' })
  t.equal(whole.headers.get('x-adit-dropped'), null)
  t.match(JSON.stringify(whole.sent?.messages), /first/)
  standin.fail(CLAUDE, 'input-too-long')
  t.match(await ask({ model: CLAUDE, input: 'one', truncation: 'auto' }), { status: 400 }, 'nothing to leave out')
})
