import t from 'tap'
import { sanitizeSchema } from '../../../src/bedrock/schema/sanitize-schema.ts'
import { createSchemaRoom } from '../../../src/bedrock/schema/schema-limits.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { ChatRequest, OutputFormat } from '../../../src/core/request.ts'
import { at, encode, GPT_OSS, LLAMA, MISTRAL, NOVA, NOVA_2, OPUS_47, OPUS_55, SONNET_46, tool, user } from './encode.ts'

const SCHEMA: JsonObject = { type: 'object', properties: { city: { type: 'string', minLength: 2 } }, required: ['city'] }
const OUTPUT: OutputFormat = { type: 'json-schema', name: 'City', schema: SCHEMA, strict: true }
const WIDE: OutputFormat = {
  ...OUTPUT,
  schema: { type: 'object', properties: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, { type: 'string' }])) }
}
const TOOLS = [tool('lookup')]

const MODES: readonly [
  promise: string,
  model: string,
  request: Partial<ChatRequest>,
  mode: string | undefined,
  choice: object | undefined
][] = [
  ['P10 native where the model has it', SONNET_46, {}, 'native', undefined],
  ['P10 native beside tools', SONNET_46, { tools: TOOLS }, 'native', undefined],
  ['P10 native while the model thinks', SONNET_46, { reasoning: { effort: 'low' } }, 'native', undefined],
  ['P10 native streams with Mistral', MISTRAL, {}, 'native', undefined],
  ['P10 a forced tool where native is refused', OPUS_47, {}, 'tool', { tool: { name: 'json' } }],
  ['P10 a forced tool for Nova', NOVA, {}, 'tool', { tool: { name: 'json' } }],
  ["P10 the caller's tools and the answer tool, one of them by force", OPUS_47, { tools: TOOLS }, 'tool', { any: {} }],
  ['P10 an instruction where nothing can be forced', OPUS_55, {}, 'instruction', undefined],
  ['P10 an instruction where tools do not stream', LLAMA, {}, 'instruction', undefined],
  ['P10 an instruction while Claude thinks', OPUS_47, { reasoning: { effort: 'low' } }, 'instruction', undefined],
  [
    'P10 an instruction beside a forced tool of the caller',
    OPUS_47,
    { tools: TOOLS, toolChoice: { type: 'required' } },
    'instruction',
    { any: {} }
  ],
  ['P10 an instruction beside the web search', NOVA_2, { webSearch: true }, 'instruction', undefined],
  ['P10 a forced tool while gpt-oss thinks', GPT_OSS, { reasoning: { effort: 'low' } }, 'tool', { tool: { name: 'json' } }],
  ['P10 a schema too wide for the grammar goes to a tool', SONNET_46, { output: WIDE }, 'tool', { tool: { name: 'json' } }],
  [
    'P10 a schema without an object at its root is an instruction',
    OPUS_47,
    { output: { ...OUTPUT, schema: { type: 'array' } } },
    'instruction',
    undefined
  ],
  ['P10 json_object is an instruction', SONNET_46, { output: { type: 'json' } }, 'instruction', undefined],
  ['text is text', SONNET_46, { output: { type: 'text' } }, undefined, undefined]
]
for (const [promise, model, request, mode, choice] of MODES) {
  t.test(promise, async (t) => {
    const { body, context } = encode(model, { output: OUTPUT, ...request })
    t.equal(context.outputMode, mode)
    t.equal('outputConfig' in body, mode === 'native')
    t.equal(context.jsonTool, mode === 'tool' ? 'json' : undefined)
    t.strictSame(at(body, 'toolConfig.toolChoice'), choice)
  })
}

t.test('P10 the native schema is a string, rewritten to what compiles; the original stays for the check', async (t) => {
  const { body, context } = encode(SONNET_46, { output: { ...OUTPUT, description: 'A city' } })
  const format = at(body, 'outputConfig.textFormat.structure.jsonSchema') as JsonObject
  t.match(format, { name: 'City', description: 'A city' })
  t.strictSame(JSON.parse(`${format.schema}`), {
    type: 'object',
    properties: { city: { type: 'string', description: '(minLength: 2)' } },
    required: ['city'],
    additionalProperties: false
  })
  t.equal(context.outputSchema, SCHEMA)
})

t.test('P10 native gives way to citations on Claude', async (t) => {
  const document = { type: 'document', format: 'pdf', source: { type: 'base64', data: 'JVBERi0=' }, citations: true } as const
  t.equal(encode(SONNET_46, { output: OUTPUT, turns: [user('q', document)] }).context.outputMode, 'tool')
})

