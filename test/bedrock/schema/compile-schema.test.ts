import t from 'tap'
import { createSchemaCompiler } from '../../../src/bedrock/schema/compile-schema.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'

const compile = createSchemaCompiler()
const ref = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` })
/** `d0` to `d<last>`, each made of the next one. */
const chain = (last: number, link: (next: JsonObject) => JsonObject, end: JsonObject): JsonObject =>
  Object.fromEntries(Array.from({ length: last + 1 }, (_, at) => [`d${at}`, at === last ? end : link(ref(`d${at + 1}`))]))
const root = ($defs: JsonObject): JsonObject => ({ type: 'object', properties: { a: ref('d0') }, $defs })
const nest = (levels: number, wrap: (value: Json) => Json): Json => {
  let value: Json = 1
  for (let level = 0; level < levels; level++) value = wrap(value)
  return value
}

const both = (schema: JsonObject): JsonObject => ({ allOf: [{ properties: { a: schema } }, { not: {} }] })

/** Schemas and values that would hold up the process for minutes to days, were they compiled or checked as they are. */
const ROWS: readonly [name: string, schema: JsonObject, value: Json][] = [
  ['a choice of two at every link of a chain', root(chain(40, (next) => ({ anyOf: [next, next] }), { type: 'null' })), { a: 1 }],
  [
    'a choice between two ways back',
    root({ d0: { anyOf: [both(ref('d0')), both(ref('d0'))] } }),
    { a: nest(40, (value) => ({ a: value })) }
  ],
  ['lists in lists in a definition', root({ d0: nest(100, (value) => ({ a: [value] })) }), { a: 1 }],
  [
    'forty thousand items that must differ',
    { type: 'array', uniqueItems: true },
    Array.from({ length: 40_000 }, (_, a) => ({ a }))
  ]
]

for (const [name, schema, value] of ROWS)
  t.test(`${name} takes no time`, async (t) => {
    const before = process.cpuUsage()
    const fits = await compile(schema)
    fits?.(value)
    const { user, system } = process.cpuUsage(before)
    t.ok(user + system < 1_000_000, 'less than a second of processor time')
  })

t.test('a tree of nodes is checked: one way back is no danger', async (t) => {
  const node: JsonObject = { type: 'object', properties: { next: { anyOf: [{ type: 'null' }, ref('d0')] } }, required: ['next'] }
  const fits = await compile(root({ d0: node }))
  t.equal(fits?.({ a: { next: { next: null } } }), true)
  t.equal(fits?.({ a: { next: { next: 5 } } }), false)
})

t.test('a definition that is used in many places is checked', async (t) => {
  const properties = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, ref('d0')]))
  const fits = await compile({ type: 'object', properties, $defs: { d0: { type: 'integer' } } })
  t.equal(fits?.({ p1: 1, p49: 2 }), true)
  t.equal(fits?.({ p1: 1, p49: 'a' }), false)
})

t.test('S12: a schema of many schemas is not checked, however short it is', async (t) => {
  const compile = createSchemaCompiler()
  const nots = (count: number) => ({ allOf: Array.from({ length: count }, () => ({ not: {} })) })
  t.ok(await compile(nots(150)))
  t.equal(await compile(nots(300)), undefined)
})
