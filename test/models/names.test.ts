import t from 'tap'
import { baseModelId } from '../../src/models/base-model.ts'
import { geography } from '../../src/models/geography.ts'
import { globMatch } from '../../src/models/glob.ts'
import { defaultChatModel, resolveModel } from '../../src/models/resolve.ts'

const GLOBS: readonly [pattern: string, text: string, fits: boolean][] = [
  ['gpt-*', 'gpt-4o', true],
  ['gpt-*', 'my-gpt-4o', false],
  ['*', '', true],
  ['anthropic.*-4-5*', 'anthropic.claude-haiku-4-5-20251001-v1:0', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a.c', 'abc', false],
  ['exact', 'exact', true],
  ['exact', 'exactly', false]
]
for (const [pattern, text, fits] of GLOBS) {
  t.test(`the pattern ${pattern} ${fits ? 'fits' : 'does not fit'} ${text}`, async (t) => t.equal(globMatch(pattern, text), fits))
}

t.test('a hostile pattern is not slow', async (t) => {
  const started = performance.now()
  t.notOk(globMatch(`${'*a'.repeat(40)}b`, 'a'.repeat(5000)))
  t.ok(performance.now() - started < 2000)
})

const BASES: readonly [id: string, base: string][] = [
  ['us.anthropic.claude-sonnet-4-6', 'anthropic.claude-sonnet-4-6'],
  ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['global.openai.gpt-5.6-sol', 'openai.gpt-5.6-sol'],
  ['openai.gpt-5.6-sol', 'openai.gpt-5.6-sol'],
  ['kr.anthropic.claude-sonnet-9', 'anthropic.claude-sonnet-9'],
  ['amazon.nova-lite-v1:0:24k', 'amazon.nova-lite-v1:0'],
  ['anthropic.claude-sonnet-4-6[1m]', 'anthropic.claude-sonnet-4-6'],
  ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
  ['arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-8', 'anthropic.claude-opus-4-8'],
  [
    'arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/us-gov.meta.llama3-3-70b-instruct-v1:0',
    'meta.llama3-3-70b-instruct-v1:0'
  ],
  [
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123'
  ],
  ['whatever', 'whatever']
]
for (const [id, base] of BASES) t.test(`${id} is ${base} to the table`, async (t) => t.equal(baseModelId(id), base))

const REGIONS: readonly [region: string, geography: string, model: string][] = [
  ['us-east-1', 'us', 'us.anthropic.'],
  ['eu-central-1', 'eu', 'eu.anthropic.'],
  ['ap-northeast-1', 'jp', 'jp.anthropic.'],
  ['ap-southeast-2', 'au', 'au.anthropic.'],
  ['ap-southeast-1', 'apac', 'global.anthropic.'],
  ['ca-central-1', 'ca', 'us.anthropic.'],
  ['sa-east-1', 'global', 'global.anthropic.'],
  ['us-gov-west-1', 'us-gov', 'us-gov.anthropic.']
]
const RESOLVE = {
  aliases: {},
  defaultEmbeddingModel: 'none',
  defaultImageModel: 'none',
  defaultRerankModel: 'none',
  known: new Map(),
  crossRegion: true
}

for (const [region, prefix, model] of REGIONS) {
  t.test(`${region} finds its default model by the base id too`, async (t) => {
    const defaultModel = baseModelId(defaultChatModel(region))
    const [{ id }] = resolveModel('gpt-4o', 'chat', { ...RESOLVE, region, defaultModel })
    t.equal(id, defaultChatModel(region))
  })

  t.test(`${region} calls profiles of ${prefix}, and its default model begins with ${model}`, async (t) => {
    t.equal(geography(region), prefix)
    t.ok(defaultChatModel(region).startsWith(model))
  })
}
