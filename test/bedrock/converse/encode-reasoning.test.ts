import t from 'tap'
import type { ChatRequest, Effort } from '../../../src/core/request.ts'
import {
  assistant,
  at,
  call,
  dropped,
  encode,
  GPT_6,
  GPT_56,
  GPT_OSS,
  HAIKU_3,
  NOVA,
  NOVA_2,
  OPUS_47,
  OPUS_55,
  result,
  SONNET_45,
  SONNET_46,
  tool,
  user
} from './encode.ts'

type Row = readonly [
  promise: string,
  model: string,
  request: Partial<ChatRequest>,
  fields: object | undefined,
  maxTokens: number | undefined,
  drops: readonly string[]
]
const effort = (word: Effort, more: Partial<ChatRequest> = {}): Partial<ChatRequest> => ({ reasoning: { effort: word }, ...more })
const budget = (tokens: number) => ({ thinking: { type: 'enabled', budget_tokens: tokens } })

const ROWS: readonly Row[] = [
  [
    'P5 low with 2048 tokens leaves half for the answer',
    SONNET_45,
    effort('low', { maxTokens: 2048, temperature: 0.5 }),
    budget(1024),
    2048,
    ['temperature']
  ],
  ['P5 high with 2048 tokens leaves room for the answer', SONNET_45, effort('high', { maxTokens: 2048 }), budget(1536), 2048, []],
  [
    'P5 too few tokens to think and to answer: no thinking, reported',
    SONNET_45,
    effort('high', { maxTokens: 1024 }),
    undefined,
    1024,
    ['reasoning_effort']
  ],
  ['P5 high without a limit gets thought and answer', SONNET_45, effort('high'), budget(4096), 12_288, []],
  ['P5 max without a limit', SONNET_45, effort('max'), budget(16_384), 24_576, []],
  [
    'P5 a budget of the caller is kept',
    SONNET_45,
    { reasoning: { enabled: true, budgetTokens: 10_000 }, maxTokens: 20_000 },
    budget(10_000),
    20_000,
    []
  ],
  [
    'P5 a budget above the limit shrinks and is reported',
    SONNET_45,
    { reasoning: { enabled: true, budgetTokens: 10_000 }, maxTokens: 4096 },
    budget(3072),
    4096,
    ['thinking.budget_tokens']
  ],
  [
    'P5 a budget above the ceiling shrinks below it',
    SONNET_45,
    { reasoning: { budgetTokens: 100_000 } },
    budget(48_000),
    64_000,
    ['thinking.budget_tokens']
  ],
  ['P5 a budget below the least is raised', SONNET_45, { reasoning: { budgetTokens: 10 } }, budget(1024), 9216, []],
  ['P5 thinking without an amount', SONNET_45, { reasoning: { enabled: true } }, budget(4096), 12_288, []],
  ['P5 none on a model that thinks on demand sends nothing', SONNET_45, effort('none'), undefined, 8192, []],
  [
    'P5 Opus 4.7 is adaptive with an effort, and shows its summary',
    OPUS_47,
    effort('high'),
    { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
    12_288,
    []
  ],
  [
    'P5 Opus 4.7 knows xhigh',
    OPUS_47,
    effort('xhigh'),
    { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } },
    16_384,
    []
  ],
  [
    'P5 Sonnet 4.6 has no word above high',
    SONNET_46,
    effort('max'),
    { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    12_288,
    []
  ],
  [
    'P5 minimal is the least word there is',
    SONNET_46,
    effort('minimal'),
    { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    9216,
    []
  ],
  [
    'a budget on an adaptive model becomes a modest word',
    OPUS_47,
    { reasoning: { budgetTokens: 8000 } },
    { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'medium' } },
    10_240,
    []
  ],
  [
    'adaptive thinking without an amount names none',
    SONNET_46,
    { reasoning: { enabled: true } },
    { thinking: { type: 'adaptive' } },
    12_288,
    []
  ],
  [
    'display is the caller’s where the model has it',
    OPUS_47,
    { reasoning: { enabled: true, display: 'omitted' } },
    { thinking: { type: 'adaptive', display: 'omitted' } },
    12_288,
    []
  ],
  ['none on Opus 5 is said aloud', 'us.anthropic.claude-opus-5', effort('none'), { thinking: { type: 'disabled' } }, 8192, []],
  [
    'none on a model that always thinks is its least effort, reported',
    OPUS_55,
    effort('none'),
    { output_config: { effort: 'low' } },
    9216,
    ['reasoning_effort']
  ],
  ['a model that always thinks gets room without being asked', OPUS_55, {}, undefined, 10_240, []],
  ['P5 Claude 3 Haiku ignores effort and reports it', HAIKU_3, effort('high'), undefined, 4096, ['reasoning_effort']],
  ['P5 gpt-oss has its own field', GPT_OSS, effort('medium'), { reasoning_effort: 'medium' }, 10_240, []],
  ['gpt-oss always reasons', GPT_OSS, effort('none'), { reasoning_effort: 'low' }, 9216, ['reasoning_effort']],
  ['GPT-5.6 has an object and takes none', GPT_56, effort('none'), { reasoning: { effort: 'none' } }, 8192, []],
  ['GPT-6 refuses none', GPT_6, effort('none'), { reasoning: { effort: 'low' } }, 9216, ['reasoning_effort']],
  [
    'Nova 2 has reasoningConfig',
    NOVA_2,
    effort('low', { maxTokens: 500 }),
    { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
    500,
    []
  ],
  [
    'Nova 2 at high takes neither limit nor sampling',
    NOVA_2,
    effort('high', { maxTokens: 500, temperature: 0.5 }),
    { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    undefined,
    ['max_completion_tokens', 'temperature']
  ],
  ['Nova 1 does not reason', NOVA, effort('low'), undefined, 8192, ['reasoning_effort']],
  ['Qwen has a word at the top level', 'qwen.qwen3-32b-v1:0', effort('medium'), { reasoning_config: 'low' }, 9216, []],
  ['DeepSeek has a word at the top level', 'deepseek.v3.2', effort('medium'), { reasoning_config: 'medium' }, 10_240, []],
  ['Kimi has its own words', 'moonshotai.kimi-k2.5', effort('xhigh'), { reasoning_effort: 'high' }, 12_288, []],
  ['GLM has no control', 'zai.glm-5', effort('low'), undefined, 10_240, ['reasoning_effort']],
  [
    'P7 a native thinking field is read as a wish',
    SONNET_45,
    { extraFields: { thinking: { type: 'enabled', budget_tokens: 2000 }, foo: 1 }, temperature: 0.3 },
    { foo: 1, ...budget(2000) },
    10_192,
    ['temperature']
  ]
]
for (const [promise, model, request, fields, maxTokens, drops] of ROWS) {
  t.test(promise, async (t) => {
    const encoded = encode(model, request)
    t.strictSame(encoded.body.additionalModelRequestFields, fields)
    t.equal(at(encoded.body, 'inferenceConfig.maxTokens'), maxTokens)
    t.strictSame(dropped(encoded), drops)
  })
}

const LOOP = { tools: [tool()], turns: [user('q'), assistant(call('a')), user(result('a'))] }

t.test('X5 thinking is left out for a tool turn whose reasoning was lost', async (t) => {
  const encoded = encode(SONNET_45, { ...LOOP, reasoning: { effort: 'low' } })
  t.notOk(at(encoded.body, 'additionalModelRequestFields.thinking'))
  t.strictSame(dropped(encoded), ['reasoning_effort'])
})

t.test('X5 adaptive thinking goes on without it', async (t) => {
  t.ok(at(encode(SONNET_46, { ...LOOP, reasoning: { effort: 'low' } }).body, 'additionalModelRequestFields.thinking'))
})

t.test('thinking between tool calls is asked for by flag on Claude 4 to 4.5', async (t) => {
  const request = { tools: [tool()], reasoning: { effort: 'low' as const } }
  t.strictSame(at(encode(SONNET_45, request).body, 'additionalModelRequestFields.anthropic_beta'), [
    'interleaved-thinking-2025-05-14'
  ])
  t.notOk(at(encode(SONNET_46, request).body, 'additionalModelRequestFields.anthropic_beta'))
})

t.test('a control that was refused before is not sent again', async (t) => {
  const encoded = encode(GPT_OSS, { reasoning: { effort: 'low' } }, { omissions: new Set(['reasoning']) })
  t.notOk('additionalModelRequestFields' in encoded.body)
  t.strictSame(dropped(encoded), ['reasoning_effort'])
})