t.test('P10 what was refused before is not tried again', async (t) => {
  t.equal(encode(SONNET_46, { output: OUTPUT }, { omissions: new Set(['structuredOutput']) }).context.outputMode, 'tool')
  t.equal(
    encode(SONNET_46, { output: OUTPUT }, { omissions: new Set(['structuredOutput', 'toolChoice.any', 'toolChoice.tool']) })
      .context.outputMode,
    'instruction'
  )
})

t.test("P10 the answer tool never takes a caller's name", async (t) => {
  const { body, context } = encode(OPUS_47, { output: OUTPUT, tools: [tool('json')] })
  const names = (at(body, 'toolConfig.tools') as unknown as { toolSpec: { name: string } }[]).map((entry) => entry.toolSpec.name)
  t.equal(new Set(names).size, 2)
  t.equal(names[1], context.jsonTool)
})

const REWRITES: readonly [promise: string, given: JsonObject, sent: JsonObject][] = [
  [
    'closes every object',
    { type: 'object', properties: { a: { type: 'object', properties: {} } } },
    {
      type: 'object',
      properties: { a: { type: 'object', properties: {}, additionalProperties: false } },
      additionalProperties: false
    }
  ],
  [
    'reads oneOf as anyOf',
    { oneOf: [{ type: 'string' }, { type: 'object' }] },
    { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: false }] }
  ],
  [
    'moves constraints into the description',
    { type: 'number', description: 'Age.', minimum: 0, maximum: 9 },
    { type: 'number', description: 'Age. (minimum: 0, maximum: 9)' }
  ],
  ['keeps formats that compile and moves the others', { type: 'string', format: 'email' }, { type: 'string', format: 'email' }],
  [
    'moves a format that does not compile',
    { type: 'string', format: 'phone' },
    { type: 'string', description: '(format: "phone")' }
  ],
  [
    'keeps minItems 0 and 1',
    { type: 'array', items: { type: 'string' }, minItems: 1 },
    { type: 'array', items: { type: 'string' }, minItems: 1 }
  ],
  [
    'moves a larger minItems',
    { type: 'array', items: { oneOf: [] }, minItems: 2 },
    { type: 'array', items: { anyOf: [] }, description: '(minItems: 2)' }
  ],
  ['leaves only the reference of a reference', { $ref: '#/$defs/x', description: 'gone' }, { $ref: '#/$defs/x' }],
  [
    'rewrites definitions',
    { type: 'object', $defs: { x: { type: 'object' } } },
    { type: 'object', $defs: { x: { type: 'object', additionalProperties: false } }, additionalProperties: false }
  ],
  [
    'keeps enum, const, default and title',
    { title: 'T', enum: [1], const: 1, default: 1 },
    { title: 'T', enum: [1], const: 1, default: 1 }
  ],
  [
    'treats a property named like a keyword as a property',
    { type: 'object', properties: { pattern: { type: 'string' } } },
    { type: 'object', properties: { pattern: { type: 'string' } }, additionalProperties: false }
  ]
]
for (const [promise, given, sent] of REWRITES) {
  t.test(`the rewritten schema ${promise}`, async (t) => t.strictSame(sanitizeSchema(given), sent))
}

const ROOMS: readonly [promise: string, schema: JsonObject, fits: boolean][] = [
  ['a plain object fits', SCHEMA, true],
  ['a root that is no object does not', { type: 'array' }, false],
  [
    'a schema that refers to itself does not',
    { type: 'object', properties: { a: { $ref: '#/$defs/n' } }, $defs: { n: { properties: { b: { $ref: '#/$defs/n' } } } } },
    false
  ],
  ['a schema that refers to its root does not', { type: 'object', properties: { a: { $ref: '#' } } }, false],
  [
    'a definition used twice fits',
    { type: 'object', properties: { a: { $ref: '#/$defs/n' }, b: { $ref: '#/$defs/n' } }, $defs: { n: { type: 'string' } } },
    true
  ],
  ['a foreign reference does not', { type: 'object', properties: { a: { $ref: 'https://x/y' } } }, false],
  [
    'an open map does not',
    { type: 'object', properties: { a: { type: 'object', additionalProperties: { type: 'string' } } } },
    false
  ],
  ['objects in an enum do not', { type: 'object', properties: { a: { enum: [{}] } } }, false],
  ['more than 24 optional members do not', WIDE.schema, false],
  [
    'more than 16 unions do not',
    { type: 'object', properties: { a: { anyOf: Array.from({ length: 17 }, () => ({ type: ['string', 'null'] })) } } },
    false
  ]
]
for (const [promise, schema, fits] of ROOMS) {
  t.test(`of schemas for the grammar, ${promise}`, async (t) => t.equal(createSchemaRoom().take(schema), fits))
}

t.test('schemas of one request share the room', async (t) => {
  const room = createSchemaRoom()
  const half: JsonObject = { type: 'object', properties: Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`p${i}`, {}])) }
  t.strictSame([room.take(half), room.take(half)], [true, false])
})
