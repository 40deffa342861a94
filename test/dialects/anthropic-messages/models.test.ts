import t from 'tap'
import { KEY } from '../../support/helper.ts'
import { GPT_OSS, messenger, NOVA, OPUS_47, PNG, say, WEATHER } from './messenger.ts'

const VERSION = { 'anthropic-version': '2023-06-01' }

t.test('31: the list of models in pages, and one model, to Anthropic’s clients alone', async (t) => {
  const { client, base } = await messenger(t)
  const first = await client.models.list({ limit: 3 })
  t.equal(first.data.length, 3)
  t.ok(first.has_more)
  t.match(first.data[0], { type: 'model', id: String, display_name: String, created_at: /T/ })
  const ids: string[] = []
  for await (const model of client.models.list({ limit: 7 })) ids.push(model.id)
  t.same(
    ids.slice(0, 3),
    first.data.map(({ id }) => id)
  )
  t.equal(new Set(ids).size, ids.length)
  t.ok(ids.includes(NOVA))
  t.notOk(
    ids.some((id) => id.includes('embed')),
    'what makes no text is not listed'
  )
  const before = await client.models.list({ limit: 2, before_id: ids[2]! })
  t.same(
    before.data.map(({ id }) => id),
    ids.slice(0, 2)
  )
  t.equal((await client.models.retrieve(NOVA)).id, NOVA)
  const openai = await (await fetch(`${base}/v1/models`, { headers: { 'x-api-key': KEY } })).json()
  t.equal(openai.object, 'list')
  const bad = await fetch(`${base}/v1/models?limit=0`, { headers: { 'x-api-key': KEY, ...VERSION } })
  t.match([bad.status, await bad.json()], [400, { type: 'error', error: { message: /^limit: / } }])
  const none = await fetch(`${base}/v1/models/no.such`, { headers: { 'x-api-key': KEY, ...VERSION } })
  t.match([none.status, await none.json()], [404, { type: 'error', error: { type: 'not_found_error' } }])
})

const NAMES: readonly [string, RegExp][] = [
  ['claude-sonnet-4-5-20250929', /^us\.anthropic\.claude-sonnet-4-5-20250929-v1:0$/],
  ['claude-sonnet-4-5', /^us\.anthropic\.claude-sonnet-4-5-20250929-v1:0$/],
  ['claude-opus-4-6', /^us\.anthropic\.claude-opus-4-6-v1$/],
  ['claude-opus-4-7[1m]', /^us\.anthropic\.claude-opus-4-7$/],
  ['haiku', /^us\.anthropic\.claude-haiku-/],
  ['sonnet', /^us\.anthropic\.claude-sonnet-5-5$/],
  ['claude-sonnet', /^us\.anthropic\.claude-sonnet-5-5$/],
  ['claude-sonnet-latest', /^us\.anthropic\.claude-sonnet-5-5$/],
  ['anthropic.claude-haiku-latest', /^us\.anthropic\.claude-haiku-5-5$/],
  ['claude-sonnet-4-latest', /^us\.anthropic\.claude-sonnet-4-6$/],
  ['fable', /^us\.anthropic\.claude-fable-5-1$/],
  ['opus[1m]', /^us\.anthropic\.claude-opus-5-5$/],
  ['bedrock/claude-opus-latest[1m]', /^us\.anthropic\.claude-opus-5-5$/],
  ['nova-lite-latest', /^us\.amazon\.nova-2-lite-v1:0$/],
  ['nova-lite', /^amazon\.nova-lite-v1:0$/],
  ['mistral-large-latest', /^mistral\.mistral-large-3-675b-instruct$/]
]

t.test('Anthropic’s ids and aliases become the region’s profile', async (t) => {
  const { client, post } = await messenger(t)
  await client.models.list() // until the lists are read
  for (const [asked, called] of NAMES) {
    const response = await post('/v1/messages', { model: asked, max_tokens: 10, messages: say('hi') })
    t.equal(response.status, 200, asked)
    t.match((await response.json()).model, called, asked)
  }
})

t.test('25, 26: tokens are counted by the model that can, and estimated for the others', async (t) => {
  const { client, standin, post } = await messenger(t)
  const messages = [{ role: 'user' as const, content: 'How many words are these?' }]
  const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
  const bare = await client.messages.countTokens({ model, messages })
  const call = standin.requests.findLast(({ operation }) => operation === 'CountTokens')
  t.equal(call?.modelId, 'anthropic.claude-haiku-4-5-20251001-v1:0')
  const tooled = await client.messages.countTokens({ model, messages, tools: [WEATHER] })
  t.ok(tooled.input_tokens > bare.input_tokens)
  for (const other of [OPUS_47, NOVA, GPT_OSS]) {
    const { data, response } = await client.messages.countTokens({ model: other, messages, tools: [] }).withResponse()
    t.equal(response.headers.get('x-adit-estimated'), 'input_tokens', other)
    const longer = await client.messages.countTokens({
      model: other,
      messages: [{ role: 'user', content: 'How many words are these? '.repeat(50) }]
    })
    t.ok(longer.input_tokens > data.input_tokens && data.input_tokens > 5, other)
  }
  t.equal(standin.requests.filter(({ operation }) => operation === 'CountTokens').length, 3, 'a refusal is remembered')
  const image = {
    type: 'image' as const,
    source: {
      type: 'base64' as const,
      media_type: 'image/png' as const,
      data: Buffer.concat([Buffer.from(PNG, 'base64'), Buffer.alloc(300_000)]).toString('base64')
    }
  }
  const seen = await client.messages.countTokens({ model: NOVA, messages: [{ role: 'user', content: [image] }] })
  t.ok(seen.input_tokens < 3000, String(seen.input_tokens))
  t.equal((await post('/v1/messages/count_tokens', { model: NOVA, messages: 3 })).status, 400)
})
