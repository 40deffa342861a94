import t from 'tap'
import {
  Base64Embeddings,
  ChatCompletion,
  ChatCompletionChunk,
  Embeddings,
  ErrorBody,
  Model,
  mustFit,
  TextCompletion
} from '../openai-schema.ts'
import { sseData } from '../support/helper.ts'
import { asker, NOVA, OPUS_55, SONNET_45, SONNET_46, say, tool } from './asker.ts'

const gateway = await asker(t, { HEARTBEAT_MS: '1000' })
const { ask, stream, post, base, standin } = gateway

const FORM = {
  type: 'json_schema',
  json_schema: { name: 'a', schema: { type: 'object', properties: { a: { type: 'string' } } } }
}

/** Requests whose answers have every member there is. */
const REQUESTS: Readonly<Record<string, object>> = {
  plain: {},
  'several choices': { n: 3 },
  tools: { tools: [tool('lookup')], tool_choice: 'required' },
  functions: { functions: [{ name: 'lookup' }], function_call: { name: 'lookup' } },
  'a custom tool': { tools: [{ type: 'custom', custom: { name: 'shell' } }], tool_choice: 'required' },
  reasoning: { model: SONNET_45, reasoning_effort: 'low' },
  'a form': { model: SONNET_46, response_format: FORM },
  'a form in words': { model: OPUS_55, response_format: FORM },
  'a guardrail with its trace': { guardrail: { identifier: 'abc123', version: '1', trace: 'enabled' } },
  'fields of the model': { model: SONNET_46, stop: ['a'], additional_model_response_field_paths: ['/stop_sequence'] },
  'a tier': { service_tier: 'reserved' },
  'what is left out': { seed: 1, logit_bias: {}, user: 'me', temperature: 2 }
}

t.test('every answer and every chunk is what the openai package says, with the extensions named and no others', async (t) => {
  standin.answer('us.amazon.nova-pro-v1:0', {
    content: [
      { text: 'a' },
      {
        citationsContent: {
          content: [{ text: 'b' }],
          citations: [{ title: 'T', location: { web: { url: 'https://example.com/', domain: 'example.com' } } }]
        }
      },
      { reasoningContent: { redactedContent: btoa('x') } },
      { toolUse: { toolUseId: 'tooluse_a', name: 'lookup', input: {} } }
    ],
    trace: { guardrail: {} },
    additionalModelResponseFields: { a: 1 },
    serviceTier: { type: 'flex' }
  })
  const rows = { ...REQUESTS, 'a script of everything': { model: 'us.amazon.nova-pro-v1:0', tools: [tool('lookup')] } }
  for (const [name, request] of Object.entries(rows)) {
    const { status, body } = await ask(request)
    t.equal(status, 200, name)
    mustFit(ChatCompletion, body)
    for (const include_usage of [true, false]) {
      const { text } = await stream({ ...request, stream_options: { include_usage } })
      const data = sseData(text)
      t.equal(data.pop(), '[DONE]', name)
      for (const chunk of data) mustFit(ChatCompletionChunk, JSON.parse(chunk))
    }
  }
})

t.test('text completions, embeddings and models are what the openai package says', async (t) => {
  mustFit(TextCompletion, await (await post('/v1/completions', { model: NOVA, prompt: ['a', 'b'], n: 2 })).json())
  const input = ['a', 'b']
  const model = 'amazon.titan-embed-text-v2:0'
  mustFit(Embeddings, await (await post('/v1/embeddings', { model, input, encoding_format: 'float' })).json())
  mustFit(Base64Embeddings, await (await post('/v1/embeddings', { model, input, encoding_format: 'base64' })).json())
  const headers = { authorization: 'Bearer sk-test-0123456789' }
  const list = (await (await fetch(`${base}/v1/models`, { headers })).json()) as { object: string; data: { id: string }[] }
  t.equal(list.object, 'list')
  t.ok(list.data.length > 20)
  for (const one of list.data) mustFit(Model, one)
  for (const id of ['gpt-4o', NOVA]) mustFit(Model, await (await fetch(`${base}/v1/models/${id}`, { headers })).json())
})

t.test('every error is of one shape, in bodies and in streams', async (t) => {
  const bodies = [
    await post('/v1/chat/completions', '{'),
    await post('/v1/chat/completions', { model: NOVA, messages: [] }),
    await post('/v1/chat/completions', { model: 'nobody.knows', messages: say('a') }),
    await post('/v1/embeddings', { model: NOVA }),
    await post('/v1/nowhere', {}),
    await fetch(`${base}/v1/models`),
    await post('/v1/chat/completions', { model: 'standin.fault-throttling', messages: say('a') })
  ]
  for (const response of bodies) {
    t.ok(response.status >= 400)
    mustFit(ErrorBody, await response.json())
  }
  standin.fail(SONNET_46, 'mid-stream-throttling')
  const data = sseData((await stream({ model: SONNET_46 })).text)
  mustFit(ErrorBody, JSON.parse(data.pop() ?? ''))
  for (const chunk of data) mustFit(ChatCompletionChunk, JSON.parse(chunk))
})
