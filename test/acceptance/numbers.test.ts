import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parseExact } from '../../src/core/exact-json.ts'
import { NUMBERS_DRAWN } from '../properties/drawn-numbers.ts'
import { within } from '../properties/within.ts'
import { lastCall } from '../support/helper.ts'
import { added, asker, call, LLAMA, NOVA, SONNET_46, say, tool } from './asker.ts'

const { ask, stream, standin, openai, post } = await asker(t)

/** Arguments as a model may write them, byte for byte. */
const ARGS =
  '{"user_id":1234567890123456789,"big":1e400,"zero":-0,"one":1.0,"exp":1E5,"trail":0.1000,"pi":3.14159265358979323846,"in":{"list":[0.10,[12345678901234567890.5]]},"text":"1.0"}'
const FORM = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object', properties: { one: {} } } } }
const called = (name: string, json = ARGS) => ({
  content: [{ toolUse: { toolUseId: 'tooluse_a', name, input: parseExact(json) } }],
  stopReason: 'tool_use'
})

t.test('F2: a call has the numbers that the model wrote, whole and streamed, and of every choice', async (t) => {
  standin.answer(SONNET_46, called('f'))
  const asked = { model: SONNET_46, tools: [tool('f')] }
  for (const n of [1, 2])
    for (const { message } of (await ask({ ...asked, n })).body.choices)
      t.match(message.tool_calls, [{ function: { arguments: ARGS } }])
  t.equal(added((await stream(asked)).text).message.tool_calls?.[0]?.function?.arguments, ARGS)
  const answer = await openai.chat.completions.create({ ...asked, messages: say('go') } as never)
  t.match(answer, { choices: [{ message: { tool_calls: [{ function: { arguments: ARGS } }] } }] })
})

t.test('F2: the older function_call too', async (t) => {
  standin.answer(SONNET_46, called('f'))
  const asked = { model: SONNET_46, functions: [{ name: 'f', parameters: { type: 'object' } }] }
  t.match((await ask(asked)).body.choices[0]?.message, { function_call: { arguments: ARGS } })
  t.match(added((await stream(asked)).text).message.function_call, { arguments: ARGS })
})

t.test('F2: JSON that is asked for by a tool is the answer as it was written', async (t) => {
  const json = `{"one":${ARGS}}`
  for (const input of [json, `{"properties":${json}}`]) {
    standin.answer(NOVA, called('json', input))
    t.equal((await ask({ response_format: FORM })).body.choices[0]?.message.content, json)
    t.equal(added((await stream({ response_format: FORM })).text).message.content, json)
  }
})

t.test('F2: calls that a model writes as text keep their numbers', async (t) => {
  standin.answer(LLAMA, { content: [{ text: `{"name": "f", "parameters": ${ARGS}}` }] })
  const asked = { model: LLAMA, tools: [tool('f')] }
  t.match((await ask(asked)).body.choices[0]?.message.tool_calls, [{ function: { arguments: ARGS } }])
  t.equal(added((await stream(asked)).text).message.tool_calls?.[0]?.function?.arguments, ARGS)
})

t.test('F2: native fields of an answer, asked for by path, keep their numbers', async (t) => {
  const fields = parseExact('{"score":0.10,"id":1234567890123456789}')
  standin.answer(NOVA, { content: [{ text: 'a' }], additionalModelResponseFields: fields })
  const body = { model: NOVA, messages: say('go'), additional_model_response_field_paths: ['/score'] }
  for (const streamed of [false, true]) {
    const text = await (await post('/v1/chat/completions', { ...body, stream: streamed })).text()
    t.match(text, '"additional_model_response_fields":{"id":1234567890123456789,"score":0.10}')
  }
})

const history = (args: unknown) => [
  ...say('go'),
  { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: args } }] },
  { role: 'tool', tool_call_id: 'a', content: '{"balance":1.0}' }
]

/** A request as JSON text, so that numbers stand in it as no JavaScript writes them. */
async function send(fields: string): Promise<string> {
  const response = await post('/v1/chat/completions', `{"model":"${SONNET_46}",${fields}}`)
  assert.equal(response.status, 200, await response.text())
  return lastCall(standin)?.bodyText ?? ''
}

t.test('F2: calls of the history go to Bedrock with their digits, as text, as an object, and joined', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'a' }] })
  const tools = `"tools":[${JSON.stringify(tool('f'))}]`
  t.match(await send(`${tools},"messages":${JSON.stringify(history(ARGS))}`), `"input":${ARGS}`)
  t.match(await send(`${tools},"messages":${JSON.stringify(history('@')).replace('"@"', ARGS)}`), `"input":${ARGS}`)
  const joined = await send(`${tools},"messages":${JSON.stringify(history('{"a":1.0}{"a":1e5}'))}`)
  t.match(joined, '"input":{"a":1.0}')
  t.match(joined, '"input":{"a":1e5}')
  t.match(joined, '{\\"balance\\":1.0}', 'results are text')
  const legacy = [
    ...say('go'),
    { role: 'assistant', function_call: { name: 'f', arguments: ARGS } },
    { role: 'function', name: 'f', content: 'x' }
  ]
  t.match(await send(`"functions":[{"name":"f"}],"messages":${JSON.stringify(legacy)}`), `"input":${ARGS}`)
  t.match(await send(`"messages":${JSON.stringify(history(ARGS))}`), JSON.stringify(ARGS).slice(1, -1), 'without tools, in words')
})

