import t, { type Test } from 'tap'
import { OWNED } from '../../src/standin/resolve.ts'
import { type Built, build, buildBefore, eventually } from '../support/helper.ts'
import { noValkey, startValkey } from '../support/valkey.ts'
import { calls as regionCalls } from './calls.ts'

const LITE = 'us.amazon.nova-lite-v1:0'
const PRO = 'us.amazon.nova-pro-v1:0'
const MICRO = 'us.amazon.nova-micro-v1:0'
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const NEWER = 'us.anthropic.claude-sonnet-4-6'
const CHAT = '/v1/chat/completions'

const KEYS = {
  keys: [
    { name: 'noisy', key: 'sk-noisy' },
    { name: 'quiet', key: 'sk-quiet' }
  ]
}

async function gateway(t: Test, env: Record<string, string> = {}, beside?: Built) {
  const API_KEYS_FILE = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
  const built = await (beside === undefined
    ? build(t, { API_KEYS_FILE, ...env })
    : buildBefore(t, beside.standin, { API_KEYS_FILE, ...env }))
  const ask = (key: string, model: string, { content = 'hi', signal, path = CHAT, ...more }: Asking = {}) =>
    fetch(built.base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({
        model,
        ...(path.endsWith('/responses') ? { input: content } : { messages: [{ role: 'user', content }] }),
        ...more
      }),
      ...(signal === undefined ? {} : { signal })
    })
  const calls = (model: string) => built.standin.requests.filter(({ modelId }) => modelId === model).length
  return { ...built, ask, calls }
}

interface Asking {
  readonly content?: string
  readonly signal?: AbortSignal
  readonly path?: string
  readonly stream?: boolean
  readonly max_tokens?: number
}

/** Of all models: which of them have a label of their own depends on the lists that have come by then. */
function throttles(metrics: string, kind: string): number {
  const found = metrics.matchAll(new RegExp(`^adit_upstream_throttles_total\\{kind="${kind}",.* (\\d+)$`, 'gm'))
  return [...found].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Nothing is known of quotas until Bedrock throttles. */
const QUEUE = { QUEUE_MS: '30000', SERVICE_QUOTAS: 'false' }

t.test('without QUEUE_MS a throttled call is made again blindly, and a used up day is asked for each time', async (t) => {
  const { ask, standin, calls } = await gateway(t, { UPSTREAM_MAX_ATTEMPTS: '2' })
  standin.fail(LITE, 'throttling-tokens', 'throttling-tokens', 'none')
  const throttled = await ask('sk-noisy', LITE)
  t.match([throttled.status, throttled.headers.get('retry-after')], [429, '5'])
  t.equal(calls(LITE), 2)
  t.equal((await ask('sk-noisy', LITE)).status, 200, 'nothing is held back')
  standin.fail(PRO, 'throttling-day', 'throttling-day')
  for (const time of ['first', 'second']) {
    const day = await ask('sk-noisy', PRO)
    t.match([day.status, day.headers.get('retry-after')], [429, '60'], time)
  }
  t.equal(calls(PRO), 2)
})

const HIDDEN = [
  [LITE, 'throttling', {}],
  [PRO, 'throttling-tokens', { stream: true }],
  [MICRO, 'first-frame-throttling', { stream: true, path: '/v1/responses' }],
  [CLAUDE, 'throttling-tokens', { path: '/v1/messages', max_tokens: 100 }],
  [HAIKU, 'mid-stream-throttling', {}]
] as const

t.test('429s of a minute are seen by nobody: the call waits in the ledger and is made again, in every dialect', async (t) => {
  const { ask, standin, calls, app } = await gateway(t, QUEUE)
  await Promise.all(
    HIDDEN.map(async ([model, fault, more]) => {
      standin.fail(model, fault, fault, 'none')
      const answer = await ask('sk-noisy', model, more)
      const text = await answer.text()
      t.equal(answer.status, 200, `${model} ${fault}`)
      t.notMatch(text, /"error":\{/)
      t.equal(calls(model), 3)
    })
  )
  const text = await app.metrics.text()
  t.strictSame(
    [throttles(text, 'requests'), throttles(text, 'tokens'), throttles(text, 'day')],
    [2, 8, 0],
    'each call is counted'
  )
})

for (const fault of ['throttling-day', 'quota'] as const)
  t.test(`${fault}: a used up day closes the pool for all keys without calls, and no other pool`, async (t) => {
    const { ask, standin, calls, app } = await gateway(t, QUEUE)
    standin.fail(LITE, fault, 'none')
    for (const key of ['sk-noisy', 'sk-noisy', 'sk-quiet']) {
      const refused = await ask(key, LITE)
      t.match(await refused.json(), { error: { code: 'insufficient_quota' } })
      t.equal(refused.status, 429)
      const wait = Number(refused.headers.get('retry-after'))
      t.ok(wait >= 1 && wait <= 600, `until it is asked again: ${wait}`)
    }
    t.equal(calls(LITE), 1)
    t.equal((await ask('sk-noisy', PRO)).status, 200)
    t.equal(throttles(await app.metrics.text(), 'day'), 1)
  })

t.test('what finds no room in time is a 429 with the time it takes, without a call', async (t) => {
  const { ask, standin, calls } = await gateway(t, { ...QUEUE, QUEUE_MS: '100' })
  standin.fail(LITE, 'throttling-tokens', 'none')
  const first = await ask('sk-noisy', LITE, { max_tokens: 100 })
  t.match([first.status, first.headers.get('retry-after'), calls(LITE)], [429, /^[12]$/, 1], 'too long a wait for another try')
  const second = await ask('sk-quiet', LITE, { max_tokens: 5000 })
  t.equal(second.status, 429)
  t.match(await second.json(), { error: { code: 'rate_limit_exceeded', message: /no room at the moment/ } })
  const wait = Number(second.headers.get('retry-after'))
  t.ok(wait >= 20 && wait <= 60, `refilled at the rate that is known: ${wait}`)
  t.equal(calls(LITE), 1)
})

t.test('while nothing was refused nothing waits, however much is asked for at once', async (t) => {
  const { ask, calls } = await gateway(t, { ...QUEUE, QUEUE_MS: '1' })
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask('sk-noisy', LITE, { max_tokens: 5000 })))
  t.strictSame([...new Set(answers.map(({ status }) => status))], [200])
  t.equal(calls(LITE), 40)
})

