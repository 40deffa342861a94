import t from 'tap'
import { type AnswerContext, createEventDecoder, PLAIN_ANSWER } from '../../../src/bedrock/converse/decode-events.ts'
import { decodeConverseResponse } from '../../../src/bedrock/converse/decode-response.ts'
import { createCollector } from '../../../src/core/collect.ts'
import type { ModelEvent } from '../../../src/core/event.ts'
import type { JsonObject } from '../../../src/core/json.ts'

type Frame = readonly [eventType: string, payload: JsonObject]

const start: Frame = ['messageStart', { role: 'assistant', p: 'abc' }]
const delta = (contentBlockIndex: number, inner: JsonObject): Frame => [
  'contentBlockDelta',
  { contentBlockIndex, delta: inner, p: 'ab' }
]
const says = (index: number, text: string) => delta(index, { text })
const thinks = (index: number, inner: JsonObject) => delta(index, { reasoningContent: inner })
const calls = (contentBlockIndex: number, name: string, more: JsonObject = {}): Frame => [
  'contentBlockStart',
  { contentBlockIndex, start: { toolUse: { name, toolUseId: `id${contentBlockIndex}`, ...more } } }
]
const input = (index: number, json: string) => delta(index, { toolUse: { input: json } })
const stop = (contentBlockIndex: number): Frame => ['contentBlockStop', { contentBlockIndex }]
const ends = (stopReason: string, more: JsonObject = {}): Frame => ['messageStop', { stopReason, ...more }]
const usage: Frame = ['metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 5 } }]

function decode(frames: readonly Frame[], context: Partial<AnswerContext> = {}): readonly ModelEvent[] {
  const decoder = createEventDecoder({ ...PLAIN_ANSWER, ...context })
  const events = frames.flatMap(([type, payload]) => decoder.frame(type, payload))
  decoder.end()
  return events
}

/** Events in short: a letter and what they carry. */
function brief(events: readonly ModelEvent[]): string {
  return events.map(word).join(' ')
}

function word(event: ModelEvent): string {
  switch (event.type) {
    case 'text':
      return `text${event.block}:${event.text}`
    case 'reasoning':
      return `think${event.block}:${event.text}`
    case 'reasoning-signature':
      return `sign${event.block}:${event.signature}`
    case 'reasoning-redacted':
      return `hide${event.block}:${event.data}`
    case 'tool-start':
      return `call${event.block}:${event.name}`
    case 'tool-input':
      return `in${event.block}:${event.json}`
    case 'citation':
      return `cite${event.block}`
    case 'block-end':
      return `/${event.block}`
    case 'finish':
      return `=${event.reason}`
    case 'start':
    case 'usage':
      return event.type
  }
}

const ROWS: readonly [promise: string, frames: readonly Frame[], events: string, context?: Partial<AnswerContext>][] = [
  [
    'text without a block start',
    [start, says(0, 'a'), says(0, 'b'), stop(0), ends('end_turn'), usage],
    'start text0:a text0:b /0 =end usage'
  ],
  [
    'an empty block start says nothing',
    [start, ['contentBlockStart', { contentBlockIndex: 0, start: {} }], says(0, 'a'), stop(0), ends('end_turn')],
    'start text0:a /0 =end'
  ],
  [
    'an empty text block leaves no trace',
    [start, says(0, ''), stop(0), thinks(1, { text: 'hm' }), stop(1), ends('end_turn')],
    'start think0:hm /0 =end'
  ],
  [
    'X1 several text blocks',
    [start, says(0, 'part1 '), stop(0), says(1, 'part2'), stop(1), ends('end_turn')],
    'start text0:part1  /0 text1:part2 /1 =end'
  ],
  [
    'reasoning with its signature',
    [start, thinks(0, { text: 'hm' }), thinks(0, { signature: 'Es' }), stop(0), says(1, 'a'), stop(1), ends('end_turn')],
    'start think0:hm sign0:Es /0 text1:a /1 =end'
  ],
  [
    'X2 redacted reasoning, its pieces as one',
    [start, thinks(0, { redactedContent: 'QUI=' }), thinks(0, { redactedContent: 'Q0Q=' }), stop(0), ends('end_turn')],
    'start hide0:QUJDRA== /0 =end'
  ],
  [
    'redacted reasoning of another family is marked',
    [start, thinks(0, { redactedContent: 'QUI=' }), stop(0), ends('end_turn')],
    'start hide0:gpt:QUI= /0 =end',
    { reasoningMark: 'gpt:' }
  ],
  [
    'a signature of another family is kept back',
    [start, thinks(0, { text: 'hm' }), thinks(0, { signature: 'Es' }), stop(0), ends('end_turn')],
    'start think0:hm /0 =end',
    { reasoningMark: 'gpt:' }
  ],
  ['X3 reasoning that runs out of tokens', [start, thinks(0, { text: 'hm' }), ends('max_tokens')], 'start think0:hm /0 =length'],
  [
    'T23 reasoning and a tool',
    [start, thinks(0, { text: 'hm' }), stop(0), calls(1, 'f'), input(1, '{"a":'), input(1, '1}'), stop(1), ends('tool_use')],
    'start think0:hm /0 call1:f in1:{"a": in1:1} /1 =tool-calls'
  ],
  ['T22 a tool without input', [start, calls(0, 'f'), stop(0), ends('tool_use')], 'start call0:f in0:{} /0 =tool-calls'],
  [
    'T22 a tool with empty input pieces',
    [start, calls(0, 'f'), input(0, ''), stop(0), ends('tool_use')],
    'start call0:f in0:{} /0 =tool-calls'
  ],
  [
    'T25 a tool beside end_turn',
    [start, calls(0, 'f'), input(0, '{}'), stop(0), ends('end_turn')],
    'start call0:f in0:{} /0 =tool-calls'
  ],
  [
    'T26 a tool cut by max_tokens is there as far as it came',
    [start, calls(0, 'f'), input(0, '{"a'), ends('max_tokens')],
    'start call0:f in0:{"a /0 =length'
  ],
  [
    'T11 the caller sees its own name',
    [start, calls(0, 'a_b'), stop(0), ends('tool_use')],
    'start call0:a.b in0:{} /0 =tool-calls',
    { toolNames: new Map([['a_b', 'a.b']]) }
  ],
  [
    "the provider's own tools are not the caller's",
    [
      start,
      calls(0, 'nova_code_interpreter', { type: 'server_tool_use' }),
      input(0, '{"x":1}'),
      stop(0),
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolResult: { toolUseId: 'id0' } } }],
      delta(1, { toolResult: [{ json: {} }] }),
      stop(1),
      says(2, 'a'),
      stop(2),
      ends('end_turn')
    ],
    'start text0:a /0 =end'
  ],
  [
    'grounding is known by its name',
    [start, calls(0, 'nova_grounding'), input(0, '{}'), stop(0), ends('end_turn')],
    'start =end',
    { systemTools: ['nova_grounding'] }
  ],
  [
    'a tool_use type of newer models is a call',
    [start, calls(0, 'f', { type: 'tool_use' }), stop(0), ends('tool_use')],
    'start call0:f in0:{} /0 =tool-calls'
  ],
  [
    'X6 citations stay with their text',
    [start, says(0, 'a'), delta(0, { citation: { title: 'T' } }), stop(0), ends('end_turn')],
    'start text0:a cite0 /0 =end'
  ],
  [
    'unknown events and deltas are passed over',
    [
      start,
      ['somethingNew', { x: 1 }],
      delta(0, { image: {} }),
      delta(0, {}),
      says(0, 'a'),
      stop(0),
      ends('end_turn'),
      ['afterwards', {}],
      usage
    ],
    'start text0:a /0 =end usage'
  ],
  ['a stream without messageStart begins all the same', [says(0, 'a'), stop(0), ends('end_turn')], 'start text0:a /0 =end'],
  ['a second messageStart is passed over', [start, start, ends('end_turn')], 'start =end'],
  [
    'a kind that changes within a block makes two blocks',
    [start, thinks(0, { text: 'hm' }), says(0, 'a'), stop(0), ends('end_turn')],
    'start think0:hm /0 text1:a /1 =end'
  ],
  [
    'a block that nobody ended is ended by the next',
    [start, says(0, 'a'), says(1, 'b'), ends('end_turn')],
    'start text0:a /0 text1:b /1 =end'
  ],
  ['metadata before messageStop waits for it', [start, usage, ends('end_turn')], 'start =end usage'],
  ['metadata counts once', [start, ends('end_turn'), usage, usage], 'start =end usage'],
  ['nothing comes after messageStop', [start, ends('end_turn'), says(0, 'late'), ends('max_tokens')], 'start =end'],
  [
    'P10 the answer tool is the text',
    [start, calls(0, 'json'), input(0, '{"a":'), input(0, '1}'), stop(0), ends('tool_use')],
    'start text0:{"a": text0:1} /0 =end',
    { jsonTool: 'json' }
  ],
  [
    'P10 words before the answer tool are no part of the JSON',
    [start, says(0, 'Here:'), stop(0), calls(1, 'json'), input(1, '{}'), stop(1), says(2, 'Done.'), stop(2), ends('tool_use')],
    'start text1:{} /1 =end',
    { jsonTool: 'json' }
  ],
  [
    'P10 a model that will not call it still answers',
    [start, says(0, 'Sorry'), stop(0), ends('guardrail_intervened')],
    'start text1:Sorry /1 =filtered',
    { jsonTool: 'json' }
  ],
  [
    'P10 a real call beside the answer tool wins',
    [start, says(0, 'Let me see'), stop(0), calls(1, 'f'), stop(1), ends('tool_use')],
    'start text1:Let me see /1 call2:f in2:{} /2 =tool-calls',
    { jsonTool: 'json' }
  ],
  [
    'P10 a second answer is passed over',
    [start, calls(0, 'json'), input(0, '1'), stop(0), calls(1, 'json'), input(1, '2'), stop(1), ends('tool_use')],
    'start text0:1 /0 =end',
    { jsonTool: 'json' }
  ],
  [
    'P10 an answer cut by max_tokens is a length',
    [start, calls(0, 'json'), input(0, '{"a'), ends('max_tokens')],
    'start text0:{"a /0 =length',
    { jsonTool: 'json' }
  ]
]
for (const [promise, frames, events, context] of ROWS) {
  t.test(promise, async (t) => t.equal(brief(decode(frames, context)), events))
}

