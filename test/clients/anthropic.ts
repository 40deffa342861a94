import Anthropic from '@anthropic-ai/sdk'
import { eventually, KEY } from '../support/helper.ts'
import { CITY_SCHEMA, type City, CLAUDE, type Client, failure, installed, NOVA, PNG, proof, WEATHER } from './client.ts'

const HELLO = { model: NOVA, max_tokens: 300, messages: [{ role: 'user' as const, content: 'Say hello to the rock' }] }
const ASKS_WEATHER = { ...HELLO, model: CLAUDE, messages: [{ role: 'user' as const, content: 'Use the weather tool for Paris' }] }
const weather = { name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.parameters }

const clientAt = (base: string, apiKey = KEY) => new Anthropic({ baseURL: base, apiKey, maxRetries: 0 })

export const ANTHROPIC: Client = {
  name: '@anthropic-ai/sdk',
  version: installed('@anthropic-ai/sdk'),
  proofs: [
    proof('`messages.create`, plain and streamed, with usage', async (t, { base }) => {
      const client = clientAt(base)
      const whole = await client.messages.create(HELLO)
      const [block] = whole.content
      t.match(block, { type: 'text', text: /rock/ })
      let text = ''
      let counted: number | null = 0
      for await (const event of await client.messages.create({ ...HELLO, stream: true })) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
        if (event.type === 'message_delta') counted = event.usage.input_tokens
      }
      t.equal(text, block?.type === 'text' ? block.text : undefined)
      t.equal(counted, whole.usage.input_tokens)
    }),
    proof('stream helper `messages.stream`, text, thinking and tool calls', async (t, { base }) => {
      const client = clientAt(base)
      const deltas: string[] = []
      const runner = client.messages.stream(HELLO).on('text', (delta) => deltas.push(delta))
      t.equal(await runner.finalText(), deltas.join(''))
      const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
      const thought = await client.messages.stream({ ...HELLO, model: CLAUDE, max_tokens: 4000, thinking }).finalMessage()
      t.match(thought.content[0], { type: 'thinking', thinking: /rock/, signature: /./ })
      const called = await client.messages.stream({ ...ASKS_WEATHER, tools: [weather] }).finalMessage()
      t.equal(called.stop_reason, 'tool_use')
      t.match(called.content, [{ type: 'tool_use', name: WEATHER.name, input: { city: 'Paris' } }])
    }),
    proof('`toolRunner`, plain and streamed, to the last answer', async (t, { base }) => {
      const client = clientAt(base)
      const run = async (input: unknown) => `22 degrees in ${(input as { city: string }).city}`
      const tools = [{ ...weather, run, parse: (input: unknown) => input }]
      const whole = await client.beta.messages.toolRunner({ ...ASKS_WEATHER, tools }).runUntilDone()
      t.match(JSON.stringify(whole.content), /22 degrees in Paris/)
      const streamed = await client.beta.messages.toolRunner({ ...ASKS_WEATHER, tools, stream: true }).runUntilDone()
      t.match(JSON.stringify(streamed.content), /22 degrees in Paris/)
    }),
    proof('`messages.parse`, `output_config.format`', async (t, { base }) => {
      const format = { type: 'json_schema' as const, schema: CITY_SCHEMA }
      for (const model of [CLAUDE, NOVA]) {
        const { content } = await clientAt(base).messages.create({ ...HELLO, model, output_config: { format } })
        const [block] = content
        t.match(JSON.parse(block?.type === 'text' ? block.text : '') as City, { city: String, population: Number }, model)
      }
    }),
    proof('a picture as base64', async (t, { base }) => {
      const data = PNG.slice(PNG.indexOf(',') + 1)
      const content = [
        { type: 'text' as const, text: 'What is this?' },
        { type: 'image' as const, source: { type: 'base64' as const, media_type: 'image/png' as const, data } }
      ]
      const answer = await clientAt(base).messages.create({ ...HELLO, messages: [{ role: 'user', content }] })
      t.match(answer.content, [{ type: 'text', text: /What is this/ }])
    }),
    proof('`countTokens`; `models.list`, `models.retrieve`', async (t, { base }) => {
      const client = clientAt(base)
      t.ok((await client.messages.countTokens({ model: CLAUDE, messages: HELLO.messages })).input_tokens > 0)
      const ids: string[] = []
      for await (const model of client.models.list()) ids.push(model.id)
      t.ok(ids.includes(NOVA))
      t.equal((await client.models.retrieve(NOVA)).id, NOVA)
    }),
    proof('a wrong key, an unknown model, a missing field', async (t, { base }) => {
      t.ok((await failure(clientAt(base, 'sk-wrong').messages.create(HELLO))) instanceof Anthropic.AuthenticationError)
      const unknown = await failure(clientAt(base).messages.create({ ...HELLO, model: 'no.such-model' }))
      t.ok(unknown instanceof Anthropic.NotFoundError)
      t.match(unknown, { requestID: /^req_/, type: 'not_found_error' })
      const bad = await failure(clientAt(base).messages.create({ ...HELLO, messages: [] }))
      t.ok(bad instanceof Anthropic.BadRequestError)
      return '`AuthenticationError`, `NotFoundError`, `BadRequestError`'
    }),
    proof('a throttled model, with the client’s own retries', async (t, { base, standin }) => {
      standin.fail(NOVA, 'throttling-retry-after', 'none')
      const { response } = await new Anthropic({ baseURL: base, apiKey: KEY }).messages.create(HELLO).withResponse()
      t.equal(response.status, 200)
      return 'waits and gets its answer'
    }),
    proof('a stream that breaks in the middle', async (t, { base, standin }) => {
      standin.fail(NOVA, 'mid-stream-internal', 'none')
      const broken = await failure(clientAt(base).messages.stream(HELLO).finalMessage())
      t.ok(broken instanceof Anthropic.APIError)
      t.match(broken, { message: /broke off/ })
      return '`APIError`, never a short answer'
    }),
    proof('`break` out of a stream', async (t, { base, standin }) => {
      const messages = [{ role: 'user' as const, content: '#slow 500' }]
      for await (const event of await clientAt(base).messages.create({ ...HELLO, messages, stream: true }))
        if (event.type === 'content_block_delta') break
      t.ok(await eventually(() => standin.inFlight() === 0))
      return 'Bedrock’s answer is ended too'
    })
  ]
}
