import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { createKeyRestorer } from '../../src/bedrock/answer/restore-keys.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { fromSchema } from '../../src/standin/from-schema.ts'
import { makeRandom } from '../../src/standin/random.ts'
import { resolveModel } from '../../src/standin/resolve.ts'
import { checkToolSchemas } from '../../src/standin/rules-tool-schema.ts'
import { isDraft2020 } from '../../src/standin/schema-draft.ts'
import { assistant, call, checkByStandin, encode, result, user } from '../bedrock/converse/encode.ts'

/** Models whose schemas are reshaped. */
const RESHAPED = [
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'us.anthropic.claude-opus-4-7',
  'us.anthropic.claude-opus-5-5',
  'amazon.nova-pro-v1:0',
  'us.amazon.nova-2-lite-v1:0'
]
/** One of each other family with tools. */
const OTHERS = [
  'us.openai.gpt-5.6-sol',
  'openai.gpt-oss-120b-1:0',
  'us.meta.llama3-3-70b-instruct-v1:0',
  'mistral.mistral-large-3-675b-instruct',
  'deepseek.v3.2',
  'qwen.qwen3-235b-a22b-2507-v1:0',
  'moonshotai.kimi-k2.5',
  'google.gemma-3-27b-it',
  'nvidia.nemotron-nano-3-30b',
  'minimax.minimax-m2.5',
  'zai.glm-5',
  'us.writer.palmyra-x5-v1:0'
]

/** The same schemas each time, unless a long run says otherwise. */
const { LAW_SEED = '20261127', LAW_RUNS = '18' } = process.env
const SEED = Number(LAW_SEED)
const RUNS = Number(LAW_RUNS)

const plainName = fc.constantFrom('a', 'b', 'city', 'user_id', 'x.y', 'with-dash')
const hostileName = fc.oneof(
  fc.constantFrom(
    '$filter',
    'Account Number',
    'settings[x]',
    '氏名',
    '',
    'x'.repeat(70),
    'a b',
    'constructor',
    'toString',
    'properties',
    '$ref',
    '"',
    '\\',
    'a/b',
    'a~b',
    'type',
    'required'
  ),
  fc.string({ maxLength: 12 })
)
const name = fc
  .oneof({ weight: 3, arbitrary: plainName }, { weight: 2, arbitrary: hostileName })
  .filter((one) => one !== '__proto__')

const leaf: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: 'string' },
  { type: 'integer' },
  { type: 'number' },
  { type: 'boolean' },
  { type: ['string', 'null'] },
  { enum: ['x', 'y'] },
  { const: 7 },
  { type: 'string', format: 'date-time' },
  { type: 'array', items: { type: 'string' } },
  {}
)
/** What older drafts, typed languages and careless clients write, and which values it means. */
const RELICS: readonly (readonly [schema: JsonObject, means: (value: unknown) => boolean])[] = [
  [{ type: 'integer', minimum: 1, exclusiveMinimum: true }, (value) => Number.isInteger(value) && (value as number) > 1],
  [{ type: 'array', items: [{ type: 'string' }, { type: 'number' }] }, isPair],
  [{ type: 'array', items: [{ type: 'string' }, { type: 'number' }], additionalItems: false }, isPair],
  [{ type: 'string', enum: null }, isString],
  [{ type: 'string', description: null }, isString],
  [{ type: 'string', required: true }, isString],
  [{ type: 'any' }, isAnything],
  [{ type: 'object', required: null, properties: {} }, isObject],
  [{ type: 'object', properties: [] as unknown as JsonObject }, isObject],
  [{ id: 'x', type: 'string', nullable: true }, (value) => value === null || isString(value)],
  [{ $ref: '#/definitions/missing' }, isAnything],
  [{ type: 'object', dependencies: { a: ['b'] } }, isObject],
  [{ type: 'object', dependencies: { 'a b': '$c' } }, isObject],
  [{ type: 'string', pattern: '(?<=a)b' }, isString],
  [{ type: 'integer', maximum: '10' }, Number.isInteger],
  [{ anyOf: [] }, isAnything],
  [{ type: 'Integer' }, Number.isInteger],
  [{ type: 'str' }, isString],
  [{ type: ['int', 'null'] }, (value) => value === null || Number.isInteger(value)],
  [{ type: 'widget' }, isAnything],
  [{ type: 'array', items: null }, Array.isArray],
  [{ type: 'array', items: 'string' }, Array.isArray],
  [{ type: 'object', patternProperties: { '([': {} } }, isObject],
  [{ type: 'object', propertyNames: { enum: ['a', '$b'] } }, isObject],
  [{ type: 'object', dependentRequired: { 'x y': ['$z'] } }, isObject],
  ['string' as unknown as JsonObject, isAnything],
  [null as unknown as JsonObject, isAnything]
]

