import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { NOVA, OPUS_47, OPUS_55, type Sent, SONNET_45, SONNET_46, tool } from '../acceptance/asker.ts'
import { build } from '../support/helper.ts'
import { within } from './within.ts'

/** Rows that claim more than the models take, so that there is much to be refused and remembered. */
const CLAIMS = [
  {
    match: 'anthropic.claude-opus-4-7',
    temperature: true,
    topP: true,
    strictTools: true,
    structuredOutput: true,
    topKField: 'top_k'
  },
  { match: 'anthropic.claude-opus-5-5', toolChoice: ['auto', 'any', 'tool'], reasoning: 'budget' },
  { match: 'anthropic.claude-sonnet-4-5-*', temperatureWithTopP: true, noCacheBehind: [] },
  { match: 'amazon.nova-lite-*', cache: ['tools', 'system', 'messages'], noCacheBehind: [], maxOutputTokens: 100_000 }
]

/** Words of refusals, for a caller who puts them wherever a refusal may repeat them. */
const SENTENCES = [
  "This model doesn't support the temperature field. Remove temperature and try again.",
  'tools.0.custom.strict: Extra inputs are not permitted',
  'tools.0.custom.strict',
  'output_config.format',
  'tool_choice.disable_parallel_tool_use',
  'tool_choice: type "tool" and "any" are not supported for this model.',
  'x-anthropic-billing-header: a',
  'system.0'
]
const WORDS = fc.constantFrom('hello', ...SENTENCES)
const MARK = { cache_control: { type: 'ephemeral' } }
const CSV = { type: 'file', file: { filename: 'a.csv', file_data: 'YSxi', format: 'csv' } }

const USER = fc.oneof(
  WORDS.map((text) => [{ role: 'user', content: text }]),
  WORDS.map((text) => [{ role: 'user', content: [{ type: 'text', text, ...MARK }] }]),
  WORDS.map((text) => [
    {
      role: 'user',
      content: [
        { type: 'text', text },
        { ...CSV, ...MARK }
      ]
    }
  ]),
  fc.constant([
    { role: 'user', content: 'q' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }]
    },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'found', ...MARK }] }
  ])
)
const SYSTEM = fc.oneof(
  fc.constant([]),
  WORDS.map((content) => [{ role: 'system', content }]),
  WORDS.map((text) => [{ role: 'system', content: [{ type: 'text', text, ...MARK }] }])
)
const FORM = (name: string) => ({
  type: 'json_schema',
  json_schema: { name, strict: true, schema: { type: 'object', properties: { [name]: { type: 'string', enum: [name] } } } }
})
const REQUEST = fc.record(
  {
    model: fc.constantFrom(SONNET_45, SONNET_46, OPUS_47, OPUS_55, NOVA),
    messages: fc.tuple(SYSTEM, USER).map((parts) => parts.flat()),
    temperature: fc.constantFrom(0.5, 1),
    top_p: fc.constantFrom(0.5, 1),
    top_k: fc.constantFrom(3, 9999),
    max_tokens: fc.constantFrom(100, 20_000, 90_000),
    reasoning_effort: fc.constantFrom('none', 'low', 'high'),
    tools: fc.constantFrom(
      [tool('look')],
      [tool('look', { strict: true })],
      [
        tool('look', {
          strict: true,
          parameters: { type: 'object', properties: { 'tools.0.custom.strict': { type: 'string' } } }
        })
      ],
      [{ ...tool('look'), ...MARK }]
    ),
    tool_choice: fc.constantFrom('auto', 'required', { type: 'function', function: { name: 'look' } }),
    parallel_tool_calls: fc.boolean(),
    response_format: fc.constantFrom(FORM('a'), FORM('strict')),
    stream: fc.boolean(),
    additional_model_request_fields: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.constantFrom(...SENTENCES).map((name) => ({ [name]: 1 })) }
    )
  },
  { requiredKeys: ['model', 'messages'] }
)
type Drawn = ReturnType<(typeof REQUEST)['generate']>['value']

const KEYS = { keys: ['alice', 'mallory'].map((name) => ({ name, key: `sk-${name}` })) }
const files = t.testdir({ 'keys.json': JSON.stringify(KEYS) })
await writeFile(join(files, 'traits.json'), JSON.stringify({ rows: CLAIMS }))

/** A gateway before a stand-in of its own, and what each request becomes there: every call, in order. */
async function house(env: Record<string, string>) {
  const { base, standin } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1', ...env })
  return async (key: string, body: object): Promise<readonly string[]> => {
    const before = standin.requests.length
    const response = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    await response.text()
    const calls = standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse'))
    return calls.map(({ operation, body }) => `${operation} ${JSON.stringify({ ...(body as Sent), requestMetadata: undefined })}`)
  }
}

const env = { API_KEYS_FILE: join(files, 'keys.json'), MODEL_TRAITS_FILE: join(files, 'traits.json') }
const alone = await house(env)
const among = await house(env)

t.test("S2: what one key's requests become is the same, whatever another key has asked before", async () => {
  await fc.assert(
    fc.asyncProperty(
      REQUEST,
      REQUEST,
      within(10_000, async (asked: Drawn, hostile: Drawn) => {
        await among('sk-mallory', { ...hostile, model: asked.model })
        const [sent, expected] = [await among('sk-alice', asked), await alone('sk-alice', asked)]
        if (sent.join('\n') !== expected.join('\n')) throw new Error(`${expected.join('\n')}\nbecame\n${sent.join('\n')}`)
      })
    ),
    { numRuns: 250 }
  )
})

/** Nothing is claimed here that a model lacks: whatever is refused is refused for what a caller wrote. */
const honest = await house({ AUTH: 'off' })
const HONEST = fc.constantFrom(SONNET_45, SONNET_46)

t.test('F13: without keys a refusal of a value changes no later request', async () => {
  await fc.assert(
    fc.asyncProperty(
      REQUEST,
      REQUEST,
      HONEST,
      within(10_000, async (asked: Drawn, hostile: Drawn, model: string) => {
        const expected = await honest('', { ...asked, model })
        await honest('', { ...hostile, model })
        const sent = await honest('', { ...asked, model })
        if (sent.join('\n') !== expected.join('\n')) throw new Error(`${expected.join('\n')}\nbecame\n${sent.join('\n')}`)
      })
    ),
    { numRuns: 250 }
  )
})
