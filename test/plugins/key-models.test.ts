import t from 'tap'
import { build, eventually } from '../support/helper.ts'

const SONNET = 'us.anthropic.claude-sonnet-4-6'
const NOVA = 'amazon.nova-lite-v1:0'
const TITAN = 'amazon.titan-embed-text-v2:0'
const TEAM = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'
const KEYS = {
  keys: [
    { name: 'claude', key: 'sk-claude', models: ['anthropic.*'] },
    { name: 'vectors', key: 'sk-vectors', models: ['amazon.titan-embed-*'] },
    { name: 'none', key: 'sk-none', models: [] },
    { name: 'all', key: 'sk-all' }
  ]
}

/** A gateway with keys of which some may use some models only, or none; and what each may do. */
async function gateway(t: import('tap').Test, env: Record<string, string> = {}) {
  const file = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
  const { app, base, standin } = await build(t, { API_KEYS_FILE: file, ...env })
  await app.catalog.list()
  const call = async (key: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) }
    const response = await fetch(base + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
    return { status: response.status, body: (await response.json()) as { data?: { id: string }[]; error?: { code: string } } }
  }
  const chat = (key: string, model: string) =>
    call(key, '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] })
  return { app, standin, call, chat }
}

const NOT_ALLOWED = { status: 403, body: { error: { code: 'model_not_allowed', type: 'invalid_request_error' } } }

t.test('L5: a key with models sees and calls those alone, everywhere', async (t) => {
  const { call, chat, standin } = await gateway(t)
  const listed = (await call('sk-claude', '/v1/models')).body.data?.map(({ id }) => id) ?? []
  t.ok(listed.includes(SONNET) && listed.includes(TEAM), 'also by the model behind a profile')
  t.notOk(listed.some((id) => /nova|titan|gpt/.test(id)))
  t.same(
    (await call('sk-vectors', '/v1/models')).body.data?.every(({ id }) => id.startsWith('amazon.titan-embed-')),
    true
  )

  t.equal((await call('sk-claude', `/v1/models/${SONNET}`)).status, 200)
  t.match(await call('sk-claude', `/v1/models/${NOVA}`), NOT_ALLOWED)
  t.equal((await chat('sk-claude', SONNET)).status, 200)
  t.equal((await chat('sk-claude', 'anthropic.claude-sonnet-4-6')).status, 200)
  t.equal((await chat('sk-claude', TEAM)).status, 200)
  t.equal((await call('sk-vectors', '/v1/embeddings', { model: TITAN, input: 'a' })).status, 200)

  const before = standin.requests.length
  t.match(await chat('sk-claude', NOVA), NOT_ALLOWED)
  t.match(await chat('sk-vectors', SONNET), NOT_ALLOWED)
  t.match(await call('sk-vectors', '/v1/completions', { model: NOVA, prompt: 'a' }), NOT_ALLOWED)
  t.match(await call('sk-claude', '/v1/embeddings', { model: TITAN, input: 'a' }), NOT_ALLOWED)
  t.match(await call('sk-vectors', '/v1/embeddings', { model: 'text-embedding-3-small', input: 'a' }), NOT_ALLOWED)
  t.equal(standin.requests.length, before, 'Bedrock was not asked')
})

t.test('L5: what a key may use lies within what the gateway allows', async (t) => {
  const { call, chat } = await gateway(t, { ALLOWED_MODELS: 'anthropic.*-sonnet-*,amazon.nova-*' })
  const listed = (await call('sk-claude', '/v1/models')).body.data?.map(({ id }) => id) ?? []
  t.ok(listed.includes(SONNET))
  t.notOk(listed.some((id) => /opus|nova/.test(id)))
  t.match(await chat('sk-claude', NOVA), NOT_ALLOWED)
  t.match(await chat('sk-claude', 'us.anthropic.claude-opus-4-7'), NOT_ALLOWED)
  t.match(await chat('sk-all', 'us.anthropic.claude-opus-4-7'), NOT_ALLOWED)
  t.equal((await chat('sk-all', NOVA)).status, 200)
})

t.test('an alias shows and calls those of its models that the key may use', async (t) => {
  const aliases = { best: ['amazon.nova-pro-v1:0', 'anthropic.claude-sonnet-4-6'], small: NOVA }
  const { call, chat, standin } = await gateway(t, { MODEL_ALIASES: JSON.stringify(aliases) })
  const find = async (key: string, name: string) => (await call(key, '/v1/models')).body.data?.find(({ id }) => id === name)
  t.match(await find('sk-claude', 'best'), { resolves_to: [SONNET], base_model: 'anthropic.claude-sonnet-4-6' })
  t.match(await find('sk-all', 'best'), { resolves_to: ['amazon.nova-pro-v1:0', SONNET] })
  t.equal(await find('sk-claude', 'small'), undefined)
  t.match((await call('sk-claude', '/v1/models/best')).body, { id: 'best', resolves_to: [SONNET] })
  t.match((await chat('sk-claude', 'best')).body, { model: SONNET })
  standin.fail('amazon.nova-pro-v1:0', 'access-denied')
  t.match((await chat('sk-all', 'best')).body, { model: SONNET }, 'the next of the list stands in')
})

t.test('L1: throttled lists change nothing for chat, embeddings and the list', async (t) => {
  const { app, call, chat, standin } = await gateway(t)
  const before = (await call('sk-all', '/v1/models')).body
  for (const operation of ['ListFoundationModels', 'ListInferenceProfiles']) standin.throttle(operation, true)
  const refreshing = app.catalog.refresh()
  t.equal((await chat('sk-all', 'anthropic.claude-sonnet-4-6')).status, 200)
  t.equal((await call('sk-all', '/v1/embeddings', { model: TITAN, input: 'a' })).status, 200)
  await refreshing
  t.ok(await eventually(() => standin.requests.some(({ operation }) => operation === 'ListFoundationModels')))
  t.strictSame((await call('sk-all', '/v1/models')).body, before)
  t.match((await chat('sk-all', 'anthropic.claude-sonnet-4-6')).body, { model: SONNET })
})

t.test('S20: a key with an empty list of models sees and calls none', async (t) => {
  const { call, chat } = await gateway(t)
  t.same((await call('sk-none', '/v1/models')).body.data, [])
  t.match(await chat('sk-none', SONNET), NOT_ALLOWED)
  t.match(await chat('sk-none', 'gpt-4o'), NOT_ALLOWED)
  t.match(await call('sk-none', '/v1/embeddings', { model: TITAN, input: 'a' }), NOT_ALLOWED)
})
