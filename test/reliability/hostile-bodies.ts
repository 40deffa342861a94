const MODEL = 'amazon.nova-lite-v1:0'
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const HELLO = [{ role: 'user', content: 'hello' }]

/** A body, and the status and error it deserves; 200 where it is legal. */
export interface HostileBody {
  readonly name: string
  readonly body: string
  readonly status: 200 | 400 | 404
  readonly error?: { readonly message?: RegExp; readonly param?: string; readonly code?: string }
}

const asks = (more: object) => JSON.stringify({ model: MODEL, messages: HELLO, ...more })
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))
const named = (count: number, value: unknown) => Object.fromEntries(many(count, (index) => [`p${index}`, value]))
const deep = (levels: number, open: string, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`
/** A body with a value written by hand. */
const raw = (field: string, json: string) => `${asks({}).slice(0, -1)},"${field}":${json}}`
const tool = (parameters: object) => [{ type: 'function', function: { name: 'look', parameters } }]
const answer = (schema: object) => ({
  model: CLAUDE,
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema } }
})
const called = (args: string) => [
  ...HELLO,
  { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: args } }] },
  { role: 'tool', tool_call_id: 'c', content: 'x' }
]

const refused = (name: string, body: string, message: RegExp, param?: string): HostileBody => ({
  name,
  body,
  status: 400,
  error: { message, ...(param === undefined ? {} : { param }) }
})
const taken = (name: string, body: string): HostileBody => ({ name, body, status: 200 })

const DEEP = /nested deeper than 256 levels/
const PARTS = /more than 100000 objects, arrays and fields/
const ITEMS = /more than 500000 values/
const LONG = /array too long/

/** Definitions of which each refers twice to the next one: forty of them are a million million paths. */
const refBomb = () => ({
  type: 'object',
  properties: { a: { $ref: '#/$defs/d0' } },
  $defs: Object.fromEntries(
    many(40, (index) => {
      const next = { $ref: `#/$defs/d${index + 1}` }
      return [`d${index}`, { type: 'object', properties: index === 39 ? {} : { a: next, b: next } }]
    })
  )
})

