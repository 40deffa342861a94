import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { added, asker, GPT_OSS, LLAMA, NOVA, OPUS_47, OPUS_55, type Sent, SONNET_45, SONNET_46, tool } from './asker.ts'

/** Rows that claim too much: what the gateway believes of a model is not true, and its first request is refused. */
const CLAIMS = [
  { match: 'amazon.nova-lite-*', schemaRefs: true, rootComposition: true },
  { match: 'anthropic.claude-opus-5-5', rootComposition: true, schemaDraft: 'any', anyPropertyName: true }
]
const files = t.testdir({})
await writeFile(join(files, 'traits.json'), JSON.stringify({ rows: CLAIMS }))
const misled = await asker(t, { MODEL_TRAITS_FILE: join(files, 'traits.json') })
const { ask, stream } = await asker(t)

const string = { type: 'string' }
const integer = { type: 'integer' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })

type Schema = Record<string, unknown> & { properties: Record<string, Record<string, unknown>>; $defs?: Record<string, unknown> }
const specsOf = (sent: Sent | undefined) =>
  (sent?.toolConfig?.tools.map((entry) => entry.toolSpec) ?? []) as unknown as {
    name: string
    description?: string
    inputSchema: { json: Schema }
  }[]
const schemaOf = (sent: Sent | undefined) => specsOf(sent)[0]?.inputSchema.json
const form = (schema: object, more: object = {}) => ({ type: 'json_schema', json_schema: { name: 'x', schema, ...more } })
const nativeOf = (sent: Sent | undefined) => {
  const json = (sent?.outputConfig as { textFormat?: { structure: { jsonSchema: { schema: string; description?: string } } } })
    ?.textFormat?.structure.jsonSchema
  return json === undefined ? undefined : { schema: JSON.parse(json.schema) as Schema, description: json.description }
}

