import t from 'tap'
import { build } from '../helper.ts'
import { calls } from '../reliability/calls.ts'

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