function isString(value: unknown): boolean {
  return typeof value === 'string'
}
function isAnything(): boolean {
  return true
}
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function isPair(value: unknown): boolean {
  return Array.isArray(value) && (value.length < 1 || isString(value[0])) && (value.length < 2 || typeof value[1] === 'number')
}

interface Drawn {
  readonly schema: JsonObject
  /** What the caller's schema asks, as a schema of this draft: members that are older words ask nothing here. */
  readonly plain: JsonObject
  /** Alternatives at the root: a member must fit one that names it; which go together is told in words. */
  readonly branches?: readonly JsonObject[]
  /** The member in older words, and what they mean. */
  readonly relic?: readonly [name: string, means: (value: unknown) => boolean]
}

const { node } = fc.letrec<{ node: JsonObject; object: JsonObject }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('object'),
    tie('node').map((items) => ({ type: 'array', items }) as JsonObject),
    fc.tuple(tie('node'), tie('node')).map((anyOf) => ({ anyOf }) as JsonObject),
    fc.constant<JsonObject>({ $ref: '#/$defs/Shared' })
  ),
  object: fc
    .tuple(fc.uniqueArray(fc.tuple(name, tie('node')), { maxLength: 4, selector: ([key]) => key }), fc.boolean(), fc.nat())
    .map(([members, closed, which]) => ({
      type: 'object',
      properties: Object.fromEntries(members),
      required: members.filter((_, index) => (which >> index) % 2 === 1).map(([key]) => key),
      ...(closed ? { additionalProperties: false } : {})
    }))
}))

const object = fc.uniqueArray(fc.tuple(name, node), { maxLength: 5, selector: ([key]) => key }).map(
  (members): JsonObject => ({
    type: 'object',
    properties: Object.fromEntries(members),
    required: members.slice(0, 2).map(([key]) => key)
  })
)

const SHARED: JsonObject = {
  Shared: {
    type: 'object',
    properties: { 'inner name': { type: 'string' }, next: { $ref: '#/$defs/Plain' } },
    required: ['inner name']
  },
  Plain: { type: 'object', properties: { a: { type: 'integer' } } }
}

const plainly = (schema: JsonObject): Drawn => ({ schema, plain: schema })

