import t from 'tap'
import {
  added,
  asker,
  GPT_OSS,
  HAIKU_3,
  LLAMA,
  NOVA,
  OPUS_47,
  OPUS_55,
  type Sent,
  SONNET_45,
  SONNET_46,
  say,
  tool
} from './asker.ts'

const { ask, stream, standin } = await asker(t)

const dropped = (headers: Headers) => (headers.get('x-adit-dropped') ?? '').split(', ').filter(Boolean)

t.test('P1 Claude 4.5 gets temperature without top_p', async (t) => {
  const { status, sent, headers } = await ask({ model: SONNET_45, temperature: 0.5, top_p: 0.5 })
  t.equal(status, 200)
  t.equal(sent?.inferenceConfig?.temperature, 0.5)
  t.notOk(sent?.inferenceConfig && 'topP' in sent.inferenceConfig)
  t.same(dropped(headers), ['top_p'])
})

t.test('P2 Opus 4.7 and 4.8 get neither, by an application profile too', async (t) => {
  const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/b7c8d9e0f1a2'
  for (const model of [OPUS_47, 'us.anthropic.claude-opus-4-8', profile, 'team-opus']) {
    const { status, sent, headers } = await ask({ model, temperature: 0.5, top_p: 0.5 })
    t.equal(status, 200, model)
    t.notOk('temperature' in (sent?.inferenceConfig ?? {}) || 'topP' in (sent?.inferenceConfig ?? {}), model)
    t.same(dropped(headers), ['temperature', 'top_p'])
  }
})

t.test('P2 a Claude newer than the table is asked as the newest of its family', async (t) => {
  const { sent } = await ask({ model: 'us.anthropic.claude-opus-9', temperature: 0.5, reasoning_effort: 'low' })
  t.notOk('temperature' in (sent?.inferenceConfig ?? {}))
  t.match(sent?.additionalModelRequestFields, { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } })
})

t.test('P3 a temperature above 1 becomes 1 and is reported', async (t) => {
  for (const model of [SONNET_45, NOVA]) {
    const { status, sent, headers } = await ask({ model, temperature: 1.7 })
    t.equal(status, 200)
    t.equal(sent?.inferenceConfig?.temperature, 1)
    t.same(dropped(headers), ['temperature'])
  }
})

t.test('P4 empty stop strings are left out, too many are a 400', async (t) => {
  for (const stop of ['', [''], [], null]) {
    const { status, sent } = await ask({ stop })
    t.equal(status, 200)
    t.notOk(sent?.inferenceConfig && 'stopSequences' in sent.inferenceConfig)
  }
  t.same((await ask({ stop: ['', 'END'] })).sent?.inferenceConfig?.stopSequences, ['END'])
  const { status, body, sent } = await ask({ stop: ['a', 'b', 'c', 'd', 'e'] })
  t.equal(status, 400)
  t.equal(body.error?.param, 'stop')
  t.equal(sent, undefined)
})

t.test("P5 effort is each family's own control and leaves room for an answer", async (t) => {
  const low = await ask({ model: SONNET_45, reasoning_effort: 'low', max_tokens: 2048, temperature: 0.3 })
  t.equal(low.status, 200)
  const budget = (sent: Sent | undefined) =>
    (sent!.additionalModelRequestFields!.thinking as { budget_tokens: number }).budget_tokens
  t.ok(budget(low.sent) >= 1024 && budget(low.sent) < 2048)
  t.notOk('temperature' in (low.sent?.inferenceConfig ?? {}))
  const high = await ask({ model: SONNET_45, reasoning_effort: 'high', max_tokens: 2048 })
  t.ok(budget(high.sent) + 256 <= Number(high.sent?.inferenceConfig?.maxTokens))
  const unlimited = await ask({ model: SONNET_45, reasoning_effort: 'high' })
  t.equal(unlimited.status, 200)
  t.ok(budget(unlimited.sent) < Number(unlimited.sent?.inferenceConfig?.maxTokens))
  const opus = await ask({ model: OPUS_47, reasoning_effort: 'medium' })
  t.equal(opus.status, 200)
  t.match(opus.sent?.additionalModelRequestFields, { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } })
  t.same((await ask({ model: GPT_OSS, reasoning_effort: 'medium' })).sent?.additionalModelRequestFields, {
    reasoning_effort: 'medium'
  })
  const haiku = await ask({ model: HAIKU_3, reasoning_effort: 'high' })
  t.notOk(haiku.sent?.additionalModelRequestFields && 'thinking' in haiku.sent.additionalModelRequestFields)
  for (const model of [SONNET_45, SONNET_46, OPUS_47, OPUS_55, GPT_OSS, NOVA, LLAMA]) {
    for (const reasoning_effort of ['none', 'minimal', 'xhigh', 'max'])
      t.equal((await ask({ model, reasoning_effort })).status, 200, `${model} ${reasoning_effort}`)
  }
})

