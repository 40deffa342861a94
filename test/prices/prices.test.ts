import t from 'tap'
import { addUses, priceUses } from '../../src/budgets/uses.ts'
import { NO_USAGE, type Usage } from '../../src/core/usage.ts'
import { parsePriceRows } from '../../src/prices/parse-price-rows.ts'
import { PRICE_SOURCES } from '../../src/prices/price-sources.ts'
import { type Answered, createPricer } from '../../src/prices/pricer.ts'
import { PRICES } from '../../src/prices/prices.ts'
import type { CalledModel } from '../../src/prices/routing.ts'

const NOW = Date.parse('2026-11-27T12:00:00Z')
const at = (day: string, options = {}) => createPricer({ now: () => Date.parse(`${day}T12:00:00Z`), ...options })
const today = createPricer({ now: () => NOW })
const tokens = (usage: Partial<Usage>): Usage => ({ ...NO_USAGE, ...usage })
const M = 1_000_000

interface Case {
  readonly name: string
  readonly id: string
  readonly called?: Partial<CalledModel>
  readonly used: Partial<Usage>
  readonly more?: Omit<Answered, 'usage'>
  readonly day?: string
  /** US dollars by hand. */
  readonly usd: number | null
  readonly estimate?: true
}

const SONNET_45 = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'
const GUARDED = {
  guardrail: {
    inputAssessment: { g1: { invocationMetrics: { usage: { topicPolicyUnits: 2, contentPolicyUnits: 2, wordPolicyUnits: 2 } } } },
    outputAssessments: { g1: [{ invocationMetrics: { usage: { contentPolicyUnits: 4, sensitiveInformationPolicyUnits: 4 } } }] }
  }
}

