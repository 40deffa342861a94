import t, { type Test } from 'tap'
import { build, eventually, KEY, sseData } from '../support/helper.ts'
import { startGateway } from '../support/process.ts'

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const GLOBAL = 'global.anthropic.claude-sonnet-4-5-20250929-v1:0'
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'
const NOVA = 'us.amazon.nova-lite-v1:0'
const TITAN = 'amazon.titan-embed-text-v2:0'
const ASKS = { 'x-adit-cost': 'true' }
const TOLD = { inputTokens: 1000, outputTokens: 200, totalTokens: 1200 }

interface Line {
  readonly msg: string
  readonly path: string
  readonly cost_usd?: number | null
  readonly cost_estimated?: boolean
  readonly unpriced?: string
}

/** A gateway whose log lines are kept. */
async function gateway(t: Test, env: Record<string, string> = {}) {
  const built = await build(t, { LOG_LEVEL: 'info', METRICS_PORT: '0', ...env })
  const lines: Line[] = []
  built.app.onOver((request) => {
    const { costNano, unpriced, isCostEstimate } = request.record
    lines.push({
      msg: 'request',
      path: request.url,
      ...(unpriced === undefined ? costNano !== undefined && { cost_usd: costNano / 1e9 } : { cost_usd: null, unpriced }),
      ...(isCostEstimate && { cost_estimated: true })
    })
  })
  return { ...built, lines }
}

const user = (content: string) => [{ role: 'user', content }]
/** The same question in every dialect, unary; the cost is 1,000 x 3.3 + 200 x 16.5 for a million tokens. */
const DIALECTS = [
  ['chat', '/v1/chat/completions', { messages: user('hi') }],
  ['completions', '/v1/completions', { prompt: 'hi' }],
  ['responses', '/v1/responses', { input: 'hi' }],
  ['messages', '/v1/messages', { messages: user('hi'), max_tokens: 500 }]
] as const
const COST = 0.0066

t.test('every dialect tells the cost: in a header, and in the usage where it is asked for', async (t) => {
  const { post, standin, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'four words of text' }], usage: TOLD })
  for (const [name, path, body] of DIALECTS) {
    const plain = await post(path, { model: SONNET, ...body })
    t.equal(plain.status, 200, name)
    t.equal(plain.headers.get('x-adit-cost'), '0.0066', name)
    t.notOk('cost' in ((await plain.json()) as { usage: object }).usage, `${name}: nobody asked`)

    const asked = await post(path, { model: SONNET, ...body }, ASKS)
    t.match(await asked.json(), { usage: { cost: COST } }, name)

    const streamed = await post(path, { model: SONNET, ...body, stream: true }, ASKS)
    const costs = sseFrames(await streamed.text()).flatMap((data) => /"cost":([\d.]+)/.exec(data)?.[1] ?? [])
    t.same(costs, [String(COST)], `${name}, streamed: told once`)
    t.equal(streamed.headers.get('x-adit-cost'), null, `${name}: a stream's cost is not known when its headers go out`)
  }
  t.ok(await eventually(() => lines.filter(({ cost_usd }) => cost_usd === COST).length === DIALECTS.length * 3))
})

function sseFrames(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('data: '))
}

t.test('choices are summed, and each is priced by its own prompt', async (t) => {
  const { post, standin } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  const response = await post('/v1/chat/completions', { model: SONNET, n: 3, messages: user('hi') }, ASKS)
  t.equal(response.headers.get('x-adit-cost'), '0.0198')
  t.match(await response.json(), { usage: { cost: 0.0198, prompt_tokens: 3000 } })
  const stream = await post('/v1/chat/completions', { model: SONNET, n: 2, stream: true, messages: user('hi') }, ASKS)
  const last = sseData(await stream.text()).at(-2) ?? '{}'
  t.match(JSON.parse(last), { choices: [], usage: { cost: 0.0132 } })
})

t.test('embeddings cost by their tokens', async (t) => {
  const { post } = await gateway(t)
  const response = await post('/v1/embeddings', { model: TITAN, input: 'word '.repeat(2000) }, ASKS)
  t.equal(response.headers.get('x-adit-cost'), '0.00005', '2,500 tokens at 0.02 for a million')
  t.match(await response.json(), { usage: { prompt_tokens: 2500, cost: 0.00005 } })
})

