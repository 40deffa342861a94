import fc from 'fast-check'
import t from 'tap'
import { createKeyRestorer } from '../../src/bedrock/answer/restore-keys.ts'
import { added, asker, call, NOVA, OPUS_47, SONNET_45, say, tool } from './asker.ts'

const { ask, stream, standin } = await asker(t)
const string = { type: 'string' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })

type Sent = Awaited<ReturnType<typeof ask>>['sent']
type Schema = Record<string, unknown> & { properties: Record<string, Record<string, unknown>>; required?: string[] }
const specOf = (sent: Sent) =>
  sent?.toolConfig?.tools[0]?.toolSpec as { description?: string; inputSchema: { json: Schema } } | undefined

t.test('F20: compositions at the root of a tool of Claude are folded into its properties', async (t) => {
  const branches = [
    object({ a: string, both: string }, { required: ['a', 'both'] }),
    object({ b: string, both: string }, { required: ['b', 'both'] })
  ]
  for (const strict of [undefined, true]) {
    for (const name of ['anyOf', 'oneOf', 'allOf']) {
      for (const type of [{}, { type: 'object' }]) {
        const { status, sent } = await ask({
          model: SONNET_45,
          tools: [tool('look', { strict, parameters: { ...type, [name]: branches } })]
        })
        t.equal(status, 200)
        const spec = specOf(sent)
        t.same(Object.keys(spec?.inputSchema.json.properties ?? {}).sort(), ['a', 'b', 'both'])
        t.same(spec?.inputSchema.json.required?.toSorted(), name === 'allOf' ? ['a', 'b', 'both'] : ['both'])
        for (const one of ['anyOf', 'oneOf', 'allOf', '$ref']) t.notOk(one in (spec?.inputSchema.json ?? {}))
        if (name !== 'allOf') t.match(spec?.description, name === 'oneOf' ? /exactly one of/ : /at least one of/)
      }
    }
  }
})

t.test('F20: a reference at the root is folded, and so is a form of the answer', async (t) => {
  const parameters = { $ref: '#/$defs/A', $defs: { A: { allOf: [object({ a: string }), { anyOf: [object({ b: string })] }] } } }
  const { sent } = await ask({ model: OPUS_47, tools: [tool('look', { parameters })] })
  t.same(Object.keys(specOf(sent)?.inputSchema.json.properties ?? {}), ['a', 'b'])
  const schema = { type: 'object', oneOf: [object({ a: string }), object({ b: string })] }
  const answered = await ask({ model: OPUS_47, response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } })
  t.equal(answered.status, 200)
  t.same(Object.keys(specOf(answered.sent)?.inputSchema.json.properties ?? {}), ['a', 'b'])
})

const ODD = ['$filter', 'Account Number', 'settings[x]', '氏名', 'x'.repeat(65), '']
const parameters = object(
  {
    ...Object.fromEntries(ODD.map((name) => [name, string])),
    list: { type: 'array', items: object({ 'a b': string }, { required: ['a b'] }) }
  },
  { required: ODD }
)

