import t from 'tap'
import { createSchemaCompiler } from '../../../src/bedrock/schema/compile-schema.ts'
import { createOutputChecker } from '../../../src/bedrock/schema/output-check.ts'
import type { EventBatch, FinishReason } from '../../../src/core/event.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'

const checkOutput = createOutputChecker()

/** An answer of one text, in two pieces. */
function answer(text: string, reason: FinishReason = 'end'): EventBatch {
  return [
    { type: 'start' },
    { type: 'reasoning', block: 0, text: '{not the answer' },
    { type: 'block-end', block: 0 },
    { type: 'text', block: 1, text: text.slice(0, 3) },
    { type: 'text', block: 1, text: text.slice(3) },
    { type: 'block-end', block: 1 },
    { type: 'finish', reason, details: { raw: '' } }
  ]
}

async function isFlawed(schema: JsonObject, text: string, reason?: FinishReason): Promise<boolean> {
  const check = checkOutput(schema)
  check.read(answer(text, reason))
  const flaws = await check.verdict()
  for (const flaw of flaws) if (!('field' in flaw) || flaw.field !== 'output') throw new Error(JSON.stringify(flaw))
  return flaws.length > 0
}

const CITY: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, people: { type: 'integer', minimum: 1 } },
  required: ['city'],
  additionalProperties: false
}
const nested = (depth: number) => `${'{"a":'.repeat(depth)}{}${'}'.repeat(depth)}`

const ROWS: readonly [promise: string, schema: JsonObject, text: string, flawed: boolean][] = [
  ['an answer that fits', CITY, '{"city":"Rome","people":3}', false],
  ['white space around it is no fault', CITY, '\n {"city":"Rome"}\n', false],
  ['a member of the wrong type', CITY, '{"city":7}', true],
  ['a missing member', CITY, '{"people":3}', true],
  ['a member too many', CITY, '{"city":"Rome","mayor":"x"}', true],
  ['what Bedrock cannot enforce: a minimum', CITY, '{"city":"Rome","people":0}', true],
  ['what Bedrock cannot enforce: a length', CITY, '{"city":"R"}', true],
  ['prose', CITY, 'The city is Rome.', true],
  ['JSON in a fence', CITY, '```json\n{"city":"Rome"}\n```', true],
  ['nothing at all', CITY, '', true],
  ['any object for json_object', { type: 'object' }, '{"a":[1]}', false],
  ['a list for json_object', { type: 'object' }, '[1]', true],
  ['a scalar schema', { type: 'number' }, '12', false],
  ['null where null is allowed', { type: ['object', 'null'] }, 'null', false],
  [
    'definitions of an older draft',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'https://example.com/city',
      definitions: { name: { type: 'string' } },
      type: 'object',
      properties: { city: { $ref: '#/definitions/name' } }
    },
    '{"city":1}',
    true
  ],
  ['a pattern is taken as met', { type: 'string', pattern: '^(a+)+$' }, JSON.stringify(`${'a'.repeat(60)}!`), false],
  ['an unknown format is no fault', { type: 'string', format: 'shoe-size' }, '"44"', false],
  ['a schema that is none checks only for JSON', { type: 'banana' }, '{"a":1}', false],
  ['a schema that is none still wants JSON', { type: 'banana' }, 'a', true],
  ['a reference to elsewhere is not fetched', { $ref: 'http://127.0.0.1:1/schema.json' }, '{"a":1}', false],
  ['a recursive schema', { type: 'object', properties: { a: { $ref: '#' } }, additionalProperties: false }, nested(3), false],
  ['an answer nested beyond the stack is not judged', { type: 'object', properties: { a: { $ref: '#' } } }, nested(50_000), false]
]
for (const [promise, schema, text, flawed] of ROWS)
  t.test(`${promise} is ${flawed ? 'told' : 'not told'}`, async (t) => t.equal(await isFlawed(schema, text), flawed))

t.test('an answer that was cut, filtered or calls a tool is not judged', async (t) => {
  for (const reason of ['length', 'filtered', 'tool-calls'] as const) t.notOk(await isFlawed(CITY, '{"ci', reason))
})

t.test('the same schema twice, and two schemas of one $id, stand side by side', async (t) => {
  const compile = createSchemaCompiler()
  const of = (type: string) => compile({ $id: 'https://example.com/same', type })
  const check = async (type: string, value: Json) => (await of(type))?.(value)
  t.equal(await check('string', 'a'), true)
  t.equal(await check('number', 'a'), false)
  t.equal(await check('string', 'a'), true)
})

t.test('of many schemas only the latest are kept, and all are checked', async (t) => {
  const compile = createSchemaCompiler()
  for (const round of [1, 2])
    for (let i = 0; i < 80; i++) t.equal((await compile({ const: i }))?.(i), true, `round ${round}, schema ${i}`)
})

t.test('a schema too long to compile is not checked', async (t) => {
  const properties = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`member${i}`, { type: 'string' }]))
  t.equal(await createSchemaCompiler()({ type: 'object', properties }), undefined)
})