const USES: readonly (readonly [name: string, model: string, usage: object, more: object, cost: string])[] = [
  ['a global profile', GLOBAL, TOLD, {}, '0.006'],
  ['an application profile', PROFILE, TOLD, {}, '0.0066'],
  ['writes by their times', GLOBAL, hourly(), {}, '0.000075'],
  ['the tier of the answer, not of the request', 'amazon.nova-pro-v1:0', TOLD, { serviceTier: { type: 'flex' } }, '0.00072'],
  ['latency that fell back', 'amazon.nova-pro-v1:0', TOLD, { performanceConfig: { latency: 'standard' } }, '0.00144'],
  ['latency that was optimized', 'amazon.nova-pro-v1:0', TOLD, { performanceConfig: { latency: 'optimized' } }, '0.0018'],
  ['a long context', GLOBAL, { inputTokens: 200_001, outputTokens: 10, totalTokens: 200_011 }, {}, '1.200231'],
  ['an answer that used nothing', GLOBAL, { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, {}, '0']
]

function hourly(): object {
  const cacheDetails = [
    { ttl: '1h', inputTokens: 5 },
    { ttl: '5m', inputTokens: 4 }
  ]
  return { inputTokens: 10, outputTokens: 0, cacheReadInputTokens: 0, cacheWriteInputTokens: 9, totalTokens: 19, cacheDetails }
}

t.test('an answer is priced by what it says of itself, streamed or not', async (t) => {
  const { post, standin } = await gateway(t)
  for (const [name, model, usage, more, cost] of USES) {
    standin.answer(model, { content: [{ text: 'words' }], usage: { ...usage }, ...more })
    const whole = await post('/v1/chat/completions', { model, messages: user('hi') })
    t.equal(whole.headers.get('x-adit-cost'), cost, name)
    const stream = await post('/v1/chat/completions', { model, stream: true, messages: user('hi') }, ASKS)
    t.match(JSON.parse(sseData(await stream.text()).at(-2) ?? '{}'), { usage: { cost: Number(cost) } }, `${name}, streamed`)
  }
})

t.test('what has no price is told as such, and never as nothing', async (t) => {
  const { post, standin, lines } = await gateway(t)
  standin.answer('amazon.nova-pro-v1:0', { content: [{ text: 'words' }], usage: TOLD, serviceTier: { type: 'turbo' } })
  const models = ['standin.fault-none', 'amazon.nova-pro-v1:0']
  for (const model of models) {
    const response = await post('/v1/chat/completions', { model, messages: user('hi') }, ASKS)
    t.equal(response.status, 200, model)
    t.equal(response.headers.get('x-adit-cost'), 'unpriced', model)
    t.equal(((await response.json()) as { usage: { cost: unknown } }).usage.cost, null, model)
  }
  t.ok(await eventually(() => lines.length === 2))
  t.match(lines, [
    { cost_usd: null, unpriced: 'model' },
    { cost_usd: null, unpriced: 'tier' }
  ])
})

t.test('a call that failed costs nothing, and one that was made again costs once', async (t) => {
  const { post, standin, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  standin.fail(SONNET, 'internal', 'none', 'validation', 'validation')
  const again = await post('/v1/chat/completions', { model: SONNET, messages: user('hi') })
  t.equal(again.headers.get('x-adit-cost'), '0.0066')
  const failed = await post('/v1/chat/completions', { model: SONNET, messages: user('hi') })
  t.equal(failed.status, 400)
  t.equal(failed.headers.get('x-adit-cost'), null)
  await failed.text()
  t.ok(await eventually(() => lines.length === 2))
  t.equal(lines[1]?.cost_usd, undefined)
})

t.test('an answer that came beside one that failed has cost something', async (t) => {
  const { post, standin, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  standin.fail(SONNET, 'none', 'validation')
  const response = await post('/v1/chat/completions', { model: SONNET, n: 2, messages: user('hi') })
  t.equal(response.status, 400)
  await response.text()
  t.ok(await eventually(() => lines.length === 1))
  t.equal(lines[0]?.cost_usd, COST)
})

t.test('a stream that its client leaves is estimated, and flagged', async (t) => {
  const { base, standin, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'word '.repeat(400) }], usage: TOLD, chunkSize: 40, gapMs: 15 })
  const leaving = new AbortController()
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: SONNET, stream: true, messages: user('word '.repeat(800)) })
  })
  const reader = response.body!.getReader()
  for (let chunks = 0; chunks < 4; chunks++) await reader.read()
  leaving.abort()
  t.ok(await eventually(() => lines.length === 1))
  t.equal(lines[0]?.cost_estimated, true)
  const cost = lines[0]?.cost_usd ?? 0
  t.ok(cost >= 1000 * 3.3e-6 && cost < 1000 * 3.3e-6 + 500 * 16.5e-6, `the prompt's 1,000 tokens and what came: ${cost}`)
})