t.test('F21: odd names of properties are sent in letters and come back as they were, whole and streamed', async (t) => {
  const body = { model: SONNET_45, tools: [tool('look', { parameters })] }
  const { sent } = await ask(body)
  const json = specOf(sent)?.inputSchema.json
  const names = Object.keys(json?.properties ?? {})
  t.equal(names.length, ODD.length + 1)
  for (const name of names) t.match(name, /^[a-zA-Z0-9_.-]{1,64}$/)
  t.same(json?.required, names.slice(0, -1))
  t.match(JSON.stringify(json?.properties.list), /"required":\["a_b_\w+"\]/)
  const inner = Object.keys((json?.properties.list?.items as Schema | undefined)?.properties ?? {})[0] ?? ''
  const input = { ...Object.fromEntries(names.slice(0, -1).map((name) => [name, `{"${name}":1}`])), list: [{ [inner]: '\\"' }] }
  standin.answer(SONNET_45, { content: [{ toolUse: { toolUseId: 'tooluse_1', name: 'look', input } }], stopReason: 'tool_use' })
  const whole = (await ask(body)).body.choices[0]?.message.tool_calls?.[0] as { function: { arguments: string } }
  const wanted = { ...Object.fromEntries(ODD.map((name, at) => [name, `{"${names[at]}":1}`])), list: [{ 'a b': '\\"' }] }
  t.same(JSON.parse(whole.function.arguments), wanted)
  const [streamed] = (added((await stream(body)).text).message.tool_calls ?? []) as { function: { arguments: string } }[]
  t.equal(streamed?.function.arguments, whole.function.arguments)
  const messages = [
    ...say('a'),
    { role: 'assistant', content: null, tool_calls: [call('call_1', 'look', JSON.stringify(wanted))] },
    { role: 'tool', tool_call_id: 'call_1', content: 'b' }
  ]
  const again = await ask({ ...body, messages })
  t.same((again.sent?.messages[1]?.content[0]?.toolUse as { input: object } | undefined)?.input, input)
})

t.test('F21: the native form of an answer has the names that the caller gave', async (t) => {
  const form = { type: 'json_schema', json_schema: { name: 'x', schema: object({ 'a b': string }, { required: ['a b'] }) } }
  const { sent } = await ask({ model: SONNET_45, response_format: form })
  const name =
    /"(a_b_\w+)\\":\{/.exec(JSON.stringify(sent?.outputConfig).replaceAll('\\"', '"').replaceAll('":{', '\\":{'))?.[1] ?? ''
  standin.answer(SONNET_45, { content: [{ text: `{"${name}": "${name}"}` }] })
  const { body } = await ask({ model: SONNET_45, response_format: form })
  t.equal(body.choices[0]?.message.content, `{"a b": "${name}"}`)
  t.equal(added((await stream({ model: SONNET_45, response_format: form })).text).message.content, `{"a b": "${name}"}`)
})

t.test('F21: keys are restored alike however the JSON is cut, and strings that are values never', async (t) => {
  const names = new Map([
    ['k_1', '氏 "名'],
    ['k_2', '$x']
  ])
  const key = fc.constantFrom('k_1', 'k_2', 'k', 'a"b', '\\')
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, key, fc.integer(), fc.constant(null), fc.array(tie('tree')), fc.dictionary(key, tie('tree')))
  }))
  const restored = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restored)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [names.get(name) ?? name, restored(one)]))
  }
  fc.assert(
    fc.property(tree, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (value, sizes) => {
      const json = JSON.stringify(value)
      const keys = createKeyRestorer(names)
      let out = ''
      for (let at = 0, turn = 0; at < json.length; turn++) {
        const end = at + (sizes[turn % sizes.length] ?? 1)
        out += keys.take(json.slice(at, end))
        at = end
      }
      t.equal(out + keys.end(), JSON.stringify(restored(value)))
    }),
    { numRuns: 100 }
  )
})

t.test('F22: schemas of older drafts are sent to Claude in draft 2020-12', async (t) => {
  const properties = {
    n: { type: 'integer', minimum: 0, exclusiveMinimum: true, description: null },
    pair: { type: 'array', items: [string, { type: 'any' }], additionalItems: false },
    word: { type: 'string', enum: null, required: true },
    free: { type: 'any' }
  }
  const old = { $schema: 'http://json-schema.org/draft-04/schema#', id: 'x', ...object(properties), required: null }
  const { status, sent } = await ask({ model: SONNET_45, tools: [tool('look', { parameters: old })] })
  t.equal(status, 200)
  t.same(specOf(sent)?.inputSchema.json, {
    type: 'object',
    properties: {
      n: { type: 'integer', exclusiveMinimum: 0 },
      pair: { type: 'array', prefixItems: [string, {}], items: false },
      word: string,
      free: {}
    },
    required: ['word']
  })
})

