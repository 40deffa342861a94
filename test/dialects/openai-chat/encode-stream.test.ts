import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { jsonBytes } from '../../../src/core/byte-string.ts'
import type { EventBatch, ModelEvent } from '../../../src/core/event.ts'
import { DONE_FRAME, frame } from '../../../src/dialects/openai/frames.ts'
import { encodeChatCompletion } from '../../../src/dialects/openai-chat/encode-completion.ts'
import { createChatStreamEncoders, usageFrame } from '../../../src/dialects/openai-chat/encode-stream.ts'
import type { ChatOptions } from '../../../src/dialects/openai-chat/options.ts'
import { collect } from '../readers/collect.ts'
import { asText, readFrames } from '../readers/read-sse.ts'
import {
  answer,
  anyAnswer,
  call,
  cited,
  finish,
  fold,
  HEAD,
  PLAIN,
  reasoning,
  redacted,
  streamEncoder,
  text,
  USAGE
} from './events.ts'

function stream(events: EventBatch, options: ChatOptions = PLAIN): string {
  const encoder = streamEncoder(options)
  return asText(encoder.batch(events) + encoder.end())
}

const anyOptions: fc.Arbitrary<ChatOptions> = fc.record({
  count: fc.constant(1),
  includeUsage: fc.boolean(),
  legacyFunctions: fc.boolean(),
  reasoningFormat: fc.constantFrom('field', 'think', 'both', 'none'),
  customTools: fc.constantFrom(new Set<string>(), new Set(['patch']))
})

t.test('law: a stream adds up to the very message that is answered whole', async (t) => {
  fc.assert(
    fc.property(anyAnswer, anyOptions, (events, options) => {
      const whole = encodeChatCompletion([fold(events)], HEAD, options)
      const choice = whole.choices[0]
      const { role: _, refusal: __, tool_calls: calls, content, ...message } = { ...choice?.message }
      const streamed = collect(stream(events, options))
      const expected = { ...message, content: content ?? '', ...(calls ? { tool_calls: numbered(calls) } : {}) }
      assert.deepEqual(sorted(streamed.message), sorted(expected))
      assert.equal(streamed.finish_reason, choice?.finish_reason)
      if (options.includeUsage) assert.deepEqual(streamed.usage, whole.usage)
    }),
    { numRuns: 300 }
  )
  t.pass()
})

t.test('law: a piece that brings its JSON is copied to the same bytes', async (t) => {
  const withLiteral = (event: ModelEvent): ModelEvent => {
    if (event.type === 'text' || event.type === 'reasoning') return { ...event, literal: jsonBytes(event.text) }
    return event.type === 'tool-input' ? { ...event, literal: jsonBytes(event.json) } : event
  }
  fc.assert(
    fc.property(anyAnswer, anyOptions, (events, options) => {
      assert.equal(stream(events.map(withLiteral), options), stream(events, options))
    })
  )
  t.pass()
})

t.test('law: any cut into batches gives the same bytes', async (t) => {
  fc.assert(
    fc.property(anyAnswer, anyOptions, fc.array(fc.nat(20)), (events, options, cuts) => {
      const encoder = streamEncoder(options)
      let rest = events
      let out = ''
      for (const cut of cuts) {
        out += encoder.batch(rest.slice(0, cut))
        rest = rest.slice(cut)
      }
      assert.equal(asText(out + encoder.batch(rest) + encoder.end()), stream(events, options))
    })
  )
  t.pass()
})

t.test(
  'law: one role, one finish, each id once, indices from 0, one call per chunk, never content beside reasoning',
  async (t) => {
    fc.assert(
      fc.property(anyAnswer, anyOptions, (events, options) => {
        const bytes = stream(events, options)
        const chunks = readFrames(bytes)
        const { roles, finishes } = collect(bytes)
        assert.deepEqual([roles, finishes, chunks[0]?.choices[0]?.delta.role], [1, 1, 'assistant'])
        const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))
        assert.ok(deltas.every(({ tool_calls }) => tool_calls === undefined || tool_calls.length === 1))
        assert.ok(deltas.every(({ content, reasoning_content }) => content === undefined || reasoning_content === undefined))
        const firsts = deltas.flatMap(({ tool_calls }) => tool_calls?.filter(({ id }) => id !== undefined) ?? [])
        assert.deepEqual(
          firsts.map(({ index }) => index),
          firsts.map((_, at) => at)
        )
        assert.equal(new Set(firsts.map(({ id }) => id)).size, firsts.length)
        assert.equal(new Set(chunks.map(({ id, created, model, object }) => `${id} ${created} ${model} ${object}`)).size, 1)
        assert.ok(
          chunks.every(({ usage, choices }) => !usage || choices.length === 0),
          'usage stands alone'
        )
      })
    )
    t.pass()
  }
)

