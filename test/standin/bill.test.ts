import t, { type Test } from 'tap'
import { usageReport } from '../../src/standin/bill.ts'
import { OWNED } from '../../src/standin/resolve.ts'
import { build, eventually, KEY } from '../support/helper.ts'

const TITAN = 'amazon.titan-image-generator-v2:0'
const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA_PRO = 'us.amazon.nova-pro-v1:0'
const user = (content: string) => [{ role: 'user', content }]

/** A gateway whose costs are kept, in nano-dollars; null: no price. */
async function gateway(t: Test) {
  const built = await build(t)
  const costs: (number | null)[] = []
  built.app.onOver(({ record }) => {
    if (record.costNano !== undefined) costs.push(record.unpriced === undefined ? record.costNano : null)
  })
  return { ...built, costs }
}

const LINES: readonly (readonly [name: string, model: string, script: object, usd: number | null])[] = [
  ['a geography', `us.${SONNET}`, {}, 0.0066],
  ['global', `global.${SONNET}`, {}, 0.006],
  ['a copy of a global profile', OWNED.globalProfile.arn, {}, 0.006],
  ['a copy of a Region', OWNED.secondProfile.arn, {}, 0.000108],
  ['a tier', NOVA_PRO, { serviceTier: { type: 'priority' } }, 0.00252],
  ['throughput by the hour', OWNED.provisioned.arn, {}, null]
]

t.test("the stand-in's bill and the gateway's costs agree on a call, by hand", async (t) => {
  const { post, standin, costs } = await gateway(t)
  for (const [name, model, script, usd] of LINES) {
    const usage = { inputTokens: 1000, outputTokens: 200, totalTokens: 1200 }
    standin.answer(model, { content: [{ text: 'words' }], usage, ...script })
    const response = await post('/v1/chat/completions', { model, messages: user('hi') })
    await response.text()
    t.equal(response.status, 200, name)
    const line = standin.bill.at(-1)
    t.equal(
      line?.usd === null || line === undefined ? null : Math.round(line.usd * 1e9),
      usd === null ? null : Math.round(usd * 1e9),
      name
    )
    t.ok(await eventually(() => costs.length === standin.bill.length))
    t.equal(costs.at(-1), usd === null ? null : Math.round(usd * 1e9), `${name}, by the gateway`)
  }
  const report = usageReport(standin.bill)
  const global = [...report.keys()].filter((name) => name.endsWith('-cross-region-global'))
  t.equal(global.length, 2, 'the report has usage types and no calls')
})

t.test('a call that failed is not on the bill, one that was left is there for what was processed', async (t) => {
  const { base, post, standin } = await gateway(t)
  const model = `us.${SONNET}`
  standin.fail(model, 'validation', 'first-frame-validation', 'throttling', 'throttling', 'throttling')
  for (const stream of [false, true, false])
    await (await post('/v1/chat/completions', { model, stream, messages: user('hi') })).text()
  t.equal(standin.bill.length, 0)
  standin.answer(model, { content: [{ text: 'word '.repeat(100) }], chunkSize: 20, gapMs: 10 })
  const leaving = new AbortController()
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages: user('hi') })
  })
  await response.body!.getReader().read()
  leaving.abort()
  t.ok(await eventually(() => standin.bill.length === 1))
  t.match(standin.bill[0], { isCut: true })
  t.ok(standin.bill[0]!.usd! > 0 && standin.bill[0]!.usd! < 500 * 16.5e-6)
})

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const CACHED = {
  ...{ inputTokens: 100, cacheReadInputTokens: 50_000, cacheWriteInputTokens: 3000, outputTokens: 400, totalTokens: 53_500 },
  cacheDetails: [
    { ttl: '5m', inputTokens: 1000 },
    { ttl: '1h', inputTokens: 2000 }
  ]
}
const invoke = (model: string) => `/model/${encodeURIComponent(model)}/invoke`
const NATIVE = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: user('hi') }
const documents = Array.from({ length: 250 }, (_, n) => `document ${n}`)

