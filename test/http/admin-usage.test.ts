import t from 'tap'
import { build } from '../support/helper.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const CHAT = '/v1/chat/completions'
const PATHS = ['/admin/usage', '/v1/admin/usage', '/api/v1/admin/usage']
const asks = (model: string) => ({ model, messages: [{ role: 'user', content: 'a secret question' }] })

interface Row {
  readonly [name: string]: unknown
}
interface Usage {
  readonly keys: readonly Row[]
  readonly pools: readonly Row[]
  readonly minutes: readonly Row[]
}

t.test('what was done for whom is told to who has an admin key, and to nobody else', async (t) => {
  const keys = [
    { name: 'team', key: 'sk-team' },
    { name: 'boss', key: 'sk-boss', admin: true },
    { name: 'not', key: 'sk-not', admin: false }
  ]
  const API_KEYS_FILE = `${t.testdir({ 'keys.json': JSON.stringify({ keys }) })}/keys.json`
  const pools = [
    { name: 'home', region: 'us-east-1' },
    { name: 'spare', region: 'us-west-2', weight: 0 }
  ]
  const { base, post, standin } = await build(t, {
    API_KEYS_FILE,
    ADMIN_KEY: 'sk-operator',
    BEDROCK_POOLS: JSON.stringify(pools),
    QUEUE_MS: '5000'
  })
  const get = (path: string, key?: string) =>
    fetch(base + path, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
  for (const path of PATHS) {
    for (const [key, status] of [
      [undefined, 401],
      ['sk-unknown', 401],
      ['sk-team', 403],
      ['sk-not', 403],
      ['sk-boss', 200],
      ['sk-operator', 200]
    ] as const) {
      const response = await get(path, key)
      const text = await response.text()
      t.equal(response.status, status, `${path} ${key}`)
      if (status !== 200) t.notMatch(text, /"keys"|team/)
      else t.equal(response.headers.get('cache-control'), 'no-store')
    }
  }
  t.equal((await post(CHAT, asks(NOVA), { authorization: 'Bearer sk-operator' })).status, 401, 'ADMIN_KEY calls no model')

  const team = { authorization: 'Bearer sk-team' }
  const usage = { inputTokens: 100, outputTokens: 20, cacheReadInputTokens: 900, cacheWriteInputTokens: 0, totalTokens: 1020 }
  standin.answer(SONNET, { content: [{ text: 'hi' }], usage })
  standin.fail(SONNET, 'throttling')
  const first = await post(CHAT, asks(SONNET), team)
  t.equal(first.headers.get('x-adit-pool'), 'spare')
  await first.text()
  await (await post(CHAT, { ...asks(NOVA), stream: true }, team)).text()
  await (await post(CHAT, asks('made.up-model'), team)).text()

  const read = async () => (await (await get('/admin/usage', 'sk-boss')).json()) as Usage
  let told = await read()
  for (let tries = 0; told.keys.length < 3 && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    told = await read()
  }
  const row = (model: string) => told.keys.find((one) => one.key === 'team' && one.model === model)
  t.match(row(SONNET), {
    requests: 1,
    errors: 0,
    throttled: 0,
    input_tokens: 1000,
    cached_tokens: 900,
    output_tokens: 20,
    unpriced_requests: 0
  })
  // 3.30 and 15 x 1.10 dollars a million by a profile of a geography; what is read from the cache costs a tenth.
  t.equal(row(SONNET)?.cost_usd, Number(first.headers.get('x-adit-cost')))
  t.equal(row(SONNET)?.saved_by_cache_usd, 0.002673)
  t.ok(row(NOVA))
  t.notOk(told.keys.some(({ model }) => model === 'made.up-model'))
  t.match(
    told.pools.find(({ pool, model }) => pool === 'home' && model === SONNET),
    { region: 'us-east-1', requests: 0, throttled: 1, last_429: /^\d{4}-.*Z$/ }
  )
  t.match(
    told.pools.find(({ pool, model }) => pool === 'spare' && model === SONNET),
    { region: 'us-west-2', requests: 1, tokens: 1020, tokens_last_minute: 1020, throttled: 0, quota: { waiting: 0 } }
  )
  t.equal(
    told.minutes.reduce((sum, { throttled }) => sum + Number(throttled), 0),
    1
  )
  t.notMatch(JSON.stringify(told), /secret|sk-/)
})

t.test('a pool shows its quota before anything is refused, and what a throttle has taught, also in requests', async (t) => {
  const BEDROCK_QUOTAS = JSON.stringify([{ ids: ['us.amazon.nova-lite-*'], tokens_per_minute: 50_000 }])
  const { base, post, standin } = await build(t, { ADMIN_KEY: 'sk-operator', QUEUE_MS: '50', BEDROCK_QUOTAS })
  const told = async (model: string) => {
    const response = await fetch(`${base}/admin/usage`, { headers: { authorization: 'Bearer sk-operator' } })
    return ((await response.json()) as Usage).pools.find((one) => one.model === model) ?? {}
  }
  standin.answer(`us.${NOVA}`, { content: [{ text: 'hi' }], usage: { inputTokens: 900, outputTokens: 100, totalTokens: 1000 } })
  await (await post(CHAT, { ...asks(`us.${NOVA}`), max_tokens: 500 })).text()
  const quota = { tokens_per_minute: 50_000, is_guess: false, waiting: 0, closed_until: null }
  t.match(await told(`us.${NOVA}`), { pool: 'us-east-1', quota })
  const { headroom, used } = (await told(`us.${NOVA}`)).quota as { headroom: number; used: number }
  t.ok(headroom >= 49_000 && headroom <= 50_000, `${headroom} tokens are left`)
  t.equal(used, 1000)

  standin.fail(SONNET, 'throttling')
  await (await post(CHAT, asks(SONNET))).text()
  const requests = { requests_per_minute: 10_000, requests_headroom: Number }
  t.match(await told(SONNET), { throttled: 1, last_429: /Z$/, quota: { is_guess: false, ...requests } })
  const taught = ((await told(SONNET)).quota as { requests_headroom: number }).requests_headroom
  t.ok(taught < 5000, `${taught}: a refusal has left nothing`)
  standin.fail('us.amazon.nova-micro-v1:0', 'throttling-day')
  t.equal((await post(CHAT, asks('us.amazon.nova-micro-v1:0'))).status, 429)
  t.match(await told('us.amazon.nova-micro-v1:0'), { quota: { closed_until: /^\d{4}-.*Z$/ } })
})

t.test('without keys there is no operator but ADMIN_KEY', async (t) => {
  const { base } = await build(t, { AUTH: 'off' })
  t.equal((await fetch(`${base}/admin/usage`)).status, 401)
  t.equal((await fetch(`${base}/admin/usage`, { headers: { authorization: 'Bearer x' } })).status, 403)
  const other = await build(t, { AUTH: 'off', ADMIN_KEY: 'sk-operator' })
  t.equal((await fetch(`${other.base}/v1/admin/usage`, { headers: { 'x-api-key': 'sk-operator' } })).status, 200)
  t.equal((await fetch(`${other.base}/v1/admin/usage`, { headers: { 'x-api-key': 'sk-operato' } })).status, 403)
})
