import { deflateRawSync } from 'node:zlib'
import { HOSTILE_BODIES } from '../../test/reliability/hostile-bodies.ts'

/** A body that is made to be slow to read. */
export interface SlowBody {
  readonly name: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  make(): string
}

const CHAT = '/v1/chat/completions'
const RESPONSES = '/v1/responses'
const MESSAGES = '/v1/messages'
const NOVA = 'amazon.nova-lite-v1:0'
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const MB = 1_000_000

const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))
const ask = (content: unknown, more: object = {}) =>
  JSON.stringify({ model: NOVA, messages: [{ role: 'user', content }], ...more })
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }
const called = (calls: readonly object[], results: readonly object[]) =>
  JSON.stringify({
    model: NOVA,
    tools: [tool],
    messages: [{ role: 'user', content: 'q' }, { role: 'assistant', content: null, tool_calls: calls }, ...results]
  })
const call = (args: string, id = 'c') => ({ id, type: 'function', function: { name: 'f', arguments: args } })
const result = (content: unknown, id = 'c') => ({ role: 'tool', tool_call_id: id, content })
const inArguments = (args: string) => called([call(args)], [result('r')])
const withSchema = (schema: object, more: object = {}) =>
  ask('a', {
    model: CLAUDE,
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    ...more
  })
const withTool = (parameters: object, model = NOVA) =>
  ask('a', { model, tools: [{ type: 'function', function: { name: 'f', parameters } }] })
const image = (url: string) => ask([{ type: 'image_url', image_url: { url } }])
const names = (count: number, value: unknown) => Object.fromEntries(many(count, (at) => [`k${at}`, value]))

const chat = (name: string, make: () => string): SlowBody => ({ name, path: CHAT, make })
/** Reasoning as the Responses API has it packed: it unpacks to a thousand times its size. */
const packed = (bytes: number) =>
  `adit1.${deflateRawSync(JSON.stringify({ v: 1, m: 'a', b: [{ t: 'a'.repeat(bytes), s: 'a' }] })).toString('base64url')}`