/** Calls of every kind, each with what is said by the model where that is scripted. */
const KINDS: readonly (readonly [path: string, body: object, model?: string, usage?: object])[] = [
  ...[`us.${SONNET}`, OWNED.globalProfile.arn, OWNED.applicationProfile.arn, 'us.anthropic.claude-opus-5-5'].flatMap((model) => [
    [invoke(model), NATIVE, model, CACHED] as const,
    [`${invoke(model)}-with-response-stream`, NATIVE, model, CACHED] as const,
    [
      `/model/${encodeURIComponent(model)}/converse-stream`,
      { messages: [{ role: 'user', content: [{ text: 'hi' }] }] },
      model,
      CACHED
    ] as const
  ]),
  ...[false, true].flatMap((stream) => [
    [
      '/v1/messages',
      { model: `global.${SONNET}`, max_tokens: 100, messages: user('hi'), stream },
      `global.${SONNET}`,
      CACHED
    ] as const,
    ['/v1/responses', { model: OWNED.newestProfile.arn, input: 'hi', stream }, OWNED.newestProfile.arn, CACHED] as const,
    // Long by what was read, and not by its input.
    [
      '/v1/chat/completions',
      { model: `us.${SONNET}`, messages: user('hi'), stream },
      `us.${SONNET}`,
      { inputTokens: 150_000, cacheReadInputTokens: 60_000, outputTokens: 10 }
    ] as const,
    [
      '/v1/chat/completions',
      { model: 'openai.gpt-5.5', messages: user('hi'), stream },
      'openai.gpt-5.5',
      { inputTokens: 900, outputTokens: 9 }
    ] as const,
    [
      '/v1/chat/completions',
      { model: 'acme.mantle-only', messages: user('hi'), stream },
      'acme.mantle-only',
      { inputTokens: 9, outputTokens: 9 }
    ] as const
  ]),
  ['/v1/images/generations', { model: 'stability.stable-image-core-v1:1', prompt: 'a cat', n: 2 }],
  ['/v1/images/generations', { model: TITAN, prompt: 'a cat' }],
  ['/v1/images/generations', { model: TITAN, prompt: 'a cat', size: '512x512', quality: 'hd', n: 7 }],
  ['/v1/images/generations', { model: TITAN, prompt: 'a cat', size: '768x768' }],
  ...[
    { width: 1152, height: 640, quality: 'premium' },
    { width: 320, height: 704, numberOfImages: 3 }
  ].map(
    (imageGenerationConfig) =>
      [invoke(TITAN), { taskType: 'TEXT_IMAGE', textToImageParams: { text: 'a cat' }, imageGenerationConfig }] as const
  ),
  [invoke('stability.sd3-5-large-v1:0'), { prompt: 'a cat' }],
  ['/v1/rerank', { model: 'cohere.rerank-v3-5:0', query: 'a', documents }],
  [invoke('cohere.rerank-v3-5:0'), { query: 'a', api_version: 2, documents }],
  [invoke('amazon.titan-embed-image-v1'), { inputText: 'word', inputImage: PNG }],
  [invoke('cohere.embed-v4:0'), { input_type: 'image', images: [`data:image/png;base64,${PNG}`], embedding_types: ['float'] }],
  ['/guardrail/gr1standin99/version/1/apply', { source: 'INPUT', content: [{ text: { text: 'word '.repeat(600) } }] }]
]

t.test('calls of every kind cost what they are billed for, and what is not sold by a known price is none', async (t) => {
  const { app, post, standin, costs } = await gateway(t)
  await app.catalog.refresh()
  for (const [path, body, model, usage] of KINDS) {
    if (model !== undefined) standin.answer(model, { content: [{ text: 'words' }], usage: { ...usage } })
    const [billed, counted] = [standin.bill.length, costs.length]
    const response = await post(path, body)
    await response.text()
    t.equal(response.status, 200, path)
    t.ok(await eventually(() => costs.length > counted && standin.bill.length > billed), path)
    const lines = standin.bill.slice(billed).map(({ usd }) => usd)
    const whole = lines.includes(null) ? null : Math.round(lines.reduce<number>((sum, usd) => sum + (usd ?? 0), 0) * 1e9)
    t.equal(costs.at(-1), whole, `${path} ${model ?? ''}`)
  }
})

