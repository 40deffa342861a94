import t from 'tap'
import { holdsTokens } from '../../../src/dialects/openai-embeddings/decode-input.ts'
import { decodeEmbeddingRequest } from '../../../src/dialects/openai-embeddings/decode-request.ts'

const PNG = 'data:image/PNG;charset=utf-8;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB'
const PNG_PART = { type: 'image', format: 'png', data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB' }

function decodeTokens(tokens: readonly number[]): string {
  if (tokens.some((token) => token > 100)) throw new Error('no such token')
  return tokens.map((token) => `<${token}>`).join('')
}
const decode = (body: Record<string, unknown>) => decodeEmbeddingRequest({ model: 'm', ...body }, decodeTokens)
const say = (text: string) => [{ type: 'text', text }]

const INPUTS: readonly [name: string, input: unknown, parts: object[]][] = [
  ['a string', 'a', [say('a')]],
  ['an array of strings', ['a', 'b'], [say('a'), say('b')]],
  ['tokens', [1, 2, 3], [say('<1><2><3>')]],
  ['arrays of tokens', [[1, 2], [3]], [say('<1><2>'), say('<3>')]],
  ['a data URL', PNG, [[PNG_PART]]],
  ['data URLs among strings', ['a', PNG], [say('a'), [PNG_PART]]],
  ['an image part', [{ type: 'image_url', image_url: { url: PNG } }], [[PNG_PART]]],
  ['an image part with a plain url', [{ type: 'image_url', image_url: PNG }], [[PNG_PART]]],
  [
    'text and image as one input',
    [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: PNG } }
        ]
      }
    ],
    [[...say('a'), PNG_PART]]
  ],
  ['a blank string, which is a text', ' ', [say(' ')]]
]

for (const [name, input, parts] of INPUTS)
  t.test(`input may be ${name}`, async (t) => {
    t.strictSame(
      decode({ input }).request.inputs.map((item) => item.parts),
      parts
    )
  })

const REFUSED: readonly [name: string, body: Record<string, unknown>, param: string][] = [
  ['no input', {}, 'input'],
  ['a null input', { input: null }, 'input'],
  ['E7: an empty string', { input: '' }, 'input'],
  ['E7: an empty array', { input: [] }, 'input'],
  ['an empty string among others', { input: ['a', ''] }, 'input[1]'],
  ['an empty list of tokens', { input: [[1], []] }, 'input[1]'],
  ['2,049 items', { input: new Array(2049).fill('a') }, 'input'],
  ['a token beside a string', { input: [1, 'a'] }, 'input[0]'],
  ['a token that does not exist', { input: [[1], [101]] }, 'input[1]'],
  ['a number', { input: 7 }, 'input'],
  ['an unknown part', { input: [{ type: 'audio' }] }, 'input[0]'],
  ['an image by address', { input: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }, 'input[0]'],
  ['a data URL that is no image', { input: 'data:image/svg+xml;base64,PHN2Zz4=' }, 'input'],
  ['a data URL without base64', { input: 'data:image/png,abc' }, 'input'],
  ['dimensions of 0', { input: 'a', dimensions: 0 }, 'dimensions'],
  ['dimensions as text', { input: 'a', dimensions: '256' }, 'dimensions'],
  ['an unknown encoding', { input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ['an unknown truncation', { input: 'a', truncate: 'middle' }, 'truncate'],
  ['no model', { model: null, input: 'a' }, 'model']
]

for (const [name, body, param] of REFUSED)
  t.test(`refuses ${name} and names ${param}`, async (t) => {
    t.throws(() => decode(body), { name: 'GatewayError', status: 400, param })
  })

t.test('E6: null means absent', async (t) => {
  const { request, options, warnings } = decode({
    input: 'a',
    encoding_format: null,
    dimensions: null,
    user: null,
    input_type: null,
    truncate: null
  })
  t.strictSame(request, { model: 'm', inputs: [{ path: 'input', parts: say('a') }] })
  t.strictSame(options, { format: 'float' })
  t.strictSame(warnings, [])
})

const PURPOSES: readonly [word: string, purpose: string][] = [
  ['search_document', 'document'],
  ['search_query', 'query'],
  ['query', 'query'],
  ['RETRIEVAL_QUERY', 'query'],
  ['retrieval.passage', 'document'],
  ['clustering', 'clustering'],
  ['TEXT_RETRIEVAL', 'text_retrieval']
]

for (const [word, purpose] of PURPOSES)
  t.test(`E9: input_type ${word} is ${purpose}`, async (t) => {
    t.equal(decode({ input: 'a', input_type: word }).request.purpose, purpose)
    t.equal(decode({ input: 'a', extra_body: { input_type: word } }).request.purpose, purpose)
  })

t.test('fields that no model takes are reported', async (t) => {
  const { warnings } = decode({ input: 'a', user: 'u', whatever: { x: 1 } })
  t.strictSame(
    warnings.map((warning) => warning.param),
    ['user', 'whatever']
  )
})

t.test('the vocabulary is asked for only when there are tokens', async (t) => {
  t.notOk(holdsTokens({ input: 'a' }))
  t.notOk(holdsTokens({ input: ['a', 'b'] }))
  t.notOk(holdsTokens({}))
  t.ok(holdsTokens({ input: [1] }))
  t.ok(holdsTokens({ input: ['a', [1]] }))
})
