import t from 'tap'
import { calls } from '../reliability/calls.ts'
import { build, KEY } from '../support/helper.ts'
import { asker, NOVA, type Sent, SONNET_45, SONNET_46, say } from './asker.ts'

const SONNET_4 = 'us.anthropic.claude-sonnet-4-20250514-v1:0'
const LONG = 'context-1m-2025-08-07'
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'

const gateway = await asker(t, { MODEL_ALIASES: JSON.stringify({ smart: SONNET_45, 'bedrock/mine': NOVA }) })
const { ask, stream, base, post } = gateway

/** A name as another tool writes it, and the id that is called. */
const NAMES: readonly (readonly [asked: string, called: string])[] = [
  [`bedrock/${SONNET_46}`, SONNET_46],
  [`bedrock/converse/${SONNET_46}`, SONNET_46],
  [`bedrock/converse_like/${SONNET_46}`, SONNET_46],
  [`bedrock/invoke/${SONNET_46}`, SONNET_46],
  [`bedrock/us-east-1/${SONNET_46}`, SONNET_46],
  [`bedrock/converse/us-east-1/${SONNET_46}`, SONNET_46],
  [`bedrock/us-east-1/6-month-commitment/${NOVA}`, NOVA],
  [`bedrock/${PROFILE}`, PROFILE],
  [`bedrock/llama/${PROFILE}`, PROFILE],
  [`amazon-bedrock/${SONNET_46}`, SONNET_46],
  [`aws-bedrock/${SONNET_46}`, SONNET_46],
  [`bedrock:${SONNET_46}`, SONNET_46],
  [`bedrock_converse:${SONNET_46}`, SONNET_46],
  [`bedrock_converse/${SONNET_46}`, SONNET_46],
  ['bedrock/anthropic.claude-sonnet-4-6', SONNET_46],
  ['bedrock/claude-sonnet-4-6', SONNET_46],
  ['bedrock/gpt-4o', SONNET_46],
  ['bedrock/smart', SONNET_45],
  ['bedrock/mine', NOVA],
  [`${SONNET_46}[1m]`, SONNET_46],
  ['anthropic.claude-sonnet-4-6[1m]', SONNET_46],
  ['smart[1m]', SONNET_45],
  [`bedrock/${SONNET_46}[1M]`, SONNET_46],
  [`${SONNET_46}[200k]`, SONNET_46]
]

t.test('a short name waits for the first lists, and only then for nothing', async (t) => {
  const { post, standin } = await build(t, {}, { listDelayMs: 400 })
  const ask = (model: string, by = post) => by('/v1/chat/completions', { model, messages: say('hi') })
  const [short, long] = await Promise.all([ask('claude-sonnet-4-6'), ask(NOVA)])
  t.strictSame([short.status, long.status], [200, 200])
  const order = standin.requests.filter(({ modelId }) => modelId !== undefined).map(({ modelId }) => modelId)
  t.strictSame(order, [NOVA, SONNET_46], 'an id does not wait')
  const deny = ['ListFoundationModels', 'ListInferenceProfiles']
  const without = await build(t, {}, { deny })
  t.equal((await ask('claude-sonnet-4-6', without.post)).status, 404)
})

for (const [asked, called] of NAMES) {
  t.test(`F31: ${asked} is ${called}`, async (t) => {
    for (const send of [ask, stream]) {
      const { status, headers } = await send({ model: asked })
      t.equal(status, 200)
      t.equal(headers.get('x-adit-model'), called)
      t.equal(calls(gateway).at(-1), `us-east-1 ${called}`)
    }
    const card = await fetch(`${base}/v1/models/${encodeURIComponent(asked)}`, { headers: { authorization: `Bearer ${KEY}` } })
    t.equal(card.status, 200)
    t.match(await card.json(), { id: asked })
  })
}

t.test('F31: a context of a million tokens has its flag where a model needs one', async (t) => {
  const flags = (sent: Sent | undefined) => sent?.additionalModelRequestFields?.anthropic_beta
  for (const send of [ask, stream]) {
    for (const model of [SONNET_4, SONNET_45, `bedrock/${SONNET_45}`, 'smart'])
      t.same(flags((await send({ model: `${model}[1m]` })).sent), [LONG], model)
    for (const model of [SONNET_46, 'us.anthropic.claude-haiku-4-5-20251001-v1:0', NOVA])
      t.equal(flags((await send({ model: `${model}[1m]` })).sent), undefined, model)
    for (const model of [SONNET_45, `${SONNET_45}[200k]`]) t.equal(flags((await send({ model })).sent), undefined, model)
    const both = await send({ model: `${SONNET_45}[1m]`, anthropic_beta: [LONG, 'token-efficient-tools-2025-02-19'] })
    t.same(flags(both.sent), [LONG, 'token-efficient-tools-2025-02-19'])
  }
})

t.test('F31: so it is with embeddings', async (t) => {
  const response = await post('/v1/embeddings', { model: 'bedrock/amazon.titan-embed-text-v2:0', input: 'hello' })
  t.equal(response.status, 200)
  t.equal(calls(gateway).at(-1), 'us-east-1 amazon.titan-embed-text-v2:0')
})

t.test('F31: a region in a name is where the model is called, or a 400', async (t) => {
  const { status, body, sent } = await ask({ model: `bedrock/eu-central-1/${NOVA}` })
  t.equal(status, 400)
  t.match(body.error, { param: 'model', message: /eu-central-1.*us-east-1/ })
  t.equal(sent, undefined)
  const both = await asker(t, { BEDROCK_REGIONS: 'us-east-1,us-west-2' })
  t.equal((await both.ask({ model: `bedrock/us-west-2/${NOVA}` })).status, 200)
  t.strictSame(calls(both), [`us-west-2 ${NOVA}`])
})

t.test('F31: what is no more than a prefix stays a name that nobody knows', async (t) => {
  for (const model of ['bedrock/', 'bedrock/converse/', '[1m]', 'bedrock/nobody.model-1']) {
    t.equal((await ask({ model })).status, 404, model)
    const card = await fetch(`${base}/v1/models/${encodeURIComponent(model)}`, { headers: { authorization: `Bearer ${KEY}` } })
    t.equal(card.status, 404, model)
  }
})

t.test('F31: a key may call what its list says of the model, however it is written', async (t) => {
  const API_KEY = JSON.stringify({ keys: [{ name: 'team', key: KEY, models: ['amazon.*'] }] })
  const limited = await asker(t, { API_KEY })
  t.equal((await limited.ask({ model: `bedrock/${NOVA}` })).status, 200)
  for (const model of [`bedrock/${SONNET_46}`, `bedrock/converse/${SONNET_46}[1m]`, `amazon-bedrock/${SONNET_46}`]) {
    t.equal((await limited.ask({ model })).status, 403, model)
    const card = await fetch(`${limited.base}/v1/models/${encodeURIComponent(model)}`, {
      headers: { authorization: `Bearer ${KEY}` }
    })
    t.equal(card.status, 403, model)
  }
})

t.test('an alias may name a model as other tools do', async (t) => {
  const aliased = await asker(t, { MODEL_ALIASES: JSON.stringify({ big: `bedrock/${SONNET_45}[1m]` }) })
  const { sent } = await aliased.ask({ model: 'big', messages: say('hello') })
  t.same(sent?.additionalModelRequestFields?.anthropic_beta, [LONG])
})
