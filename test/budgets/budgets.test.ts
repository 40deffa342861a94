import t, { type Test } from 'tap'
import { build, eventually } from '../support/helper.ts'
import { noValkey, startValkey } from '../support/valkey.ts'

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'us.amazon.nova-lite-v1:0'
const TITAN = 'amazon.titan-embed-text-v2:0'
/** 0.0066 USD. */
const TOLD = { inputTokens: 1000, outputTokens: 200, totalTokens: 1200 }
const COST = 0.0066
const user = (content: string) => [{ role: 'user', content }]
const QUESTION = { model: SONNET, max_tokens: 300, messages: user('hi') }

const KEYS = [
  { name: 'crowd', key: 'sk-crowd', budget_usd: { day: 0.05 } },
  { name: 'wide', key: 'sk-wide', budget_usd: { day: 500 } },
  { name: 'small', key: 'sk-small', budget_usd: { day: 0.001, month: 5 } },
  { name: 'both', key: 'sk-both', budget_usd: { day: 5, week: 0.001, month: 0.001 } },
  { name: 'warned', key: 'sk-warned', budget_usd: { week: 0.008 } },
  { name: 'part', key: 'sk-part', budget_usd: { day: 0.001 } },
  { name: 'none', key: 'sk-none', budget_usd: {} },
  { name: 'usual', key: 'sk-usual' }
]

const FILES = t.testdir({
  'keys.json': JSON.stringify({ keys: KEYS }),
  'prices.json': JSON.stringify([{ ids: ['amazon.nova-lite*'], input: 0, output: 0 }])
})

async function gateway(t: Test, env: Record<string, string> = {}) {
  const file = `${FILES}/keys.json`
  const built = await build(t, { API_KEYS_FILE: file, ...env })
  for (const model of [SONNET, NOVA]) built.standin.answer(model, { content: [{ text: 'words' }], usage: TOLD })
  const post = (key: string, path: string, body: object) =>
    fetch(built.base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
  const chat = async (key: string, body: object = {}) => {
    const response = await post(key, '/v1/chat/completions', { ...QUESTION, ...body })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text }
  }
  return { ...built, post, chat }
}

/** What a key has been told of what is left, once nothing runs. */
async function spent(chat: Awaited<ReturnType<typeof gateway>>['chat'], key: string, limit: number): Promise<number> {
  const { headers } = await chat(key, {})
  return limit - Number(headers.get('x-adit-budget-remaining-day'))
}

t.test('a hundred at once overspend a budget by one request at most', async (t) => {
  const { chat, app, standin } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD, delayMs: 30 })
  const answers = await Promise.all(Array.from({ length: 100 }, () => chat('sk-crowd')))
  const paid = answers.filter(({ status }) => status === 200).length
  t.ok(paid > 0)
  t.ok(answers.every(({ status }) => status === 200 || status === 429))
  t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  for (let i = 0; i < 20; i++) await chat('sk-crowd')
  const all = standin.requests.filter(({ operation }) => operation === 'Converse').length
  t.ok(all * COST < 0.05 + COST, `${all} calls were paid`)
  t.ok(all * COST >= 0.05, 'and all of the budget can be used, one after the other')
  t.equal((await chat('sk-none')).status, 200)
})

const RULES = 'rule '.repeat(4000)
const HOUR = { cacheWriteInputTokens: 5000, cacheDetails: [{ ttl: '1h', inputTokens: 5000 }] }
const GUARDED = {
  guardrail: { inputAssessment: { g: { invocationMetrics: { usage: { topicPolicyUnits: 21, contentPolicyUnits: 21 } } } } }
}
const PRO = 'us.amazon.nova-pro-v1:0'
const NATIVE = { messages: [{ role: 'user', content: [{ text: 'hi' }] }] }