const REASONS: readonly [raw: string, reason: string][] = [
  ['end_turn', 'end'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context-full'],
  ['guardrail_intervened', 'filtered'],
  ['content_filtered', 'filtered'],
  ['refusal', 'refusal'],
  ['malformed_tool_use', 'malformed'],
  ['malformed_model_output', 'malformed'],
  ['pause_turn', 'pause'],
  ['tool_use', 'end'],
  ['constructor', 'end'],
  ['brand_new', 'end']
]
for (const [raw, reason] of REASONS) {
  t.test(`X7 ${raw} without a call ends as ${reason}, with its own word beside`, async (t) => {
    t.match(decode([start, ends(raw)]).at(-1), { type: 'finish', reason, details: { raw } })
  })
}

t.test('F3: arguments of no call are an error, and never lost', async (t) => {
  const decoder = createEventDecoder(PLAIN_ANSWER)
  decoder.frame(...start)
  t.throws(() => decoder.frame(...input(0, '{"a":1}')), /arguments of no call/)
})

t.test('F3: of blocks written at once that nobody ended, all is told at the end', async (t) => {
  const frames = [start, calls(0, 'f'), calls(1, 'g'), input(0, '{"a":'), input(1, '{"b":'), input(0, '1}'), input(1, '2}')]
  const told = brief(decode([...frames, says(2, 'x'), ends('tool_use')]))
  t.match(told, /\{"a":1\}|\{"a":.*1\}/)
  t.match(told, /\{"b":.*2\}.*x/)
})

t.test('a stream that ends without messageStop is an error', async (t) => {
  const decoder = createEventDecoder(PLAIN_ANSWER)
  decoder.frame(...start)
  decoder.frame(...says(0, 'a'))
  t.throws(() => decoder.end(), /before the answer was complete/)
})

t.test('the stop string that was met is told, whole and streamed; other native fields only on demand', async (t) => {
  const extra = { additionalModelResponseFields: { delta: { stop_sequence: 'END' } } }
  t.strictSame(decode([start, ends('stop_sequence', extra)])[1], {
    type: 'finish',
    reason: 'stop-sequence',
    details: { raw: 'stop_sequence', stopSequence: 'END' }
  })
  const asked = decode([start, ends('stop_sequence', extra)], { keepExtra: true })[1]
  t.match(asked, { details: { extra: { delta: { stop_sequence: 'END' } } } })
  const whole = decodeConverseResponse(
    {
      output: { message: { content: [] } },
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { stop_sequence: 'END' }
    },
    PLAIN_ANSWER
  )
  t.match(whole[1], { details: { stopSequence: 'END' } })
})

t.test('X8 usage adds up, under either name of the cache counts', async (t) => {
  const wire = {
    inputTokens: 4,
    cacheWriteInputTokens: 1812,
    cacheReadInputTokenCount: 7,
    outputTokens: 10,
    totalTokens: 1833,
    serverToolUsage: {}
  }
  const more = { metrics: { latencyMs: 9 }, serviceTier: { type: 'flex' }, trace: { guardrail: {} } }
  t.strictSame(decode([start, ends('end_turn'), ['metadata', { usage: wire, ...more }]]).at(-1), {
    type: 'usage',
    usage: { inputTokens: 4, cacheReadTokens: 7, cacheWriteTokens: 1812, outputTokens: 10 },
    details: { latencyMs: 9, serviceTier: 'flex', trace: { guardrail: {} } }
  })
})

t.test('reasoning tokens are told where the model tells them', async (t) => {
  const extra = { additionalModelResponseFields: { usage: { output_tokens_details: { reasoning_tokens: 6 } } } }
  t.match(decode([start, ends('end_turn', extra), usage]).at(-1), { usage: { outputTokens: 2, reasoningTokens: 6 } })
})

t.test('a citation says where it points and at what words', async (t) => {
  const citation = {
    title: 'T',
    source: 's',
    sourceContent: [{ text: 'a' }, { text: 'b' }],
    location: { web: { url: 'https://x', domain: 'x' } }
  }
  t.strictSame(decode([start, says(0, 'a'), delta(0, { citation }), stop(0), ends('end_turn')])[2], {
    type: 'citation',
    block: 0,
    citation: { title: 'T', url: 'https://x', source: 's', text: 'ab', location: { web: { url: 'https://x', domain: 'x' } } }
  })
})

t.test('T24 a whole answer keeps text beside its call, arguments as one JSON text', async (t) => {
  const content = [{ text: 'Let me check' }, { toolUse: { toolUseId: 'x', name: 'f', input: { city: '上海' } } }]
  const folder = createCollector()
  for (const event of decodeConverseResponse(
    { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use', usage: {} },
    PLAIN_ANSWER
  ))
    folder.add(event)
  t.match(folder.result(), {
    finish: 'tool-calls',
    blocks: [
      { type: 'text', text: 'Let me check' },
      { type: 'tool-call', id: 'x', name: 'f', json: '{"city":"上海"}' }
    ]
  })
})

for (const [what, body] of [
  ['nothing', undefined],
  ['a list', []],
  ['no output', { stopReason: 'end_turn' }],
  ['no reason', { output: { message: { content: [] } } }]
] as const) {
  t.test(`a body that holds ${what} is no answer`, async (t) =>
    t.throws(() => decodeConverseResponse(body, PLAIN_ANSWER), /without a message/)
  )
}
