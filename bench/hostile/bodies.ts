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

const turn = (content: unknown) => ({ role: 'user', content })
const responses = (name: string, body: object): SlowBody => ({
  name,
  path: RESPONSES,
  make: () => JSON.stringify({ model: NOVA, ...body })
})
const messages = (name: string, body: object, model = CLAUDE): SlowBody => ({
  name,
  path: MESSAGES,
  make: () => JSON.stringify({ model, max_tokens: 9, messages: [turn('a')], ...body })
})
const native = (name: string, make: () => string): SlowBody => ({ name, path: `/model/${NOVA}/converse`, make })
const member = { type: 'function', parameters: { type: 'object', properties: {} } }
const oddTool = (count: number, patterns = 0) => ({
  name: 'f',
  input_schema: {
    type: 'object',
    properties: Object.fromEntries(many(count, (at) => [`k ä ${at}`, { type: 'string' }])),
    ...(patterns === 0 ? {} : { patternProperties: Object.fromEntries(many(patterns, (at) => [`^k ä ${at}$`, {}])) })
  }
})
const deep = (levels: number, name: string, inner: string) => `${`{"${name}":`.repeat(levels)}${inner}${'}'.repeat(levels)}`
const boundary = 'a'.repeat(69)

/** Of the newer surfaces: what multiplies, what is looked for in all that is there, what is deep, and what comes by the thousand. */
const NEWER: readonly SlowBody[] = [
  chat('80,000 names as arguments', () => inArguments(JSON.stringify(names(80_000, 1)))),
  chat('490,000 numbers as arguments', () => inArguments(`{"a":[1${',1'.repeat(490_000)}]}`)),
  responses('4,900 calls by names that nobody has, beside 1,000 tools', {
    input: [turn('a'), ...many(4900, (at) => ({ type: 'function_call', call_id: `c${at}`, name: `z${at}`, arguments: '{}' }))],
    tools: many(1000, (at) => ({ ...member, name: `f${at}` }))
  }),
  responses('a namespace whose description of a megabyte belongs to a thousand members', {
    input: 'a',
    tools: [
      { type: 'namespace', name: 'n', description: 'd'.repeat(MB), tools: many(1000, (at) => ({ ...member, name: `f${at}` })) }
    ]
  }),
  responses('9,900 thoughts that do not unpack', {
    input: [turn('a'), ...many(9900, () => ({ type: 'reasoning', encrypted_content: 'adit1.AAAA', summary: [] }))]
  }),
  responses('1,000 references to what was never kept', {
    input: many(1000, (at) => ({ type: 'item_reference', id: `msg_${String(at).padStart(32, '0')}_0` }))
  }),
  responses('7,000 lists of tools among the items', {
    input: [turn('a'), ...many(7000, () => ({ type: 'additional_tools', role: 'developer', tools: [{ ...member, name: 'f' }] }))]
  }),
  responses('pairs of half a megabyte each', { input: 'a', metadata: names(16, 'v'.repeat(MB / 2)) }),
  messages('19,900 names that the model does not take', { tools: [oddTool(19_900)] }),
  messages('2,400 such names beside 2,400 patterns', { tools: [oddTool(2400, 2400)] }),
  messages('90,000 fields that nobody knows', names(90_000, 1)),
  messages('4,500 marks over as many turns', {
    messages: many(4501, (at) => ({
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }]
    }))
  }),
  messages('5,000 documents of one title', {
    messages: [
      turn(many(5000, () => ({ type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'a' } })))
    ]
  }),
  { ...chat('20 MB of text, explained', () => ask('a'.repeat(20 * MB))), path: '/v1/explain' },
  {
    name: '10 MB of text, counted',
    path: `${RESPONSES}/input_tokens`,
    make: () => JSON.stringify({ model: CLAUDE, input: 'a '.repeat(5 * MB) })
  },
  {
    name: '2,048 texts to embed',
    path: '/v1/embeddings',
    make: () => JSON.stringify({ model: 'amazon.titan-embed-text-v2:0', input: many(2048, () => 'a') })
  },
  {
    name: 'rank fields by the hundred thousand, for a thousand documents',
    path: '/v1/rerank',
    make: () =>
      JSON.stringify({
        model: 'cohere.rerank-v3-5:0',
        query: 'a',
        documents: many(1000, () => ({ text: 'a' })),
        rank_fields: many(400_000, () => 'text')
      })
  },
  {
    name: 'documents of 14 MB to rank',
    path: '/v2/rerank',
    make: () => JSON.stringify({ model: 'cohere.rerank-v3-5:0', query: 'a', documents: many(1000, () => '語"\\'.repeat(2000)) })
  },
  native('addresses of S3 by the hundred thousand, 990 levels deep', () =>
    deep(990, 'n'.repeat(250), `[${many(99_000, () => '"s3:"').join(',')}]`)
  ),
  native(
    '90,000 texts that may be such addresses',
    () => `{"s3":[${many(90_000, () => `"\\u0073${'a'.repeat(280)}"`).join(',')}]}`
  ),
  {
    name: 'a form of what nearly parts it',
    path: '/v1/images/edits',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}b` },
    make: () =>
      `--${boundary}b\r\ncontent-disposition: form-data; name="image"; filename="a"\r\n\r\n${`\r\n--${boundary}`.repeat(140_000)}\r\n--${boundary}b--\r\n`
  }
]

/** All that are named, those of the tests of hostile input among them. */
export const SLOW_BODIES: readonly SlowBody[] = [
  ...HOSTILE_BODIES.map(({ name, body }): SlowBody => ({ name, path: CHAT, make: () => body })),
  ...KNOWN,
  ...NEWER
]
