import t from 'tap'
import { build, eventually, KEY } from '../support/helper.ts'

const ACCOUNT = 'arn:aws:bedrock:us-east-1:123456789012'
const TEAM = `${ACCOUNT}:application-inference-profile/a1b2c3d4e5f6`
const SONNET = 'us.anthropic.claude-sonnet-4-6'

function get(base: string, path: string, key = KEY): Promise<Response> {
  return fetch(base + path, { headers: { authorization: `Bearer ${key}` } })
}

async function ids(base: string): Promise<string[]> {
  const { data } = (await (await get(base, '/v1/models')).json()) as { data: { id: string }[] }
  return data.map((model) => model.id)
}

t.test('L1: a list that fails keeps the previous one, and chat is unaffected', async (t) => {
  const { app, base, standin, openai } = await build(t)
  const before = await ids(base)
  for (const operation of ['ListFoundationModels', 'ListInferenceProfiles']) standin.deny(operation, true)
  await app.catalog.refresh()
  t.strictSame(await ids(base), before)
  const answer = await openai.chat.completions.create({ model: SONNET, messages: [{ role: 'user', content: 'hi' }] })
  t.ok(answer.choices[0]?.message.content)
})

const UNLISTED: readonly [name: string, model: string][] = [
  ['a profile that no list names', SONNET],
  ['the ARN of a system profile', `${ACCOUNT}:inference-profile/${SONNET}`],
  ['the ARN of an application profile', TEAM]
]

for (const [name, model] of UNLISTED)
  t.test(`L2: ${name} is tried, not refused`, async (t) => {
    const { openai } = await build(t, {}, { deny: ['ListFoundationModels', 'ListInferenceProfiles'] })
    const answer = await openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })
    t.equal(answer.model, model)
  })

t.test('L3: one model is found by any spelling of its id, encoded or raw', async (t) => {
  const { base, openai } = await build(t)
  const paths = [
    `/v1/models/${TEAM}`,
    `/v1/models/${encodeURIComponent(TEAM)}`,
    `/api/v1/models/${TEAM}`,
    `/v1/models/${TEAM.replaceAll(':', '%3A')}`,
    '/v1/models/amazon.nova-lite-v1:0',
    '/v1/models/amazon.nova-lite-v1%3A0'
  ]
  for (const path of paths) {
    const response = await get(base, path)
    t.equal(response.status, 200, path)
    t.match(await response.json(), { id: path.includes('nova') ? 'amazon.nova-lite-v1:0' : TEAM, object: 'model' })
  }
  t.equal((await openai.models.retrieve(TEAM)).id, TEAM)
  t.equal((await openai.models.retrieve(SONNET)).id, SONNET)
})

t.test('L4: a model that wants a profile is listed by it; its bare id goes by the geography of the region', async (t) => {
  const { base, openai } = await build(t)
  const listed = await ids(base)
  t.notOk(listed.includes('anthropic.claude-sonnet-4-6'))
  t.ok(listed.includes(SONNET))
  const answer = await openai.chat.completions.create({
    model: 'anthropic.claude-sonnet-4-6',
    messages: [{ role: 'user', content: 'hi' }]
  })
  t.equal(answer.model, SONNET)
  t.match(await (await get(base, '/v1/models/anthropic.claude-sonnet-4-6')).json(), {
    id: 'anthropic.claude-sonnet-4-6',
    resolves_to: [SONNET]
  })
})

t.test('L4: without cross-region inference no profile is listed', async (t) => {
  const { base } = await build(t, { ENABLE_CROSS_REGION_INFERENCE: 'false' })
  t.notOk((await ids(base)).some((id) => id.startsWith('us.')))
})

