import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createLookup } from '../../src/bedrock/catalog/catalog-lookup.ts'
import { build, KEY, lastCall } from '../support/helper.ts'

const TEAM = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'
const SOMEBODYS = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/nobody000000'
const DENIED = { deny: ['ListFoundationModels', 'ListInferenceProfiles'] }
const ASK = { messages: [{ role: 'user' as const, content: 'hi' }], temperature: 0.5, top_p: 0.5 }

t.test('an application profile that no list names is asked for once, and gets the traits of the model behind it', async (t) => {
  const { openai, standin } = await build(t, {}, DENIED)
  const lookups = () => standin.requests.filter(({ operation }) => operation === 'GetInferenceProfile').length
  await Promise.all(Array.from({ length: 5 }, () => openai.chat.completions.create({ model: TEAM, ...ASK })))
  t.equal(lookups(), 1, 'five at once, one lookup')
  const call = lastCall(standin)?.body as { inferenceConfig: object }
  t.match(call.inferenceConfig, { temperature: 0.5 })
  t.notOk('topP' in call.inferenceConfig, 'Claude takes one of the two')
  await openai.chat.completions.create({ model: TEAM, ...ASK })
  t.equal(lookups(), 1, 'and it is remembered')
})

t.test('an alias of such a profile, GET models and the rule of what is allowed see the model behind it too', async (t) => {
  const env = { MODEL_ALIASES: JSON.stringify({ team: TEAM }), ALLOWED_MODELS: 'anthropic.*' }
  const { base, openai } = await build(t, env, DENIED)
  const answer = await openai.chat.completions.create({ model: 'team', ...ASK })
  t.equal(answer.model, TEAM)
  const card = await fetch(`${base}/v1/models/${encodeURIComponent(TEAM)}`, { headers: { authorization: `Bearer ${KEY}` } })
  t.match(await card.json(), { id: TEAM, base_model: 'anthropic.claude-sonnet-4-6', kind: 'application-profile' })
  const named = await fetch(`${base}/v1/models/team`, { headers: { authorization: `Bearer ${KEY}` } })
  t.match(await named.json(), { id: 'team', resolves_to: [TEAM] })
})

t.test('when the lookup is denied the model is called all the same', async (t) => {
  const { openai, standin } = await build(t, {}, { deny: [...DENIED.deny, 'GetInferenceProfile'] })
  for (let i = 0; i < 3; i++) await openai.chat.completions.create({ model: TEAM, messages: ASK.messages })
  t.equal(standin.requests.filter(({ operation }) => operation === 'GetInferenceProfile').length, 1)
})

t.test('a profile that does not exist is told by the call of the model', async (t) => {
  const { openai } = await build(t)
  await t.rejects(openai.chat.completions.create({ model: SOMEBODYS, ...ASK }), { status: 404, code: 'model_not_found' })
})

t.test('models that a list names, and other ids, are never looked up', async (t) => {
  const { app, openai, standin } = await build(t)
  await app.catalog.list()
  for (const model of [TEAM, 'team-claude', 'us.anthropic.claude-sonnet-4-6', 'amazon.nova-lite-v1:0', 'gpt-4o'])
    await openai.chat.completions.create({ model, messages: ASK.messages })
  t.notOk(standin.requests.some(({ operation }) => operation === 'GetInferenceProfile'))
})

t.test('a lookup that hangs delays one chat by two seconds and the next not at all', async (t) => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const { openai } = await build(t, {}, DENIED)
  process.env.AWS_ENDPOINT_URL_BEDROCK = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const timed = async () => {
    const at = performance.now()
    await openai.chat.completions.create({ model: TEAM, messages: ASK.messages })
    return performance.now() - at
  }
  const first = await timed()
  t.ok(first < 4000, `${first} ms`)
  t.ok((await timed()) < 1500)
})

t.test('what failed is asked for again after a minute, and the number of calls at once is bounded', async (t) => {
  let now = 0
  const asked: string[] = []
  const lookup = createLookup({
    now: () => now,
    closed: new AbortController().signal,
    ask: async (arn) => {
      asked.push(arn)
      if (arn.endsWith('x')) return new Promise(() => {})
      throw new Error('throttled')
    }
  })
  await lookup.learn(TEAM)
  await lookup.learn(TEAM)
  t.equal(asked.length, 1)
  now = 61_000
  await lookup.learn(TEAM)
  t.equal(asked.length, 2)
  t.ok(lookup.wants(TEAM))
  for (const id of ['amazon.nova-lite-v1:0', 'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc', `${TEAM}/../x`])
    t.notOk(lookup.wants(id), id)
  void Promise.all(Array.from({ length: 20 }, (_, i) => lookup.learn(`${TEAM}${i}x`)))
  t.equal(asked.length, 2 + 8)
})