t.test('a whole answer that does not tell its usage costs by its words, streamed or not', async (t) => {
  const { post, standin, costs } = await gateway(t)
  standin.answer(`us.${SONNET}`, { content: [{ text: 'word '.repeat(100) }] })
  for (const stream of [false, true]) {
    standin.fail(`us.${SONNET}`, 'no-usage')
    await (await post('/v1/chat/completions', { model: `us.${SONNET}`, stream, messages: user('hi') })).text()
    t.ok(await eventually(() => costs.length === standin.bill.length))
    const [counted, billed] = [(costs.at(-1) ?? 0) / 1e9, standin.bill.at(-1)?.usd ?? 0]
    t.ok(Math.abs(counted - billed) < 0.3 * billed, `${counted} for ${billed}`)
  }
})

t.test('an agent that reads its prompt from the cache does not cost three times the bill (LiteLLM #12313)', async (t) => {
  const { post, standin, costs } = await gateway(t)
  const mark = { cache_control: { type: 'ephemeral' } }
  const turns: object[] = []
  for (let turn = 0; turn < 6; turn++) {
    turns.push({ role: 'user', content: [{ type: 'text', text: `turn ${turn} ${'word '.repeat(2000)}`, ...mark }] })
    const messages = [{ role: 'system', content: [{ type: 'text', text: 'rule '.repeat(8000), ...mark }] }, ...turns.slice(-3)]
    const body = { model: `us.${SONNET}`, stream: turn % 2 === 0, messages }
    await (await post('/v1/chat/completions', body)).text()
    turns.push({ role: 'assistant', content: 'yes' })
  }
  t.ok(await eventually(() => costs.length === 6))
  const billed = standin.bill.reduce((sum, { usd }) => sum + (usd ?? 0), 0)
  t.equal(
    costs.reduce<number>((sum, nano) => sum + (nano ?? 0), 0),
    Math.round(billed * 1e9)
  )
  const classes = new Map<string, number>()
  for (const { usageType, amount } of standin.bill.flatMap(({ items }) => items))
    classes.set(usageType, (classes.get(usageType) ?? 0) + amount)
  const read = [...classes].find(([name]) => name.includes('cache-read'))?.[1] ?? 0
  t.ok(read > 40_000, `${read} tokens were read`)
})

const REQUESTS = 1000
const AT_ONCE = 25
const CUT_AT = 12