t.test('a stream that breaks is estimated by what came of it', async (t) => {
  const { post, standin, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'word '.repeat(400) }], usage: TOLD, chunkSize: 40 })
  standin.fail(SONNET, 'mid-stream-internal')
  await (await post('/v1/chat/completions', { model: SONNET, stream: true, messages: user('hi') })).text()
  t.ok(await eventually(() => lines.length === 1))
  t.match(lines[0], { cost_estimated: true })
  t.ok((lines[0]?.cost_usd ?? 0) > 0)
})

t.test('the operator overrules a price and multiplies all', async (t) => {
  const file = `${t.testdir({ 'prices.json': JSON.stringify([{ ids: ['amazon.nova-lite*'], input: 10, output: 20 }]) })}/prices.json`
  const { post, standin } = await gateway(t, { PRICES_FILE: file, PRICE_MULTIPLIER: '0.5' })
  for (const model of [NOVA, SONNET]) standin.answer(model, { content: [{ text: 'words' }], usage: TOLD })
  const cost = async (model: string) =>
    (await post('/v1/chat/completions', { model, messages: user('hi') })).headers.get('x-adit-cost')
  t.equal(await cost(NOVA), '0.007')
  t.equal(await cost(SONNET), '0.0033')
})

t.test('the metrics sum costs by key and model, and count what has no price', async (t) => {
  const { post, standin, app, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  for (const model of [SONNET, SONNET, 'standin.fault-none'])
    await (await post('/v1/chat/completions', { model, messages: user('hi') })).text()
  t.ok(await eventually(() => lines.length === 3))
  const text = await app.metrics.text()
  t.match(text, `adit_cost_usd_total{model="${SONNET}",key="default"} 0.0132`)
  t.match(text, 'adit_unpriced_requests_total{model="standin.fault-none",key="default"} 1')
})

t.test("Bedrock's own API costs the same, and spends the same budget", async (t) => {
  const { post, standin, lines } = await gateway(t, { BUDGET_USD_PER_DAY: '1' })
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  const turns = [{ role: 'user', content: [{ text: 'hi' }] }]
  const own = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 300, messages: user('hi') }
  const asked: readonly (readonly [string, object])[] = [
    ['converse', { messages: turns }],
    ['converse-stream', { messages: turns }],
    ['invoke', own],
    ['invoke-with-response-stream', own]
  ]
  for (const [operation, body] of asked) {
    const response = await post(`/model/${encodeURIComponent(SONNET)}/${operation}`, body)
    t.equal(response.status, 200, operation)
    await response.arrayBuffer()
    if (!operation.includes('stream')) t.equal(response.headers.get('x-adit-cost'), '0.0066', operation)
    t.ok(response.headers.has('x-adit-budget-remaining-day'), `${operation} is held against the budget`)
  }
  t.ok(await eventually(() => lines.length === asked.length))
  t.same(
    lines.map(({ cost_usd }) => cost_usd),
    asked.map(() => COST)
  )
  const embedded = await post(`/model/${TITAN}/invoke`, { inputText: 'word '.repeat(2000) })
  t.equal(embedded.headers.get('x-adit-cost'), '0.00005')
  const drawn = await post('/model/stability.stable-image-core-v1:1/invoke', { prompt: 'a rock' })
  t.equal(drawn.headers.get('x-adit-cost'), '0.04', 'a picture')
  const documents = Array.from({ length: 150 }, (_, at) => `document ${at}`)
  const ranked = await post('/model/cohere.rerank-v3-5:0/invoke', { api_version: 2, query: 'one', documents, top_n: 2 })
  t.equal(ranked.headers.get('x-adit-cost'), '0.004', 'two queries')
  const counted = await post(`/model/${encodeURIComponent('anthropic.claude-haiku-4-5-20251001-v1:0')}/count-tokens`, {
    input: { converse: { messages: turns } }
  })
  t.equal(counted.headers.get('x-adit-cost'), null, 'counting is free')
})

