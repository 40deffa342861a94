import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { createKeyRestorer } from '../../src/bedrock/answer/restore-keys.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { fromSchema } from '../../src/standin/from-schema.ts'
import { makeRandom } from '../../src/standin/random.ts'
import { resolveModel } from '../../src/standin/resolve.ts'
import { checkToolSchemas } from '../../src/standin/rules-tool-schema.ts'
import {
  checkByStandin,
  encode,
  GPT_56,
  GPT_OSS,
  LLAMA,
  MISTRAL,
  NOVA,
  NOVA_2,
  OPUS_47,
  SONNET_45,
  user
} from '../bedrock/converse/encode.ts'

const MODELS = [
  `us.${SONNET_45}`,
  OPUS_47,
  NOVA,
  NOVA_2,
  LLAMA,
  MISTRAL,
  GPT_OSS,
  GPT_56,
  'deepseek.v3.2',
  'qwen.qwen3-235b-a22b-2507-v1:0'
]

/** The same schemas each time. */
const SEED = 20_261_127

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
/** What older drafts, typed languages and careless clients write; what it means is nobody's to say. */
const relic: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: 'integer', minimum: 1, exclusiveMinimum: true },
  { type: 'array', items: [{ type: 'string' }, { type: 'number' }] },
  { type: 'string', enum: null },
  { type: 'string', description: null },
  { type: 'string', required: true },
  { type: 'any' },
  { type: 'object', required: null, properties: {} },
  { type: 'object', properties: [] as unknown as JsonObject },
  { id: 'x', type: 'string', nullable: true },
  { $ref: '#/definitions/missing' },
  { type: 'object', dependencies: { a: ['b'] } },
  { type: 'string', pattern: '(?<=a)b' },
  { type: 'integer', maximum: '10' },
  { anyOf: [] },
  { type: 'Integer' }
)

interface Drawn {
  readonly schema: JsonObject
  /** Older words are in it. */
  readonly isOdd: boolean
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

/** A name with one type in one alternative and another in the other: folded, only words say that the two go together. */
function shareNames(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(a.properties as JsonObject).some((key) => Object.hasOwn(b.properties as JsonObject, key))
}

const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  object.map((schema) => ({ schema: { ...schema, $defs: SHARED }, isOdd: false })),
  fc.tuple(object, object).map(([a, b]) => ({ schema: { allOf: [a, b], $defs: SHARED }, isOdd: false })),
  fc
    .tuple(object, object)
    .map(([a, b]) => ({ schema: { type: 'object', anyOf: [a, b], $defs: SHARED }, isOdd: shareNames(a, b) })),
  fc
    .tuple(object, object)
    .map(([a, b]) => ({ schema: { ...a, oneOf: [b, { type: 'object', required: ['z'] }], $defs: SHARED }, isOdd: true })),
  fc.constant({ schema: { $ref: '#/$defs/Shared', $defs: SHARED }, isOdd: false }),
  fc.tuple(object, name, relic).map(([schema, key, odd]) => ({
    schema: { ...schema, properties: { ...(schema.properties as JsonObject), [key]: odd }, definitions: SHARED, $defs: SHARED },
    isOdd: true
  })),
  relic.map((odd) => ({ schema: { ...odd, type: 'object' }, isOdd: true }))
)

const ajv = () => new Ajv2020({ strict: false, validateFormats: false, logger: false, ownProperties: true })

function fits(schema: JsonObject, value: unknown): boolean | undefined {
  try {
    return ajv().compile(schema)(value)
  } catch {
    return undefined // no schema of this draft
  }
}

interface Sent {
  readonly toolConfig: {
    readonly tools: readonly { readonly toolSpec: { readonly inputSchema: { readonly json: JsonObject } } }[]
  }
}

function ask(model: string, schema: JsonObject) {
  const encoded = encode(model, {
    tools: [{ type: 'function', name: 'look', inputSchema: schema, path: 'tools[0].function' }],
    turns: [user('q')]
  })
  const body = JSON.parse(JSON.stringify(encoded.body)) as Sent
  return { encoded, body, json: body.toolConfig?.tools[0]?.toolSpec.inputSchema.json }
}

for (const model of MODELS) {
  t.test(
    `tool schemas, however they are drawn, are sent to ${model} as it takes them, and its arguments fit the caller's`,
    async () => {
      fc.assert(
        fc.property(drawn, fc.nat(), ({ schema, isOdd }, seed) => {
          const { encoded, body, json } = ask(model, schema)
          checkByStandin(model, encoded)
          if (json === undefined) return // the model calls no tools
          checkToolSchemas(body as never, resolveModel(model) as never)
          const random = makeRandom(seed, 'arguments')
          const sent = JSON.stringify(fromSchema(json, 'Rome', random))
          const names = encoded.context.propertyNames
          const restorer = names === undefined ? undefined : createKeyRestorer(names)
          const cut = seed % (sent.length + 1)
          const back =
            restorer === undefined ? sent : restorer.take(sent.slice(0, cut)) + restorer.take(sent.slice(cut)) + restorer.end()
          const value: unknown = JSON.parse(back)
          const isCut = encoded.warnings.length > 0
          // the maker of values knows not every keyword: only what fits the schema that was sent is held against the caller's
          const own = fromSchema(schema, 'Rome', makeRandom(seed, 'arguments'))
          if (isOdd || isCut || fits(schema, own) !== true || fits(json, JSON.parse(sent)) !== true) return
          if (fits(schema, value) === false) throw new Error(`${back} does not fit ${JSON.stringify(schema)}`)
        }),
        { numRuns: 40, seed: SEED }
      )
    }
  )

  t.test(`the same tools become the same bytes for ${model}, whatever was asked before`, async () => {
    fc.assert(
      fc.property(drawn, ({ schema }) => {
        const first = ask(model, schema)
        const again = ask(model, JSON.parse(JSON.stringify(schema)) as JsonObject)
        return JSON.stringify(first.encoded.body) === JSON.stringify(again.encoded.body)
      }),
      { numRuns: 10, seed: SEED }
    )
  })
}
