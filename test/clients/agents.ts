import OpenAI from 'openai'
import { KEY, lastCall } from '../support/helper.ts'
import { CITY_SCHEMA, CLAUDE, type Client, NOVA, proof, TITAN, WEATHER } from './client.ts'
import { answered, READ, streamed } from './replay.ts'

const USER = { role: 'user', content: 'Use the weather tool for Paris' }
const tools = [{ type: 'function', function: WEATHER }]
const PYTHON = { 'user-agent': 'OpenAI/Python 3.22.1', 'x-stainless-lang': 'python', 'x-stainless-retry-count': '0' }

/** AutoGen: openai-python with a reader of its own. */
export const AUTOGEN: Client = {
  name: 'AutoGen',
  version: '027ecf0',
  proofs: [
    proof('a streamed tool call, its result, the answer', async (t, built) => {
      const body = {
        model: CLAUDE,
        messages: [{ ...USER, name: 'user' }],
        tools,
        stream: true,
        stream_options: { include_usage: true }
      }
      const called = READ.autoGen(await streamed(t, built, { headers: PYTHON, body }))
      t.match(called, { calls: [{ name: WEATHER.name }], finishReason: 'tool_calls' })
      t.match(JSON.parse(called.calls[0]?.arguments ?? ''), { city: 'Paris' })
      t.ok(called.promptTokens > 0)
      const [{ id = '', ...call } = {}] = called.calls
      const assistant = {
        role: 'assistant',
        content: null,
        name: 'assistant',
        tool_calls: [{ id, type: 'function', function: call }]
      }
      const messages = [...body.messages, assistant, { role: 'tool', content: '22 degrees', tool_call_id: id }]
      const answer = READ.autoGen(await streamed(t, built, { headers: PYTHON, body: { ...body, messages } }))
      t.match(answer, { content: /22 degrees/, finishReason: 'stop' })
    }),
    proof('`json_output`: `json_object` and a schema', async (t, built) => {
      built.standin.answer('amazon.nova-micro-v1:0', { content: [{ text: '{"city":"Paris"}' }] })
      const messages = [{ role: 'user', content: 'Paris as JSON' }]
      const object = { model: 'amazon.nova-micro-v1:0', messages, response_format: { type: 'json_object' } }
      t.same(JSON.parse((await answered(t, built, { body: object })).choices[0]?.message.content ?? ''), { city: 'Paris' })
      const json_schema = { name: 'City', schema: CITY_SCHEMA, strict: true }
      const schema = { model: CLAUDE, messages, response_format: { type: 'json_schema', json_schema } }
      const { content } = (await answered(t, built, { body: schema })).choices[0]?.message ?? {}
      t.match(JSON.parse(content ?? ''), { city: String, population: Number })
    }),
    proof('the reasoning as its thought', async (t, built) => {
      const body = {
        model: CLAUDE,
        messages: [{ role: 'user', content: 'Think of the rock' }],
        reasoning_effort: 'low',
        stream: true
      }
      const { thought, content } = READ.autoGen(await streamed(t, built, { headers: PYTHON, body }))
      t.match([thought, content], [/rock/, /rock/])
    })
  ]
}

