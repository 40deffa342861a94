import fc from 'fast-check'
import t from 'tap'
import type { AnswerContext } from '../../../src/bedrock/answer/answer-context.ts'
import { createEventDecoder, PLAIN_ANSWER } from '../../../src/bedrock/converse/decode-events.ts'
import { createCollector } from '../../../src/core/collect.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'

type Block = string | { readonly call: string; readonly input?: Json } | { readonly thought: string }

/** An answer of these blocks, its texts cut into pieces of `size`, read into what the caller gets: kind and words of each block. */
function read(context: Partial<AnswerContext>, blocks: readonly Block[], size = 1000, stopReason = 'end_turn') {
  const decoder = createEventDecoder({ ...PLAIN_ANSWER, ...context })
  const folder = createCollector()
  const frame = (type: string, payload: JsonObject) => {
    for (const event of decoder.frame(type, payload)) folder.add(event)
  }
  frame('messageStart', {})
  for (const [contentBlockIndex, block] of blocks.entries()) {
    const deltas = (text: string, wrap: (piece: string) => JsonObject) => {
      for (let at = 0; at < text.length; at += size)
        frame('contentBlockDelta', { contentBlockIndex, delta: wrap(text.slice(at, at + size)) })
    }
    if (typeof block === 'string') deltas(block, (text) => ({ text }))
    else if ('thought' in block) deltas(block.thought, (text) => ({ reasoningContent: { text } }))
    else {
      frame('contentBlockStart', { contentBlockIndex, start: { toolUse: { name: block.call, toolUseId: 'tooluse_a' } } })
      deltas(typeof block.input === 'string' ? block.input : JSON.stringify(block.input ?? {}), (input) => ({
        toolUse: { input }
      }))
    }
    frame('contentBlockStop', { contentBlockIndex })
  }
  frame('messageStop', { stopReason })
  const { blocks: told, finish } = folder.result()
  const words = told.map((block) => {
    if (block.type === 'tool-call') return `${block.name}(${block.json})`
    return block.type === 'reasoning' ? `thought: ${block.text}` : block.type === 'text' ? block.text : block.data
  })
  return { words, finish }
}

const TAGS = { inlineReasoning: true } as const
const CALLS = {
  textCalls: { names: new Set(['look', 'a_b']), idPrefix: 'call_x_' },
  toolNames: new Map([['a_b', 'a.b']])
} as const
const JSON_TEXT = { jsonText: true } as const
const DSML = '<｜DSML｜function_calls'
const MARKS = { callMarkers: [DSML] } as const
const UNWRAP = { jsonTool: 'json', jsonUnwrap: true } as const
const CALL = '{"name": "look", "parameters": {"city": "Rome"}}'