t.test('F20: references keep their meaning when what they lead to is folded away', async (t) => {
  const a = object({ kind: { const: 'a' }, next: { $ref: '#/anyOf/1' } }, { required: ['kind'] })
  const b = object(
    { kind: { const: 'b' }, back: { $ref: '#/anyOf/0/properties/next' }, all: { $ref: '#' } },
    { required: ['kind'] }
  )
  for (const model of [SONNET_45, OPUS_47]) {
    const { status, sent } = await ask({ model, tools: [tool('look', { parameters: { anyOf: [a, b] } })] })
    t.equal(status, 200)
    const json = schemaOf(sent)
    t.same(json?.properties.next, { $ref: '#/$defs/anyOf_1' })
    t.same(json?.properties.back, { $ref: '#/$defs/anyOf_0_properties_next' })
    t.same(json?.properties.all, { $ref: '#/$defs/root' })
    t.match(json?.$defs, {
      anyOf_1: { properties: { back: { $ref: '#/$defs/anyOf_0_properties_next' } } },
      anyOf_0_properties_next: { $ref: '#/$defs/anyOf_1' },
      root: { anyOf: [{ properties: { kind: { const: 'a' } } }, {}] }
    })
  }
  const { sent } = await ask({
    model: SONNET_46,
    tools: [
      tool('look', {
        parameters: object(
          {
            a: object({ b: string }),
            same: { $ref: '#/properties/a/properties/b' },
            old: { $ref: '#/properties/pair/items/0' },
            pair: { type: 'array', items: [string] }
          },
          {
            allOf: [object({ a: { maxProperties: 3 } }), { $ref: '#/definitions/Odd Name' }],
            definitions: { 'Odd Name': object({ $x: string, up: { $ref: '#/definitions/Odd%20Name/properties/$x' } }) }
          }
        )
      })
    ]
  })
  const json = schemaOf(sent)
  t.equal(json?.properties.same?.$ref, '#/$defs/properties_a_properties_b', 'what two parts ask of one name is a choice now')
  t.same(json?.$defs?.properties_a_properties_b, string)
  t.equal(json?.properties.old?.$ref, '#/properties/pair/prefixItems/0')
  t.match(json?.properties.up?.$ref, /^#\/definitions\/Odd%20Name\/properties\/_x_\w+$/)
})

t.test('F20: alternatives are told apart by the constants that they name', async (t) => {
  const oneOf = [
    object({ kind: { const: 'file' }, path: string }, { required: ['kind', 'path'] }),
    object({ kind: { enum: ['url'] }, url: string }, { required: ['kind', 'url'] })
  ]
  const { sent, headers } = await ask({ model: SONNET_45, tools: [tool('look', { parameters: { oneOf } })] })
  t.match(specsOf(sent)[0]?.description, /exactly one of: \("kind" as "file" and "path"\) or \("kind" as "url" and "url"\)\./)
  t.equal(headers.get('x-adit-dropped'), null)
})

t.test('F20: what one alternative asks of a name binds no other alternative', async (t) => {
  const mode = { type: 'string', enum: ['a', 'b'] }
  const anyOf = [object({ mode: { const: 'a' }, x: string }, { required: ['x'] }), object({ y: string }, { required: ['y'] })]
  const { sent, headers } = await ask({ model: SONNET_45, tools: [tool('look', { parameters: object({ mode }, { anyOf }) })] })
  t.strictSame(schemaOf(sent)?.properties, { mode, x: string, y: string })
  t.equal(headers.get('x-adit-dropped'), 'tools[0].function')
})

t.test('F20: a form of the answer whose root is composed or a reference goes the best way that the model has', async (t) => {
  const parts = [object({ a: string }, { required: ['a'] }), object({ b: string }, { required: ['b'] })]
  const forms: readonly (readonly [string, object])[] = [
    ['anyOf', { anyOf: parts }],
    ['oneOf', { oneOf: parts }],
    ['oneOf with its type', { type: 'object', oneOf: parts }],
    ['allOf', { allOf: parts }],
    ['a reference', { $ref: '#/definitions/X', definitions: { X: object({ a: string, b: string }) } }],
    ['a reference in a choice', { anyOf: [{ $ref: '#/$defs/A' }, parts[1]], $defs: { A: parts[0] } }]
  ]
  for (const [name, schema] of forms) {
    for (const streamed of [false, true]) {
      const send = (model: string) => (streamed ? stream : ask)({ model, response_format: form(schema) })
      for (const model of [SONNET_45, SONNET_46]) {
        const { status, sent, headers } = await send(model)
        t.strictSame([status, headers.get('x-adit-dropped')], [200, null], name)
        const native = JSON.stringify(nativeOf(sent)?.schema)
        t.ok(native?.includes('"a"') && native.includes('"b"'), `${name} is native for ${model}`)
        t.notOk(sent?.toolConfig)
      }
      for (const model of [OPUS_47, NOVA]) {
        const { status, sent } = await send(model)
        t.equal(status, 200, name)
        t.same(Object.keys(schemaOf(sent)?.properties ?? {}).sort(), ['a', 'b'], `${name} is a tool for ${model}`)
        t.equal(specsOf(sent)[0]?.name, 'json')
      }
    }
  }
  const { sent } = await ask({ model: SONNET_46, response_format: form({ anyOf: [string, object({ a: string })] }) })
  t.notOk(nativeOf(sent), 'what may be no object is asked for in words')
  t.notOk(sent?.toolConfig)
})

t.test('F20: a member called properties is not taken for a wrapper, in whatever part it stands', async (t) => {
  const schema = { oneOf: [object({ properties: object({ a: string }) }), object({ b: string })] }
  const content = [{ toolUse: { toolUseId: 'tooluse_1', name: 'json', input: { properties: { a: 'x' } } } }]
  misled.standin.answer(OPUS_47, { content, stopReason: 'tool_use' })
  const { body } = await misled.ask({ model: OPUS_47, response_format: form(schema) })
  t.equal(body.choices[0]?.message.content, '{"properties":{"a":"x"}}')
})

t.test('F21: names are names wherever a schema gives them', async (t) => {
  const schema = object(
    { a: string, 'b c': integer },
    {
      dependentRequired: { a: ['only here'], '氏 名': ['a'] },
      dependentSchemas: { 'b c': object({}, { required: ['$d'] }) },
      dependencies: { a: ['also [here]'] },
      propertyNames: { enum: ['a', 'b c', 'only here'] },
      patternProperties: { '^b ': { minimum: 3 } },
      anyOf: [{ required: ['b c'] }, object({ e: { $ref: '#/dependentSchemas/b%20c' } })]
    }
  )
  for (const model of [SONNET_45, OPUS_55]) {
    const { status, sent } = await ask({ model, tools: [tool('look', { parameters: schema })] })
    t.equal(status, 200)
    const json = JSON.stringify(schemaOf(sent))
    const [spaced] = /b_c_\w{11}/.exec(json) ?? []
    t.match(schemaOf(sent), {
      properties: { [`${spaced}`]: { allOf: [integer, { minimum: 3 }] }, e: { $ref: `#/dependentSchemas/${spaced}` } },
      dependentRequired: { a: [/^also__here__\w{11}$|^only_here_\w{11}$/] },
      dependentSchemas: { [`${spaced}`]: { required: [/^_d_\w{11}$/] } },
      propertyNames: { enum: ['a', spaced, /^only_here_\w{11}$/] }
    })
    const told = json.replaceAll(/"description":"(?:\\.|[^"\\])*"/g, '')
    for (const name of ['only here', 'also [here]', '氏 名', '$d']) t.notOk(told.includes(`"${name}"`), name)
  }
})

