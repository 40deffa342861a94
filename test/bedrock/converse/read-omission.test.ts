import t from 'tap'
import { isLasting, readOmission } from '../../../src/bedrock/converse/read-omission.ts'
import type { ChatRequest } from '../../../src/core/request.ts'
import { assistant, call, encode, NOVA, NOVA_2, result, SONNET_45, SONNET_46, tool, user } from './encode.ts'

const FIELD = (name: string) => `This model doesn't support the ${name} field. Remove ${name} and try again.`
const MODEL = (words: string) => `The model returned the following errors: ${words}`
const OUTPUT: ChatRequest['output'] = { type: 'json-schema', name: 'x', strict: true, schema: { type: 'object', properties: {} } }
const FAILED = { tools: [tool()], turns: [user('q'), assistant(call('a')), user({ ...result('a'), isError: true } as never)] }

const THOUGHT = { type: 'reasoning', text: 'hm', signature: 'EsIg' } as const

const REFUSALS: readonly [message: string, model: string, request: Partial<ChatRequest>, omission: string][] = [
  [
    'The text field in the ContentBlock object at messages.1.content.1 is blank. Add text to the text field, and try again.',
    SONNET_45,
    { turns: [user('q'), assistant(THOUGHT, '\n\n', THOUGHT, 'a'), user('b')] },
    'blankText'
  ],
  [FIELD('temperature'), NOVA, { temperature: 0.5 }, 'temperature'],
  [MODEL('`temperature` is deprecated for this model.'), NOVA, { temperature: 0.5 }, 'temperature'],
  [FIELD('topP'), NOVA, { topP: 0.5 }, 'topP'],
  [
    MODEL('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    NOVA,
    { temperature: 0.5, topP: 0.5 },
    'topP'
  ],
  [MODEL('`top_k` is deprecated for this model.'), SONNET_46, { topK: 5 }, 'topK'],
  [MODEL('Malformed input request: #/inferenceConfig: extraneous key [topK] is not permitted'), NOVA, { topK: 5 }, 'topK'],
  [FIELD('stopSequences'), NOVA, { stop: ['a'] }, 'stopSequences'],
  [FIELD('cachePoint'), SONNET_46, { turns: [user({ type: 'text', text: 'a', cache: {} })] }, 'cachePoint'],
  [
    MODEL('cache_control.ttl: Extra inputs are not permitted'),
    SONNET_46,
    { turns: [user({ type: 'text', text: 'a', cache: { ttl: '1h' } })] },
    'cacheTtl'
  ],
  [MODEL('tools.0.custom.strict: Extra inputs are not permitted'), SONNET_46, { tools: [tool('a', { strict: true })] }, 'strict'],
  [FIELD('status'), SONNET_46, FAILED, 'status'],
  ["This model doesn't support tool use in streaming mode.", SONNET_46, { tools: [tool()] }, 'streamingTools'],
  [MODEL('output_config.format: Extra inputs are not permitted'), SONNET_46, { output: OUTPUT }, 'structuredOutput'],
  [FIELD('outputConfig'), SONNET_46, { output: OUTPUT }, 'structuredOutput'],
  [
    MODEL('tool_choice: type "tool" and "any" are not supported for this model.'),
    SONNET_46,
    { tools: [tool()], toolChoice: { type: 'required' } },
    'toolChoice'
  ],
  [FIELD('toolConfig.toolChoice.any'), SONNET_46, { tools: [tool()], toolChoice: { type: 'required' } }, 'toolChoice'],
  [
    MODEL('tool_choice.disable_parallel_tool_use: Extra inputs are not permitted'),
    SONNET_46,
    { tools: [tool()], parallelToolCalls: false },
    'parallelToolCalls'
  ],
  [MODEL('invalid beta flag'), SONNET_46, { betas: ['context-1m-2025-08-07'] }, 'betas'],
  [MODEL('"thinking.type.enabled" is not supported for this model.'), SONNET_45, { reasoning: { effort: 'low' } }, 'reasoning'],
  [
    MODEL('Malformed input request: extraneous key [reasoningConfig] is not permitted'),
    NOVA_2,
    { reasoning: { effort: 'low' } },
    'reasoning'
  ],
  [
    MODEL('This model does not support assistant message prefill. The conversation must end with a user message.'),
    SONNET_45,
    { turns: [user('a'), assistant('b')] },
    'prefill'
  ],
  ['The provided service tier is not supported for this model.', NOVA, { serviceTier: 'flex' }, 'serviceTier'],
  ['Latency performance configuration is not supported for this model.', NOVA, { latency: 'optimized' }, 'latency'],
  [
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    NOVA,
    { system: [{ type: 'text', text: 's' }] },
    'system'
  ],
  [
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is lower than 4096.',
    NOVA,
    { maxTokens: 5000 },
    'maxTokens<=4096'
  ],
  [
    MODEL('max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for this model'),
    SONNET_46,
    { maxTokens: 9000 },
    'maxTokens<=8192'
  ]
]
for (const [message, model, request, omission] of REFUSALS) {
  t.test(`"${message.slice(0, 90)}" is answered by leaving out ${omission}`, async (t) => {
    const encoded = encode(model, request)
    t.equal(readOmission(message, encoded), omission)
    const again = encode(model, request, { omissions: new Set([omission]) })
    t.not(readOmission(message, again), omission, 'what is left out is not named again')
    t.not(
      JSON.stringify([again.body, again.streaming]),
      JSON.stringify([encoded.body, encoded.streaming]),
      'the next request is another one'
    )
  })
}

const FAULTS: readonly [message: string, request: Partial<ChatRequest>][] = [
  ['The provided model identifier is invalid.', { temperature: 0.5 }],
  ['Input is too long for requested model.', { temperature: 0.5 }],
  [FIELD('temperature'), {}],
  [
    "This model doesn't support the image content block that you provided. Update the content block and try again.",
    { temperature: 0.5 }
  ]
]
for (const [message, request] of FAULTS) {
  t.test(`"${message}" leaves nothing out of a request that holds ${Object.keys(request).join() || 'nothing'}`, async (t) => {
    t.equal(readOmission(message, encode(NOVA, request)), undefined)
  })
}

t.test('what one caller asked too much of is not remembered for the next', async (t) => {
  for (const words of [
    'top_k: Input should be less than or equal to 500',
    'temperature: must be less than or equal to 1.0',
    '#/stopSequences: expected maxItems: 4',
    'Invalid value for anthropic_beta: `no-such-beta-2020-01-01`'
  ])
    t.notOk(isLasting(MODEL(words)), words)
  for (const words of [
    FIELD('temperature'),
    MODEL('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    MODEL('thinking.type.enabled is not supported for this model.'),
    MODEL('Malformed input request: extraneous key [topK] is not permitted'),
    'The maximum tokens you requested exceeds the model limit of 4096.'
  ])
    t.ok(isLasting(words), words)
})