t.test('F25: definitions are written in for Nova, and what cannot be is told', async (t) => {
  const definitions = { A: object({ b: { $ref: '#/$defs/B', description: 'mine' } }), B: string }
  const { sent } = await ask({
    tools: [tool('look', { parameters: { ...object({ a: { $ref: '#/$defs/A' } }), $defs: definitions } })]
  })
  t.same(specOf(sent)?.inputSchema.json, object({ a: object({ b: { ...string, description: 'mine' } }) }))
  const tree = { ...object({ next: { $ref: '#/$defs/T' } }), $defs: { T: object({ next: { $ref: '#/$defs/T' } }) } }
  const cut = await ask({ tools: [tool('look', { parameters: tree })] })
  t.equal(cut.status, 200)
  t.match(cut.headers.get('x-adit-dropped'), /tools/)
  t.notMatch(JSON.stringify(specOf(cut.sent)), '$ref')
  const doubling = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `D${at}`,
      object({ a: { $ref: `#/$defs/D${at + 1}` }, b: { $ref: `#/$defs/D${at + 1}` } })
    ])
  )
  const long = await ask({
    model: NOVA,
    tools: [tool('look', { parameters: { ...object({ a: { $ref: '#/$defs/D0' } }), $defs: doubling } })]
  })
  t.equal(long.status, 200)
  t.ok(JSON.stringify(long.sent).length < 500_000)
})

const ELSEWHERE = { $ref: 'https://example.com/schemas/city.json' }

for (const form of ['whole', 'streamed'] as const) {
  t.test(
    `F22: a schema that is refused all the same is sent with its members alone, and no other tool's is touched, ${form}`,
    async (t) => {
      const before = standin.requests.length
      const body = {
        model: SONNET_45,
        tools: [
          tool('plain', { parameters: object({ a: { type: 'string', minLength: 2 } }) }),
          tool('odd', {
            parameters: object(
              { city: ELSEWHERE, days: { type: 'integer', minimum: 1, description: 'How many.' } },
              { required: ['city'] }
            )
          })
        ]
      }
      const { status, headers } = form === 'whole' ? await ask(body) : await stream(body)
      t.equal(status, 200)
      t.equal(headers.get('x-adit-dropped'), 'tools[1].function')
      const calls = standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse'))
      t.equal(calls.length, 2)
      const tools = (calls[1]?.body as Sent)?.toolConfig?.tools as { toolSpec: { inputSchema: { json: object } } }[]
      t.match(tools[0]?.toolSpec.inputSchema.json, { properties: { a: { minLength: 2 } } })
      t.strictSame(tools[1]?.toolSpec.inputSchema.json, {
        type: 'object',
        properties: { city: {}, days: { type: 'integer', description: 'How many.' } },
        required: ['city']
      })
      await (form === 'whole' ? ask(body) : stream(body))
      t.equal(
        standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse')).length,
        4,
        'a refused value is not remembered'
      )
    }
  )
}

t.test('F22: what a repair or a folding leaves out is told', async (t) => {
  const rows: readonly (readonly [string, object])[] = [
    ['a reference to nowhere', object({ a: { $ref: '#/$defs/missing' } })],
    ['a pattern that is none', object({ a: { type: 'string', pattern: '([' } })],
    ['a type nobody knows', object({ a: { type: 'widget' } })],
    ['a limit in words', object({ a: { type: 'string', maxLength: 'many' } })],
    [
      'an alternative that is closed',
      { type: 'object', anyOf: [object({ a: string }, { additionalProperties: false }), object({ b: string })] }
    ]
  ]
  for (const [name, parameters] of rows) {
    const { status, headers } = await ask({ model: SONNET_45, tools: [tool('look', { parameters })] })
    t.strictSame([status, headers.get('x-adit-dropped')], [200, 'tools[0].function'], name)
  }
  const silent = object(
    { a: { type: 'any', description: null, enum: null }, b: { type: 'string', required: true } },
    { $schema: 'x', id: 'y' }
  )
  const { headers } = await ask({ model: SONNET_45, tools: [tool('look', { parameters: silent })] })
  t.equal(headers.get('x-adit-dropped'), null, 'what asks nothing is no loss')
})
