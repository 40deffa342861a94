import t from 'tap'
import type { ChatRequest } from '../../../src/core/request.ts'
import {
  at,
  dropped,
  encode,
  GPT_56,
  GPT_OSS,
  HAIKU_3,
  LLAMA,
  MISTRAL,
  NOVA,
  NOVA_2,
  OPUS_47,
  refusalOf,
  SONNET_45,
  SONNET_46
} from './encode.ts'

const HEAT: readonly [promise: string, model: string, request: Partial<ChatRequest>, sent: object, drops: readonly string[]][] = [
  ['P1 temperature wins over top_p on Claude 4.5', SONNET_45, { temperature: 0.5, topP: 0.5 }, { temperature: 0.5 }, ['top_p']],
  [
    'P1 top_p 1 beside a temperature is dropped without a word',
    SONNET_45,
    { temperature: 0.5, topP: 1 },
    { temperature: 0.5 },
    []
  ],
  ['P1 a temperature of 1 gives way to a top_p that says something', SONNET_45, { temperature: 1, topP: 0.3 }, { topP: 0.3 }, []],
  ['P1 top_p alone is sent', SONNET_45, { topP: 0.3 }, { topP: 0.3 }, []],
  [
    'P2 the newest Claude takes neither',
    OPUS_47,
    { temperature: 0.5, topP: 0.5, topK: 5 },
    {},
    ['temperature', 'top_p', 'top_k']
  ],
  ['P2 what asks for nothing is dropped without a word', OPUS_47, { temperature: 1, topP: 1 }, {}, []],
  ['P3 a temperature above 1 is clamped and reported', NOVA, { temperature: 1.7 }, { temperature: 1 }, ['temperature']],
  ['an explicit 0 is a value', NOVA, { temperature: 0, topP: 0 }, { temperature: 0, topP: 0 }, []],
  ['both go where both are taken', LLAMA, { temperature: 0.2, topP: 0.9 }, { temperature: 0.2, topP: 0.9 }, []],
  ['a refusal is remembered', NOVA, { temperature: 0.2 }, {}, ['temperature']],
  ['GPT-5.6 takes no sampling', GPT_56, { temperature: 0.2 }, {}, ['temperature']],
  [
    'a thinking Claude takes no sampling',
    SONNET_46,
    { temperature: 0.2, topK: 3, reasoning: { effort: 'low' } },
    {},
    ['temperature', 'top_k']
  ],
  [
    'a thinking gpt-oss keeps its temperature',
    GPT_OSS,
    { temperature: 0.2, reasoning: { effort: 'low' } },
    { temperature: 0.2 },
    []
  ]
]
for (const [promise, model, request, sent, drops] of HEAT) {
  t.test(promise, async (t) => {
    const omissions = new Set(promise === 'a refusal is remembered' ? (['temperature'] as const) : [])
    const encoded = encode(model, request, { omissions })
    const { temperature, topP } = (encoded.body.inferenceConfig ?? {}) as Record<string, number>
    t.strictSame(JSON.parse(JSON.stringify({ temperature, topP })), sent)
    t.strictSame(dropped(encoded), drops)
  })
}

const TOP_K: readonly [model: string, fields: object | undefined, drops: readonly string[]][] = [
  [SONNET_45, { top_k: 20 }, []],
  [NOVA, { inferenceConfig: { topK: 20 } }, []],
  [MISTRAL, { top_k: 20 }, []],
  ['cohere.command-r-plus-v1:0', { k: 20 }, []],
  [LLAMA, undefined, ['top_k']]
]
for (const [model, fields, drops] of TOP_K) {
  t.test(`top_k of ${model} has its own place`, async (t) => {
    const encoded = encode(model, { topK: 20 })
    t.strictSame(encoded.body.additionalModelRequestFields, fields)
    t.strictSame(dropped(encoded), drops)
  })
}

const STOPS: readonly [
  promise: string,
  model: string,
  stop: readonly string[],
  sent: readonly string[] | undefined,
  drops: readonly string[]
][] = [
  ['P4 an empty stop is left out', SONNET_45, [''], undefined, []],
  ['P4 white space is no stop for Claude', SONNET_45, ['\n', 'END'], ['END'], ['stop']],
  ['P4 white space is a stop for others', NOVA, ['\n'], ['\n'], []],
  ['GPT takes no stop strings', GPT_56, ['END'], undefined, ['stop']]
]
for (const [promise, model, stop, sent, drops] of STOPS) {
  t.test(promise, async (t) => {
    const encoded = encode(model, { stop })
    t.strictSame(at(encoded.body, 'inferenceConfig.stopSequences'), sent)
    t.strictSame(dropped(encoded), drops)
  })
}

t.test('P4 more stop strings than the model takes is a 400', async (t) => {
  t.match(
    refusalOf(() => encode(NOVA, { stop: ['a', 'b', 'c', 'd', 'e'] })),
    { kind: 'invalid_value', param: 'stop' }
  )
})

t.test('the stop string that was met is asked for where Claude tells it', async (t) => {
  t.strictSame(encode(SONNET_45, { stop: ['END'] }).body.additionalModelResponseFieldPaths, ['/delta/stop_sequence'])
  t.strictSame(encode(SONNET_45, { stop: ['END'], stream: false }).body.additionalModelResponseFieldPaths, ['/stop_sequence'])
  t.notOk('additionalModelResponseFieldPaths' in encode(NOVA, { stop: ['END'] }).body)
})

const LIMITS: readonly [
  promise: string,
  model: string,
  request: Partial<ChatRequest>,
  max: number | undefined,
  drops: readonly string[],
  operator?: number
][] = [
  ['P6 nobody sets a limit: the usual one', SONNET_46, {}, 8192, []],
  ['P6 nobody sets a limit: never above the ceiling', HAIKU_3, {}, 4096, []],
  ["P6 nobody sets a limit: the operator's", SONNET_46, {}, 20_000, [], 20_000],
  ["P6 the operator's limit stays under the ceiling", HAIKU_3, {}, 4096, [], 20_000],
  ['P6 a model nobody knows gets none', 'acme.model', {}, undefined, []],
  ["the caller's limit stands", SONNET_46, { maxTokens: 1 }, 1, []],
  ['a limit above the ceiling is lowered and reported', HAIKU_3, { maxTokens: 100_000 }, 4096, ['max_completion_tokens']],
  ['a limit below the least is raised and reported', GPT_56, { maxTokens: 5 }, 16, ['max_completion_tokens']]
]
for (const [promise, model, request, max, drops, operator] of LIMITS) {
  t.test(promise, async (t) => {
    const encoded = encode(model, request, {
      defaults: { autoCache: false, ...(operator === undefined ? {} : { maxTokens: operator }) }
    })
    t.equal(at(encoded.body, 'inferenceConfig.maxTokens'), max)
    t.strictSame(dropped(encoded), drops)
  })
}

t.test('P12 settings that the model lacks are reported', async (t) => {
  const encoded = encode(NOVA_2, {
    sampling: { seed: 7, logitBias: { 1: 2 }, frequencyPenalty: 0.5 }
  })
  t.strictSame(dropped(encoded), ['seed', 'logit_bias', 'frequency_penalty'])
})

t.test('P12 settings go into the native body where the table names a place', async (t) => {
  const encoded = encode('cohere.command-r-plus-v1:0', {
    sampling: { seed: 7, frequencyPenalty: 0.5, logitBias: { 1: 2 } }
  })
  t.strictSame(encoded.body.additionalModelRequestFields, { seed: 7, frequency_penalty: 0.5 })
  t.strictSame(dropped(encoded), ['logit_bias'])
})
