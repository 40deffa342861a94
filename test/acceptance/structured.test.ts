import t from 'tap'
import { lastCall } from '../support/helper.ts'
import { added, asker, CHAT, LLAMA, MISTRAL, NOVA, OPUS_55, SONNET_46, say, tool } from './asker.ts'

const { ask, stream, standin, openai, post } = await asker(t)

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer', minimum: 1 } },
  required: ['city', 'people'],
  additionalProperties: false
}
const FORM = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: SCHEMA } }
const told = (headers: Headers) => (headers.get('x-adit-dropped') ?? '').split(', ').includes('response_format')

/** What each model's answer is made of where it has to be JSON. */
const WAYS = {
  [SONNET_46]: (json: string) => ({ content: [{ text: json }] }),
  [OPUS_55]: (json: string) => ({ content: [{ text: json }] }),
  [NOVA]: (json: string) => ({
    content: [{ toolUse: { toolUseId: 'tooluse_json', name: 'json', input: JSON.parse(json) } }],
    stopReason: 'tool_use'
  })
}

t.test('an answer that breaks the schema is given all the same, and told in x-adit-dropped', async (t) => {
  for (const [model, make] of Object.entries(WAYS)) {
    const body = { model, response_format: FORM, messages: say('a city') }
    standin.answer(model, make('{"city":"Rome","people":0}'))
    const wrong = await ask(body)
    t.equal(wrong.status, 200)
    t.same(JSON.parse(wrong.body.choices[0]?.message.content ?? ''), { city: 'Rome', people: 0 })
    t.ok(told(wrong.headers), model)
    standin.answer(model, make('{"city":"Rome","people":3}'))
    t.notOk(told((await ask(body)).headers), model)
  }
})

t.test('a stream cannot tell in its headers, and stays whole', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: '{"city":"Rome"}' }] })
  const { headers, text } = await stream({ model: SONNET_46, response_format: FORM, messages: say('a city') })
  t.notOk(told(headers))
  t.equal(added(text).message.content, '{"city":"Rome"}')
  t.equal(added(text).finish_reason, 'stop')
})

t.test('an answer that was cut or calls a tool is not measured by the schema', async (t) => {
  const body = { model: SONNET_46, response_format: FORM, messages: say('a city') }
  standin.answer(SONNET_46, { content: [{ text: '{"city":"Ro' }], stopReason: 'max_tokens' })
  const cut = await ask(body)
  t.equal(cut.body.choices[0]?.finish_reason, 'length')
  t.notOk(told(cut.headers))
  standin.answer(SONNET_46, {
    content: [{ text: 'One moment.' }, { toolUse: { toolUseId: 'tooluse_a', name: 'look', input: {} } }]
  })
  const called = await ask({ ...body, tools: [tool('look')] })
  t.equal(called.body.choices[0]?.finish_reason, 'tool_calls')
  t.notOk(told(called.headers))
})

t.test('json_object wants one JSON object, of any form', async (t) => {
  const body = { model: SONNET_46, response_format: { type: 'json_object' }, messages: say('a city') }
  for (const [text, wrong] of [
    ['{"any":1}', false],
    ['[1]', true],
    ['Rome.', true]
  ] as const) {
    standin.answer(SONNET_46, { content: [{ text }] })
    t.equal(told((await ask(body)).headers), wrong, text)
  }
})

t.test('of several choices each is measured', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: '{"city":"Rome"}' }] })
  const { body, headers } = await ask({ model: SONNET_46, n: 2, response_format: FORM, messages: say('a city') })
  t.equal(body.choices.length, 2)
  t.equal(headers.get('x-adit-dropped'), 'response_format')
})

t.test('where a model is asked for JSON in words, what it puts around it is taken off, whole and streamed', async (t) => {
  const json = '{"city":"Rome","people":3}'
  standin.answer(OPUS_55, { content: [{ text: `Here it is:\n\`\`\`json\n${json}\n\`\`\`\nEnjoy!` }] })
  const body = { model: OPUS_55, response_format: FORM, messages: say('a city') }
  const whole = await ask(body)
  t.equal(whole.body.choices[0]?.message.content, json)
  t.notOk(told(whole.headers))
  t.equal(added((await stream(body)).text).message.content, json)
})

t.test('an answer that a model wraps in the schema’s own `properties` is taken out, whole and streamed', async (t) => {
  standin.answer(NOVA, WAYS[NOVA]!('{"properties":{"city":"Rome","people":3}}'))
  const body = { model: NOVA, response_format: FORM, messages: say('a city') }
  const whole = await ask(body)
  t.equal(whole.body.choices[0]?.message.content, '{"city":"Rome","people":3}')
  t.notOk(told(whole.headers))
  t.equal(added((await stream(body)).text).message.content, '{"city":"Rome","people":3}')
})