t.test('F2: schemas and native fields go to Bedrock with their digits', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: '{"a":1}' }] })
  const schema =
    '{"type":"object","properties":{"a":{"type":"number","minimum":1.0,"maximum":12345678901234567890,"enum":[0.10,1e400,-0],"const":1E5,"default":0.1000}}}'
  const messages = `"messages":${JSON.stringify(say('go'))}`
  t.match(await send(`${messages},"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]`), schema)
  t.match(await send(`${messages},"functions":[{"name":"f","parameters":${schema}}]`), schema)
  const formed = await send(`${messages},"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":${schema}}}`)
  for (const part of ['[0.10,1e400,-0]', '1E5', '0.1000', '12345678901234567890']) t.match(formed, part)
  t.match(await send(`${messages},"additional_model_request_fields":{"top_k":10.0}`), '"top_k":10.0')
})

t.test('F2: what a schema must be repaired for costs it no digit, in any dialect', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'a' }] })
  const kept =
    '"a":{"type":"number","maximum":1E400,"minimum":-1e400,"multipleOf":0.010},"b":{"type":"string","maxLength":12345678901234567890,"minLength":2.0}'
  const said =
    '"c":{"type":"number","multipleOf":0.010,"maximum":12345678901234567890,"minimum":5},"d":{"type":"string","maxLength":9007199254740993}'
  const asText = said.replace(/:([\d.]+)/g, ':"$1"')
  const odd = '"e":{"type":"number","exclusiveMaximum":98765432109876543210}'
  const schema = `{"type":"object","properties":{${kept},${asText},"e":{"type":"number","exclusiveMaximum":true,"maximum":98765432109876543210}}}`
  const bodies = [
    [
      '/v1/chat/completions',
      `"messages":[{"role":"user","content":"q"}],"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]`
    ],
    ['/v1/messages', `"max_tokens":9,"messages":[{"role":"user","content":"q"}],"tools":[{"name":"f","input_schema":${schema}}]`],
    ['/v1/responses', `"input":"q","tools":[{"type":"function","name":"f","parameters":${schema}}]`]
  ] as const
  for (const [path, fields] of bodies) {
    const response = await post(path, `{"model":"${SONNET_46}",${fields}}`)
    t.equal(response.status, 200, await response.text())
    for (const part of [kept, said, odd]) t.match(lastCall(standin)?.bodyText, part, path)
  }
})

t.test('F2: pairs for the log and examples of inputs keep their digits too', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'a' }] })
  const pairs = '"metadata":{"one":1.0,"id":1234567890123456789,"yes":true}'
  for (const fields of [pairs, `"extra_body":{${pairs}}`])
    t.match(await send(`"messages":${JSON.stringify(say('q'))},${fields}`), '"one":"1.0","id":"1234567890123456789","yes":"true"')
  const examples = '"input_examples":[{"one":1.0,"id":1234567890123456789}]'
  const tools = `"tools":[{"name":"f","input_schema":{"type":"object"},${examples}}]`
  const response = await post(
    '/v1/messages',
    `{"model":"${SONNET_46}","max_tokens":9,"messages":${JSON.stringify(say('q'))},${tools}}`
  )
  t.equal(response.status, 200, await response.text())
  t.match(lastCall(standin)?.bodyText, examples)
})

t.test('F2: the numbers that the gateway reads itself may be written in any way', async (t) => {
  standin.answer(SONNET_46, { content: [{ text: 'a' }] })
  const messages = `"messages":${JSON.stringify(say('go'))},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"minimum":1.0}}}}}]`
  const sent = await send(
    `${messages},"max_tokens":1e2,"temperature":0.50,"seed":12345678901234567890,"thinking":{"type":"enabled","budget_tokens":1.5e3}`
  )
  t.match(sent, '"maxTokens":')
  t.equal((await post('/v1/chat/completions', `{"model":"${SONNET_46}",${messages},"temperature":3.0}`)).status, 400)
})

t.test('F2: drawn numbers survive both ways', async () => {
  const value = fc.oneof(
    NUMBERS_DRAWN,
    fc.array(NUMBERS_DRAWN, { maxLength: 3 }).map((items) => `[${items.join()}]`),
    NUMBERS_DRAWN.map((number) => `{"deep":{"x":${number},"text":${JSON.stringify(number)}}}`)
  )
  const args = fc
    .array(value, { minLength: 1, maxLength: 4 })
    .map((values) => `{${values.map((one, at) => `"k${at}":${one}`).join()}}`)
  await fc.assert(
    fc.asyncProperty(
      args,
      within(4000, async (json) => {
        standin.answer(SONNET_46, called('f', json))
        const asked = { model: SONNET_46, tools: [tool('f')] }
        const whole = (await ask(asked)).body.choices[0]?.message.tool_calls?.[0]
        assert.equal(whole?.type === 'function' ? whole.function.arguments : undefined, json)
        assert.equal(added((await stream(asked)).text).message.tool_calls?.[0]?.function?.arguments, json)
        const turns = [
          ...say('go'),
          { role: 'assistant', tool_calls: [call('a', 'f', json)] },
          { role: 'tool', tool_call_id: 'a', content: '' }
        ]
        await ask({ ...asked, messages: turns })
        assert.ok(lastCall(standin)?.bodyText.includes(`"input":${json}`))
      })
    ),
    { numRuns: 150 }
  )
})