t.test('another region is called while one has no room', async (t) => {
  const { ask, standin } = await gateway(t, {
    ...QUEUE,
    QUEUE_MS: '100',
    AWS_REGION: 'us-east-1',
    BEDROCK_REGIONS: 'us-east-1,us-west-2'
  })
  standin.fail(LITE, 'throttling-day', 'none')
  for (const time of ['first', 'second']) {
    const answer = await ask('sk-noisy', LITE)
    t.equal(answer.status, 200, time)
    await answer.text()
  }
  const [east, west] = [`us-east-1 ${LITE}`, `us-west-2 ${LITE}`]
  t.strictSame(regionCalls({ standin }), [east, west, west])
})

const NATIVE_WAYS = [
  [LITE, 'converse', { inferenceConfig: { maxTokens: 9000 } }],
  [PRO, 'converse-stream', { inferenceConfig: { maxTokens: 9000 } }],
  [CLAUDE, 'invoke', { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9000 }],
  [HAIKU, 'invoke-with-response-stream', { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9000 }]
] as const

t.test("calls of Bedrock's own API and conversations go by one ledger, and settle at what was used", async (t) => {
  const BEDROCK_QUOTAS = JSON.stringify([{ ids: ['us.*'], tokens_per_minute: 12_000 }])
  const { ask, standin, calls, app, base } = await gateway(t, { QUEUE_MS: '100', SERVICE_QUOTAS: 'false', BEDROCK_QUOTAS })
  const headroom = (model: string) => app.bedrock.quotas().find((one) => one.model === model)?.headroom ?? 12_000
  const usage = { inputTokens: 1000, outputTokens: 100 }
  for (const [model, operation, body] of NATIVE_WAYS) {
    const inOwnWords = operation.startsWith('invoke')
    const factor = inOwnWords ? 5 : 1
    const native = (content: string, signal: AbortSignal | null = null) =>
      fetch(`${base}/model/${encodeURIComponent(model)}/${operation}`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-noisy', 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, messages: [{ role: 'user', content: inOwnWords ? content : [{ text: content }] }] }),
        signal
      })
    standin.answer(model, { content: [{ text: 'slow' }], usage, delayMs: 300 })
    const first = native('hi')
    t.ok(await eventually(() => calls(model) === 1))
    const refused = await ask('sk-quiet', model, { max_tokens: 9000 })
    t.match([refused.status, calls(model)], [429, 1], `${operation}: what it has reserved is nobody else's`)
    t.match(await refused.text(), /no room at the moment/)
    const own = await native('hi')
    t.match([own.status, own.headers.get('x-amzn-errortype')?.split(':')[0]], [429, 'ThrottlingException'])
    await own.text()
    await (await first).text()
    t.ok(await eventually(() => headroom(model) > 12_000 - 1000 - factor * 100 - 100), `${operation}: the rest comes back`)
    t.ok(headroom(model) < 12_000 - 900)
    const leaving = new AbortController()
    const left = native('hi #slow 50', leaving.signal).then(
      (response) => response.text(),
      () => 'left'
    )
    t.ok(await eventually(() => calls(model) === 2))
    leaving.abort()
    await left
    t.ok(await eventually(() => headroom(model) > 4000), 'and a caller who leaves keeps no more than about a third')
  }
})