t.test('L5: what is not allowed is neither listed nor called', async (t) => {
  const { base, openai } = await build(t, { ALLOWED_MODELS: 'anthropic.claude-*,amazon.titan-embed-*' })
  const listed = await ids(base)
  t.ok(listed.includes(SONNET))
  t.ok(listed.includes('amazon.titan-embed-text-v2:0'))
  t.ok(listed.includes(TEAM), 'by the model behind it')
  t.notOk(listed.some((id) => /nova|cohere/.test(id)))
  const forbidden = { status: 403, code: 'model_not_allowed', message: /not allowed/ }
  await t.rejects(
    openai.chat.completions.create({ model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hi' }] }),
    forbidden
  )
  await t.rejects(openai.embeddings.create({ model: 'cohere.embed-english-v3', input: 'a' }), forbidden)
  t.match(await (await get(base, '/v1/models/amazon.nova-lite-v1:0')).json(), { error: { code: 'model_not_allowed' } })
})

t.test('L6: embedding models are listed, with what they take and give', async (t) => {
  const { openai } = await build(t)
  const found = []
  for await (const model of openai.models.list()) found.push(model)
  t.match(
    found.find((model) => model.id === 'amazon.titan-embed-text-v2:0'),
    { object: 'model', owned_by: 'Amazon', output_modalities: ['embedding'], lifecycle: 'active' }
  )
  t.match(
    found.find((model) => model.id === 'us.cohere.embed-v4:0'),
    { base_model: 'cohere.embed-v4:0', input_modalities: ['text', 'image'] }
  )
})

t.test('L7: OpenAI’s names become the default models, gpt-oss is not taken for one', async (t) => {
  const { base, openai } = await build(t, {
    DEFAULT_MODEL: 'amazon.nova-pro-v1:0',
    MODEL_ALIASES: '{"fast":"amazon.nova-micro-v1:0","fast-*":["amazon.nova-lite-v1:0"]}'
  })
  const ask = async (model: string) =>
    (await openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })).model
  t.match(await ask('gpt-4o'), /nova-pro/)
  t.match(await ask('gpt-oss-120b'), /gpt-oss-120b/)
  t.match(await ask('fast'), /nova-micro/)
  t.match(await ask('fast-and-cheap'), /nova-lite/)
  t.match(await (await get(base, '/v1/models/gpt-4o')).json(), { id: 'gpt-4o', resolves_to: [/nova-pro/] })
  t.match(await (await get(base, '/v1/models/fast')).json(), { id: 'fast', base_model: 'amazon.nova-micro-v1:0' })
  const listed = await ids(base)
  t.ok(listed.includes('fast'))
  t.notOk(listed.includes('fast-*'))
})

t.test('L7: 100 parallel GET models cause one refresh', async (t) => {
  const { base, standin } = await build(t)
  t.ok(
    await eventually(
      () => standin.requests.filter((request) => request.operation === 'ListFoundationModels' && request.finished).length === 1
    )
  )
  const responses = await Promise.all(Array.from({ length: 100 }, () => get(base, '/v1/models')))
  const sizes = await Promise.all(responses.map(async (response) => (await response.text()).length))
  t.equal(new Set(sizes).size, 1)
  t.equal(standin.requests.filter((request) => request.operation === 'ListFoundationModels').length, 1)
})

t.test('an unknown id is 404 model_not_found', async (t) => {
  const { openai } = await build(t)
  await t.rejects(openai.models.retrieve('no.such-model'), { status: 404, code: 'model_not_found', message: /no\.such-model/ })
})

t.test('the list needs a key', async (t) => {
  const { base } = await build(t)
  t.equal((await get(base, '/v1/models', 'wrong')).status, 401)
})

t.test('an application profile is called by the name its account gave it', async (t) => {
  const { app, openai } = await build(t)
  await app.catalog.list()
  const answer = await openai.chat.completions.create({ model: 'team-nova', messages: [{ role: 'user', content: 'hi' }] })
  t.equal(answer.model, `${ACCOUNT}:application-inference-profile/f6e5d4c3b2a1`)
})

t.test('an alias of a model’s own id stands in the list once', async (t) => {
  const { base } = await build(t, { MODEL_ALIASES: `{"amazon.nova-lite-v1:0":"us.amazon.nova-lite-v1:0"}` })
  t.equal((await ids(base)).filter((id) => id === 'amazon.nova-lite-v1:0').length, 1)
})

t.test('every kind of model that is listed is found and called, by its id and by the name its account gave it', async (t) => {
  const { base, openai } = await build(t)
  const { data } = (await (await get(base, '/v1/models')).json()) as {
    data: { id: string; name: string; kind: string; output_modalities?: string[] }[]
  }
  const kinds = new Map(
    data.filter(({ output_modalities = ['text'] }) => output_modalities.includes('text')).map((model) => [model.kind, model])
  )
  t.strictSame([...kinds.keys()].sort(), [
    'application-profile',
    'custom',
    'foundation',
    'imported',
    'mantle',
    'marketplace',
    'profile',
    'prompt-router',
    'provisioned'
  ])
  const messages = [{ role: 'user' as const, content: 'hi' }]
  for (const [kind, { id, name }] of kinds) {
    t.match(await (await get(base, `/v1/models/${id}`)).json(), { id, kind })
    t.match(await (await get(base, `/v1/models/${encodeURIComponent(id)}`)).json(), { id, kind })
    t.equal((await openai.chat.completions.create({ model: id, messages })).model, id, kind)
    if (['foundation', 'profile', 'mantle'].includes(kind)) continue
    t.match(await (await get(base, `/v1/models/${encodeURIComponent(name)}`)).json(), { id: name, resolves_to: [id] })
    t.equal((await openai.chat.completions.create({ model: name, messages })).model, id, `${kind} by its name`)
  }
})
