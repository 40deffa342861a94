import t from 'tap'
import { startStandin } from '../../src/standin/server.ts'

const standin = await startStandin({ auth: 'off' })
t.teardown(() => standin.close())

const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
const SONNET_45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const OPUS_47 = 'us.anthropic.claude-opus-4-7'

async function invoke(body: object, model = SONNET_46, operation = 'invoke') {
  const response = await fetch(
    `${standin.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME}/model/${encodeURIComponent(model)}/${operation}`,
    {
      method: 'POST',
      body: JSON.stringify(body)
    }
  )
  const text = await response.text()
  return { status: response.status, headers: response.headers, text }
}

const user = (content: unknown) => ({ role: 'user', content })
const BODY = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: [user('hi')] }
const f = { name: 'f', input_schema: { type: 'object' } }
const use = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] }
const mark = { cache_control: { type: 'ephemeral' } }
const marked = (count: number) => Array.from({ length: count }, (_, n) => ({ type: 'text', text: `t${n}`, ...mark }))
const THINK = { type: 'enabled', budget_tokens: 1024 }
const LAST = { role: 'assistant', content: 'so' }

/** A body that Anthropic's own API or a careless client would send, and what is said of it. */
const REFUSED: readonly [what: string, body: object, says: RegExp, model?: string][] = [
  ['no version', { ...BODY, anthropic_version: undefined }, /anthropic_version: Field required/],
  ['no limit', { ...BODY, max_tokens: undefined }, /max_tokens: Field required/],
  ['a limit of nothing', { ...BODY, max_tokens: 0 }, /max_tokens: Input should be greater than or equal to 1/],
  ['too high a limit', { ...BODY, max_tokens: 1e6 }, /max_tokens: 1000000 > \d+, which is the maximum/],
  ['a model', { ...BODY, model: SONNET_46 }, /^model: Extra inputs are not permitted/],
  ['stream', { ...BODY, stream: true }, /^stream: Extra inputs are not permitted/],
  ['a tier', { ...BODY, service_tier: 'auto' }, /^service_tier: Extra inputs/],
  ['an unknown flag', { ...BODY, anthropic_beta: ['oauth-2025-04-20'] }, /^invalid beta flag/],
  ['edits without their flag', { ...BODY, context_management: { edits: [] } }, /^context_management: Extra inputs/],
  ['metadata of another kind', { ...BODY, metadata: { team: 'a' } }, /metadata.team: Extra inputs/],
  [
    'a scope of a mark',
    { ...BODY, system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global' } }] },
    /system.0.text.cache_control.ephemeral.scope: Extra inputs/
  ],
  ['five marks', { ...BODY, messages: [user(marked(5))] }, /maximum of 4 blocks with cache_control may be provided. Found 5/],
  [
    'an hour after five minutes',
    {
      ...BODY,
      system: marked(1),
      messages: [user([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }])]
    },
    /must not come after/
  ],
  ['empty text', { ...BODY, messages: [user([{ type: 'text', text: '' }])] }, /text content blocks must be non-empty/],
  ['blank text', { ...BODY, messages: [user([{ type: 'text', text: ' ' }])] }, /must contain non-whitespace text/],
  ['no content', { ...BODY, messages: [user([])] }, /must have non-empty content/],
  ['no messages', { ...BODY, messages: [] }, /at least one message/],
  ['an assistant first', { ...BODY, messages: [LAST, user('a')] }, /first message must use the "user" role/],
  ['a block of Converse', { ...BODY, messages: [user([{ text: 'a' }])] }, /messages.0.content.0.type: Field required/],
  [
    'a picture by address',
    { ...BODY, messages: [user([{ type: 'image', source: { type: 'url', url: 'https://x' } }])] },
    /Input tag 'url' found/
  ],
  [
    'an open call',
    { ...BODY, tools: [f], messages: [user('a'), use, user('b')] },
    /messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1/
  ],
  [
    'a stray result',
    { ...BODY, tools: [f], messages: [user([{ type: 'tool_result', tool_use_id: 'toolu_9' }])] },
    /unexpected `tool_use_id` found/
  ],
  [
    'a dotted id',
    {
      ...BODY,
      tools: [f],
      messages: [user('a'), { role: 'assistant', content: [{ type: 'tool_use', id: 'f:0', name: 'f', input: {} }] }]
    },
    /id: String should match pattern/
  ],
  [
    'a tool of Anthropic’s',
    { ...BODY, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    /tools.0: Input tag 'web_search_20250305' found using 'type'/
  ],
  [
    'a deferred tool without the flag',
    { ...BODY, tools: [f, { ...f, name: 'g', defer_loading: true }] },
    /tools.1.custom.defer_loading: Extra inputs/
  ],
  ['a member nobody knows', { ...BODY, tools: [{ ...f, allowed_callers: [] }] }, /tools.0.custom.allowed_callers: Extra inputs/],
  [
    'anyOf at the root',
    { ...BODY, tools: [{ name: 'f', input_schema: { anyOf: [] } }] },
    /does not support oneOf, allOf, or anyOf/
  ],
  [
    'a choice without tools',
    { ...BODY, tool_choice: { type: 'any' } },
    /tool_choice may only be specified while providing tools/
  ],
  [
    'thinking with force',
    { ...BODY, max_tokens: 5000, thinking: THINK, tools: [f], tool_choice: { type: 'any' } },
    /Thinking may not be enabled when tool_choice forces/
  ],
  ['a budget above the limit', { ...BODY, thinking: THINK }, /`max_tokens` must be greater than/],
  [
    'a budget to a new model',
    { ...BODY, max_tokens: 5000, thinking: THINK },
    /"thinking.type.enabled" is not supported/,
    OPUS_47
  ],
  [
    'adaptive to an old model',
    { ...BODY, thinking: { type: 'adaptive' } },
    /"thinking.type.adaptive" is not supported/,
    SONNET_45
  ],
  ['a temperature to a new model', { ...BODY, temperature: 0.5 }, /`temperature` is deprecated/, OPUS_47],
  ['both samplings', { ...BODY, temperature: 0.5, top_p: 0.5 }, /cannot both be specified/, SONNET_45],
  [
    'a false signature',
    {
      ...BODY,
      messages: [
        user('a'),
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'x', signature: 'y' },
            { type: 'text', text: 'b' }
          ]
        },
        user('c')
      ]
    },
    /Invalid `signature` in `thinking` block/
  ],
  ['a beginning of the answer', { ...BODY, messages: [user('a'), LAST] }, /does not support assistant message prefill/, OPUS_47],
  [
    'a beginning that ends in a space',
    { ...BODY, messages: [user('a'), { role: 'assistant', content: 'so ' }] },
    /cannot end with trailing whitespace/,
    SONNET_45
  ],
  [
    'a system turn to an old model',
    { ...BODY, messages: [user('a'), { role: 'system', content: 'b' }, user('c')] },
    /role: Input should be 'user' or 'assistant'/,
    SONNET_45
  ]
]

