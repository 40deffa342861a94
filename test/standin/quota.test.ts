import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand
} from '@aws-sdk/client-bedrock-runtime'
import { ListAWSDefaultServiceQuotasCommand, ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import t from 'tap'
import { CREDENTIALS, OTHER_ACCOUNT } from '../../src/standin/options.ts'
import { OWNED } from '../../src/standin/resolve.ts'
import { build, CLAUDE, NOVA, post, user } from './clients.ts'

const START = Date.UTC(2026, 10, 27, 12)
const MINUTE = 60_000
/** 1 token of input, and the limit. */
const ask = (modelId: string, maxTokens: number, more: Partial<ConverseCommandInput> = {}) =>
  new ConverseCommand({ modelId, messages: [user('hi')], inferenceConfig: { maxTokens }, ...more })

t.test('what does not fit a minute is throttled in AWS’s words, in every mode, until the clock is turned', async (t) => {
  for (const mode of ['bucket', 'sliding', 'fixed'] as const) {
    const { runtime, standin } = await build(t, { startAt: START })
    standin.setQuota(NOVA, { mode, tokensPerMinute: 14_000 })
    standin.answer(NOVA, { content: [{ text: 'yes' }], usage: { inputTokens: 4000, outputTokens: 100 } })
    for (const _ of [1, 2]) await runtime.send(ask(NOVA, 5000))
    const refused = { name: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.' }
    await t.rejects(runtime.send(ask(NOVA, 5000)), refused, mode)
    t.match(standin.counters(NOVA), { invocations: 2, throttles: 1, quotaUsage: 8200 }, mode)
    standin.turn(MINUTE)
    await runtime.send(ask(NOVA, 5000))
    t.equal(standin.bill.length, 3, 'a throttled call is not on the bill')
  }
})

t.test('the output counts by its factor, reads count nothing, and an unset limit reserves the most of the model', async (t) => {
  const { runtime, standin } = await build(t, { startAt: START })
  standin.setQuota(CLAUDE, { mode: 'sliding', tokensPerMinute: 100_000 })
  standin.answer(CLAUDE, {
    content: [{ text: 'yes' }],
    usage: { inputTokens: 1000, cacheReadInputTokens: 50_000, cacheWriteInputTokens: 2000, outputTokens: 100 }
  })
  await runtime.send(new ConverseCommand({ modelId: CLAUDE, messages: [user('hi')] }))
  t.equal(standin.counters(CLAUDE).quotaUsage, 1000 + 2000 + 5 * 100)
  standin.setQuota(CLAUDE, { mode: 'sliding', tokensPerMinute: 60_000 })
  await t.rejects(runtime.send(new ConverseCommand({ modelId: CLAUDE, messages: [user('hi')] })), { name: 'ThrottlingException' })
  await runtime.send(ask(CLAUDE, 1000))
})

t.test('each way to be short has its sentence', async (t) => {
  const { runtime, standin } = await build(t, { startAt: START })
  for (const [quota, name, message] of [
    [{ requestsPerMinute: 1 }, 'ThrottlingException', 'Too many requests, please wait before trying again.'],
    [{ tokensPerDay: 1500 }, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.'],
    [{ hasCapacity: false }, 'ServiceUnavailableException', 'Too many connections, please wait before trying again.']
  ] as const) {
    standin.setQuota(NOVA, { mode: 'sliding', tokensPerMinute: 1e6, ...quota })
    if (!('hasCapacity' in quota)) await runtime.send(ask(NOVA, 1000))
    await t.rejects(runtime.send(ask(NOVA, 1499)), { name, message })
    standin.turn(25 * 60 * MINUTE)
  }
})

t.test('pools are apart by profile, Region and account; an application profile shares with what it copies', async (t) => {
  const { common, runtime, standin } = await build(t, { startAt: START })
  const bare = OWNED.secondProfile.base
  standin.setQuota(bare, { mode: 'sliding', tokensPerMinute: 1500 })
  for (const model of [bare, OWNED.secondProfile.arn, `us.${bare}`])
    standin.answer(model, { content: [{ text: 'yes' }], usage: { inputTokens: 1000, outputTokens: 1 } })
  await runtime.send(ask(OWNED.secondProfile.arn, 400))
  await t.rejects(runtime.send(ask(bare, 400)), { name: 'ThrottlingException' })
  await runtime.send(ask(`us.${bare}`, 400))
  const { otherAccessKeyId, secretAccessKey, sessionToken } = CREDENTIALS
  for (const more of [
    { region: 'us-west-2' },
    { credentials: { accessKeyId: otherAccessKeyId, secretAccessKey, sessionToken } }
  ]) {
    const client = new BedrockRuntimeClient({ ...common, ...more })
    await client.send(ask(bare, 400))
    client.destroy()
  }
  t.match(standin.counters(bare, { account: OTHER_ACCOUNT }), { invocations: 1 })
  t.match(standin.counters(bare), { invocations: 1, throttles: 1 })
  t.equal(standin.bill.at(-1)?.account, OTHER_ACCOUNT)
})

t.test('reserved capacity is a pool of its own, which overflows and says so', async (t) => {
  const { runtime, standin } = await build(t, { startAt: START })
  const pool = { isReserved: true }
  standin.setQuota(CLAUDE, { mode: 'sliding', tokensPerMinute: 1500 }, pool)
  standin.setQuota(CLAUDE, { mode: 'sliding', tokensPerMinute: 1500 })
  standin.answer(CLAUDE, { content: [{ text: 'yes' }], usage: { inputTokens: 1000, outputTokens: 1 } })
  const reserved = ask(CLAUDE, 400, { serviceTier: { type: 'reserved' } })
  t.match((await runtime.send(reserved)).serviceTier, { type: 'reserved' })
  t.match((await runtime.send(reserved)).serviceTier, { type: 'default' })
  await t.rejects(runtime.send(reserved), { name: 'ThrottlingException' })
  t.match([standin.counters(CLAUDE, pool).invocations, standin.counters(CLAUDE).invocations], [1, 1])
  t.match(
    standin.bill.map(({ usd }) => usd === null),
    [true, false],
    'paid by the hour'
  )
})

t.test('on mantle input and output have quotas of their own, and an answer ends with its output quota', async (t) => {
  const { standin } = await build(t, { auth: 'off', startAt: START })
  const model = 'openai.gpt-5.6-luna'
  const pool = `mantle:${model}`
  standin.answer(model, { content: [{ text: 'word '.repeat(80) }], usage: { inputTokens: 10, outputTokens: 100 } })
  const send = () =>
    post(standin, '/mantle/openai/v1/chat/completions', {
      model,
      max_completion_tokens: 200,
      messages: [{ role: 'user', content: 'hi' }]
    })
  standin.setQuota(pool, { mode: 'mantle', tokensPerMinute: 1000, outputTokensPerMinute: 150 })
  t.match((await send()).body, { choices: [{ finish_reason: 'stop' }], usage: { completion_tokens: 100 } })
  t.match((await send()).body, { choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 50 } })
  const refused = (message: string) => ({ status: 429, body: { error: { message, type: 'rate_limit_error' } } })
  t.match(await send(), refused('tpm (OutputTokens)'))
  standin.turn(MINUTE)
  standin.setQuota(pool, { mode: 'mantle', tokensPerMinute: 300, outputTokensPerMinute: 150, outputEnd: 'error' })
  t.equal((await send()).status, 200)
  t.equal((await send()).status, 429, 'the rest of the output quota is an error')
  standin.setQuota(pool, { mode: 'mantle', tokensPerMinute: 200, outputTokensPerMinute: 1e6 })
  t.match(await send(), refused('tpm (InputTokens)'))
})

t.test('quotas are listed in pages, with a name that fits no model and a value of 0', async (t) => {
  const { common } = await build(t, { pageSize: 5 })
  const client = new ServiceQuotasClient(common)
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(new ListServiceQuotasCommand({ ServiceCode: 'bedrock', NextToken }))
    t.ok((page.Quotas?.length ?? 0) <= 5)
    names.push(...(page.Quotas ?? []).map(({ QuotaName, Value }) => `${QuotaName}: ${Value}`))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  t.ok(names.includes('Cross-region model inference tokens per minute for Anthropic Claude Opus 4.7: 0'))
  t.ok(names.includes('Cross-region model inference tokens per minute for Anthropic Claude Haiku: 300000'))
  await t.rejects(client.send(new ListServiceQuotasCommand({ ServiceCode: 'nothing' })), { name: 'NoSuchResourceException' })
  t.equal((await client.send(new ListAWSDefaultServiceQuotasCommand({ ServiceCode: 'bedrock' }))).Quotas?.length, 5)
  client.destroy()
})

const rules = { text: 'rule '.repeat(2000) }
const point = (ttl?: '5m' | '1h') => ({ cachePoint: { type: 'default' as const, ...(ttl && { ttl }) } })
const [READ, WRITE] = ['cacheReadInputTokens', 'cacheWriteInputTokens'] as const

t.test(
  'the cache: kept anew by each hit, for five minutes or an hour, apart for Regions; writes are told by their time',
  async (t) => {
    const { common, runtime, standin } = await build(t, { startAt: START })
    const system = [rules, point('1h')]
    const messages = [{ role: 'user' as const, content: [{ text: 'long '.repeat(1000) }, point()] }]
    const send = (client = runtime) => client.send(new ConverseCommand({ modelId: CLAUDE, system, messages }))
    t.match((await send()).usage, {
      [READ]: 0,
      [WRITE]: 3750,
      cacheDetails: [
        { ttl: '1h', inputTokens: 2500 },
        { ttl: '5m', inputTokens: 1250 }
      ]
    })
    for (const _ of [1, 2]) {
      standin.turn(4 * MINUTE)
      t.match((await send()).usage, { [READ]: 3750, [WRITE]: 0 })
    }
    standin.turn(5 * MINUTE)
    t.match((await send()).usage, { [READ]: 2500, [WRITE]: 1250 })
    const elsewhere = new BedrockRuntimeClient({ ...common, region: 'us-west-2' })
    t.match((await send(elsewhere)).usage, { [READ]: 0, [WRITE]: 3750 })
    elsewhere.destroy()
  }
)

t.test(
  'the cache: nothing is found more than 19 blocks before a point, nor under other thinking, nor below the minimum',
  async (t) => {
    const { runtime } = await build(t, { startAt: START })
    const turn = (blocks: number) => [
      {
        role: 'user' as const,
        content: [rules, point(), ...Array.from({ length: blocks }, (_, n) => ({ text: `more ${n}` })), point()]
      }
    ]
    const send = async (blocks: number, more: Partial<ConverseCommandInput> = {}) => {
      const [user] = turn(blocks)
      const content = blocks === 0 ? user!.content.slice(0, 2) : [user!.content[0]!, ...user!.content.slice(2)]
      return (await runtime.send(new ConverseCommand({ modelId: CLAUDE, messages: [{ role: 'user', content }], ...more }))).usage
    }
    t.match(await send(0), { [READ]: 0, [WRITE]: 2500 })
    t.match(await send(20), { [READ]: 0 })
    t.match(await send(19), { [READ]: 2500 })
    t.match(
      await send(1, {
        inferenceConfig: { maxTokens: 4000 },
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } }
      }),
      { [READ]: 0 }
    )
    const short = [{ text: 'rule '.repeat(100) }, point()]
    const below = await runtime.send(new ConverseCommand({ modelId: CLAUDE, system: short, messages: [user('hi')] }))
    t.match(below.usage, { [READ]: 0, [WRITE]: 0 })
  }
)