t.test("a throttled call of Bedrock's own API waits in the ledger too", async (t) => {
  const { standin, calls, base } = await gateway(t, QUEUE)
  standin.fail(LITE, 'throttling-tokens', 'none')
  const response = await fetch(`${base}/model/${encodeURIComponent(LITE)}/converse`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-noisy', 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'hi' }] }], inferenceConfig: { maxTokens: 10 } })
  })
  t.match([response.status, calls(LITE)], [200, 2])
})

t.test('embeddings wait in the ledger of their model, and count what they were', async (t) => {
  const BEDROCK_QUOTAS = JSON.stringify([{ ids: ['amazon.titan-embed-text-v2*'], tokens_per_minute: 3000 }])
  const { standin, app, base } = await gateway(t, { QUEUE_MS: '100', SERVICE_QUOTAS: 'false', BEDROCK_QUOTAS })
  const model = 'amazon.titan-embed-text-v2:0'
  const embed = async (input: string) => {
    const response = await fetch(`${base}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-noisy', 'content-type': 'application/json' },
      body: JSON.stringify({ model, input })
    })
    await response.text()
    return response.status
  }
  const words = 'word '.repeat(1600)
  t.equal(await embed(words), 200)
  t.match(app.bedrock.quotas(), [{ model, used: 2000, tokens_per_minute: 3000 }])
  t.equal(await embed(words), 429, 'a thousand tokens are left')
  t.equal(await embed('word '.repeat(500)), 200)
  t.equal(standin.requests.filter(({ modelId }) => modelId === model).length, 2)
})

t.test('keys are served in turn, and whoever leaves gives its place up', async (t) => {
  const { ask, standin, app } = await gateway(t, QUEUE)
  const contents = () =>
    standin.requests.flatMap(({ modelId, body }) => {
      const found = modelId === LITE ? /(?:noisy|quiet)-\d+/.exec(JSON.stringify(body)) : null
      return found === null ? [] : [found[0]]
    })
  standin.fail(LITE, 'throttling-tokens', 'none')
  const leaving = new AbortController()
  const asked = Array.from({ length: 12 }, (_, n) =>
    ask('sk-noisy', LITE, { content: `noisy-${n}`, signal: leaving.signal }).then(
      ({ status }) => status,
      () => 'left'
    )
  )
  t.ok(await eventually(() => app.lifecycle.inFlight + contents().length > 12))
  const seen = contents().length
  t.equal((await ask('sk-quiet', LITE, { content: 'quiet-1' })).status, 200)
  const ahead = contents().length - seen - 1
  t.ok(ahead <= 4, `${ahead} of the other's twelve went before`)
  leaving.abort()
  await Promise.all(asked)
  t.ok(await eventually(() => app.lifecycle.inFlight === 0), 'nobody waits any more')
  const before = contents().length
  t.equal((await ask('sk-quiet', LITE, { content: 'quiet-2' })).status, 200)
  t.strictSame(contents().slice(before), ['quiet-2'], 'nothing is called for those who left')
})

const listed = (code: string, name: string, value: number) => ({ code, name, value })

/** What the ledger reckons with for a model as it is called, tokens a minute. */
const reckoned = (
  { bedrock }: { bedrock: { quotas(): readonly { model: string; tokens_per_minute: number | null }[] } },
  model: string
) => bedrock.quotas().find((one) => one.model === model)?.tokens_per_minute

t.test(
  'quotas of Service Quotas hold from the start: by code, by name, in pages; what they do not tell for sure holds nobody',
  async (t) => {
    const { ask, standin, app, calls } = await gateway(t, { QUEUE_MS: '100' })
    const geo = 'Cross-region model inference tokens per minute for'
    standin.listQuotas(
      listed('L-58BE175A', `${geo} whatever it is named now`, 10_000),
      listed('L-1', `${geo} Amazon Nova Lite`, 20_000),
      listed('L-2', `${geo} Amazon Nova Micro`, 1000),
      listed('L-3', `${geo} Amazon Nova Micro`, 2000),
      listed('L-4', `${geo} Anthropic Claude`, 500),
      listed('L-5', `${geo} Amazon Nova Pro`, 0)
    )
    // The list was read when the process began, before the test could say what is in it.
    app.bedrock.readQuotas()
    for (const model of [HAIKU, LITE, MICRO, PRO]) t.equal((await ask('sk-noisy', model)).status, 200)
    t.ok(await eventually(() => reckoned(app, HAIKU) === 10_000 && reckoned(app, LITE) === 20_000))
    t.same([reckoned(app, MICRO), reckoned(app, PRO)], [null, null])
    const asked = { max_tokens: 9000 }
    t.equal((await ask('sk-noisy', HAIKU, asked)).status, 200)
    const before = calls(HAIKU)
    standin.answer(HAIKU, { content: [{ text: 'long' }], usage: { inputTokens: 5000, outputTokens: 1000 } })
    t.equal((await ask('sk-noisy', HAIKU, asked)).status, 200)
    t.equal((await ask('sk-noisy', HAIKU, asked)).status, 429, 'no room is left, and nobody was throttled')
    t.equal(calls(HAIKU), before + 1)
    await Promise.all(Array.from({ length: 9 }, async () => t.equal((await ask('sk-noisy', MICRO, asked)).status, 200)))
  }
)

t.test('a listed quota of a day closes its pool when it is used up, without a call, and another pool goes on', async (t) => {
  const { ask, standin, app, calls } = await gateway(t, { QUEUE_MS: '100' })
  const name = 'Model invocation max tokens per day for Amazon Nova Lite (doubled for cross-region calls)'
  standin.listQuotas(listed('L-1', name, 10_000))
  standin.setQuota(LITE, { mode: 'bucket', tokensPerMinute: 1e9, tokensPerDay: 20_000 })
  app.bedrock.readQuotas()
  const bare = LITE.replace('us.', '')
  const usage = { inputTokens: 6000, outputTokens: 500 }
  for (const model of [LITE, bare]) standin.answer(model, { content: [{ text: 'long' }], usage })
  const quotaOf = (model: string) => app.bedrock.quotas().find((one) => one.model === model)
  t.equal((await ask('sk-noisy', bare)).status, 200)
  t.ok(await eventually(() => quotaOf(bare)?.tokens_per_day === 10_000))
  const spend = async (model: string) => (await ask('sk-noisy', model, { max_tokens: 600, stream: model === LITE })).text()
  for (let n = 0; n < 3; n++) await spend(LITE)
  t.match(quotaOf(LITE), { tokens_per_day: 20_000, used_today: 19_500, closed_until: null })
  for (const path of [CHAT, '/v1/messages', '/v1/responses']) {
    const refused = await ask('sk-quiet', LITE, { max_tokens: 2000, path })
    t.equal(refused.status, 429)
    t.match(await refused.text(), /quota of tokens a day is used up/)
    t.match([refused.headers.get('retry-after'), refused.headers.get('x-should-retry')], ['60', 'false'])
  }
  t.match([calls(LITE), standin.counters(LITE).throttles], [3, 0], 'Bedrock was not asked')
  t.match(quotaOf(LITE), { closed_until: /Z$/ })
  t.equal((await ask('sk-quiet', bare, { max_tokens: 600 })).status, 200, 'the bare id has a quota of its own')
  t.equal(throttles(await app.metrics.text(), 'day'), 0)
  t.match(await app.metrics.text(), /^adit_quota_used_today_tokens\{.*model="us\.amazon\.nova-lite-v1:0"\} 19500$/m)
})

t.test(
  'a quota of the operator goes before, application profiles count against what they copy, and a refused list does no harm',
  async (t) => {
    const BEDROCK_QUOTAS = JSON.stringify([{ ids: ['amazon.nova-lite-*'], tokens_per_minute: 12_345 }])
    const { ask, app, standin, base: gatewayAt } = await gateway(t, { QUEUE_MS: '100', BEDROCK_QUOTAS, ADMIN_KEY: 'sk-operator' })
    await app.catalog.refresh()
    const { arn } = OWNED.secondProfile
    for (const model of [arn, OWNED.secondProfile.base]) t.equal((await ask('sk-noisy', model)).status, 200)
    const { base } = OWNED.secondProfile
    t.match(app.bedrock.quotas(), [{ model: base, base_model: base, profile: null, ids: [arn, base], tokens_per_minute: 12_345 }])
    t.equal(app.bedrock.quotas().length, 1, 'one ledger for both, named by what it is a quota of')
    const page = await fetch(`${gatewayAt}/admin/usage`, { headers: { authorization: 'Bearer sk-operator' } })
    const { pools } = (await page.json()) as { pools: { model: string; quota: unknown }[] }
    t.strictSame(new Set(pools.map(({ model }) => model)), new Set([arn, base]), 'by what was called')
    for (const { quota } of pools) t.match(quota, { model: base, ids: [arn, base], pools: ['us-east-1'] })
    standin.deny('ListServiceQuotas', true)
    app.bedrock.readQuotas()
    t.ok(await eventually(() => standin.requests.filter(({ operation }) => operation === 'ListServiceQuotas').length >= 2))
    t.equal((await ask('sk-noisy', LITE)).status, 200)
  }
)

t.test(
  'two gateways with one Valkey hold a quota together, go on alone without it, and find together again',
  { skip: noValkey },
  async (t) => {
    const store = await startValkey(t)
    const BEDROCK_QUOTAS = JSON.stringify([
      { ids: ['us.amazon.nova-lite-*'], tokens_per_minute: 12_000 },
      { ids: [NEWER], tokens_per_day: 10_000 }
    ])
    const env = { QUEUE_MS: '3000', REDIS_URL: store.url, LOG_LEVEL: 'info', BEDROCK_QUOTAS }
    const one = await gateway(t, env)
    const other = await gateway(t, env, one)
    const { standin, calls } = one
    const isUp = async (isUp: boolean) => {
      const texts = await Promise.all([one, other].map(({ app }) => app.metrics.text()))
      return texts.every((text) => new RegExp(`^adit_quota_store_up ${isUp ? 1 : 0}$`, 'm').test(text))
    }
    /** One meets the end of a day, and the other has time to hear of it. */
    const day = async (model: string) => {
      standin.fail(model, 'throttling-day', 'none')
      t.equal((await one.ask('sk-noisy', model)).status, 429)
      await new Promise((resolve) => setTimeout(resolve, 1500))
    }
    for (const { ask } of [one, other]) t.equal((await ask('sk-noisy', CLAUDE)).status, 200)

    await day(PRO)
    const closed = await other.ask('sk-quiet', PRO)
    t.equal(closed.status, 429)
    t.match(await closed.json(), { error: { code: 'insufficient_quota' } })
    t.equal(calls(PRO), 1, 'the other one has not asked for what it knows')

    standin.answer(NEWER, { content: [{ text: 'long' }], usage: { inputTokens: 2000, outputTokens: 300 } })
    const spend = async ({ ask }: typeof one) => (await ask('sk-noisy', NEWER, { max_tokens: 400 })).status
    t.strictSame([await spend(one), await spend(other), await spend(one)], [200, 200, 200])
    const late = await gateway(t, env, one)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    t.ok(await eventually(async () => (await spend(other)) === 429), 'what both have used of a day counts')
    t.ok(await eventually(async () => (await spend(late)) === 429), 'also for one that comes later, once it has asked')
    t.ok(calls(NEWER) <= 8, `${calls(NEWER)} calls, where 3 fit`)

    // A dozen of a thousand tokens fit, whoever asks; answers that take long give nothing back.
    standin.answer(LITE, { content: [{ text: 'slow' }], delayMs: 30_000 })
    const leaving = new AbortController()
    const began = Date.now()
    const crowd = Array.from({ length: 24 }, (_, n) =>
      (n % 2 === 0 ? one : other).ask('sk-noisy', LITE, { max_tokens: 995, signal: leaving.signal }).catch(() => undefined)
    )
    t.ok(await eventually(() => calls(LITE) >= 10))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const room = 12 + Math.ceil((Date.now() - began) / 5000) // it fills again by one in five seconds
    t.ok(calls(LITE) <= room, `${calls(LITE)} calls of 24, where ${room} fit`)
    leaving.abort()
    await Promise.all(crowd)

    await store.stop()
    t.ok(await eventually(() => isUp(false)), 'the metrics of both say so')
    await day(MICRO)
    t.equal((await other.ask('sk-quiet', MICRO)).status, 200, 'each knows what it has met itself')
    await store.start()
    t.ok(
      await eventually(
        async () => (await one.ask('sk-noisy', CLAUDE)).ok && (await other.ask('sk-noisy', CLAUDE)).ok && isUp(true),
        20_000
      )
    )
    await day(HAIKU)
    t.ok(await eventually(async () => (await other.ask('sk-quiet', HAIKU)).status === 429), 'and they tell each other again')
    for (const { log } of [one, other])
      for (const words of ['a ledger of its own', 'the store of the quotas is back'])
        t.equal(log.filter((line) => line.includes(words)).length, 1, words)
  }
)
