import OpenAI from 'openai'
import { LengthFinishReasonError } from 'openai/core/error'
import { makeParseableResponseFormat } from 'openai/lib/parser'
import { eventually, KEY } from '../support/helper.ts'
import {
  CITY_SCHEMA,
  type City,
  CLAUDE,
  type Client,
  failure,
  installed,
  NOVA,
  PNG,
  PROFILE,
  proof,
  TITAN,
  WEATHER
} from './client.ts'

const HELLO = { model: NOVA, messages: [{ role: 'user' as const, content: 'Say hello to the rock' }] }
const tools = [{ type: 'function' as const, function: WEATHER }]
const asCity = makeParseableResponseFormat(
  { type: 'json_schema', json_schema: { name: 'city', schema: CITY_SCHEMA, strict: true } },
  (content): City => JSON.parse(content)
)
const weatherRunner = {
  type: 'function' as const,
  function: {
    name: WEATHER.name,
    description: WEATHER.description,
    parameters: WEATHER.parameters,
    parse: (text: string): { city: string } => JSON.parse(text),
    function: ({ city }: { city: string }) => `22 degrees in ${city}`
  }
}

const CHAT = [
  proof('`chat.completions.create`', async (t, { openai }) => {
    const answer = await openai.chat.completions.create(HELLO)
    t.match(answer, {
      id: /^chatcmpl-.{20}/,
      object: 'chat.completion',
      model: NOVA,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: /rock/, refusal: null } }],
      usage: { prompt_tokens: Number, completion_tokens: Number }
    })
    t.match(answer._request_id, /^req_/)
    t.equal(answer.usage?.total_tokens, (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0))
  }),
  proof('`create` with `stream` and `include_usage`', async (t, { openai }) => {
    const whole = await openai.chat.completions.create(HELLO)
    const stream = await openai.chat.completions.create({ ...HELLO, stream: true, stream_options: { include_usage: true } })
    let text = ''
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage
    }
    t.equal(text, whole.choices[0]?.message.content)
    t.same(usage, whole.usage)
  }),
  proof('stream helper `chat.completions.stream`, text and tool calls', async (t, { openai }) => {
    const deltas: string[] = []
    const runner = openai.chat.completions.stream(HELLO).on('content', (delta) => deltas.push(delta))
    t.equal(await runner.finalContent(), deltas.join(''))
    const called = openai.chat.completions.stream({
      model: CLAUDE,
      tools,
      messages: [{ role: 'user', content: 'Use the weather tool for Paris' }]
    })
    const { choices } = await called.finalChatCompletion()
    t.equal(choices[0]?.finish_reason, 'tool_calls')
    t.match(choices[0]?.message.tool_calls, [{ type: 'function', function: { name: WEATHER.name, arguments: /Paris/ } }])
  }),
  proof('`runTools`, plain and streamed, to the last answer', async (t, { openai }) => {
    const params = {
      model: CLAUDE,
      messages: [{ role: 'user' as const, content: 'Use the weather tool for Paris' }],
      tools: [weatherRunner]
    }
    t.match(await openai.chat.completions.runTools(params).finalContent(), /22 degrees in Paris/)
    t.match(await openai.chat.completions.runTools({ ...params, stream: true }).finalContent(), /22 degrees in Paris/)
  }),
  proof('`chat.completions.parse` and the stream’s `parsed`, JSON Schema', async (t, { openai }) => {
    for (const model of [CLAUDE, NOVA]) {
      const params = { model, messages: [{ role: 'user' as const, content: 'Tell about Paris' }], response_format: asCity }
      const { choices } = await openai.chat.completions.parse(params)
      t.match(choices[0]?.message.parsed, { city: String, population: Number }, model)
      const streamed = await openai.chat.completions.stream(params).finalChatCompletion()
      t.match(streamed.choices[0]?.message.parsed, { city: String, population: Number }, model)
    }
  }),
  proof('`parse` of an answer that was cut off', async (t, { openai, standin }) => {
    standin.answer('amazon.nova-pro-v1:0', { content: [{ text: '{"city":"Pa' }], stopReason: 'max_tokens' })
    const params = { ...HELLO, model: 'amazon.nova-pro-v1:0', response_format: asCity }
    t.ok((await failure(openai.chat.completions.parse(params))) instanceof LengthFinishReasonError)
    return '`LengthFinishReasonError`'
  }),
  proof('`n: 3`, plain and streamed', async (t, { openai }) => {
    const { choices } = await openai.chat.completions.create({ ...HELLO, n: 3 })
    t.same(
      choices.map((choice) => choice.index),
      [0, 1, 2]
    )
    const streamed = await openai.chat.completions.stream({ ...HELLO, n: 3 }).finalChatCompletion()
    t.same(
      streamed.choices.map((choice) => choice.message.content),
      choices.map((choice) => choice.message.content)
    )
  }),
  proof('a picture as `image_url`', async (t, { openai }) => {
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'image_url' as const, image_url: { url: PNG } }
    ]
    const answer = await openai.chat.completions.create({ model: NOVA, messages: [{ role: 'user', content }] })
    t.match(answer.choices[0]?.message.content, /What is this/)
  }),
  proof('`reasoning_effort`; the reasoning as `reasoning_content`', async (t, { openai }) => {
    const stream = await openai.chat.completions.create({ ...HELLO, model: CLAUDE, reasoning_effort: 'low', stream: true })
    let reasoning = ''
    for await (const chunk of stream)
      reasoning += (chunk.choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? ''
    t.match(reasoning, /rock/)
  })
]