const C = '"system_fingerprint":"fp_adit","choices":[{"index":0,"delta":'
const START = `data: {"id":"${HEAD.id}","object":"chat.completion.chunk","created":${HEAD.created},"model":"${HEAD.model}","service_tier":"default",`
const END = ',"logprobs":null,"finish_reason":null}],"usage":null}'

t.test('the frames of reasoning, text and two calls are these, byte for byte', async (t) => {
  const events = answer(
    [
      reasoning(undefined, 'The user wants'),
      text('Checking'),
      call('call_A1', 'get_weather', '{"city":', '"Paris"}'),
      call('call_B2', 'now')
    ],
    finish('tool-calls'),
    USAGE
  )
  const deltas = [
    '{"role":"assistant","content":"","refusal":null}',
    '{"reasoning_content":"The user wants"}',
    '{"content":"Checking"}',
    '{"tool_calls":[{"index":0,"id":"call_A1","type":"function","function":{"name":"get_weather","arguments":""}}]}',
    '{"tool_calls":[{"index":0,"function":{"arguments":"{\\"city\\":"}}]}',
    '{"tool_calls":[{"index":0,"function":{"arguments":"\\"Paris\\"}"}}]}',
    '{"tool_calls":[{"index":1,"id":"call_B2","type":"function","function":{"name":"now","arguments":""}}]}',
    '{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}'
  ]
  const frames = [
    ...deltas.map((delta) => `${START}${C}${delta}${END}`),
    `${START}${C}{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}`,
    `${START}"system_fingerprint":"fp_adit","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":41,"total_tokens":161,"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":0,"cache_creation_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":12,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}`
  ]
  t.strictSame(stream(events, { ...PLAIN, includeUsage: true }).split('\n\n'), [...frames, ''])
  t.equal(DONE_FRAME, 'data: [DONE]\n\n')
  t.equal(frame('{}'), 'data: {}\n\n')
})

t.test('neighbouring text events of one batch stay frames of their own', async (t) => {
  const chunks = readFrames(stream(answer([text('a', 'b')], finish('end'))))
  t.strictSame(
    chunks.map(({ choices }) => choices[0]?.delta.content),
    ['', 'a', 'b', undefined]
  )
})

t.test('T20 a call after reasoning and text has index 0', async (t) => {
  const bytes = stream(answer([reasoning('s', 'r'), text('t'), call('c', 'now')], finish('tool-calls')))
  const indices = readFrames(bytes).flatMap(({ choices }) => choices[0]?.delta.tool_calls?.map(({ index }) => index) ?? [])
  t.strictSame(indices, [0, 0])
})

t.test('T22 the arguments of a call without any add up to {}', async (t) => {
  t.equal(collect(stream(answer([call('c', 'now')], finish('tool-calls')))).message.tool_calls?.[0]?.function?.arguments, '{}')
})

t.test('T23 unsigned reasoning before a call is closed before it, and the finish is kept', async (t) => {
  const bytes = stream(answer([reasoning(undefined, 'hm'), call('c', 'now')], finish('tool-calls')), {
    ...PLAIN,
    reasoningFormat: 'think'
  })
  const deltas = readFrames(bytes).map(
    ({ choices }) => choices[0]?.delta.content ?? (choices[0]?.delta.tool_calls ? 'call' : 'finish')
  )
  t.strictSame(deltas, ['', '<think>', 'hm', '</think>', 'call', 'call', 'finish'])
  t.equal(collect(bytes).finish_reason, 'tool_calls')
})

t.test('X3 reasoning cut by the token limit finishes with length, its tag closed', async (t) => {
  for (const reasoningFormat of ['field', 'think', 'both', 'none'] as const) {
    const { message, finish_reason } = collect(
      stream(answer([reasoning(undefined, 'hm')], finish('length')), { ...PLAIN, reasoningFormat })
    )
    t.equal(finish_reason, 'length')
    t.equal(message.content, reasoningFormat === 'think' || reasoningFormat === 'both' ? '<think>hm</think>' : '')
  }
})

t.test('X4 reasoning is shown as the format says, and text is never lost', async (t) => {
  const events = answer([reasoning('sig', 'why'), text('so')], finish('end'))
  const rows = [
    ['field', 'so', 'why', 1],
    ['think', '<think>why</think>\n\nso', undefined, 1],
    ['both', '<think>why</think>\n\nso', 'why', 1],
    ['none', 'so', undefined, 0]
  ] as const
  for (const [reasoningFormat, content, field, blocks] of rows) {
    const { message } = collect(stream(events, { ...PLAIN, reasoningFormat }))
    t.strictSame(
      [message.content, message.reasoning_content, message.thinking_blocks?.length ?? 0],
      [content, field, blocks],
      reasoningFormat
    )
  }
})