t.test('a call that Llama writes as text is a call, and can be answered', async (t) => {
  standin.answer(LLAMA, { content: [{ text: '{"name": "look_up", "parameters": {"city": "Rome"}}' }] })
  const body = { model: LLAMA, tools: [tool('look.up')], messages: say('look up Rome') }
  const whole = (await ask(body)).body.choices[0]
  t.equal(whole?.finish_reason, 'tool_calls')
  t.equal(whole?.message.content, null)
  t.match(whole?.message.tool_calls, [{ type: 'function', function: { name: 'look.up', arguments: '{"city":"Rome"}' } }])
  const streamed = added((await stream(body)).text)
  t.match(streamed.message.tool_calls, whole?.message.tool_calls)
  const result = { role: 'tool', tool_call_id: whole?.message.tool_calls?.[0]?.id, content: 'sunny' }
  t.equal((await ask({ ...body, messages: [...body.messages, whole?.message, result] })).status, 200)
})

t.test('what Nova thinks aloud before a call is reasoning, where it has tools', async (t) => {
  const text = '<thinking> I must look. </thinking>\n'
  standin.answer(NOVA, { content: [{ text }, { toolUse: { toolUseId: 'tooluse_a', name: 'look', input: {} } }] })
  const body = { model: NOVA, tools: [tool('look')], messages: say('look') }
  const told = { reasoning_content: 'I must look.', tool_calls: [{ function: { name: 'look' } }] }
  t.match((await ask(body)).body.choices[0]?.message, { content: null, ...told })
  t.match(added((await stream(body)).text).message, { content: '', ...told })
  standin.answer(NOVA, { content: [{ text }] })
  t.equal((await ask({ model: NOVA, messages: say('go') })).body.choices[0]?.message.content, text)
})

t.test('F43 a schema beside json_object is used like one in json_schema, by every model, whole and streamed', async (t) => {
  const named = { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA } }
  const ways = [
    { type: 'json_object', schema: SCHEMA },
    { type: 'json_object', json_schema: { schema: SCHEMA } },
    { type: 'json_schema', schema: SCHEMA },
    { type: 'json_schema', name: 'answer', schema: SCHEMA }
  ]
  for (const model of [SONNET_46, OPUS_55, NOVA, LLAMA, MISTRAL]) {
    const meant = await ask({ model, response_format: named, messages: say('a city') })
    t.equal(meant.status, 200)
    for (const response_format of ways) {
      const { status, sent } = await ask({ model, response_format, messages: say('a city') })
      t.strictSame([status, sent], [200, meant.sent], model)
    }
    const streamed = await stream({ model, response_format: named, messages: say('a city') })
    t.strictSame((await stream({ model, response_format: ways[0], messages: say('a city') })).sent, streamed.sent, model)
  }
})

t.test('F43 in Responses a schema beside json_object is used too', async (t) => {
  const send = async (model: string, stream: boolean, format: object) => {
    const response = await post('/v1/responses', { model, stream, input: 'a city', text: { format } })
    await response.text()
    return [response.status, lastCall(standin)?.body]
  }
  for (const model of [SONNET_46, NOVA, LLAMA]) {
    for (const stream of [false, true]) {
      const meant = await send(model, stream, { type: 'json_schema', name: 'answer', schema: SCHEMA })
      t.strictSame(await send(model, stream, { type: 'json_object', schema: SCHEMA }), meant, model)
      const plain = await send(model, stream, { type: 'json_object' })
      t.strictSame(await send(model, stream, { type: 'json_object', schema: {} }), plain, model)
    }
  }
})

t.test('F43 an answer is measured by the schema beside json_object, whose numbers keep their digits', async (t) => {
  const response_format = { type: 'json_object', schema: SCHEMA }
  standin.answer(SONNET_46, { content: [{ text: '{"city":"Rome"}' }] })
  t.ok(told((await ask({ model: SONNET_46, response_format, messages: say('a city') })).headers))
  const response = await openai.chat.completions.create({
    model: OPUS_55,
    messages: [{ role: 'user', content: 'a city' }],
    response_format: response_format as { type: 'json_object' }
  })
  t.match(JSON.parse(response.choices[0]?.message.content ?? ''), { city: String, people: Number })
  const exact = '{"type":"json_object","schema":{"type":"object","properties":{"id":{"const":12345678901234567891}}}}'
  await post(CHAT, `{"model":"${LLAMA}","messages":[{"role":"user","content":"a"}],"response_format":${exact}}`)
  t.match(JSON.stringify(lastCall(standin)?.body), /12345678901234567891/)
})

t.test('F43 without a schema, or with an empty one, json_object is any object', async (t) => {
  const plain = await ask({ response_format: { type: 'json_object' } })
  for (const schema of [null, {}])
    t.strictSame((await ask({ response_format: { type: 'json_object', schema } })).sent, plain.sent)
  for (const [response_format, param] of [
    [{ type: 'json_object', schema: 'x' }, 'response_format.schema'],
    [{ type: 'json_schema' }, 'response_format.json_schema'],
    [{ type: 'json_schema', json_schema: { schema: SCHEMA } }, 'response_format.json_schema.name']
  ] as const) {
    const { status, body } = await ask({ response_format })
    t.strictSame([status, body.error?.param], [400, param])
  }
})