const ERRORS = [
  proof('a wrong key', async (t, { base }) => {
    const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'sk-wrong' })
    t.ok((await failure(client.chat.completions.create(HELLO))) instanceof OpenAI.AuthenticationError)
    t.ok((await failure(client.chat.completions.stream(HELLO).finalContent())) instanceof OpenAI.AuthenticationError)
    return '`AuthenticationError`'
  }),
  proof('an unknown model', async (t, { openai }) => {
    const asked = openai.chat.completions.create({ ...HELLO, model: 'no.such-model' })
    const error = await failure(asked)
    t.ok(error instanceof OpenAI.NotFoundError)
    t.match(error, { code: 'model_not_found', requestID: /^req_/ })
    return '`NotFoundError`, `model_not_found`'
  }),
  proof('a throttled model, with the client’s own retries', async (t, { base, standin }) => {
    const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: KEY })
    standin.fail(NOVA, 'throttling-retry-after', 'none')
    const { response } = await client.chat.completions.create(HELLO).withResponse()
    t.equal(response.status, 200)
    return 'waits and gets its answer'
  }),
  proof('a stream that breaks in the middle', async (t, { openai, standin }) => {
    standin.fail(NOVA, 'mid-stream-internal', 'none')
    const runner = openai.chat.completions.stream(HELLO)
    t.match(await failure(runner.finalContent()), { code: 'upstream_stream_error', message: /broke off/ })
    return '`APIError`, never a short answer'
  }),
  proof('`break` out of a stream', async (t, { openai, standin }) => {
    const messages = [{ role: 'user' as const, content: '#slow 500' }]
    const stream = await openai.chat.completions.create({ model: NOVA, messages, stream: true })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    t.ok(await eventually(() => standin.inFlight() === 0))
    return 'Bedrock’s answer is ended too'
  })
]

const OTHERS = [
  proof('`embeddings.create`, by default (base64) and as floats', async (t, { openai }) => {
    const input = ['one', 'two']
    const packed = await openai.embeddings.create({ model: TITAN, input })
    const plain = await openai.embeddings.create({ model: TITAN, input, encoding_format: 'float' })
    t.equal(packed.data[1]?.embedding.length, 1024)
    for (const [index, value] of (packed.data[1]?.embedding ?? []).entries())
      if (value !== Math.fround(plain.data[1]!.embedding[index]!)) t.fail(`number ${index} differs`)
    t.ok(packed.usage.prompt_tokens > 0)
  }),
  proof('`models.list`, `models.retrieve` with `/` and `:` in the id', async (t, { openai }) => {
    const ids: string[] = []
    for await (const model of openai.models.list()) ids.push(model.id)
    t.ok(ids.includes(NOVA) && ids.includes(PROFILE))
    t.equal((await openai.models.retrieve(PROFILE)).id, PROFILE)
    t.equal((await openai.models.retrieve(NOVA)).id, NOVA)
  }),
  proof('`completions.create`, plain and streamed', async (t, { openai }) => {
    const whole = await openai.completions.create({ model: NOVA, prompt: 'Once upon a rock', max_tokens: 200 })
    t.match(whole.choices[0], { text: /rock/, finish_reason: 'stop' })
    let text = ''
    for await (const chunk of await openai.completions.create({
      model: NOVA,
      prompt: 'Once upon a rock',
      max_tokens: 200,
      stream: true
    }))
      text += chunk.choices[0]?.text ?? ''
    t.equal(text, whole.choices[0]?.text)
  })
]

export const OPENAI: Client = { name: 'openai (Node)', version: installed('openai'), proofs: [...CHAT, ...OTHERS, ...ERRORS] }
