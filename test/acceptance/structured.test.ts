import t from 'tap'
import { added, asker, NOVA, OPUS_55, SONNET_46, say, tool } from './asker.ts'

const { ask, stream, standin } = await asker(t)

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