const CASES: readonly Case[] = [
  // each wrong pricing that was seen in public, priced right
  { name: 'a bare Claude id is not global', id: SONNET_45, used: { inputTokens: M / 10 }, usd: 0.33 },
  { name: 'a global profile is the base price', id: `global.${SONNET_45}`, used: { inputTokens: M / 10 }, usd: 0.3 },
  {
    name: 'a geo profile is not at the global price',
    id: `eu.${SONNET_45}`,
    used: { inputTokens: M / 10, outputTokens: M / 10 },
    usd: 1.98
  },
  ...(
    [
      [768 * 768, 'standard', 0.024],
      [768 * 768, 'premium', 0.03],
      [1152 * 640, 'standard', 0.03],
      [1408 * 640, 'premium', 0.036]
    ] as const
  ).map(([pixels, quality, usd]) => ({
    name: `three pictures of ${pixels} pixels, ${quality}`,
    id: 'amazon.titan-image-generator-v2:0',
    used: {},
    more: { images: 3, picture: { pixels, quality } },
    usd
  })),
  {
    name: 'a picture whose size is not told is the dearest of its quality, as an estimate',
    id: 'amazon.titan-image-generator-v2:0',
    used: {},
    more: { images: 1, picture: { quality: 'standard' } },
    usd: 0.01,
    estimate: true
  },
  {
    name: 'older Claude is the same everywhere',
    id: 'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
    used: { inputTokens: M },
    usd: 3
  },
  {
    name: 'writes for an hour',
    id: `global.${SONNET_45}`,
    used: { cacheWriteTokens: 10_000, cacheWriteHourTokens: 10_000 },
    usd: 0.06
  },
  {
    name: 'writes for both times',
    id: `global.${SONNET_45}`,
    used: { cacheWriteTokens: 10_000, cacheWriteHourTokens: 4000 },
    usd: 0.0465
  },
  { name: 'writes whose time is not told', id: `global.${SONNET_45}`, used: { cacheWriteTokens: 10_000 }, usd: 0.0375 },
  {
    name: 'cache reads are not free',
    id: `global.${SONNET_45}`,
    used: { inputTokens: 100, cacheReadTokens: 100_000 },
    usd: 0.0303
  },
  { name: 'nor at the rate of input', id: 'global.anthropic.claude-opus-5-5-v1', used: { cacheReadTokens: M }, usd: 0.2 },
  { name: 'a read of Fable 5.1', id: 'global.anthropic.claude-fable-5-1', used: { cacheReadTokens: M }, usd: 0.25 },
  { name: 'a read of Nova is a quarter', id: 'us.amazon.nova-lite-v1:0', used: { cacheReadTokens: M }, usd: 0.015 },
  { name: 'a read of Grok is a quarter', id: 'global.xai.grok-4.7', used: { cacheReadTokens: M }, usd: 0.5 },
  { name: 'flex is half', id: 'amazon.nova-pro-v1:0', used: { inputTokens: M, outputTokens: M }, more: { tier: 'flex' }, usd: 2 },
  {
    name: 'priority is more',
    id: 'amazon.nova-pro-v1:0',
    used: { inputTokens: M, outputTokens: M },
    more: { tier: 'priority' },
    usd: 7
  },
  { name: 'ultrafast', id: 'us.openai.gpt-6-astra', used: { inputTokens: 1000 }, more: { tier: 'ultrafast' }, usd: 0.066 },
  { name: 'a tier without a price', id: SONNET_45, used: { inputTokens: M }, more: { tier: 'flex' }, usd: null },
  { name: 'the default tier by name', id: SONNET_45, used: { inputTokens: M / 10 }, more: { tier: 'default' }, usd: 0.33 },
  {
    name: 'latency that was optimized',
    id: 'amazon.nova-pro-v1:0',
    used: { inputTokens: M, outputTokens: M },
    more: { isOptimized: true },
    usd: 5
  },
  { name: 'no price for optimized latency', id: SONNET_45, used: { inputTokens: M }, more: { isOptimized: true }, usd: null },
  {
    name: 'a long context is long in every class',
    id: `global.${SONNET_45}`,
    used: { inputTokens: 100_000, cacheReadTokens: 100_000, cacheWriteTokens: 1000, outputTokens: 1000 },
    usd: 0.6 + 0.06 + 0.0075 + 0.0225
  },
  {
    name: 'at the border it is not long',
    id: `global.${SONNET_45}`,
    used: { inputTokens: 200_000, outputTokens: 1000 },
    usd: 0.615
  },
  { name: 'Sonnet 4.6 has none', id: 'us.anthropic.claude-sonnet-4-6', used: { inputTokens: 300_000 }, usd: 0.99 },
  { name: 'Sonnet 3.5 has none', id: 'anthropic.claude-3-5-sonnet-20241022-v2:0', used: { inputTokens: 250_000 }, usd: 0.75 },
  {
    name: 'Haiku 5.5 is long beyond 100K',
    id: 'us.anthropic.claude-haiku-5-5-v1',
    used: { inputTokens: 100_001 },
    usd: 0.05500055
  },
  { name: 'GPT-5.6 beyond 272K', id: 'us.openai.gpt-5.6-sol', used: { inputTokens: 300_000, outputTokens: 1000 }, usd: 2.673 },
  { name: 'GPT writes for thirty minutes', id: 'us.openai.gpt-5.6-sol', used: { cacheWriteTokens: M / 10 }, usd: 0.55 },
  // days
  { name: 'GPT-5.6 Sol at its launch', id: 'us.openai.gpt-5.6-sol', used: { inputTokens: M / 10 }, day: '2026-08-31', usd: 0.55 },
  { name: 'and from September on', id: 'us.openai.gpt-5.6-sol', used: { inputTokens: M / 10 }, day: '2026-09-01', usd: 0.44 },
  {
    name: 'Sonnet 5.5 reads before the cut',
    id: 'global.anthropic.claude-sonnet-5-5',
    used: { cacheReadTokens: M / 10 },
    day: '2026-10-06',
    usd: 0.02
  },
  {
    name: 'and from that day',
    id: 'global.anthropic.claude-sonnet-5-5',
    used: { cacheReadTokens: M / 10 },
    day: '2026-10-07',
    usd: 0.01
  },
  {
    name: 'before its first day it has no price',
    id: 'global.anthropic.claude-sonnet-5-5',
    used: { inputTokens: M },
    day: '2026-09-27',
    usd: null
  },
  // ids
  {
    name: 'a foundation ARN',
    id: `arn:aws:bedrock:us-east-1::foundation-model/${SONNET_45}`,
    used: { inputTokens: M / 10 },
    usd: 0.33
  },
  {
    name: 'a profile ARN',
    id: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.${SONNET_45}`,
    used: { inputTokens: M / 10 },
    usd: 0.3
  },
  {
    name: 'an application profile',
    id: PROFILE,
    called: { baseId: SONNET_45, copies: 'in_region' },
    used: { inputTokens: M / 10 },
    usd: 0.33
  },
  {
    name: 'one that copies a global profile',
    id: PROFILE,
    called: { baseId: SONNET_45, copies: 'global' },
    used: { inputTokens: M / 10 },
    usd: 0.3
  },
  { name: 'one that nobody knows', id: PROFILE, used: { inputTokens: M }, usd: null },
  {
    name: 'throughput by the hour',
    id: 'arn:aws:bedrock:us-east-1:1:provisioned-model/x',
    called: { baseId: 'amazon.nova-pro-v1:0' },
    used: { inputTokens: M },
    usd: null
  },
  { name: 'a model that nobody knows', id: 'acme.brandnew-v1:0', used: { inputTokens: M }, usd: null },
  {
    name: 'a neighbour by name has its own row',
    id: 'global.anthropic.claude-opus-5-20260724-v1:0',
    used: { inputTokens: M },
    usd: null
  },
  { name: 'Opus 5', id: 'global.anthropic.claude-opus-5', used: { inputTokens: M }, usd: 5 },
  { name: 'GovCloud', id: `us-gov.${SONNET_45}`, called: { region: 'us-gov-west-1' }, used: { inputTokens: M / 10 }, usd: 0.36 },
  {
    name: 'GovCloud by its Region',
    id: SONNET_45,
    called: { region: 'us-gov-west-1' },
    used: { inputTokens: M / 10 },
    usd: 0.36
  },
  {
    name: 'GovCloud has no other price',
    id: 'amazon.nova-lite-v1:0',
    called: { region: 'us-gov-west-1' },
    used: { inputTokens: M },
    usd: null
  },
  { name: 'a model that only mantle has', id: 'openai.gpt-5.5', used: { inputTokens: 1000 }, usd: 0.0055 },
  // Regions
  {
    name: 'Nova in Europe',
    id: 'eu.amazon.nova-lite-v1:0',
    called: { region: 'eu-west-1' },
    used: { inputTokens: M },
    usd: 0.069
  },
  {
    name: 'another Region is an estimate',
    id: 'openai.gpt-oss-120b-1:0',
    called: { region: 'eu-west-1' },
    used: { inputTokens: M },
    usd: 0.15,
    estimate: true
  },
  // classes
  { name: 'a class without a rate', id: 'us.amazon.nova-lite-v1:0', used: { inputTokens: M, cacheWriteTokens: 5 }, usd: null },
  {
    name: 'an hour where there is none',
    id: 'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
    used: { cacheWriteTokens: 5, cacheWriteHourTokens: 5 },
    usd: null
  },
  { name: 'nothing used costs nothing', id: SONNET_45, used: {}, usd: 0 },
  // guardrails
  {
    name: 'a guardrail beside the model',
    id: `global.${SONNET_45}`,
    used: { inputTokens: 1000 },
    more: { trace: GUARDED, isGuarded: true },
    usd: 0.003 + 0.0006 + 0.001
  },
  {
    name: 'a guardrail that blocked the prompt',
    id: SONNET_45,
    used: {},
    more: { trace: GUARDED, isGuarded: true },
    usd: 0.0016
  },
  {
    name: 'a guardrail that does not tell',
    id: `global.${SONNET_45}`,
    used: { inputTokens: 1000 },
    more: { isGuarded: true },
    usd: 0.003,
    estimate: true
  },
  // embeddings
  { name: 'an embedding is no chat model', id: 'amazon.titan-embed-text-v2:0', used: { inputTokens: M }, usd: 0.02 },
  { name: 'pictures', id: 'amazon.titan-embed-image-v1', used: {}, more: { images: 2 }, usd: 0.00012 },
  { name: 'pictures without a price', id: 'cohere.embed-v4:0', used: {}, more: { images: 2 }, usd: null },
  {
    name: 'texts by the piece',
    id: 'us.twelvelabs.marengo-embed-2-7-v1:0',
    used: { inputTokens: 999 },
    more: { texts: 1 },
    usd: 0.00007
  }
]

for (const { name, id, called, used, more, day, usd, estimate } of CASES) {
  t.test(`prices ${name}`, async (t) => {
    const pricer = day === undefined ? today : at(day)
    const [model, answered] = [
      { id, region: 'us-east-1', ...called },
      { usage: tokens(used), ...more }
    ]
    const bill = pricer.price(model, answered)
    t.equal(bill.nano, usd === null ? null : Math.round(usd * 1e9))
    t.equal(bill.isEstimate, estimate)
    const uses = new Map<string, number>()
    addUses(uses, model, answered)
    const again = Math.abs(priceUses(uses, pricer) - (bill.nano ?? bill.partNano ?? 0))
    t.ok(again <= 5, 'what a budget keeps of it comes to the same when it is priced again')
    t.equal(bill.unpriced !== undefined, usd === null, 'what has no price is flagged')
  })
}

t.test('Nova 2 has a price for each Region that is known', async (t) => {
  const price = (region: string) =>
    today.price({ id: 'eu.amazon.nova-2-lite-v1:0', region }, { usage: tokens({ inputTokens: M }) })
  t.equal(new Set(['us-east-1', 'eu-north-1', 'eu-west-3', 'eu-central-1'].map((region) => price(region).nano)).size, 4)
  t.equal(price('eu-central-1').isEstimate, undefined)
  t.equal(price('eu-south-1').isEstimate, true)
})

t.test('every built-in row names sources that are told, and no row hides another of its day', async (t) => {
  for (const row of PRICES) {
    for (const source of (row.source ?? '').split(' ')) t.ok(source in PRICE_SOURCES, `${row.ids[0]}: ${source}`)
    t.ok(row.from === undefined || row.until === undefined || row.from < row.until)
  }
  const places = PRICES.map(({ ids, routing, source_region, geography, from }) =>
    JSON.stringify([ids, routing, source_region, geography, from])
  )
  t.equal(new Set(places).size, places.length)
})

t.test("an operator's rows go before the built-in ones, and the multiplier over all", async (t) => {
  const rows = parsePriceRows([
    { ids: ['anthropic.claude-sonnet-4-5*'], routing: 'global', input: 1, output: 2 },
    { ids: ['arn:aws:bedrock:us-east-1:1:imported-model/mine'], input: 7, output: 7 },
    { ids: ['acme.free*'], input: 0, output: 0 }
  ])
  const own = createPricer({ rows, multiplier: 0.5, now: () => NOW })
  const nano = (id: string) => own.price({ id, region: 'us-east-1' }, { usage: tokens({ inputTokens: M }) }).nano
  t.equal(nano(`global.${SONNET_45}`), 0.5e9)
  t.equal(nano('us.anthropic.claude-sonnet-4-6'), 1.65e9)
  t.equal(nano('arn:aws:bedrock:us-east-1:1:imported-model/mine'), 3.5e9)
  t.equal(nano('acme.free-v1'), 0, 'a price of nothing is a price')
  t.equal(own.price({ id: `global.${SONNET_45}`, region: 'us-east-1' }, { usage: tokens({ cacheReadTokens: 1 }) }).nano, null)
})

const WRONG: readonly (readonly [string, unknown, RegExp])[] = [
  ['no list', { prices: [] }, /list of rows/],
  ['no ids', [{ input: 1 }], /row 0.*ids/],
  ['a misspelt member', [{ ids: ['a'], cache_reads: 1 }], /"cache_reads"; is "cache_read" meant/],
  ['a negative rate', [{ ids: ['a'], input: -1 }], /row 0\/input/],
  [
    'a price of pictures without a price',
    [{ ids: ['a'], per_image: [{ quality: 'premium' }] }],
    /row 0\/per_image: must be US dollars, or a list of/
  ],
  ['days the wrong way round', [{ ids: ['a'], from: '2026-02-01', until: '2026-01-01' }], /later/]
]
for (const [name, rows, message] of WRONG)
  t.test(`refuses an operator's rows with ${name}`, async (t) => t.throws(() => parsePriceRows(rows), message))

t.test('reads entries that hold rows', async (t) => {
  t.match(
    parsePriceRows([
      {
        ids: ['a*'],
        rows: [
          { routing: 'global', input: 1 },
          { routing: 'geo', input: 2 }
        ]
      }
    ]),
    [
      { ids: ['a*'], routing: 'global', input: 1 },
      { ids: ['a*'], routing: 'geo', input: 2 }
    ]
  )
})