const ROWS: readonly [promise: string, context: Partial<AnswerContext>, blocks: readonly Block[], words: readonly string[]][] = [
  ['tags at the beginning are reasoning', TAGS, ['<think>Hm.\n</think>\n\nHi.'], ['thought: Hm.', 'Hi.']],
  [
    'Nova’s tags are reasoning',
    TAGS,
    ['<thinking> I must look. </thinking>\n', { call: 'look' }],
    ['thought: I must look.', 'look({})']
  ],
  ['space before the tag is no answer', TAGS, ['\n <think>a</think>b'], ['thought: a', 'b']],
  [
    'F4: tags without an end are reasoning, and the answer',
    TAGS,
    ['<think>a < b </thi'],
    ['thought: a < b </thi', 'a < b </thi']
  ],
  ['F4: blank text behind them is none', TAGS, ['<thinking>\n a\n\n b \n', '\n'], ['thought: a\n\n b', '\n', 'a\n\n b']],
  ['F4: words behind them are the answer', TAGS, ['<think>a', 'b'], ['thought: a', 'b']],
  ['F4: a call behind them is the answer', TAGS, ['<think>a', { call: 'look' }], ['thought: a', 'look({})']],
  ['F4: a tag alone leaves nothing', TAGS, ['<think>\n'], []],
  ['F4: JSON is found in them', { ...TAGS, ...JSON_TEXT }, ['<think>So {"a":1}'], ['thought: So {"a":1}', '{"a":1}']],
  [
    'F4: an answer by tool needs no other',
    { ...TAGS, jsonTool: 'json' },
    ['<think>a', { call: 'json', input: { a: 1 } }],
    ['thought: a', '{"a":1}']
  ],

  ['F6: a marker at the end is taken out', MARKS, [`Wait.\n\n${DSML}`, { call: 'look' }], ['Wait.\n\n', 'look({})']],
  ['F6: with its bracket and blanks too', MARKS, [`Wait.${DSML}>\n\n`, { call: 'look' }], ['Wait.', 'look({})']],
  ['F6: alone it leaves nothing', MARKS, [DSML, { call: 'look' }], ['look({})']],
  ['F6: without a call it is one all the same', MARKS, [`So.${DSML}`], ['So.']],
  ['F6: elsewhere it is text', MARKS, [`${DSML} is a < b mark ${DSML}`], [`${DSML} is a < b mark `]],
  ['F6: its beginning alone is text', MARKS, [`a ${DSML.slice(0, 9)}`], ['a ', DSML.slice(0, 9)]],
  ['F6: its beginning is no text where a call follows', MARKS, [`a ${DSML.slice(0, 9)}`, { call: 'look' }], ['a ', 'look({})']],
  ['F6: what any text may end in is text there too', MARKS, ['a <', { call: 'look' }], ['a <', 'look({})']],
  ['F6: one that goes on in the next block is one', MARKS, [`a${DSML.slice(0, 9)}`, DSML.slice(9)], ['a']],
  ['F6: several are none', MARKS, [`a${DSML}>\n${DSML}${DSML.slice(0, 5)}`, { call: 'look' }], ['a', 'look({})']],
  ['F6: in reasoning too', MARKS, [{ thought: `a\n\n${DSML}` }, { call: 'look' }], ['thought: a\n\n', 'look({})']],
  ['F6: alone it leaves no reasoning', MARKS, [{ thought: DSML }, `b${DSML}`, { call: 'look' }], ['b', 'look({})']],
  ['F6: elsewhere in reasoning it is text', MARKS, [{ thought: `${DSML} or <` }, 'b'], [`thought: ${DSML} or <`, 'b']],
  ['F6: reasoning may begin like one', MARKS, [{ thought: '<' }, 'b'], ['b', 'thought: <']],
  ['F6: in tagged reasoning too', { ...TAGS, ...MARKS }, [`<think>a${DSML}`, { call: 'look' }], ['thought: a', 'look({})']],
  ['F6: behind tagged reasoning', { ...TAGS, ...MARKS }, [`<think>a</think>b${DSML}`], ['thought: a', 'b']],
  ['F6: in front of JSON', { ...MARKS, ...JSON_TEXT }, [`{"a":"${DSML}"} ${DSML}`], [`{"a":"${DSML}"}`]],
  ['tags later in the text are text', TAGS, ['a <think>b</think>'], ['a <think>b</think>']],
  ['a second pair of tags is text', TAGS, ['<think>a</think>b <think>c</think>'], ['thought: a', 'b <think>c</think>']],
  ['another tag is text', TAGS, ['<thing>a</thing>'], ['<thing>a</thing>']],
  ['a tag that never becomes one is text', TAGS, ['<thi'], ['<thi']],
  ['empty tags leave nothing', TAGS, ['<think></think>\nHi'], ['Hi']],
  ['the second block of text is text', TAGS, ['a', '<think>b</think>'], ['a', '<think>b</think>']],
  ['without the trait tags are text', {}, ['<think>a</think>b'], ['<think>a</think>b']],

  ['a call written as text is a call', CALLS, [CALL], ['look({"city":"Rome"})']],
  [
    'with arguments, a type and a mark too',
    CALLS,
    [`<|python_tag|>{"type":"function","name":"look","arguments":{}}`],
    ['look({})']
  ],
  ['by the name the caller gave it', CALLS, ['{"name":"a_b","parameters":{}}'], ['a.b({})']],
  ['a call of a tool nobody offered is text', CALLS, ['{"name":"other","parameters":{}}'], ['{"name":"other","parameters":{}}']],
  ['JSON with other members is text', CALLS, ['{"name":"look","age":3}'], ['{"name":"look","age":3}']],
  ['a call cut short is text', CALLS, [CALL.slice(0, -3)], [CALL.slice(0, -3)]],
  ['a call inside prose is text', CALLS, [`So: ${CALL}`], [`So: ${CALL}`]],
  ['text and a real call stay', CALLS, ['Let me see.', { call: 'look' }], ['Let me see.', 'look({})']],

  ['a fence around JSON is taken off', JSON_TEXT, ['```json\n{"a": "}"}\n```\n'], ['{"a": "}"}']],
  [
    'sentences around JSON are taken off',
    JSON_TEXT,
    ['Here {it} is: { "a": [{"b": "\\"}"}] } Enjoy {"c":1}!'],
    ['{ "a": [{"b": "\\"}"}] }']
  ],
  ['bare JSON stays as it is', JSON_TEXT, ['{"a":1}'], ['{"a":1}']],
  ['an empty object is one', JSON_TEXT, ['Nothing: { }'], ['{ }']],
  ['JSON in several blocks is one', JSON_TEXT, ['Sure.', '{"a":', '1} Done.'], ['{"a":', '1}']],
  ['prose without JSON is not lost', JSON_TEXT, ['I {cannot} do that.'], ['I {cannot} do that.']],
  ['prose before a call is not lost', JSON_TEXT, ['One moment.', { call: 'look' }], ['One moment.', 'look({})']],
  ['reasoning is not searched for JSON', JSON_TEXT, [{ thought: '{"x":1}' }, 'ok {"a":1}'], ['thought: {"x":1}', '{"a":1}']],
  [
    'tagged reasoning before JSON is reasoning',
    { ...TAGS, ...JSON_TEXT },
    ['<think>{"x":1}</think>\n```\n{"a":1}\n```'],
    ['thought: {"x":1}', '{"a":1}']
  ],
  [
    'tagged reasoning before a call is reasoning',
    { ...TAGS, ...CALLS },
    [`<think>a</think>\n${CALL}`],
    ['thought: a', 'look({"city":"Rome"})']
  ],

  ['an answer in `properties` is taken out', UNWRAP, [{ call: 'json', input: { properties: { a: '}' } } }], ['{"a":"}"}']],
  [
    'with the schema’s other members around it',
    UNWRAP,
    [{ call: 'json', input: '{ "properties" : {"a":1} , "type":"object"}' }],
    ['{"a":1}']
  ],
  [
    'an answer of its own stays',
    UNWRAP,
    [{ call: 'json', input: { property: 1, properties: { a: 1 } } }],
    ['{"property":1,"properties":{"a":1}}']
  ],
  ['`properties` that hold no object stay', UNWRAP, [{ call: 'json', input: { properties: [1] } }], ['{"properties":[1]}']],
  ['an answer without members stays', UNWRAP, [{ call: 'json' }], ['{}']],
  ['an answer cut inside the wrapping stays', UNWRAP, [{ call: 'json', input: '{"prop' }], ['{"prop']],
  [
    'where the schema has `properties`, they stay',
    { jsonTool: 'json' },
    [{ call: 'json', input: { properties: { a: 1 } } }],
    ['{"properties":{"a":1}}']
  ]
]
for (const [promise, context, blocks, words] of ROWS) {
  t.test(`${promise}, however it is cut`, async (t) => {
    for (const size of [1, 2, 3, 5, 8, 1000]) t.same(read(context, blocks, size).words, words, `pieces of ${size}`)
  })
}

