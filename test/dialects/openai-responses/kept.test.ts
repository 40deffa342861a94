import OpenAI from 'openai'
import t from 'tap'
import { signReasoning } from '../../../src/standin/signature.ts'
import { eventsOf, fn, type Item, type ResponseBody, responder, SONNET_45, user } from './responder.ts'

const CLAUDE = SONNET_45
const say = (text: string) => ({ content: [{ text }], stopReason: 'end_turn' })
const KEYS = {
  keys: [
    { name: 'one', key: 'sk-one' },
    { name: 'two', key: 'sk-two' }
  ]
}
const KEYS_FILE = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`

t.test('what is kept, over one gateway with its memory', async (t) => {
  const { ask, events, standin, openai, base, post } = await responder(t)
  const get = async (path: string) => {
    const response = await fetch(`${base}/v1${path}`, { headers: { authorization: 'Bearer sk-test-0123456789' } })
    const text = await response.text()
    return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined }
  }
  const chainOf = (body: ResponseBody) => ({ model: CLAUDE, previous_response_id: body.id })

  t.test('G38: a response is got as it was given, whole and streamed', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body } = await ask({ model: CLAUDE, input: 'hi' })
    t.equal(body.store, true)
    t.same((await get(`/responses/${body.id}`)).body, body)
    const { list } = await events({ model: CLAUDE, input: 'hi' })
    const last = list.at(-1)?.response
    t.equal(last?.store, true)
    t.same((await get(`/responses/${last?.id}`)).body, last)
  })

  t.test('G39: a chain of three holds the items of all and the instructions of the last', async (t) => {
    standin.answer(
      CLAUDE,
      { content: [{ toolUse: { toolUseId: 'c1', name: 'f', input: {} } }], stopReason: 'tool_use' },
      say('done')
    )
    const tools = [fn('f')]
    const first = await ask({ model: CLAUDE, instructions: 'A', input: 'x', tools })
    const output = [{ type: 'function_call_output', call_id: 'c1', output: 'r' }]
    const second = await ask({ ...chainOf(first.body), input: output, tools })
    const third = await ask({ ...chainOf(second.body), instructions: 'B', input: 'z', tools })
    t.equal(third.body.previous_response_id, second.body.id)
    t.match(third.sent?.messages, [
      { role: 'user', content: [{ text: 'x' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'f' } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'c1' } }] },
      { role: 'assistant', content: [{ text: 'done' }] },
      { role: 'user', content: [{ text: 'z' }] }
    ])
    t.same(third.sent?.system, [{ text: 'B' }])
    const { list } = await events({ ...chainOf(third.body), input: 'more', tools })
    t.equal(list.at(-1)?.response?.status, 'completed', 'a stream goes on with it too')
    const refused = await ask({ ...chainOf(third.body), input: [{ role: 'wizard', content: 'x' }] })
    t.match(refused, { status: 400, body: { error: { param: 'input[0].role' } } }, 'own items keep their places')
  })

  t.test('G40: references to reasoning and text stand for them', async (t) => {
    const text = ' hm\n'
    const signed = { reasoningContent: { reasoningText: { text, signature: signReasoning(text) } } }
    const call = { toolUse: { toolUseId: 'c9', name: 'f', input: {} } }
    standin.answer(CLAUDE, { content: [signed, { text: 'look' }, call], stopReason: 'tool_use' }, say('ok'))
    const tools = [fn('f')]
    const asked = { model: CLAUDE, tools, reasoning: { effort: 'low' } }
    const { body } = await ask({ ...asked, input: 'go' })
    const [thought, message, called] = body.output
    const input = [
      user('go'),
      { type: 'item_reference', id: thought?.id },
      { type: 'item_reference', id: message?.id },
      called,
      { type: 'function_call_output', call_id: 'c9', output: 'r' }
    ]
    const { sent } = await ask({ ...asked, input, store: false })
    t.match(sent?.messages[1], { role: 'assistant', content: [signed, { text: 'look' }, { toolUse: { name: 'f' } }] })
    const bare = await ask({ model: CLAUDE, input: [user('go'), { id: message?.id }, user('and?')] })
    t.match(bare.sent?.messages[1], { content: [{ text: 'look' }] }, 'a reference may come without its type')
  })

  t.test('G41, G42: what is not kept, and what is kept no more', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body: loose } = await ask({ model: CLAUDE, input: 'hi', store: false })
    t.equal(loose.store, false)
    t.match(await get(`/responses/${loose.id}`), { status: 404, body: { error: { code: null } } })
    t.match(await ask({ ...chainOf(loose), input: 'x' }), {
      status: 400,
      body: { error: { code: 'previous_response_not_found', param: 'previous_response_id' } }
    })
    const { body: kept } = await ask({ model: CLAUDE, input: 'hi' })
    const { body: after } = await ask({ ...chainOf(kept), input: 'x' })
    const gone = await fetch(`${base}/v1/responses/${kept.id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer sk-test-0123456789' }
    })
    t.same(await gone.json(), { id: kept.id, object: 'response', deleted: true })
    t.equal((await get(`/responses/${kept.id}`)).status, 404)
    t.equal((await get(`/responses/${after.id}`)).status, 200)
    t.match(await ask({ ...chainOf(after), input: 'x' }), { status: 400 }, 'a chain with a gap is not gone on with')
  })

  t.test('a body that is not there may have a type', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body } = await ask({ model: CLAUDE, input: 'hi' })
    const bare = async (method: string, path: string) => {
      const headers = { authorization: 'Bearer sk-test-0123456789', 'content-type': 'application/json' }
      const response = await fetch(`${base}/v1${path}`, { method, headers })
      return [response.status, await response.json()]
    }
    t.match(await bare('POST', `/responses/${body.id}/cancel`), [400, { error: { param: 'response_id' } }])
    t.match(await bare('DELETE', `/responses/${body.id}`), [200, { deleted: true }])
    const [status, made] = await bare('POST', '/conversations')
    t.equal(status, 200)
    t.match(await bare('DELETE', `/conversations/${made.id}`), [200, { deleted: true }])
    t.match(await bare('PUT', '/responses'), [405, { error: { code: 'method_not_supported' } }])
    t.match(await bare('POST', '/responses'), [400, { error: { message: /body is empty/ } }])
  })

  t.test('G43: input items by page', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body } = await ask({ model: CLAUDE, input: [user('1'), user('2'), user('3')] })
    const texts = (list: { data: { content: { text: string }[] }[] }) => list.data.map(({ content }) => content[0]?.text)
    const path = `/responses/${body.id}/input_items`
    t.same(texts((await get(path)).body), ['3', '2', '1'])
    t.same(texts((await get(`${path}?order=asc`)).body), ['1', '2', '3'])
    const page = (await get(`${path}?limit=2`)).body
    t.match(page, { object: 'list', has_more: true, first_id: page.data[0].id, last_id: page.data[1].id })
    const rest = (await get(`${path}?limit=2&after=${page.last_id}`)).body
    t.same([texts(rest), rest.has_more], [['1'], false])
    for (const [query, param] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=x', 'limit'],
      ['order=up', 'order']
    ] as const)
      t.match(await get(`${path}?${query}`), { status: 400, body: { error: { param } } })
    t.equal((await get(`${path}?after=msg_nope`)).status, 404)
    const { body: string } = await ask({ model: CLAUDE, input: 'plain' })
    const [item] = (await get(`/responses/${string.id}/input_items`)).body.data
    t.match(item, { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'plain' }] })
  })

  t.test('a replay has the events of the stream, and those after a number', async (t) => {
    standin.answer(CLAUDE, {
      content: [{ text: 'Hello' }, { toolUse: { toolUseId: 'c2', name: 'f', input: { city: 'x' } } }],
      stopReason: 'tool_use'
    })
    const { list } = await events({ model: CLAUDE, tools: [fn('f')] })
    const id = list.at(-1)?.response?.id
    const once = (all: readonly { type: string }[]) =>
      all.map(({ type }) => type).filter((type, index, types) => type !== types[index - 1])
    const replayed = eventsOf((await get(`/responses/${id}?stream=true`)).text)
    t.same(once(replayed), once(list))
    t.same(replayed.at(-1)?.response, list.at(-1)?.response)
    const { text } = await get(`/responses/${id}?stream=true&starting_after=4`)
    t.match(text, /^event: [\w.]+\ndata: .*"sequence_number":5\}\n/)
    const late = (await get(`/responses/${id}?stream=true&starting_after=999`)).text
    t.match(late, /^event: response\.completed\n/)
    t.equal((await get(`/responses/${id}?stream=true&starting_after=x`)).status, 400)
    const helper = openai.responses.stream({ response_id: String(id), starting_after: 3 })
    t.equal((await helper.finalResponse()).id, id)
  })

  t.test('cancel and background are refused with a reason', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body } = await ask({ model: CLAUDE, input: 'hi' })
    const cancelled = await post(`/v1/responses/${body.id}/cancel`, {})
    t.match([cancelled.status, await cancelled.json()], [400, { error: { param: 'response_id' } }])
    await t.rejects(openai.responses.cancel(body.id), { name: 'Error', message: /^400 / })
    await t.rejects(openai.responses.cancel(`resp_${'0'.repeat(32)}`), { name: 'Error', message: /^404 / })
    t.match(await ask({ background: true }), {
      status: 400,
      body: { error: { code: 'unsupported_parameter', param: 'background' } }
    })
  })

  t.test('conversations: items come first, and input and output are added', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { id } = await openai.conversations.create({
      items: [{ type: 'message', role: 'user', content: 'before' }],
      metadata: { a: 'b' }
    })
    t.match(await openai.conversations.retrieve(id), { id, object: 'conversation', metadata: { a: 'b' } })
    t.match(await openai.conversations.update(id, { metadata: { c: 'd' } }), { metadata: { c: 'd' } })
    const first = await ask({ model: CLAUDE, input: 'x', conversation: id })
    t.match(first.body, { conversation: { id } })
    t.match(first.sent?.messages, [{ content: [{ text: 'before' }, { text: 'x' }] }])
    const { list } = await events({ model: CLAUDE, input: 'y', conversation: { id }, store: false })
    t.equal(list.at(-1)?.response?.store, false)
    const third = await ask({ model: CLAUDE, input: 'z', conversation: id })
    t.match(third.sent?.messages, [
      { role: 'user' },
      { role: 'assistant', content: [{ text: 'Hello' }] },
      { role: 'user', content: [{ text: 'y' }] },
      { role: 'assistant' },
      { role: 'user', content: [{ text: 'z' }] }
    ])
    const page = await openai.conversations.items.list(id, { limit: 100, order: 'asc' })
    const items = page.data as unknown as Item[]
    t.same(
      items.map(({ role }) => role),
      ['user', 'user', 'assistant', 'user', 'assistant', 'user', 'assistant']
    )
    t.equal(new Set(items.map((item) => item.id)).size, items.length, 'ids are unique')
    const added = await openai.conversations.items.create(id, { items: [{ role: 'user', content: 'late' }] })
    const [late] = added.data as unknown as { id: string }[]
    t.match(await openai.conversations.items.retrieve(late!.id, { conversation_id: id }), { role: 'user' })
    const bare = await ask({ model: CLAUDE, input: [{ id: late!.id }, user('and?')] })
    t.match(bare.sent?.messages, [{ content: [{ text: 'late' }, { text: 'and?' }] }])
    await openai.conversations.items.delete(late!.id, { conversation_id: id })
    await t.rejects(openai.conversations.items.retrieve(late!.id, { conversation_id: id }), { name: 'Error', message: /^404 / })
    t.match(await ask({ model: CLAUDE, conversation: id, previous_response_id: third.body.id, input: 'x' }), {
      status: 400,
      body: { error: { code: 'mutually_exclusive_parameters', param: 'previous_response_id' } }
    })
    t.match(await ask({ ...chainOf(third.body), input: 'x' }), {
      status: 400,
      body: { error: { param: 'previous_response_id' } }
    })
    t.match(await openai.conversations.delete(id), { id, object: 'conversation.deleted', deleted: true })
    await t.rejects(openai.conversations.retrieve(id), { name: 'Error', message: /^404 / })
    t.match(await ask({ model: CLAUDE, conversation: id, input: 'x' }), {
      status: 404,
      body: { error: { param: 'conversation' } }
    })
    for (const wrong of [7, {}, { id: 7 }, 'conv_nope']) t.ok((await ask({ conversation: wrong })).status < 500, String(wrong))
  })

  t.test('a conversation holds what was referred to, and a reference to nothing is refused', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body } = await ask({ model: CLAUDE, input: 'hi' })
    const reference = { type: 'item_reference' as const, id: String(body.output[0]?.id) }
    const { id } = await openai.conversations.create({ items: [{ role: 'user', content: 'a' }, reference as never] })
    await ask({ model: CLAUDE, input: [user('b'), reference, user('c')], conversation: id })
    await openai.responses.delete(body.id)
    const { status, sent } = await ask({ model: CLAUDE, input: 'd', conversation: id })
    t.equal(status, 200, 'after its response was deleted')
    t.same(
      sent?.messages.map(({ content }) => content.map(({ text }) => text)),
      [['a'], ['Hello'], ['b'], ['Hello'], ['c'], ['Hello'], ['d']]
    )
    const nothing = { type: 'item_reference', id: 'msg_nope' } as never
    await t.rejects(openai.conversations.items.create(id, { items: [nothing] }), { name: 'Error', message: /^404 / })
    await t.rejects(openai.conversations.create({ items: [nothing] }), { name: 'Error', message: /^404 / })
    t.match(await ask({ input: [{ type: 'item_reference' }] }), { status: 400, body: { error: { param: 'input[0].id' } } })
    const many = Array.from({ length: 1001 }, () => nothing)
    t.match(await ask({ input: many }), { status: 400, body: { error: { param: 'input', code: 'array_above_max_length' } } })
  })

  t.test('a failed response is not kept, and says so', async (t) => {
    standin.fail(CLAUDE, 'mid-stream-unavailable')
    const { list } = await events({ model: CLAUDE, input: 'hi' })
    const failed = list.at(-1)?.response
    t.match([list.at(-1)?.type, failed?.store], ['response.failed', false])
    t.equal((await get(`/responses/${failed?.id}`)).status, 404)
    t.match(await ask({ ...chainOf(failed!), input: 'x' }), { status: 400 })
  })

  t.test('turns of one conversation at the same time lose nothing of each other', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { id } = await openai.conversations.create({})
    await Promise.all([1, 2, 3, 4, 5].map((n) => ask({ model: CLAUDE, input: `n${n}`, conversation: id })))
    const { data } = await openai.conversations.items.list(id, { limit: 100 })
    t.equal(data.length, 10)
  })

  t.test('a compaction stands for all before it', async (t) => {
    standin.answer(CLAUDE, say('the hand-over'))
    const first = await ask({ model: CLAUDE, input: 'long story' })
    const second = await ask({ ...chainOf(first.body), input: [{ type: 'compaction_trigger' }] })
    t.match(second.body.output, [{ type: 'compaction' }])
    const third = await ask({ ...chainOf(second.body), input: 'go on' })
    t.same(third.sent?.messages, [{ role: 'user', content: [{ text: 'the hand-over' }, { text: 'go on' }] }])
  })

  t.test('tokens of a chain are counted, and a chain can be compacted', async (t) => {
    standin.answer(CLAUDE, say('Hello'))
    const { body } = await ask({ model: CLAUDE, input: 'a long question '.repeat(50) })
    const alone = await openai.responses.inputTokens.count({ model: CLAUDE, input: 'x' })
    const chained = await openai.responses.inputTokens.count({ model: CLAUDE, input: 'x', previous_response_id: body.id })
    t.ok(chained.input_tokens > alone.input_tokens + 20)
    const compacted = await openai.responses.compact({ model: CLAUDE as 'gpt-5', previous_response_id: body.id })
    t.match(compacted.output, [{ type: 'compaction' }])
  })
})