t.test('what a call writes is read by others only once its answer has begun', async (t) => {
  const { runtime, standin } = await build(t, { startAt: START })
  standin.answer(CLAUDE, { content: [{ text: 'yes' }], delayMs: 50 })
  const send = () => runtime.send(new ConverseCommand({ modelId: CLAUDE, system: [rules, point()], messages: [user('hi')] }))
  const written = (await Promise.all([send(), send(), send()])).map(({ usage }) => usage?.[WRITE])
  t.strictSame(written, [2500, 2500, 2500])
  t.match((await send()).usage, { [READ]: 2500, [WRITE]: 0 })
})

t.test(
  'weather: some calls of a profile compute elsewhere, Nova caches by itself, entries go; the same for the same seed',
  async (t) => {
    const seen: string[] = []
    for (let run = 0; run < 2; run++) {
      const { runtime, standin } = await build(t, { startAt: START, strayShare: 0.5, implicitShare: 1, seed: 3 })
      const reads: (number | undefined)[] = []
      for (let n = 0; n < 12; n++) {
        const { usage } = await runtime.send(
          new ConverseCommand({ modelId: CLAUDE, system: [rules, point()], messages: [user(`${n}`)] })
        )
        reads.push(usage?.[READ])
      }
      const cold = reads.slice(2).filter((read) => read === 0).length
      t.ok(reads.filter((read) => read === 0).length >= 2 && cold < 10, `${reads}`)
      seen.push(`${reads}`)
      const nova = () => runtime.send(new ConverseCommand({ modelId: NOVA, system: [rules], messages: [user('hi')] }))
      t.equal((await nova()).usage?.[READ], undefined)
      t.equal((await nova()).usage?.[READ], 2501)
      standin.fail(NOVA, 'cache-drop')
      t.equal((await nova()).usage?.[READ], undefined)
    }
    t.equal(seen[0], seen[1])
  }
)

t.test('an answer may tell less than it is billed for', async (t) => {
  const { runtime, standin } = await build(t, { startAt: START })
  const usage = {
    inputTokens: 10,
    cacheWriteInputTokens: 2000,
    cacheDetails: [{ ttl: '1h', inputTokens: 2000 }],
    outputTokens: 5,
    totalTokens: 2015
  }
  standin.answer(CLAUDE, { content: [{ text: 'yes' }], usage })
  standin.fail(CLAUDE, 'double-count', 'no-details', 'no-usage', 'no-usage')
  t.match((await runtime.send(ask(CLAUDE, 100))).usage, { inputTokens: 2010, totalTokens: 2015 })
  t.equal((await runtime.send(ask(CLAUDE, 100))).usage?.cacheDetails, undefined)
  t.equal((await runtime.send(ask(CLAUDE, 100))).usage, undefined)
  const { stream } = await runtime.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: [user('hi')] }))
  const events: string[] = []
  for await (const event of stream ?? []) events.push(...Object.keys(event))
  t.notOk(events.includes('metadata'))
  t.equal(new Set(standin.bill.map(({ usd }) => usd)).size, 1)
})