/** What has held an event loop for seconds, here or elsewhere. */
const KNOWN: readonly SlowBody[] = [
  chat('12,000 objects in a row as arguments', () => inArguments('{}'.repeat(12_000))),
  chat('the same, with an id of a megabyte', () =>
    called([call('{}'.repeat(12_000), 'c'.repeat(MB))], [result('r', 'c'.repeat(MB))])
  ),
  chat('the same, with a result of 5,000 parts', () =>
    called([call('{}'.repeat(12_000))], [result(many(5000, () => ({ type: 'text', text: 'a' })))])
  ),
  chat('the same, with a result of 10 MB', () => called([call('{}'.repeat(12_000))], [result('a'.repeat(10 * MB))])),
  chat('900 calls of 20 objects each', () =>
    called(
      many(900, (at) => call('{}'.repeat(20), `c${at}`)),
      many(900, (at) => result('r', `c${at}`))
    )
  ),
  chat('arguments three million deep', () => inArguments(`{"a":${'['.repeat(3 * MB)}${']'.repeat(3 * MB)}}`)),
  chat('499,000 exact numbers as arguments', () => inArguments(`{"a":[1.0${',1.0'.repeat(499_000)}]}`)),
  chat('19,000 exact numbers', () =>
    ask('a', { zz: 0 }).replace(
      '"zz":0',
      `"tools":[${JSON.stringify(tool).replace('{}', `{"a":{"enum":[1.0${',1.0'.repeat(19_000)}]}}`)}]`
    )
  ),
  chat('15 million numbers', () => ask('a', { zz: 0 }).replace('"zz":0', `"zz":[1${',1'.repeat(15 * MB)}]`)),
  chat('a schema of 30 kB, eight times', () =>
    withSchema({ type: 'object', properties: names(900, { type: 'string', enum: ['a'] }) }, { n: 8 })
  ),
  chat('a refused value of 120 kB', () => ask('a', { additional_model_request_fields: { [`a${' b'.repeat(60_000)}`]: 1 } })),
  chat('a model of 120 kB', () => ask('a', { model: 'a b'.repeat(40_000) })),
  chat('an image in the URL alphabet', () => image(`data:image/png;base64,iVBORw0KGgo${'-_'.repeat(6 * MB)}`)),
  chat('an image with a line break at its end', () => image(`data:image/png;base64,iVBORw0KGgo${'AAAA'.repeat(3 * MB)}\n`)),
  chat('a data URL of text', () => image(`data:text/plain,${'a'.repeat(20 * MB)}`)),
  chat('a data URL of escapes', () => image(`data:text/plain,${'%41'.repeat(7 * MB)}`)),
  chat('a reference of eight million steps', () => withTool({ $ref: `#${'/a'.repeat(8 * MB)}` }, CLAUDE)),
  chat('a thousand references to a definition of 100 kB', () =>
    withTool({
      $defs: { d: { enum: many(10_000, (at) => `value ${at}`) } },
      properties: names(1000, { $ref: '#/$defs/d' })
    })
  ),
  chat('compositions in compositions', () =>
    withTool(
      many(200, () => 0).reduce<object>((inner) => ({ allOf: [inner], properties: { a: {} } }), {
        properties: names(2000, { type: 'string' })
      }),
      CLAUDE
    )
  ),
  chat('a file name of 24 MB', () =>
    ask([{ type: 'file', file: { filename: 'a.'.repeat(12 * MB), file_data: 'data:text/plain;base64,YQ==' } }])
  ),
  chat('flags of 28 MB of commas', () => ask('a', { anthropic_beta: ','.repeat(28 * MB) })),
  {
    name: 'a header of commas',
    path: MESSAGES,
    headers: { 'anthropic-beta': 'a,'.repeat(6000) },
    make: () => ask('a', { max_tokens: 1 })
  },
  chat('20 MB of quotes', () => ask('"'.repeat(10 * MB))),
  chat('20 MB of halves of characters', () => ask('\ud83d'.repeat((20 * MB) / 6))),
  chat('30 MB of text', () => ask('a'.repeat(30 * MB))),
  chat('30 MB of text beyond Latin-1', () => ask('語'.repeat(10 * MB))),
  chat('a hundred tools that one prompt in eight names', () =>
    ask('a', {
      n: 8,
      tools: many(100, (at) => ({
        type: 'function',
        function: { name: `f${at}`, parameters: { type: 'object', properties: names(50, { type: 'string' }) } }
      }))
    })
  ),
  {
    name: 'a prompt of 128 texts, eight answers each',
    path: '/v1/completions',
    make: () => JSON.stringify({ model: NOVA, prompt: many(128, () => 'a'), n: 8, max_tokens: 1 })
  },
  {
    name: '100,000 prompts',
    path: '/v1/completions',
    make: () => JSON.stringify({ model: NOVA, prompt: many(100_000, () => 'a'), max_tokens: 1 })
  },
  {
    name: '5,000 calls, then 5,000 texts',
    path: RESPONSES,
    make: () =>
      JSON.stringify({
        model: NOVA,
        input: [
          ...many(4900, (at) => ({ type: 'function_call', call_id: `c${at}`, name: 'f', arguments: '{}' })),
          ...many(4900, () => ({ role: 'assistant', content: 'a' })),
          { role: 'user', content: 'a' }
        ]
      })
  },
  {
    name: '2,000 packed thoughts of a megabyte each',
    path: RESPONSES,
    make: () =>
      JSON.stringify({
        model: CLAUDE,
        input: [
          { role: 'user', content: 'a' },
          ...many(2000, () => ({ type: 'reasoning', encrypted_content: packed(MB), summary: [] }))
        ]
      })
  },
  {
    name: 'thousands of marked documents',
    path: MESSAGES,
    make: () =>
      JSON.stringify({
        model: NOVA,
        max_tokens: 9,
        messages: [
          {
            role: 'user',
            content: many(5000, () => ({
              type: 'document',
              source: { type: 'text', media_type: 'text/plain', data: 'a' },
              cache_control: { type: 'ephemeral' }
            }))
          }
        ]
      })
  }
]

/** All that are named, those of the tests of hostile input among them. */
export const SLOW_BODIES: readonly SlowBody[] = [
  ...HOSTILE_BODIES.map(({ name, body }): SlowBody => ({ name, path: CHAT, make: () => body })),
  ...KNOWN
]