t.test('signed and redacted reasoning comes in one delta before the finish, with indices', async (t) => {
  const chunks = readFrames(stream(answer([reasoning('sig', 'a', 'b'), redacted('xx'), text('so')], finish('end'))))
  t.strictSame(chunks.at(-2)?.choices[0]?.delta.thinking_blocks, [
    { index: 0, type: 'thinking', thinking: 'ab', signature: 'sig' },
    { index: 1, type: 'redacted_thinking', data: 'xx' }
  ])
})

t.test('X6 citations become annotations over the block that cites, behind the text before it', async (t) => {
  const { message } = collect(stream(answer([text('See '), cited('this', 'https://a.b/')], finish('end'))))
  t.equal(message.content, 'See this')
  t.match(message.annotations, [
    { type: 'url_citation', url_citation: { start_index: 4, end_index: 8, url: 'https://a.b/', title: 'A page' } }
  ])
})

t.test('X9 usage comes once, in a chunk without choices, and only when asked for', async (t) => {
  const events = answer([text('a')], finish('end'), USAGE)
  t.equal(readFrames(stream(events)).filter(({ usage }) => usage !== undefined).length, 0)
  const asked = readFrames(stream(events, { ...PLAIN, includeUsage: true }))
  t.strictSame(
    asked.map(({ usage }) => usage !== null),
    [false, false, false, true]
  )
  t.strictSame(asked.at(-1)?.choices, [])
})

t.test('a caller of functions gets one function_call, and its finish', async (t) => {
  const events = answer([call('c', 'now', '{"a":', '1}'), call('d', 'now')], finish('tool-calls'))
  const { message, finish_reason } = collect(stream(events, { ...PLAIN, legacyFunctions: true }))
  t.strictSame(
    [message.function_call, message.tool_calls, finish_reason],
    [{ name: 'now', arguments: '{"a":1}' }, undefined, 'function_call']
  )
})

t.test('a custom tool gets its string, unwrapped', async (t) => {
  const events = answer([call('c', 'patch', '{"input":"a\\n', 'b"}')], finish('tool-calls'))
  const { message } = collect(stream(events, { ...PLAIN, customTools: new Set(['patch']) }))
  t.strictSame(message.tool_calls, [{ index: 0, id: 'c', type: 'custom', custom: { name: 'patch', input: 'a\nb' } }])
})

t.test('fields of the model come with the finish when the caller asked for them', async (t) => {
  const end = { type: 'finish', reason: 'end', details: { raw: 'end_turn', extra: { stop_sequence: 'x' } } } as const
  t.match(
    stream(answer([text('a')], end), { ...PLAIN, responseFields: true }),
    '"additional_model_response_fields":{"stop_sequence":"x"}'
  )
  t.notMatch(stream(answer([text('a')], end)), 'stop_sequence')
})

t.test('the tier that was used is told where Bedrock tells it, else the one asked for', async (t) => {
  const usage = {
    type: 'usage',
    usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 },
    details: { serviceTier: 'flex' }
  } as const
  const chunks = readFrames(stream(answer([], finish('end'), usage), { ...PLAIN, includeUsage: true, serviceTier: 'priority' }))
  t.strictSame(
    chunks.map(({ service_tier }) => service_tier),
    ['priority', 'priority', 'flex']
  )
})

t.test('P11 of several choices the first is announced first, and usage is summed', async (t) => {
  const options = { ...PLAIN, count: 2, includeUsage: true }
  const encoders = createChatStreamEncoders(HEAD, options, 2)
  const [first, second] = encoders
  const bytes =
    (second?.batch(answer([text('two')], finish('end'), USAGE)) ?? '') +
    (first?.batch(answer([text('one')], finish('length'), USAGE)) ?? '') +
    usageFrame(HEAD, options, encoders)
  const chunks = readFrames(bytes)
  t.strictSame(
    chunks.slice(0, 2).map(({ choices }) => [choices[0]?.index, choices[0]?.delta.role]),
    [
      [0, 'assistant'],
      [1, 'assistant']
    ]
  )
  t.strictSame([collect(bytes, 0).message.content, collect(bytes, 1).message.content], ['one', 'two'])
  t.strictSame([collect(bytes, 0).roles, collect(bytes, 1).roles, collect(bytes, 0).finish_reason], [1, 1, 'length'])
  t.match(chunks.at(-1)?.usage, { prompt_tokens: 240, completion_tokens: 82 })
})

function numbered(calls: unknown): unknown[] {
  return (calls as object[]).map((each, index) => ({ ...each, index }))
}

function sorted(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) => (isPlain(member) ? Object.fromEntries(Object.entries(member).sort()) : member))
  )
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
