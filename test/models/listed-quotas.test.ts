import t from 'tap'
import { readQuotaTable } from '../../src/models/listed-quotas.ts'

const geo = (model: string, value: number, code = `L-${model}`) => ({
  code,
  name: `Cross-region model inference tokens per minute for ${model}`,
  value
})

t.test('a quota is a model’s by its code or by its own name, and by nothing that could be another’s', async (t) => {
  const table = readQuotaTable([
    geo('Anthropic Claude Sonnet 4.5 V1', 1),
    geo('Anthropic Claude 3.5 Sonnet', 2),
    geo('Anthropic Claude 3.5 Sonnet V2', 3),
    geo('Meta Llama 3.3 70B Instruct', 4),
    geo('OpenAI gpt-oss-120b', 5),
    geo('Anthropic Claude Haiku', 6),
    geo('Anthropic Claude Sonnet 4.6 1M Context Length', 7),
    geo('renamed since', 8, 'L-7007E9C9'),
    { ...geo('x', 9), name: 'Global Cross-Region InvokeModel tokens per minute for Anthropic Claude Sonnet 4.5' },
    { ...geo('x', 10), name: 'On-demand InvokeModel requests per minute for Amazon Nova 2 Lite' },
    { ...geo('x', 11), name: '[bedrock-mantle endpoint] Input tokens per minute for OpenAI GPT-5.5' },
    { ...geo('x', 12), name: '[bedrock-mantle endpoint] Output tokens per minute for OpenAI GPT-5.5' },
    { ...geo('x', 13), name: 'Batch inference job size (in GB) for Claude Haiku 4.5' }
  ])
  for (const [id, kind, expected] of [
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'geo', { tokensPerMinute: 1 }],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'global', { tokensPerMinute: 9 }],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'in_region', undefined],
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', 'geo', { tokensPerMinute: 2 }],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'geo', { tokensPerMinute: 3 }],
    ['meta.llama3-3-70b-instruct-v1:0', 'geo', { tokensPerMinute: 4 }],
    ['openai.gpt-oss-120b-1:0', 'geo', { tokensPerMinute: 5 }],
    ['anthropic.claude-3-haiku-20240307-v1:0', 'geo', undefined],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 'geo', undefined],
    ['anthropic.claude-sonnet-4-6', 'geo', undefined],
    ['anthropic.claude-opus-4-5-20251101-v1:0', 'geo', { tokensPerMinute: 8 }],
    ['amazon.nova-2-lite-v1:0', 'in_region', { requestsPerMinute: 10 }],
    ['openai.gpt-5.5', 'mantle', { tokensPerMinute: 11 }]
  ] as const)
    t.same(table.quotaOf(id, kind), expected, `${kind} ${id}`)
})

t.test('several numbers for one pool are none, the same number twice is one, and 0 is told', async (t) => {
  const twice = geo('Amazon Nova Pro', 5, 'L-C0326783')
  const table = readQuotaTable([
    twice,
    geo('Amazon Nova Pro', 6),
    geo('Amazon Nova Lite', 7),
    geo('Amazon Nova Lite', 7, 'L-x'),
    geo('Amazon Nova Micro', 0)
  ])
  t.equal(table.quotaOf('amazon.nova-pro-v1:0', 'geo'), undefined, 'the code and the name disagree')
  t.same(table.quotaOf('amazon.nova-lite-v1:0', 'geo'), { tokensPerMinute: 7 })
  t.equal(table.quotaOf('amazon.nova-micro-v1:0', 'geo'), undefined)
  t.match(table.zero, [/Nova Micro/])
})

t.test('a quota of a day is of the calls that its name means', async (t) => {
  const day = (name: string, value: number) => ({ code: `L-${name}`, name, value })
  const table = readQuotaTable([
    day('Model invocation max tokens per day for Anthropic Claude Sonnet 4 V1 (doubled for cross-region calls)', 100),
    day('Global cross-region model inference tokens per day for Anthropic Claude Sonnet 4 V1', 50),
    day('Model invocation max tokens per day for Amazon Nova Pro', 30),
    day('Model invocation max tokens per day for OpenAI GPT OSS 20B (doubled for cross-region calls)', 20),
    day('On-demand model inference tokens per day for Anthropic Claude 3 Haiku', 10),
    day('Global cross-region model inference tokens per day for Anthropic Claude Sonnet 4.5 V1 1M Context Length', 5),
    day('Model invocation max tokens per day for Amazon Nova Micro (doubled for cross-region calls)', 0),
    day('Cross-Model Max Tokens Per Day', 700_000_000)
  ])
  const sonnet = 'anthropic.claude-sonnet-4-20250514-v1:0'
  for (const [id, kind, tokensPerDay] of [
    [sonnet, 'in_region', 100],
    [sonnet, 'geo', 200],
    [sonnet, 'global', 50],
    [sonnet, 'mantle', undefined],
    ['amazon.nova-pro-v1:0', 'geo', 30],
    ['amazon.nova-pro-v1:0', 'global', undefined],
    ['openai.gpt-oss-20b-1:0', 'in_region', 20],
    ['anthropic.claude-3-haiku-20240307-v1:0', 'in_region', 10],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'global', undefined],
    ['amazon.nova-micro-v1:0', 'geo', undefined]
  ] as const)
    t.same(table.quotaOf(id, kind), tokensPerDay === undefined ? undefined : { tokensPerDay }, `${kind} ${id}`)
  t.strictSame(table.zero.length, 1, 'and named once, however many pools it is of')
})