for (const [what, body, says, model] of REFUSED) {
  t.test(`Claude's own body with ${what} is refused`, async (t) => {
    const { status, text, headers } = await invoke(body, model)
    t.equal(status, 400, text)
    t.match(headers.get('x-amzn-errortype'), /^ValidationException/)
    t.match(JSON.parse(text).message, says)
    t.notMatch(text, 'The model returned the following errors')
  })
}

t.test('a user id may be JSON, as Claude Code’s is in its Bedrock mode', async (t) => {
  t.equal((await invoke({ ...BODY, metadata: { user_id: '{"a":1}' } })).status, 200)
})

t.test('turns of one role may repeat, and the counts stand in headers', async (t) => {
  const { status, headers, text } = await invoke({ ...BODY, messages: [user('a'), user('b')] })
  t.equal(status, 200)
  t.match(JSON.parse(text), {
    type: 'message',
    role: 'assistant',
    id: /^msg_bdrk_/,
    stop_reason: 'end_turn',
    stop_sequence: null
  })
  for (const name of ['input', 'output', 'cache-read-input', 'cache-write-input'])
    t.match(headers.get(`x-amzn-bedrock-${name}-token-count`), /^\d+$/)
})

t.test('a stream is chunks of base64, and metrics end it', async (t) => {
  const { status, text } = await invoke(BODY, SONNET_46, 'invoke-with-response-stream')
  t.equal(status, 200)
  const events = [...text.matchAll(/"bytes":"([^"]+)"/g)].map(([, bytes = '']) =>
    JSON.parse(Buffer.from(bytes, 'base64').toString())
  )
  t.equal(events[0].type, 'message_start')
  t.match(events.at(-1), { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: Number } })
})

t.test('other families have no body of this kind', async (t) => {
  t.equal((await invoke(BODY, 'amazon.nova-lite-v1:0')).status, 400)
})
