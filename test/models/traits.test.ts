import t from 'tap'
import { parseTraitRows, type Traits, traitsFor } from '../../src/models/traits.ts'

const FACTS: readonly [id: string, facts: Partial<Traits>][] = [
  ['anthropic.claude-3-haiku-20240307-v1:0', { reasoning: 'none', cache: [], prefill: true, temperatureWithTopP: true }],
  ['anthropic.claude-3-7-sonnet-20250219-v1:0', { reasoning: 'budget', interleavedBeta: '' }],
  ['anthropic.claude-sonnet-4-20250514-v1:0', { reasoning: 'budget', temperatureWithTopP: true, maxOutputTokens: 64_000 }],
  ['anthropic.claude-opus-4-1-20250805-v1:0', { reasoning: 'budget', structuredOutput: false, maxOutputTokens: 32_000 }],
  [
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
    { temperatureWithTopP: false, structuredOutput: true, cacheLongTtl: true, prefill: true }
  ],
  ['anthropic.claude-opus-4-6-v1', { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high', 'max'] }],
  ['anthropic.claude-opus-4-7', { temperature: false, structuredOutput: false, hidesReasoning: true, reasoningOff: 'omit' }],
  ['anthropic.claude-opus-5', { reasoningOff: 'disabled', toolChoice: ['auto', 'any', 'tool'] }],
  ['anthropic.claude-opus-5-5', { reasoningOff: 'never', toolChoice: ['auto'] }],
  ['anthropic.claude-haiku-5-5', { reasoningOff: 'disabled' }],
  ['openai.gpt-5.6-sol', { reasoningField: 'reasoning.effort', maxStops: 0, temperature: false, minOutputTokens: 16 }],
  ['openai.gpt-oss-120b-1:0', { reasoningField: 'reasoning_effort', profileOnly: false, cache: [] }],
  ['amazon.nova-micro-v1:0', { input: [], cache: ['system', 'messages'], maxStops: 4 }],
  [
    'amazon.nova-2-lite-v1:0',
    { reasoning: 'nova', unlimitedEffort: 'high', systemTools: ['nova_grounding', 'nova_code_interpreter'] }
  ],
  ['mistral.mistral-large-3-675b-instruct', { toolIds: 'nine', besideToolResult: 'nothing', toolsInStream: true }],
  ['mistral.mixtral-8x7b-instruct-v0:1', { tools: false, systemPrompt: false }],
  ['meta.llama3-1-8b-instruct-v1:0', { toolsInStream: false, toolChoice: ['auto'], tools: true }],
  ['meta.llama3-8b-instruct-v1:0', { tools: false }],
  ['moonshotai.kimi-k2.5', { toolIds: 'dotted', efforts: ['low', 'high', 'max'] }],
  ['qwen.qwen3-32b-v1:0', { reasoningField: 'reasoning_config', efforts: ['low', 'high'] }],
  ['deepseek.r1-v1:0', { reasoning: 'inherent', tools: false }],
  ['writer.palmyra-x5-v1:0', { toolResultStatus: false, besideToolResult: 'nothing' }]
]
for (const [id, facts] of FACTS) {
  t.test(`${id} is what the table says`, async (t) => t.match(traitsFor(id), facts as never))
}

const NEWER: readonly [newer: string, newest: string][] = [
  ['anthropic.claude-opus-6', 'anthropic.claude-opus-5-5'],
  ['anthropic.claude-haiku-6', 'anthropic.claude-haiku-5-5'],
  ['anthropic.claude-sonnet-7-20270101-v1:0', 'anthropic.claude-mythos-5-1'],
  ['openai.gpt-7', 'openai.gpt-6-sol'],
  ['amazon.nova-3-pro-v1:0', 'amazon.nova-2-lite-v1:0'],
  ['mistral.mistral-large-4', 'mistral.mistral-large-3-675b-instruct'],
  ['moonshotai.kimi-k4', 'moonshotai.kimi-k3'],
  ['zai.glm-6', 'zai.glm-5']
]
for (const [newer, newest] of NEWER) {
  t.test(`${newer}, which no row names, is treated as ${newest}`, async (t) => t.strictSame(traitsFor(newer), traitsFor(newest)))
}

t.test('a model nobody knows gets everything sent and no cache point', async (t) => {
  t.match(traitsFor('acme.model'), { family: 'unknown', tools: true, temperature: true, cache: [], maxOutputTokens: 0 })
})

t.test('an operator row lies over the built-in one, member by member', async (t) => {
  const rows = parseTraitRows([
    { match: 'anthropic.claude-opus-4-7', prefill: true },
    { match: 'anthropic.*', prefill: false, maxOutputTokens: 1000 }
  ])
  t.match(traitsFor('anthropic.claude-opus-4-7', rows), { prefill: true, maxOutputTokens: 1000, temperature: false })
  t.notOk('match' in traitsFor('anthropic.claude-opus-4-7', rows))
})

const FAULTS: readonly [what: string, json: unknown, says: RegExp][] = [
  ['no list', 7, /list of rows/],
  ['a row without match', [{ prefill: true }], /row 0 needs "match"/],
  ['an unknown member', [{ match: 'a*', prefil: true }], /row 0 \(a\*\).*unknown member "prefil"/],
  ['a wrong type', [{ match: 'a*', prefill: 'yes' }], /"prefill" must be true or false/],
  ['a wrong word', [{ match: 'a*', reasoning: 'hard' }], /"reasoning" must be none, inherent/]
]
for (const [what, json, says] of FAULTS) {
  t.test(`an operator's file with ${what} is refused in words that name the place`, async (t) => {
    t.throws(() => parseTraitRows(json), { message: says })
  })
}

t.test('an object with rows is a list of rows', async (t) => t.equal(parseTraitRows({ rows: [{ match: '*' }] }).length, 1))