t.test('a call written as text finishes with tool-calls, and gets an id of its own', async (t) => {
  t.equal(read(CALLS, [CALL]).finish, 'tool-calls')
  const decoder = createEventDecoder({ ...PLAIN_ANSWER, ...CALLS })
  const events = [0, 1].flatMap((contentBlockIndex) => [
    ...decoder.frame('contentBlockDelta', { contentBlockIndex, delta: { text: CALL } }),
    ...decoder.frame('contentBlockStop', { contentBlockIndex })
  ])
  const ids = events.flatMap((event) => (event.type === 'tool-start' ? [event.id] : []))
  t.same(ids, ['call_x_0', 'call_x_1'])
})

t.test('no text is lost or made up: any text in any cut', async () => {
  const bits = fc.constantFrom(
    '<think>',
    '</think>',
    '<thinking>',
    '</thinking>',
    '{',
    '}',
    '"',
    ':',
    '\\',
    'a',
    ' ',
    '\n',
    CALL,
    DSML,
    '{"a":1}'
  )
  const texts = fc.array(
    fc.array(bits, { maxLength: 10 }).map((each) => each.join('')),
    { maxLength: 3 }
  )
  const contexts = fc.constantFrom<Partial<AnswerContext>>(
    TAGS,
    CALLS,
    JSON_TEXT,
    MARKS,
    { ...TAGS, ...MARKS },
    { ...TAGS, ...MARKS, ...JSON_TEXT },
    { ...TAGS, ...JSON_TEXT },
    { ...TAGS, ...CALLS }
  )
  fc.assert(
    fc.property(texts, contexts, fc.integer({ min: 1, max: 6 }), (blocks, context, size) => {
      const whole = JSON.stringify(read(context, blocks))
      const cut = JSON.stringify(read(context, blocks, size))
      if (whole !== cut) throw new Error(`${whole}\n${cut}`)
    }),
    { numRuns: 1000 }
  )
})

// What takes each piece together with all before it would be at this for minutes.
const LONG = ' '.repeat(200_000)
const PADDED: readonly [place: string, context: Partial<AnswerContext>, blocks: readonly Block[]][] = [
  ['before a forced answer', UNWRAP, [{ call: 'json', input: `${LONG}{"a":1}` }]],
  ['inside its wrapper', UNWRAP, [{ call: 'json', input: `{${LONG}"properties":${LONG}{"a":1}}` }]],
  ['inside a forced answer', UNWRAP, [{ call: 'json', input: `{"properties":{"a":${LONG}1}}` }]],
  ['before a tag', TAGS, [`${LONG}<think>a</think>b`]],
  ['behind a tag', TAGS, [`<think>${LONG}a${LONG}b${LONG}</think>${LONG}c`]],
  ['behind a brace', JSON_TEXT, [`{${LONG}"a":1}`]],
  ['before a call written as text', CALLS, [`${LONG}${CALL}`]],
  ['inside a call written as text', CALLS, [`{${LONG}"name":"look"}`]],
  ['behind a marker', MARKS, [`a${DSML}${LONG}`]],
  ['behind many markers', MARKS, [`a${`${DSML} `.repeat(50_000)}${LONG}`]]
]
for (const [place, context, blocks] of PADDED)
  t.test(`S18: 200,000 pieces of white space ${place} are read in one go`, async (t) => {
    const told = read(context, blocks, 1).words
    t.same(told, read(context, blocks, 1_000_000).words)
    t.ok(told.length > 0)
  })