t.test('what one key keeps is not there for another', async (t) => {
  const { standin, base } = await responder(t, { API_KEYS_FILE: KEYS_FILE })
  standin.answer(CLAUDE, say('Hello'))
  const as = (apiKey: string) => new OpenAI({ baseURL: `${base}/v1`, apiKey, maxRetries: 0 })
  const [one, two] = [as('sk-one'), as('sk-two')]
  const kept = await one.responses.create({ model: CLAUDE, input: 'mine' })
  const { id: conversation } = await one.conversations.create({ items: [{ role: 'user', content: 'mine' }] })
  t.equal((await one.responses.retrieve(kept.id)).id, kept.id)
  t.equal((await one.responses.inputItems.list(kept.id)).data.length, 1)
  for (const theft of [
    () => two.responses.retrieve(kept.id),
    () => two.responses.delete(kept.id),
    () => two.responses.cancel(kept.id),
    () => two.responses.inputItems.list(kept.id),
    () => two.conversations.retrieve(conversation),
    () => two.conversations.delete(conversation),
    () => two.conversations.items.list(conversation),
    () => two.responses.create({ model: CLAUDE, conversation, input: 'x' }),
    () => two.responses.create({ model: CLAUDE, input: [{ type: 'item_reference', id: String(kept.output[0]?.id) }] })
  ])
    await t.rejects(async () => void (await theft()), { name: 'Error', message: /^404 / })
  const stolen = two.responses.create({ model: CLAUDE, previous_response_id: kept.id, input: 'x' })
  await t.rejects(stolen, { name: 'Error', message: /^400 Previous response with id/ })
  await one.responses.delete(kept.id)
  await t.rejects(one.responses.retrieve(kept.id), { name: 'Error', message: /^404 / })
})

t.test('RESPONSES_STORE=off keeps nothing, and says so', async (t) => {
  const { ask, standin, openai } = await responder(t, { RESPONSES_STORE: 'off' })
  standin.answer(CLAUDE, say('Hello'))
  const { body, headers } = await ask({ model: CLAUDE, input: 'hi', store: true })
  t.equal(body.store, false)
  t.equal(headers.get('x-adit-dropped'), 'store')
  const silent = await ask({ model: CLAUDE, input: 'hi' })
  t.same([silent.body.store, silent.headers.get('x-adit-dropped')], [false, null])
  const chained = await ask({ model: CLAUDE, previous_response_id: body.id, input: 'x' })
  t.match(chained, { status: 400, body: { error: { code: 'previous_response_not_found', message: /RESPONSES_STORE is off/ } } })
  await t.rejects(openai.responses.retrieve(body.id), { name: 'Error', message: /RESPONSES_STORE is off/ })
  await t.rejects(openai.conversations.create({}), { name: 'Error', message: /RESPONSES_STORE is off/ })
  t.match(await ask({ input: [{ type: 'item_reference', id: 'msg_x' }] }), { status: 404, body: { error: { param: 'input' } } })
})