const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  object.map((schema) => plainly({ ...schema, $defs: SHARED })),
  fc.tuple(object, object).map(([a, b]) => plainly({ allOf: [a, b], $defs: SHARED })),
  fc.tuple(fc.constantFrom('anyOf', 'oneOf'), fc.boolean(), object, object, object).map(([keyword, typed, own, a, b]): Drawn => {
    const root = typed ? own : { type: 'object' }
    return { schema: { ...root, [keyword]: [a, b], $defs: SHARED }, plain: { ...root, $defs: SHARED }, branches: [a, b] }
  }),
  fc.tuple(object, fc.nat(1), fc.constantFrom('anyOf', 'oneOf')).map(([a, at, keyword]): Drawn => {
    const b = { type: 'object', properties: { back: { $ref: `#/${keyword}/0` }, whole: { $ref: '#' } } }
    const branches = at === 0 ? [a, b] : [a, b, { $ref: '#/$defs/Shared' }]
    return { schema: { [keyword]: branches, $defs: SHARED }, plain: { type: 'object', $defs: SHARED }, branches }
  }),
  fc.constant(plainly({ $ref: '#/$defs/Shared', $defs: SHARED })),
  fc.tuple(object, name, fc.constantFrom(...RELICS)).map(([schema, key, [odd, means]]): Drawn => {
    const properties = schema.properties as JsonObject
    const shared = { $defs: SHARED, definitions: SHARED }
    return {
      schema: { ...schema, properties: { ...properties, [key]: odd }, ...shared },
      plain: { ...schema, properties: { ...properties, [key]: {} }, ...shared },
      relic: [key, means]
    }
  }),
  fc.constantFrom(...RELICS).map(([odd]): Drawn => ({ schema: { ...odd, type: 'object' }, plain: { type: 'object' } }))
)

function fits(schema: JsonObject, value: unknown): boolean | undefined {
  try {
    return new Ajv2020({ strict: false, validateFormats: false, logger: false, ownProperties: true }).compile(schema)(value)
  } catch {
    return undefined // no schema of this draft
  }
}

/** What is wrong with the arguments by the caller's schema; undefined: nothing. */
function misfit({ schema, plain, branches = [], relic }: Drawn, value: Record<string, unknown>): string | undefined {
  const { $defs, ...root } = schema
  if (fits(plain, value) === false) return 'the schema'
  if (relic !== undefined && Object.hasOwn(value, relic[0]) && !relic[1](value[relic[0]])) return `what ${relic[0]} means`
  for (const [key, member] of Object.entries(value)) {
    const asked = branches.flatMap((branch) => {
      const { properties } = (branch.$ref === undefined ? branch : SHARED.Shared) as JsonObject
      return properties !== undefined && Object.hasOwn(properties as object, key) ? [(properties as JsonObject)[key]!] : []
    })
    // References go to the whole schema as the caller wrote it, so it stands around what is asked.
    const around = { ...root, $defs: $defs ?? {} }
    const isFit = asked.some((one) => fits(inAnyOf({ ...withoutRoot(around), allOf: [one] }), member) !== false)
    if (asked.length > 0 && !isFit) return `every alternative that has ${key}`
  }
  return undefined
}

/** Keeps what references lead to, and asks nothing by itself. */
function withoutRoot({ $defs, anyOf, oneOf }: JsonObject): JsonObject {
  const kept = (anyOf ?? oneOf) as readonly JsonObject[] | undefined
  return { $defs: $defs ?? {}, ...(kept === undefined ? {} : { anyOf: [...kept, true] }) }
}

function inAnyOf(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/oneOf/', '#/anyOf/')) as JsonObject
}

interface Sent {
  readonly messages: readonly { readonly content: readonly { readonly toolUse?: { readonly input: JsonObject } }[] }[]
  readonly toolConfig?: {
    readonly tools: readonly { readonly toolSpec: { readonly inputSchema: { readonly json: JsonObject } } }[]
  }
}

/** Asks with the tool, and with a call of it in the history where one is given. */
function ask(model: string, schema: JsonObject, said?: JsonObject) {
  const before = said === undefined ? [] : [user('q'), assistant(call('call_1', 'look', said)), user(result('call_1'))]
  const encoded = encode(model, {
    tools: [{ type: 'function', name: 'look', inputSchema: schema, path: 'tools[0].function' }],
    turns: said === undefined ? [user('q')] : before
  })
  const body = JSON.parse(JSON.stringify(encoded.body)) as Sent
  return { encoded, body, json: body.toolConfig?.tools[0]?.toolSpec.inputSchema.json }
}

type Encoded = ReturnType<typeof ask>['encoded']