/** Aider: litellm over openai-python, and a reader of its own. */
export const AIDER: Client = {
  name: 'Aider',
  version: '5dc9490',
  proofs: [
    proof('a streamed edit, temperature 0; an answer cut by its limit', async (t, built) => {
      const body = { model: NOVA, messages: [{ role: 'user', content: 'Say hello to the rock' }], temperature: 0, stream: true }
      const whole = READ.aider(await streamed(t, built, { headers: PYTHON, body }))
      t.match(whole, { content: /rock/, cutShort: false })
      t.match(lastCall(built.standin)?.body, { inferenceConfig: { temperature: 0 } })
      const cut = { ...body, messages: [{ role: 'user', content: 'rock #max' }] }
      t.equal(READ.aider(await streamed(t, built, { body: cut })).cutShort, true)
    }),
    proof('`reasoning_effort` and `thinking` in `extra_body`', async (t, built) => {
      const asked = { model: CLAUDE, messages: [{ role: 'user', content: 'Think of the rock' }], stream: true, max_tokens: 4096 }
      for (const extra_body of [{ reasoning_effort: 'low' }, { thinking: { type: 'enabled', budget_tokens: 2000 } }])
        for (const body of [
          { ...asked, ...extra_body },
          { ...asked, extra_body }
        ])
          t.match(READ.aider(await streamed(t, built, { body })).reasoning, /rock/, JSON.stringify(extra_body))
    }),
    proof('`functions` with a forced `function_call`', async (t, built) => {
      const functions = [{ ...WEATHER, name: 'replace_lines' }]
      const body = { model: CLAUDE, messages: [USER], functions, function_call: { name: 'replace_lines' }, stream: true }
      const { functionCall } = READ.aider(await streamed(t, built, { body }))
      t.match(functionCall, { name: 'replace_lines', arguments: /Paris/ })
    })
  ]
}

/** Cline: the AI SDK's openai-compatible provider, with many tools and no settings. */
export const CLINE: Client = {
  name: 'Cline CLI',
  version: '3.0.65',
  proofs: [
    proof('25 tools, `tool_choice: "auto"`, usage; the call and its result', async (t, built) => {
      const parameters = { $schema: 'http://json-schema.org/draft-07/schema#', ...WEATHER.parameters }
      const many = Array.from({ length: 25 }, (_, index) => ({
        type: 'function',
        function: { name: `tool_${index}`, description: 'x'.repeat(600), parameters }
      }))
      const messages: unknown[] = [
        { role: 'system', content: 'You are Cline.' },
        { role: 'user', content: 'Call tool_7 for Paris' }
      ]
      const body = {
        model: CLAUDE,
        messages,
        tools: many,
        tool_choice: 'auto',
        stream: true,
        stream_options: { include_usage: true }
      }
      const called = READ.autoGen(await streamed(t, built, { body }))
      t.match(called, { calls: [{ name: 'tool_7', arguments: /Paris/ }], finishReason: 'tool_calls' })
      const [{ id = '', ...call } = {}] = called.calls
      messages.push({ role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: call }] })
      messages.push({ role: 'tool', tool_call_id: id, content: '22 degrees' })
      t.match(READ.autoGen(await streamed(t, built, { body: { ...body, messages } })).content, /22 degrees/)
    })
  ]
}

/** Continue: the openai package with a base URL that ends in a slash. */
export const CONTINUE: Client = {
  name: 'Continue',
  version: '1.37.0',
  proofs: [
    proof('`apiBase` ending in `/v1/`: chat, models, embeddings', async (t, { base }) => {
      const client = new OpenAI({ baseURL: `${base}/v1/`, apiKey: KEY })
      const messages = [{ role: 'user' as const, content: 'Say hello to the rock' }]
      const options = { include_usage: true }
      let [text, tokens] = ['', 0]
      const stream = await client.chat.completions.create({
        model: NOVA,
        messages,
        max_tokens: 2048,
        stream: true,
        stream_options: options
      })
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? ''
        tokens = chunk.usage?.total_tokens ?? tokens
      }
      t.match(text, /rock/)
      t.ok(tokens > 0)
      t.ok((await client.models.list()).data.length > 0)
      t.equal((await client.embeddings.create({ model: TITAN, input: ['a'] })).data[0]?.embedding.length, 1024)
    }),
    proof('completion in the editor, `fim/completions`', async (t, { base }) => {
      const response = await fetch(`${base}/v1/fim/completions`, {
        method: 'POST',
        headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ model: NOVA, prompt: 'function', suffix: '}' })
      })
      t.equal(response.status, 404)
      t.match(await response.json(), { error: { message: String, type: 'invalid_request_error' } })
      return 'not served: a 404 in OpenAI’s shape'
    })
  ]
}