/** What a hostile or broken client may send to the chat route. */
export const HOSTILE_BODIES: readonly HostileBody[] = [
  refused('lists nested 100,000 deep', raw('zz', deep(100_000, '[', ']')), DEEP),
  refused('objects nested 100,000 deep', raw('zz', deep(100_000, '{"a":', '}')), DEEP),
  refused('content nested 100,000 deep', raw('messages', deep(100_000, '[', ']')), DEEP),
  refused(
    'a tool schema nested 5,000 deep',
    raw('tools', JSON.stringify(tool({})).replace('{}', deep(5000, '{"items":', '}'))),
    DEEP
  ),
  refused('fields for the model nested 100,000 deep', raw('additional_model_request_fields', deep(100_000, '{"a":', '}')), DEEP),
  refused('nesting that is never closed', `{"model":${'['.repeat(1_000_000)}`, DEEP),
  taken('a tool schema as deep as is allowed', raw('tools', JSON.stringify(tool({})).replace('{}', deep(240, '{"items":', '}')))),
  taken('arguments nested 100,000 deep', asks({ messages: called(`{"a":${deep(100_000, '[', ']')}}`), tools: tool({}) })),

  refused('100,000 tiny messages', asks({ messages: many(100_000, () => HELLO[0]) }), PARTS),
  refused('5,001 messages', asks({ messages: many(5001, () => HELLO[0]) }), LONG, 'messages'),
  taken('5,000 messages of one speaker', asks({ messages: many(5000, () => HELLO[0]) })),
  refused('6,000 parts', asks({ messages: [{ role: 'user', content: many(6000, () => ({ type: 'text', text: 'a' })) }] }), LONG),
  refused(
    '2,000 tools',
    asks({ tools: many(2000, (index) => ({ type: 'function', function: { name: `t${index}` } })) }),
    LONG,
    'tools'
  ),
  refused(
    '2,000 calls in one message',
    asks({ messages: [...HELLO, { ...called('{}')[1], tool_calls: many(2000, () => called('{}')[1]) }] }),
    LONG,
    'messages[1].tool_calls'
  ),
  refused('a million numbers', asks({ zz: many(1_000_000, () => 1) }), ITEMS),
  refused('a million stop strings', asks({ stop: many(400_000, () => 'a') }), LONG, 'stop'),
  refused('ten million empty lists', raw('zz', `[${'[],'.repeat(10_000_000)}1]`), PARTS),
  refused('a tool schema of 100,000 fields', asks({ tools: tool({ properties: named(100_000, { type: 'string' }) }) }), PARTS),
  refused(
    'tool schemas of 20,001 fields in all',
    asks({
      tools: [
        ...tool({ properties: named(20_000, true) }),
        { type: 'function', function: { name: 'see', parameters: { properties: { a: {} } } } }
      ]
    }),
    /20001 properties in all; 20000/,
    'tools'
  ),
  refused(
    'a tool schema of 20,101 words that are no keywords',
    asks({ tools: tool({ properties: {}, ...named(20_100, true) }) }),
    /properties in all; 20000/,
    'tools'
  ),
  taken('a tool schema of 20,000 fields', asks({ tools: tool({ properties: named(20_000, { type: 'string' }) }) })),
  taken(
    'an answer schema of 9,000 fields, all required',
    asks(answer({ type: 'object', properties: named(9000, { type: 'string' }), required: Object.keys(named(9000, 1)) }))
  ),
  taken('an answer schema whose references multiply', asks(answer(refBomb()))),
  taken(
    'an answer schema with lists in lists 100 deep',
    asks(
      answer({ type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: JSON.parse(deep(100, '{"a":[', ']}')) } })
    )
  ),
  taken(
    '900 calls that all have one id',
    asks({
      tools: tool({}),
      messages: [
        ...HELLO,
        {
          ...called('{}')[1],
          tool_calls: many(900, () => ({ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }))
        },
        ...many(900, () => called('{}')[2])
      ]
    })
  ),
  refused(
    '1,001 fields for the model',
    asks({ additional_model_request_fields: named(1001, 1) }),
    /more than 1000 fields/,
    'additional_model_request_fields'
  ),
  refused('100,000 fields', asks(named(100_000, 1)), PARTS),

  {
    name: 'a model id of a megabyte',
    body: asks({ model: 'a.'.repeat(500_000) }),
    status: 404,
    error: { code: 'model_not_found' }
  },
  taken(
    'a tool call id of a megabyte',
    asks({
      messages: called('{}').map((each) => ('tool_call_id' in each ? { ...each, tool_call_id: 'c'.repeat(1_000_000) } : each)),
      tools: tool({})
    })
  ),
  refused(
    'a data URL that never gets to its data',
    asks({
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:${'a;'.repeat(4_000_000)}` } }] }]
    }),
    /not valid base64/
  ),

  refused(
    '__proto__ in place of a model',
    `{"__proto__":{"model":"${MODEL}"},"messages":${JSON.stringify(HELLO)}}`,
    /Missing required parameter: 'model'/,
    'model'
  ),
  taken(
    '__proto__ and constructor everywhere',
    asks({}).replace('"hello"', '"hello","__proto__":{"role":"system"},"constructor":{"prototype":{"a":1}},"toString":1')
  ),
  taken(
    'tools named __proto__ and constructor',
    raw(
      'tools',
      '[{"type":"function","function":{"name":"__proto__","parameters":{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}}},{"type":"function","function":{"name":"constructor"}}]'
    )
  ),
  {
    name: 'a model named by half a character',
    body: asks({ model: '\u0000\ud83d' }),
    status: 404,
    error: { code: 'model_not_found' }
  },
  { name: 'a model named constructor', body: asks({ model: 'constructor' }), status: 404, error: { code: 'model_not_found' } },
  taken(
    'keys given twice: the last one counts',
    `{"model":5,"messages":[],"model":"${MODEL}","messages":${JSON.stringify(HELLO)}}`
  ),
  refused('keys given 100,000 times', `{${'"model":"a",'.repeat(100_000)}"messages":[]}`, PARTS)
]