t.test('F5: a stream of GPT costs what the whole answer costs, by its own API too', async (t) => {
  const { post, standin, lines } = await gateway(t)
  const gpt = 'us.openai.gpt-5.6-sol'
  const cached = { cacheReadInputTokens: 1000, cacheWriteInputTokens: 3993, outputTokens: 19 }
  const turns = [{ role: 'user', content: [{ text: 'hi' }] }]
  for (const [path, body, inputTokens] of [
    [`/model/${gpt}/converse`, { messages: turns }, 2],
    [`/model/${gpt}/converse-stream`, { messages: turns }, 4995],
    ['/v1/chat/completions', { model: gpt, stream: true, messages: user('hi') }, 4995]
  ] as const) {
    standin.answer(gpt, { content: [{ text: 'words' }], usage: { inputTokens, ...cached } })
    await (await post(path, body)).arrayBuffer()
  }
  t.ok(await eventually(() => lines.length === 3))
  const [whole, ...streamed] = lines.map(({ cost_usd }) => cost_usd)
  t.ok((whole ?? 0) > 0)
  t.same(streamed, [whole, whole])
})

t.test('a stream of its own API that its client leaves is estimated', async (t) => {
  const { base, standin, lines } = await gateway(t)
  standin.answer(SONNET, { content: [{ text: 'word '.repeat(400) }], usage: TOLD, chunkSize: 40, gapMs: 15 })
  const leaving = new AbortController()
  const response = await fetch(`${base}/model/${encodeURIComponent(SONNET)}/converse-stream`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'word '.repeat(800) }] }] })
  })
  await response.body!.getReader().read()
  leaving.abort()
  t.ok(await eventually(() => lines.length === 1))
  t.equal(lines[0]?.cost_estimated, true)
  t.ok((lines[0]?.cost_usd ?? 0) > 1000 * 3.3e-6 && (lines[0]?.cost_usd ?? 0) < 0.01)
})

t.test('rerankers cost by the query, guardrails by their units, and what does not tell has no price', async (t) => {
  const { post } = await gateway(t, { BUDGET_USD_PER_DAY: '1', MODERATION_GUARDRAIL: 'gr1standin99:1' })
  const documents = Array.from({ length: 150 }, (_, index) => `document ${index}`)
  const ranked = await post('/v1/rerank', { model: 'cohere.rerank-v3-5:0', query: 'one', documents })
  t.equal(ranked.headers.get('x-adit-cost'), '0.004', 'two queries')
  t.ok(ranked.headers.has('x-adit-budget-remaining-day'))
  const judged = await post('/v1/moderations', { input: 'hello' })
  t.equal(judged.status, 200)
  t.ok(Number(judged.headers.get('x-adit-cost')) > 0, `${judged.headers.get('x-adit-cost')} USD`)
  const applied = await post('/guardrail/gr1standin99/version/1/apply', {
    source: 'INPUT',
    content: [{ text: { text: 'hello' } }]
  })
  t.equal(applied.status, 200)
  t.equal(applied.headers.get('x-adit-cost'), judged.headers.get('x-adit-cost'))
  const strange = await post(`/model/${encodeURIComponent('us.twelvelabs.marengo-embed-3-0-v1:0')}/invoke`, {
    inputType: 'text',
    text: { inputText: 'a' }
  })
  t.equal(strange.status, 200)
  t.equal(strange.headers.get('x-adit-cost'), 'unpriced')
})

t.test('the log has the cost of every request, and CloudWatch gets the sum', async (t) => {
  const running = await startGateway(t, { API_KEY: KEY, EMF: 'on' })
  running.standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  for (const model of [SONNET, SONNET, 'standin.fault-none']) {
    const response = await fetch(`${running.base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: user('hi') })
    })
    t.equal(response.status, 200)
    await response.text()
  }
  const told = () =>
    running
      .output()
      .split('\n')
      .filter((line) => line.includes('"msg":"request"') && line.includes('/chat/'))
      .map((line) => JSON.parse(line))
  t.ok(await eventually(() => told().length === 3))
  t.match(told(), [{ cost_usd: COST }, { cost_usd: COST }, { cost_usd: null, unpriced: 'model' }])
  running.child.kill('SIGTERM')
  await running.exited
  const sums = running
    .output()
    .split('\n')
    .find((line) => line.includes('"CostUSD"'))
  t.match(JSON.parse(sums ?? '{}'), { CostUSD: 2 * COST, UnpricedRequests: 1 })
})