/** Ways to be dearer than the tokens of a request look. */
const DEAR = [
  [
    'an hour in the cache',
    '/v1/messages',
    {
      model: SONNET,
      max_tokens: 10,
      system: [{ type: 'text', text: RULES, cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: user('hi')
    },
    SONNET,
    { usage: { inputTokens: 10, outputTokens: 10, ...HOUR } }
  ],
  [
    "an hour in Bedrock's own API",
    `/model/${encodeURIComponent(SONNET)}/converse`,
    { ...NATIVE, inferenceConfig: { maxTokens: 10 }, system: [{ text: RULES }, { cachePoint: { type: 'default', ttl: '1h' } }] },
    SONNET,
    { usage: { inputTokens: 10, outputTokens: 10, ...HOUR } }
  ],
  [
    'priority',
    '/v1/chat/completions',
    { model: PRO, max_tokens: 4000, service_tier: 'priority', messages: user('hi') },
    PRO,
    { usage: { inputTokens: 10, outputTokens: 4000 }, serviceTier: { type: 'priority' } }
  ],
  [
    "priority in Bedrock's own API",
    `/model/${encodeURIComponent(PRO)}/converse`,
    { ...NATIVE, inferenceConfig: { maxTokens: 4000 }, serviceTier: { type: 'priority' } },
    PRO,
    { usage: { inputTokens: 10, outputTokens: 4000 }, serviceTier: { type: 'priority' } }
  ],
  [
    'a guardrail',
    '/v1/chat/completions',
    {
      model: NOVA,
      max_tokens: 10,
      messages: user(RULES),
      guardrailConfig: { guardrailIdentifier: 'gr1standin99', guardrailVersion: '1', trace: 'enabled' }
    },
    NOVA,
    { usage: { inputTokens: 5000, outputTokens: 10 }, trace: GUARDED }
  ]
] as const

t.test('nor by more than one where requests are dearer than their tokens: by tier, cache or guardrail', async (t) => {
  const budgets = DEAR.map((_, index) => ({ name: `dear ${index}`, key: `sk-dear-${index}`, budget_usd: { day: 0.1 } }))
  const file = t.testdir({ 'keys.json': JSON.stringify({ keys: budgets }) })
  const { post, app, standin } = await gateway(t, { API_KEYS_FILE: `${file}/keys.json` })
  for (const [index, [name, path, body, model, answer]] of DEAR.entries()) {
    standin.answer(model, { content: [{ text: 'words' }], delayMs: 200, ...answer, usage: { ...answer.usage } })
    const costs = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const response = await post(`sk-dear-${index}`, path, body)
        await response.text()
        return Number(response.headers.get('x-adit-cost') ?? 0)
      })
    )
    const sum = costs.reduce((all, cost) => all + cost, 0)
    t.ok(sum > 0 && sum < 0.1 + Math.max(...costs), `${name}: ${sum} of 0.1 USD, ${Math.max(...costs)} each`)
    t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  }
})

t.test('a key whose prompts are larger than they look has more held', async (t) => {
  const { chat, app, standin } = await gateway(t)
  // 3,000 tokens for a prompt of two letters: 0.0099 USD, where less than half was thought of.
  const usage = { inputTokens: 3000, outputTokens: 1, totalTokens: 3001 }
  standin.answer(SONNET, { content: [{ text: 'words' }], usage, delayMs: 20 })
  t.equal((await chat('sk-crowd', { max_tokens: 1 })).status, 200)
  t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  await Promise.all(Array.from({ length: 100 }, () => chat('sk-crowd', { max_tokens: 1 })))
  const calls = standin.requests.filter(({ operation }) => operation === 'Converse').length
  t.ok(calls * 0.0099165 < 0.05 + 0.0099165, `${calls} calls were paid`)
})

t.test('a budget that is used up is a 429 in every dialect, with its period and its end', async (t) => {
  const { post, chat } = await gateway(t, { BUDGET_NOTE: 'Ask finance@example.com for more.' })
  t.equal((await chat('sk-small')).status, 200)
  t.ok(await eventuallyStatus(() => chat('sk-small'), 429))
  const asked: readonly (readonly [string, object])[] = [
    ['/v1/chat/completions', QUESTION],
    ['/v1/chat/completions', { ...QUESTION, stream: true }],
    ['/v1/completions', { model: SONNET, prompt: 'hi' }],
    ['/v1/responses', { model: SONNET, input: 'hi' }],
    ['/v1/messages', QUESTION],
    ['/anthropic/v1/messages', { ...QUESTION, stream: true }],
    ['/v1/embeddings', { model: TITAN, input: 'hi' }],
    ['/v1/images/generations', { model: 'stability.stable-image-core-v1:1', prompt: 'a rock' }],
    ['/v1/rerank', { model: 'cohere.rerank-v3-5:0', query: 'a', documents: ['b'] }],
    ['/v1/moderations', { input: 'hi' }]
  ]
  const now = new Date()
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
  const reset = new Date(midnight).toISOString().replace('.000', '')
  for (const [path, body] of asked) {
    const response = await post('sk-small', path, body)
    t.equal(response.status, 429, path)
    const isAnthropic = path.includes('messages')
    const error = isAnthropic ? { type: 'error', error: { type: 'rate_limit_error' } } : { error: { code: 'insufficient_quota' } }
    const text = await response.text()
    t.match(JSON.parse(text), error, path)
    t.match(text, /for the day \(0.001 USD\) is used up/)
    t.match(text, 'Ask finance@example.com for more.')
    t.match(text, reset, 'the end of the period')
    t.equal(response.headers.get('x-should-retry'), 'false')
    t.equal(response.headers.get('x-adit-budget-reset-day'), reset)
    const wait = Number(response.headers.get('retry-after'))
    t.ok(Math.abs(wait - (midnight - Date.now()) / 1000) < 60, `${wait} seconds`)
  }
  for (const [path, body] of [
    ['/v1/messages/count_tokens', { model: SONNET, messages: user('hi') }],
    ['/v1/responses/input_tokens', { model: SONNET, input: 'hi' }]
  ] as const)
    t.equal((await post('sk-small', path, body)).status, 200, 'counting tokens is never blocked')
})