t.test('F21: a name that only a dependency gives comes back from a call', async (t) => {
  const parameters = object({ a: string }, { dependentRequired: { a: ['only here'] } })
  const body = { model: SONNET_45, tools: [tool('look', { parameters })] }
  const { sent } = await ask(body)
  const made = (schemaOf(sent)?.dependentRequired as { a: string[] } | undefined)?.a[0] ?? ''
  const { standin } = misled
  const content = [{ toolUse: { toolUseId: 'tooluse_1', name: 'look', input: { a: 'x', [made]: 1 } } }]
  standin.answer(SONNET_45, { content, stopReason: 'tool_use' })
  const whole = (await misled.ask(body)).body.choices[0]?.message.tool_calls?.[0] as { function: { arguments: string } }
  t.equal(whole.function.arguments, '{"a":"x","only here":1}')
  const [streamed] = (added((await misled.stream(body)).text).message.tool_calls ?? []) as { function: { arguments: string } }[]
  t.equal(streamed?.function.arguments, whole.function.arguments)
})

const LOSSES: readonly (readonly [string, object])[] = [
  ['a pattern of names that is none', object({}, { patternProperties: { '([': string } })],
  ['items that are no schema', object({ a: { type: 'array', items: 'string' } })],
  ['a tuple twice', object({ a: { type: 'array', items: [string], prefixItems: [integer] } })],
  ['the rest of a tuple in a word', object({ a: { type: 'array', items: [string], additionalItems: 'none' } })],
  ['dependencies that are a word', object({ a: string }, { dependencies: 'a' })],
  ['a dependency that is a number', object({ a: string }, { dependencies: { a: 3 } })],
  ['a dependency on a number', object({ a: string }, { dependencies: { a: ['b', 3] } })],
  ['dependent members that are none', object({ a: string }, { dependentRequired: { a: { b: true } } })],
  ['required members that are numbers', object({ a: string }, { required: ['a', 7] })],
  ['a required member that nobody knows', object({ a: string }, { required: 'yes' })],
  ['a property that is a word', object({ a: 'string' })],
  ['a definition that is a list', object({ a: { $ref: '#/$defs/A' } }, { $defs: { A: [string] } })],
  ['a closed root with alternatives', object({ a: string }, { anyOf: [object({ b: string })], additionalProperties: false })],
  ['a root whose others are of a type', { allOf: [object({ b: {} })], additionalProperties: integer }],
  ['a reference to elsewhere at the root', { $ref: 'https://example.com/a.json' }],
  ['alternatives that give one name two meanings', { anyOf: [object({ a: string, b: string }), object({ a: integer })] }],
  [
    'alternatives in an alternative',
    { anyOf: [{ oneOf: [object({ a: string }), object({ b: string })] }, object({ c: string })] }
  ],
  ['a pattern that looks around', object({ a: { type: 'string', pattern: '(?=a)b' } })]
]

t.test('F22: whatever a repair or a folding loses is told, of tools and of forms', async (t) => {
  for (const [name, parameters] of LOSSES) {
    const { status, headers } = await ask({ model: SONNET_45, tools: [tool('look', { parameters })] })
    t.strictSame([status, headers.get('x-adit-dropped')], [200, 'tools[0].function'], name)
    const told = await stream({ model: OPUS_47, response_format: form(parameters) })
    t.equal(told.status, 200, name)
    const isTool = specsOf(told.sent).length > 0
    if (isTool) t.equal(told.headers.get('x-adit-dropped'), 'response_format', name)
  }
  const native = await ask({ model: SONNET_45, response_format: form(object({ a: { type: 'widget' } })) })
  t.ok(nativeOf(native.sent))
  t.equal(native.headers.get('x-adit-dropped'), 'response_format')
  const cut = object({ next: { $ref: '#/$defs/T' } }, { $defs: { T: object({ next: { $ref: '#/$defs/T' } }) } })
  t.equal((await ask({ model: NOVA, response_format: form(cut) })).headers.get('x-adit-dropped'), 'response_format')
})

