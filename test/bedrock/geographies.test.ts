import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import t from 'tap'
import { calls } from '../reliability/calls.ts'
import { build } from '../support/helper.ts'

const REGIONS = { AWS_REGION: 'us-east-1', BEDROCK_REGIONS: 'us-east-1,eu-west-1', UPSTREAM_MAX_ATTEMPTS: '1' }
const BASE = 'anthropic.claude-sonnet-4-6'
const CHAT = '/v1/chat/completions'
const asks = (model: string) => ({ model, messages: [{ role: 'user', content: 'hello' }] })

for (const asked of [BASE, 'gpt-4o'])
  t.test(`L4: ${asked} goes on in another geography through the profile of that geography`, async (t) => {
    const gateway = await build(t, REGIONS)
    gateway.standin.fail(`us.${BASE}`, 'unavailable')
    const response = await gateway.post(CHAT, asks(asked))
    t.match(await response.json(), { model: `eu.${BASE}` })
    t.equal(response.headers.get('x-adit-model'), `eu.${BASE}`)
    t.strictSame(calls(gateway), [`us-east-1 us.${BASE}`, `eu-west-1 eu.${BASE}`])
  })

t.test('a profile that the caller named never leaves its geography', async (t) => {
  const gateway = await build(t, REGIONS)
  gateway.standin.fail(`us.${BASE}`, 'unavailable')
  t.equal((await gateway.post(CHAT, asks(`us.${BASE}`))).status, 503)
  t.equal((await gateway.post(CHAT, asks(`eu.${BASE}`))).status, 200)
  t.strictSame(calls(gateway), [`us-east-1 us.${BASE}`, `eu-west-1 eu.${BASE}`])
})

t.test('a global profile is called in every region', async (t) => {
  const gateway = await build(t, REGIONS)
  gateway.standin.fail(`global.${BASE}`, 'unavailable', 'none')
  t.equal((await gateway.post(CHAT, asks(`global.${BASE}`))).status, 200)
  t.strictSame(calls(gateway), [`us-east-1 global.${BASE}`, `eu-west-1 global.${BASE}`])
})

const SONNET_45 = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
const arn = (region: string, what = `inference-profile/${region.slice(0, 2)}.${SONNET_45}`) =>
  `arn:aws:bedrock:${region}:123456789012:${what}`

t.test('F34: an ARN is called in its own region, whichever of ours that is', async (t) => {
  const gateway = await build(t, REGIONS)
  await gateway.app.catalog.list()
  for (const model of [arn('eu-west-1'), arn('us-east-1'), `bedrock/${arn('eu-west-1')}`]) {
    for (const stream of [false, true]) {
      const response = await gateway.post(CHAT, { ...asks(model), stream })
      t.equal(response.status, 200, await response.text())
    }
  }
  const twice = (region: string) => Array(2).fill(`${region} ${arn(region)}`)
  // The lists of the home region tell the id of the profile behind an ARN.
  const home = Array(2).fill(`us-east-1 us.${SONNET_45}`)
  t.strictSame(calls(gateway), [...twice('eu-west-1'), ...home, ...twice('eu-west-1')])
})

t.test('F34: nor does an ARN go on in another region of its geography', async (t) => {
  const gateway = await build(t, { ...REGIONS, BEDROCK_REGIONS: 'us-east-1,us-west-2' })
  await gateway.app.catalog.list()
  gateway.standin.fail(`us.${SONNET_45}`, 'unavailable', 'none')
  t.equal((await gateway.post(CHAT, asks(arn('us-east-1')))).status, 503)
  t.strictSame(calls(gateway), [`us-east-1 us.${SONNET_45}`])
})

t.test('F34: an ARN of a region that is none of ours is a 400 that names it, and nothing is called', async (t) => {
  for (const env of [REGIONS, { AWS_REGION: 'us-east-1' }]) {
    const gateway = await build(t, env)
    const foreign = [
      arn('ap-northeast-1', `inference-profile/jp.${SONNET_45}`),
      arn('us-west-2', 'application-inference-profile/a1b2c3d4e5f6'),
      'arn:aws:sagemaker:us-west-2:123456789012:endpoint/gemma-endpoint'
    ]
    for (const model of foreign) {
      for (const stream of [false, true]) {
        const response = await gateway.post(CHAT, { ...asks(model), stream })
        t.equal(response.status, 400)
        t.match(await response.json(), { error: { param: 'model', message: new RegExp(model.split(':')[3] ?? '') } })
      }
    }
    t.strictSame(calls(gateway), [])
  }
})

t.test('F34: a fallback of ours is called where the first model belongs elsewhere', async (t) => {
  const MODEL_ALIASES = JSON.stringify({ mine: [arn('ap-northeast-1'), 'amazon.nova-lite-v1:0'] })
  const gateway = await build(t, { ...REGIONS, MODEL_ALIASES })
  t.equal((await gateway.post(CHAT, asks('mine'))).status, 200)
  t.strictSame(calls(gateway), ['us-east-1 amazon.nova-lite-v1:0'])
})

t.test('F15 F34: the synthetic Bedrock of a region refuses profiles and ARNs of others', async (t) => {
  const { standin } = await build(t)
  const foreign = [
    `eu.${BASE}`,
    `jp.${BASE}`,
    arn('eu-west-1'),
    'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0'
  ]
  const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint: standin.url })
  t.teardown(() => client.destroy())
  const messages = [{ role: 'user' as const, content: [{ text: 'hello' }] }]
  for (const modelId of foreign)
    await t.rejects(client.send(new ConverseCommand({ modelId, messages })), { message: /model identifier is invalid/ }, modelId)
  t.ok(await client.send(new ConverseCommand({ modelId: `us.${BASE}`, messages })))
})
