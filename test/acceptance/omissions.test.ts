import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { TraitRow } from '../../src/models/traits.ts'
import { added, asker, LLAMA, NOVA, OPUS_47, OPUS_55, type Sent, SONNET_45, SONNET_46, say, tool } from './asker.ts'

const GPT_6 = 'us.openai.gpt-6-sol'
const PALMYRA = 'us.writer.palmyra-x5-v1:0'

/** An operator's rows that claim more than the models take, so that Bedrock refuses. */
const CLAIMS: readonly TraitRow[] = [
  { match: 'anthropic.claude-opus-4-7', temperature: true, strictTools: true, structuredOutput: true, topKField: 'top_k' },
  { match: 'anthropic.claude-opus-5-5', toolChoice: ['auto', 'any', 'tool'], reasoning: 'budget' },
  { match: 'anthropic.claude-sonnet-4-5-*', temperatureWithTopP: true },
  { match: 'anthropic.claude-sonnet-4-6', prefill: true },
  { match: 'meta.llama3-3-*', toolsInStream: true, cache: ['messages'] },
  { match: 'openai.gpt-6-*', maxStops: 4 },
  { match: 'writer.palmyra-x5-*', toolResultStatus: true },
  { match: 'amazon.nova-lite-*', maxOutputTokens: 100_000 }
]
const file = join(t.testdir({}), 'traits.json')
await writeFile(file, JSON.stringify({ rows: CLAIMS }))
const { ask, stream, standin } = await asker(t, { MODEL_TRAITS_FILE: file })

const failed = [
  ...say('q'),
  { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: 'a', content: 'broken', is_error: true }
]
const FORM = {
  type: 'json_schema',
  json_schema: { name: 'x', schema: { type: 'object', properties: { a: { type: 'string' } } } }
}

/** What is refused, and the name by which the caller is told; none where nothing the caller asked for is lost. */
const ROWS: readonly [what: string, model: string, body: object, told: string | undefined, sent: (body: Sent) => boolean][] = [
  ['a temperature', OPUS_47, { temperature: 0.5 }, 'temperature', (sent) => sent.inferenceConfig?.temperature !== undefined],
  [
    'two ways of sampling',
    SONNET_45,
    { temperature: 0.5, top_p: 0.5 },
    'top_p',
    (sent) => sent.inferenceConfig?.topP !== undefined
  ],
  ['top_k', OPUS_47, { top_k: 5 }, 'top_k', (sent) => JSON.stringify(sent).includes('top_k')],
  [
    'strict tools',
    OPUS_47,
    { tools: [tool('look', { strict: true })] },
    'tools[0].function.strict',
    (sent) => JSON.stringify(sent.toolConfig).includes('"strict"')
  ],
  [
    'structured output',
    OPUS_47,
    { response_format: FORM },
    'response_format.json_schema',
    (sent) => sent.outputConfig !== undefined
  ],
  [
    'a forced tool',
    OPUS_55,
    { tools: [tool('look')], tool_choice: 'required' },
    'tool_choice',
    (sent) => JSON.stringify(sent.toolConfig).includes('"any"')
  ],
  [
    'a thinking budget',
    OPUS_55,
    { reasoning_effort: 'low' },
    'reasoning_effort',
    (sent) => sent.additionalModelRequestFields?.thinking !== undefined
  ],
  [
    'a cache point',
    LLAMA,
    { messages: say([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }]) },
    'messages[0].content[0].cache_control',
    (sent) => JSON.stringify(sent).includes('cachePoint')
  ],
  ['stop strings', GPT_6, { stop: ['a'] }, 'stop', (sent) => sent.inferenceConfig?.stopSequences !== undefined],
  [
    'the status of a tool result',
    PALMYRA,
    { messages: failed, tools: [tool('look')] },
    undefined,
    (sent) => JSON.stringify(sent).includes('"status"')
  ],
  [
    'a last word of the assistant',
    SONNET_46,
    { messages: [...say('a'), { role: 'assistant', content: 'b' }] },
    undefined,
    (sent) => sent.messages.at(-1)?.role === 'assistant'
  ],
  ['too high a limit', NOVA, { max_tokens: 50_000 }, 'max_tokens', (sent) => Number(sent.inferenceConfig?.maxTokens) > 10_000]
]

const told = (headers: Headers) => headers.get('x-adit-dropped') ?? undefined

for (const [what, model, body, name, isSent] of ROWS) {
  for (const how of ['whole', 'streamed'] as const) {
    t.test(`${what} that ${model} refuses is left out once and for all, ${how}`, async (t) => {
      const gateway = how === 'whole' ? { ask, stream, standin } : await asker(t, { MODEL_TRAITS_FILE: file })
      const once = async () => {
        const before = gateway.standin.requests.length
        const { status, headers } =
          how === 'whole' ? await gateway.ask({ model, ...body }) : await gateway.stream({ model, ...body })
        const calls = gateway.standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse'))
        return { status, told: told(headers), sent: calls.map((call) => isSent(call.body as Sent)) }
      }
      t.same(await once(), { status: 200, told: name, sent: [true, false] }, 'refused, and tried again without')
      t.same(await once(), { status: 200, told: name, sent: [false] }, 'not tried any more')
    })
  }
}

t.test('a model that refuses tools in streams is asked for the whole, and the stream is made of it', async (t) => {
  const gateway = await asker(t, { MODEL_TRAITS_FILE: file })
  const body = { model: LLAMA, tools: [tool('look')] }
  for (const operations of [['ConverseStream', 'Converse'], ['Converse']]) {
    const before = gateway.standin.requests.length
    const { status, headers, text } = await gateway.stream(body)
    t.equal(status, 200)
    t.equal(told(headers), 'stream')
    t.same(
      gateway.standin.requests.slice(before).flatMap(({ operation }) => (/^Converse/.test(operation) ? [operation] : [])),
      operations
    )
    t.equal(added(text).roles, 1)
  }
})

t.test('two things that a model refuses are left out one after the other', async (t) => {
  const gateway = await asker(t, { MODEL_TRAITS_FILE: file })
  const body = { model: OPUS_47, temperature: 0.5, top_k: 3, tools: [tool('look', { strict: true })] }
  const { status, headers } = await gateway.ask(body)
  t.equal(status, 200)
  t.equal(told(headers), 'tools[0].function.strict, temperature, top_k')
  t.equal(gateway.standin.requests.filter(({ operation }) => operation === 'Converse').length, 4)
})

t.test('a refusal that names nothing of the request is told at once, and nothing is learnt of it', async (t) => {
  standin.fail(NOVA, 'validation', 'first-frame-validation')
  const before = standin.requests.length
  for (const streaming of [false, true]) {
    const { status } = streaming ? await stream({ temperature: 0.5 }) : await ask({ temperature: 0.5 })
    t.equal(status, 400)
  }
  t.equal(standin.requests.length, before + 2)
  t.equal((await ask({ temperature: 0.5 })).sent?.inferenceConfig?.temperature, 0.5)
})