t.test('F22: what older writers mean is said, and no loss', async (t) => {
  const rows: readonly (readonly [string, object, object])[] = [
    ['one name that must be there', object({ a: string }, { required: 'a' }), { required: ['a'] }],
    ['a dependency of draft 3', object({ a: string }, { dependencies: { a: 'b' } }), { dependentRequired: { a: ['b'] } }],
    [
      'dependencies of draft 7',
      object({}, { dependencies: { a: object({ b: {} }) } }),
      { dependentSchemas: { a: object({ b: {} }) } }
    ],
    ['empty lists of PHP', object({}, { dependencies: [], patternProperties: [], $defs: [] }), {}],
    [
      'nothing at all',
      object({ a: null }, { items: null, dependentRequired: null, additionalItems: null }),
      { properties: { a: {} } }
    ]
  ]
  for (const [name, parameters, expected] of rows) {
    const { status, headers, sent } = await ask({ model: SONNET_45, tools: [tool('look', { parameters })] })
    t.strictSame([status, headers.get('x-adit-dropped')], [200, null], name)
    t.match(schemaOf(sent), expected, name)
  }
})

t.test('F25: what stands beside a reference holds too, where both say something', async (t) => {
  const parameters = object(
    {
      a: { $ref: '#/definitions/A', required: ['y'], maxProperties: 5 },
      b: { $ref: '#/definitions/A', maxProperties: 2, title: 'B' }
    },
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { A: object({ x: string }, { required: ['x'], maxProperties: 5 }) }
    }
  )
  for (const model of [NOVA, 'us.amazon.nova-2-lite-v1:0']) {
    const { status, sent } = await ask({ model, tools: [tool('look', { parameters })] })
    t.equal(status, 200)
    const a = object({ x: string }, { required: ['x'], maxProperties: 5 })
    t.strictSame(
      schemaOf(sent),
      object({ a: { ...a, required: ['x', 'y'] }, b: { title: 'B', allOf: [a, { maxProperties: 2, title: 'B' }] } })
    )
  }
})

const REFUSED: readonly (readonly [string, string, readonly object[], number])[] = [
  [
    'Nova, by its place',
    NOVA,
    [object({ a: { ...string, minLength: 2 } }), object({ c: { ...string, maxLength: 9 } }, { definitions: { A: {} } })],
    1
  ],
  [
    'Nova, without a place',
    NOVA,
    [object({ a: { ...string, minLength: 2 } }), object({ c: { $ref: '#/properties/d' }, d: {} })],
    2
  ],
  ['Claude, one after the other', OPUS_55, Array.from({ length: 7 }, () => object({ a: { ...string, enum: null } })), 7],
  ['Claude, for its names', OPUS_55, [object({ a: object({ 'b c': string }) })], 1]
]
for (const [name, model, schemas, lost] of REFUSED) {
  for (const form of ['whole', 'streamed'] as const) {
    t.test(`F22: schemas that are refused all the same are sent with their members alone: ${name}, ${form}`, async (t) => {
      const { standin } = misled
      const body = { model, tools: schemas.map((parameters, index) => tool(`look_${index}`, { parameters })) }
      const send = () => (form === 'whole' ? misled.ask(body) : misled.stream(body))
      const calls = () => standin.requests.filter(({ operation }) => operation.startsWith('Converse')).length
      const before = calls()
      const { status, headers, sent } = await send()
      t.equal(status, 200)
      t.equal(headers.get('x-adit-dropped')?.split(', ').length, lost)
      if (lost < schemas.length) t.match(specsOf(sent)[0]?.inputSchema.json, schemas[0])
      t.match(specsOf(sent).at(-1)?.inputSchema.json, { type: 'object', properties: {} })
      const needed = calls() - before
      t.ok(needed > 1 && needed <= 4, `${needed} calls`)
      await send()
      t.equal(calls(), before + 2 * needed, 'nothing is remembered')
    })
  }
}

t.test('F22: a form whose schema is refused as a tool is asked for in words, and reported', async (t) => {
  for (const [model, schema] of [
    [NOVA, object({ a: { $ref: '#/properties/b' }, b: string })],
    [NOVA, object({ a: string }, { definitions: { A: {} } })]
  ] as const) {
    for (const tools of [[], [tool('look', { parameters: object({ a: string }) })]]) {
      const { status, headers, sent } = await misled.ask({
        model,
        ...(tools.length > 0 ? { tools } : {}),
        response_format: form(schema)
      })
      t.equal(status, 200)
      t.match(headers.get('x-adit-dropped'), /response_format/)
      t.notOk(specsOf(sent).some((spec) => spec.name === 'json'))
      t.match(JSON.stringify(sent), /fits this JSON Schema/)
    }
  }
})

t.test('F21: families that take any name get the caller’s own', async (t) => {
  for (const model of [LLAMA, GPT_OSS]) {
    const { sent } = await ask({ model, tools: [tool('look', { parameters: object({ 'b c': string }) })] })
    t.same(Object.keys(schemaOf(sent)?.properties ?? {}), ['b c'])
  }
})