/** Numbers that look drawn, and are the same each time. */
function dice(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Models whose answers are scripted, with what is special of each. */
const MODELS = [
  [`us.${SONNET}`, {}, 260_000],
  [`global.${SONNET}`, {}, 260_000],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', {}, 50_000],
  ['us.anthropic.claude-opus-4-7', {}, 50_000],
  [OWNED.applicationProfile.arn, {}, 50_000],
  [OWNED.globalProfile.arn, {}, 260_000],
  [OWNED.secondProfile.arn, {}, 10_000],
  [NOVA_PRO, { serviceTier: { type: 'flex' } }, 10_000],
  ['amazon.nova-pro-v1:0', { performanceConfig: { latency: 'optimized' } }, 10_000],
  ['us.amazon.nova-2-lite-v1:0', { serviceTier: { type: 'priority' } }, 10_000],
  ['us.openai.gpt-5.6-sol', {}, 300_000],
  ['us.openai.gpt-5.6-luna', {}, 300_000],
  ['us.openai.gpt-6-sol', {}, 300_000],
  ['openai.gpt-oss-120b-1:0', { serviceTier: { type: 'flex' } }, 10_000],
  ['deepseek.v3-v1:0', { serviceTier: { type: 'priority' } }, 10_000],
  ['qwen.qwen3-32b-v1:0', {}, 10_000],
  ['us.meta.llama3-3-70b-instruct-v1:0', {}, 10_000],
  ['mistral.ministral-3-8b-instruct', {}, 10_000]
] as const
/** Never fails: of several answers that end with one that failed, the rest would be estimated by their prompts, which say `hi`. */
const WHOLE = 'qwen.qwen3-32b-v1:0'
const CACHING = [`us.${SONNET}`, `global.${SONNET}`, OWNED.globalProfile.arn, OWNED.applicationProfile.arn]

t.test('a thousand mixed requests cost what the stand-in bills, to the cent', async (t) => {
  const { base, standin, costs, app } = await gateway(t)
  const roll = dice(7)
  for (const [model, more, largest] of MODELS)
    standin.answer(model, ...Array.from({ length: 40 }, () => script(model, more, largest)))

  /** Prompts on both sides of long contexts, caches in both times, answers of every size. */
  function script(model: string, more: object, largest: number) {
    const isCaching = CACHING.includes(model) && roll(2) === 0
    const hour = isCaching && model.includes('4-5') ? roll(5000) : 0
    const write = isCaching ? hour + roll(5000) : 0
    const read = isCaching ? roll(60_000) : 0
    const usage = { inputTokens: 1 + roll(largest), outputTokens: 1 + roll(4000) }
    const details = [{ ttl: '5m', inputTokens: write - hour }, ...(hour > 0 ? [{ ttl: '1h', inputTokens: hour }] : [])]
    const cached = isCaching ? { cacheReadInputTokens: read, cacheWriteInputTokens: write, cacheDetails: details } : {}
    const guard = { guardrail: { inputAssessment: { g: { invocationMetrics: { usage: { topicPolicyUnits: 1 + roll(9) } } } } } }
    return {
      content: [{ text: 'Some words.' }],
      usage: { ...usage, ...cached },
      ...more,
      ...(roll(10) === 0 ? { trace: guard } : {})
    }
  }

  const send = (path: string, body: object, signal?: AbortSignal) =>
    fetch(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal })
    })

  async function ask(index: number): Promise<void> {
    const model = MODELS[roll(MODELS.length)]![0]
    const stream = roll(2) === 0
    const kind = roll(20)
    if (index % 40 === 0)
      standin.fail(model, ...(['throttling', 'internal', 'validation', 'unavailable'][roll(4)] ?? '').split(' '))
    if (index % CUT_AT === 0) return leave()
    if (kind === 0) return void (await (await send('/v1/embeddings', embedding())).text())
    if (kind === 1) return void (await (await send('/v1/completions', { model: WHOLE, prompt: ['one', 'two'], stream })).text())
    if (kind < 6)
      return void (await (await send('/v1/messages', { model, max_tokens: 100, messages: user('hi'), stream })).text())
    if (kind < 10) return void (await (await send('/v1/responses', { model, input: 'hi', stream })).text())
    const choices = kind === 10 ? { model: WHOLE, n: 2 } : { model }
    await (await send('/v1/chat/completions', { ...choices, stream, messages: user('hi') })).text()
  }

  function embedding(): object {
    const input = Array.from({ length: 1 + roll(5) }, () => 'word '.repeat(1 + roll(200)))
    return { model: ['amazon.titan-embed-text-v2:0', 'cohere.embed-multilingual-v3'][roll(2)], input }
  }

  /** A stream of a model that thinks for itself, which its client leaves. */
  async function leave(): Promise<void> {
    const leaving = new AbortController()
    const body = { model: 'us.amazon.nova-micro-v1:0', stream: true, messages: user('word '.repeat(200)) }
    try {
      const response = await send('/v1/chat/completions', body, leaving.signal)
      await response.body?.getReader().read()
      leaving.abort()
    } catch (error) {
      if (!leaving.signal.aborted) throw error
    }
  }

  standin.answer('us.amazon.nova-micro-v1:0', { content: [{ text: 'word '.repeat(300) }], chunkSize: 30, gapMs: 5 })
  const numbers = Array.from({ length: REQUESTS }, (_, index) => index).values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const index of numbers) await ask(index)
    })
  )
  t.ok(await eventually(() => app.lifecycle.inFlight === 0 && standin.inFlight() === 0))
  const billed = standin.bill.reduce((sum, { usd }) => sum + (usd ?? 0), 0)
  const counted = costs.reduce<number>((sum, nano) => sum + (nano ?? 0), 0) / 1e9
  t.ok(standin.bill.length > REQUESTS * 0.95, `${standin.bill.length} calls on the bill`)
  t.equal(standin.bill.filter(({ usd }) => usd === null).length, 0, 'all have a price')
  t.equal(costs.filter((nano) => nano === null).length, 0)
  t.ok(standin.bill.filter(({ isCut }) => isCut).length > REQUESTS / CUT_AT / 2, 'some were left')
  t.ok(billed > 100, `${billed} USD`)
  t.ok(Math.abs(billed - counted) < 0.005, `${counted} USD by the gateway, ${billed} on the bill`)
  const report = [...usageReport(standin.bill).values()].reduce((sum, usd) => sum + usd, 0)
  t.ok(Math.abs(report - billed) < 1e-6, 'the report of usage types is the same sum')
})