t.test('P6 without a limit the model gets a usual one, never 4096 by accident', async (t) => {
  t.equal((await ask({ model: SONNET_46 })).sent?.inferenceConfig?.maxTokens, 8192)
  t.equal((await ask({ model: SONNET_46, max_tokens: 5, max_completion_tokens: 7 })).sent?.inferenceConfig?.maxTokens, 7)
})

t.test('P7 extensions work alike at the top level and in a literal extra_body', async (t) => {
  const text = 'a long text '.repeat(400)
  const rows = [
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
    { top_k: 7 },
    { anthropic_beta: ['context-1m-2025-08-07'] },
    { prompt_caching: true },
    { additional_model_request_fields: { top_k: 3 } }
  ]
  for (const extension of rows) {
    const body = { model: SONNET_45, messages: [{ role: 'system', content: text }, ...say('hi')] }
    const plain = await ask(body)
    const top = await ask({ ...body, ...extension })
    const nested = await ask({ ...body, extra_body: extension })
    t.equal(top.status, 200, JSON.stringify(extension))
    t.same(nested.sent, top.sent)
    t.notSame(top.sent, plain.sent)
  }
})

t.test('P8 prompt_caching is no crash with any model', async (t) => {
  for (const model of [NOVA, SONNET_46, GPT_OSS, LLAMA]) {
    for (const prompt_caching of [true, false, { system: true, messages: true, tools: true }]) {
      const messages = [{ role: 'system', content: 'a' }, ...say('hi')]
      t.equal((await ask({ model, prompt_caching, messages, tools: [tool('now')] })).status, 200, model)
    }
  }
})

t.test('P9 a model without cache points gets none', async (t) => {
  const body = { prompt_caching: true, messages: [{ role: 'system', content: 'a' }, ...say('hi')] }
  for (const model of [HAIKU_3, GPT_OSS]) t.notMatch(JSON.stringify((await ask({ ...body, model })).sent), 'cachePoint', model)
  t.match(JSON.stringify((await ask({ ...body, model: SONNET_46 })).sent), 'cachePoint')
})

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, celsius: { type: 'number' } },
  required: ['city', 'celsius'],
  additionalProperties: false
}
const FORM = { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema: SCHEMA } }

t.test('P10 a json_schema answer parses and fits, in every mode, whole and streamed', async (t) => {
  const fits = (content: string | null | undefined) => {
    const value = JSON.parse(content ?? '')
    t.type(value.city, 'string')
    t.type(value.celsius, 'number')
    t.same(Object.keys(value).sort(), ['celsius', 'city'])
  }
  standin.answer(OPUS_55, { content: [{ text: '{"city":"Paris","celsius":20}' }] })
  const modes = { [SONNET_46]: 'outputConfig', [OPUS_47]: 'toolConfig', [NOVA]: 'toolConfig', [OPUS_55]: 'instruction' }
  for (const [model, how] of Object.entries(modes)) {
    const body = { model, response_format: FORM, messages: say('the weather of Paris') }
    const whole = await ask(body)
    t.equal(whole.status, 200)
    t.equal(how === 'instruction' || (whole.sent !== undefined && how in whole.sent), true, model)
    fits(whole.body.choices[0]?.message.content)
    t.equal(whole.body.choices[0]?.finish_reason, 'stop')
    t.equal(whole.body.choices[0]?.message.tool_calls, undefined)
    const streamed = added((await stream(body)).text)
    fits(streamed.message.content)
    t.equal(streamed.finish_reason, 'stop')
  }
})

t.test('P11 n choices are n answers or a 400', async (t) => {
  t.same(
    (await ask({ n: 2 })).body.choices.map(({ index }) => index),
    [0, 1]
  )
  const { text } = await stream({ n: 2 })
  t.match(text, '"index":1')
  const refused = await ask({ n: 9 })
  t.equal(refused.status, 400)
  t.equal(refused.body.error?.param, 'n')
})

t.test('P12 what no model call can hold is reported, and logprobs are refused', async (t) => {
  const { status, headers } = await ask({ seed: 7, logit_bias: { '1': 5 }, logprobs: false, top_logprobs: 2 })
  t.equal(status, 200)
  t.same(dropped(headers).sort(), ['logit_bias', 'seed', 'top_logprobs'])
  const refused = await ask({ logprobs: true })
  t.equal(refused.status, 400)
  t.equal(refused.body.error?.param, 'logprobs')
})