t.test('pictures are held by the piece, and spend a budget', async (t) => {
  const { post } = await gateway(t)
  const picture = { model: 'stability.stable-image-core-v1:1', prompt: 'a rock' }
  const make = async () => {
    const response = await post('sk-crowd', '/v1/images/generations', picture)
    await response.text()
    return response
  }
  t.equal((await make()).headers.get('x-adit-cost'), '0.04')
  t.ok(await eventuallyStatus(make, 429))
})

t.test("Bedrock's own API refuses in AWS's words", async (t) => {
  const { post, chat } = await gateway(t)
  t.equal((await chat('sk-small')).status, 200)
  t.ok(await eventuallyStatus(() => chat('sk-small'), 429))
  const body = { messages: [{ role: 'user', content: [{ text: 'hi' }] }] }
  const refused = await post('sk-small', `/model/${encodeURIComponent(SONNET)}/converse`, body)
  t.equal(refused.status, 429)
  t.match(refused.headers.get('x-amzn-errortype'), 'ThrottlingException')
  t.match(await refused.text(), /The day ends at/)
  t.equal(refused.headers.get('x-should-retry'), 'false')
})

t.test('of several periods the longest that is used up is told', async (t) => {
  const { chat } = await gateway(t)
  t.equal((await chat('sk-both')).status, 200)
  t.ok(await eventuallyStatus(() => chat('sk-both'), 429))
  t.match((await chat('sk-both')).text, /for the month/)
})

t.test('at 75 and at 95 percent there is a warning, in the headers, the metrics and the log', async (t) => {
  const { chat, app, log } = await gateway(t, { LOG_LEVEL: 'warn' })
  const first = await chat('sk-warned')
  t.equal(first.headers.get('x-adit-budget-warning'), null)
  t.equal(first.headers.get('x-adit-budget-limit-week'), '0.008')
  t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  const second = await chat('sk-warned')
  t.equal(second.status, 200)
  t.equal(second.headers.get('x-adit-budget-warning'), 'week 75%')
  t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  const third = await chat('sk-warned')
  t.equal(third.status, 429)
  t.equal(third.headers.get('x-adit-budget-warning'), 'week 95%')
  const text = await app.metrics.text()
  for (const level of [75, 95]) t.match(text, `adit_budget_warnings_total{key="warned",period="week",level="${level}"} 1`)
  t.match(text, 'adit_budget_refused_total{key="warned",period="week"} 1')
  t.match(text, 'adit_budget_spent_usd{key="warned",period="week"} 0.0132')
  const told = () => log.flatMap((lines) => lines.split('\n')).filter((line) => line.includes('most of its budget'))
  t.ok(await eventually(() => told().length === 2))
  for (const [index, percent] of [75, 95].entries())
    t.match(
      JSON.parse(told()[index] ?? ''),
      { level: 'warn', key: 'warned', period: 'week', percent },
      'its level is that of the line'
    )
})

t.test('a request that fails gives back what it held', async (t) => {
  const { chat, standin, app } = await gateway(t)
  standin.fail(SONNET, ...Array.from({ length: 20 }, () => 'validation'))
  for (let i = 0; i < 20; i++) {
    t.equal((await chat('sk-small', { max_tokens: 50 })).status, 400)
    t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  }
  t.equal((await chat('sk-small')).status, 200)
})

t.test('a client that leaves has spent what was processed, and holds nothing', async (t) => {
  const { base, chat, standin, app } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'word '.repeat(100) }], usage: TOLD, chunkSize: 20, gapMs: 10 })
  const leaving = new AbortController()
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: 'Bearer sk-crowd', 'content-type': 'application/json' },
    body: JSON.stringify({ ...QUESTION, stream: true, messages: user('word '.repeat(400)) })
  })
  await response.body!.getReader().read()
  leaving.abort()
  t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  const cost = await spent(chat, 'sk-crowd', 0.05)
  t.ok(cost >= 500 * 3.3e-6 && cost < 0.01, `${cost} USD`)
})