/** The JSON of arguments as the caller gets it, cut at these places on its way. */
function restored({ context: { propertyNames } }: Encoded, json: string, cuts: readonly number[]): string {
  if (propertyNames === undefined) return json
  const restorer = createKeyRestorer(propertyNames)
  const places = [0, ...cuts.map((cut) => cut % (json.length + 1)).toSorted((a, b) => a - b), json.length]
  const pieces = places.slice(1).map((place, index) => restorer.take(json.slice(places[index], place)))
  return pieces.join('') + restorer.end()
}

const CUTS = fc.array(fc.nat(10_000), { maxLength: 8 })

for (const [model, runs] of [
  ...RESHAPED.map((model) => [model, RUNS] as const),
  ...OTHERS.map((model) => [model, Math.ceil(RUNS / 6)] as const)
]) {
  t.test(
    `tool schemas, however they are drawn, are sent to ${model} as it takes them, and its arguments fit the caller's`,
    async () => {
      fc.assert(
        fc.property(drawn, fc.nat(), CUTS, (one, seed, cuts) => {
          const { encoded, body, json } = ask(model, one.schema)
          checkByStandin(model, encoded)
          if (json === undefined) throw new Error('no tool is sent')
          checkToolSchemas(body as never, resolveModel(model) as never)
          const sent = JSON.stringify(fromSchema(json, 'Rome', makeRandom(seed, 'arguments')))
          const back = restored(encoded, sent, cuts)
          const value = JSON.parse(back) as Record<string, unknown>
          // The maker of values knows not every keyword: only what fits the schema that was sent is held against the caller's.
          if (fits(json, JSON.parse(sent)) !== true) return
          const wrong = encoded.warnings.length > 0 ? undefined : misfit(one, value)
          if (wrong !== undefined) throw new Error(`${back} does not fit ${wrong} of ${JSON.stringify(one.schema)}`)
        }),
        { numRuns: runs, seed: SEED }
      )
    }
  )

  t.test(`a call in the history of ${model} has the names of its schema, and comes back as it was`, async () => {
    fc.assert(
      fc.property(drawn, fc.nat(), CUTS, ({ schema, plain }, seed, cuts) => {
        const said = fromSchema(plain, 'Rome', makeRandom(seed, 'history')) as JsonObject
        const { encoded, body, json } = ask(model, schema, said)
        checkByStandin(model, encoded)
        const input = body.messages[1]?.content.find(({ toolUse }) => toolUse !== undefined)?.toolUse?.input
        if (input === undefined) throw new Error('the call is not sent')
        const back = restored(encoded, JSON.stringify(input), cuts)
        if (back !== JSON.stringify(said)) throw new Error(`${JSON.stringify(said)} came back as ${back}`)
        if (encoded.warnings.length > 0 || json === undefined || fits(schema, said) !== true) return
        if (fits(json, input) === false) throw new Error(`${JSON.stringify(input)} does not fit ${JSON.stringify(json)}`)
      }),
      { numRuns: Math.ceil(runs / 2), seed: SEED }
    )
  })

  t.test(`the same tools become the same bytes for ${model}, whatever was asked before`, async () => {
    fc.assert(
      fc.property(drawn, ({ schema }) => {
        const first = ask(model, schema)
        const again = ask(model, JSON.parse(JSON.stringify(schema)) as JsonObject)
        return JSON.stringify(first.encoded.body) === JSON.stringify(again.encoded.body)
      }),
      { numRuns: Math.ceil(runs / 3), seed: SEED }
    )
  })
}

t.test('the synthetic Bedrock tells draft 2020-12 from others as its metaschema does', async () => {
  const ajv = new Ajv2020({ strict: false, logger: false })
  fc.assert(
    fc.property(drawn, ({ schema }) => {
      // Whether a pattern is one is a format, which the metaschema only notes.
      if (JSON.stringify(schema).includes('"patternProperties"')) return
      const expected = ajv.validateSchema(schema) === true
      if (isDraft2020(schema) !== expected) throw new Error(`${JSON.stringify(schema)} is ${expected ? 'one' : 'none'}`)
    }),
    { numRuns: RUNS * 10, seed: SEED }
  )
})