t.test("the operator's budget holds for every key without one of its own", async (t) => {
  const { chat } = await gateway(t, { BUDGET_USD_PER_DAY: '0.001' })
  t.equal((await chat('sk-usual')).status, 200)
  t.ok(await eventuallyStatus(() => chat('sk-usual'), 429))
  t.equal((await chat('sk-none')).status, 200)
})

t.test('models without a price pass uncounted, or are refused; those of no price pass always', async (t) => {
  const env = { PRICES_FILE: `${FILES}/prices.json` }
  const unknown = { model: 'standin.fault-none' }
  const open = await gateway(t, env)
  t.equal((await open.chat('sk-small', unknown)).headers.get('x-adit-cost'), 'unpriced')
  t.equal((await open.chat('sk-small')).status, 200)
  t.ok(await eventuallyStatus(() => open.chat('sk-small'), 429))
  t.equal((await open.chat('sk-small', { model: NOVA })).status, 200, 'what costs nothing')
  t.equal((await open.chat('sk-small', unknown)).status, 429, 'what costs nobody knows how much')
  // What this model's writes to the cache cost is not known; what is read and written beside them is.
  const usage = { inputTokens: 1000, cacheWriteInputTokens: 10, outputTokens: 100 }
  open.standin.answer(PRO, { content: [{ text: 'words' }], usage })
  const part = await open.chat('sk-part', { model: PRO, max_tokens: 10 })
  t.match([part.status, part.headers.get('x-adit-cost')], [200, 'unpriced'])
  t.ok(await eventuallyStatus(() => open.chat('sk-part', { model: PRO, max_tokens: 10 }), 429))
  const strict = await gateway(t, { ...env, BUDGET_UNPRICED: 'refuse' })
  const refused = await strict.chat('sk-small', unknown)
  t.equal(refused.status, 403)
  t.match(refused.text, /No price is known/)
  t.equal((await strict.chat('sk-none', unknown)).status, 200)
})

t.test('two gateways with one store hold a budget together', { skip: noValkey }, async (t) => {
  const store = await startValkey(t)
  const one = await gateway(t, { REDIS_URL: store.url })
  const other = await gateway(t, { REDIS_URL: store.url })
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : other).chat('sk-crowd')))
  t.ok(answers.every(({ status }) => status === 200 || status === 429))
  for (let i = 0; i < 20; i++) await (i % 2 === 0 ? one : other).chat('sk-crowd')
  const calls = [one, other].flatMap(({ standin }) => standin.requests).filter(({ operation }) => operation === 'Converse').length
  t.ok(calls * COST < 0.05 + COST && calls * COST >= 0.05, `${calls} calls were paid`)
  const day = (await store.names()).find((name) => name.includes('{crowd}:day:')) ?? ''
  t.ok(await eventually(async () => (await store.get(day)) === String(calls * 6_600_000)), 'the store has what was spent')
  t.ok(await eventually(async () => (await store.get('adit:budget:{crowd}:held')) === undefined), 'and nothing is held')
})

t.test('a store that stops: open passes and counts later, closed is a 503', { skip: noValkey }, async (t) => {
  const store = await startValkey(t)
  const open = await gateway(t, { REDIS_URL: store.url })
  const closed = await gateway(t, { REDIS_URL: store.url, BUDGET_STORE_DOWN: 'closed' })
  t.ok(await eventuallyStatus(() => open.chat('sk-wide'), 200))
  t.ok(await eventuallyStatus(() => closed.chat('sk-wide'), 200))
  await store.stop()
  t.equal((await open.chat('sk-wide')).status, 200)
  t.equal((await open.chat('sk-wide')).status, 200)
  const refused = await closed.chat('sk-wide')
  t.equal(refused.status, 503)
  t.match(refused.text, /budget of this API key cannot be read/)
  t.equal((await closed.chat('sk-none')).status, 200, 'a key without a budget does not care')
  await store.start()
  t.ok(await eventuallyStatus(() => closed.chat('sk-wide'), 200, 8000), 'it is found again')
  const counted = async () => ({ status: (await open.chat('sk-wide')).headers.has('x-adit-budget-reset-day') ? 200 : 0 })
  t.ok(await eventuallyStatus(counted, 200, 8000))
  const asked = [open, closed].flatMap(({ standin }) => standin.requests).filter(({ operation }) => operation === 'Converse')
  const calls = asked.length - 1 // one was of a key without a budget
  const day = (await store.names()).find((name) => name.includes('{wide}:day:')) ?? ''
  t.ok(await eventually(async () => (await store.get(day)) === String(calls * 6_600_000)), `all ${calls} calls are counted`)
})

async function eventuallyStatus(ask: () => Promise<{ status: number }>, status: number, ms = 3000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if ((await ask()).status === status) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}
