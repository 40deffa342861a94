import t from 'tap'
import { embedCodecFor } from '../../../src/bedrock/embed/codecs.ts'
import { type EmbedPlan, planEmbedding } from '../../../src/bedrock/embed/plan.ts'
import type { EmbeddingInput, EmbeddingRequest } from '../../../src/core/embedding.ts'
import { spelt } from '../../../src/core/field.ts'
import { embeddingsSpelling } from '../../../src/dialects/openai-embeddings/spelling.ts'

type Inputs = [EmbeddingInput, ...EmbeddingInput[]]

const IMAGE: EmbeddingInput = { path: 'input[1]', parts: [{ type: 'image', format: 'png', data: 'iVBORw0KGgo=' }] }
const BOTH: EmbeddingInput = { path: 'input[0]', parts: [{ type: 'text', text: 'a' }, ...IMAGE.parts] }
const texts = (...all: string[]) =>
  all.map((text, index): EmbeddingInput => ({ path: `input[${index}]`, parts: [{ type: 'text', text }] })) as Inputs

function plan(model: string, request: Partial<EmbeddingRequest> & { inputs: Inputs }): EmbedPlan {
  return planEmbedding({ model, ...request }, embedCodecFor(model)!, model)
}

t.test('E4: 100 texts are two calls to Cohere, 96 and 4, in order', async (t) => {
  const { calls } = plan('cohere.embed-english-v3', {
    inputs: texts(...Array.from({ length: 100 }, (_, index) => `text ${index}`))
  })
  t.strictSame(
    calls.map((call) => call.indexes.length),
    [96, 4]
  )
  t.strictSame(
    calls.flatMap((call) => call.indexes),
    Array.from({ length: 100 }, (_, index) => index)
  )
})

t.test('one text per call for the models that take one', async (t) => {
  const { calls } = plan('amazon.titan-embed-text-v2:0', { inputs: texts('a', 'b', 'c') })
  t.strictSame(
    calls.map((call) => call.indexes),
    [[0], [1], [2]]
  )
})

t.test('an image goes alone, and the texts around it together', async (t) => {
  const { calls } = plan('cohere.embed-v4:0', { inputs: [...texts('a'), IMAGE, ...texts('b')] as Inputs })
  t.strictSame(
    calls.map((call) => call.indexes),
    [[1], [0, 2]]
  )
})

t.test('E4: a text that is too long for Cohere v3 is cut and reported, not refused', async (t) => {
  const long = `${'x'.repeat(2047)}🦊 and more`
  const { calls, warnings } = plan('cohere.embed-english-v3', { inputs: texts('short', long) })
  t.strictSame(calls[0]?.body.texts, ['short', 'x'.repeat(2047)])
  t.strictSame(
    warnings.flatMap((warning) => spelt(warning, embeddingsSpelling)),
    ['input']
  )
})

t.test('truncate start keeps the end of a long text', async (t) => {
  const { calls } = plan('cohere.embed-english-v3', { inputs: texts(`gone${'x'.repeat(2048)}`), truncate: 'start' })
  t.strictSame(calls[0]?.body.texts, ['x'.repeat(2048)])
  t.equal(calls[0]?.body.truncate, 'START')
})

const REFUSED: readonly [
  name: string,
  model: string,
  request: Partial<EmbeddingRequest> & { inputs: Inputs },
  fault: { kind: string; param?: string; field?: string; message: RegExp }
][] = [
  [
    'E5: a length Titan v2 does not have',
    'amazon.titan-embed-text-v2:0',
    { inputs: texts('a'), dimensions: 300 },
    { kind: 'unsupported_value', field: 'dimensions', message: /256, 512, 1024/ }
  ],
  [
    'E5: any other length than its own for Cohere v3',
    'cohere.embed-english-v3',
    { inputs: texts('a'), dimensions: 256 },
    { kind: 'unsupported_value', field: 'dimensions', message: /1024/ }
  ],
  [
    'a long text with truncate none',
    'cohere.embed-english-v3',
    { inputs: texts('a', 'x'.repeat(2049)), truncate: 'none' },
    { kind: 'context_length_exceeded', param: 'input[1]', message: /2048/ }
  ],
  [
    'a text that Titan cannot cut',
    'amazon.titan-embed-text-v2:0',
    { inputs: texts('a', 'x'.repeat(50_001)) },
    { kind: 'context_length_exceeded', param: 'input[1]', message: /50000/ }
  ],
  [
    'an image for a model of text',
    'amazon.titan-embed-text-v2:0',
    { inputs: [...texts('a'), IMAGE] as Inputs },
    { kind: 'unsupported_value', param: 'input[1]', message: /text only/ }
  ],
  [
    'text and image together where the model takes one',
    'cohere.embed-english-v3',
    { inputs: [BOTH] },
    { kind: 'unsupported_value', param: 'input[0]', message: /not both/ }
  ],
  [
    'an image larger than a call',
    'amazon.titan-embed-image-v1',
    { inputs: [{ path: 'input', parts: [{ type: 'image', format: 'png', data: 'i'.repeat(25_000_000) }] }] },
    { kind: 'invalid_image', param: 'input', message: /25 MB/ }
  ],
  [
    'a kind of input the model does not know',
    'cohere.embed-v4:0',
    { inputs: texts('a'), purpose: 'poetry' },
    { kind: 'unsupported_value', field: 'purpose', message: /document, query/ }
  ]
]

for (const [name, model, request, fault] of REFUSED)
  t.test(`refuses ${name}, before any call`, async (t) => {
    t.throws(() => plan(model, request), fault)
  })

t.test('a fixed length may be asked for by its number, and is not sent', async (t) => {
  const { calls } = plan('cohere.embed-english-v3', { inputs: texts('a'), dimensions: 1024 })
  t.notOk('output_dimension' in calls[0]!.body)
})

t.test('what the model cannot honour without changing the answer is reported', async (t) => {
  const { warnings } = plan('amazon.titan-embed-text-v2:0', { inputs: texts('a'), purpose: 'query', truncate: 'end' })
  t.strictSame(
    warnings.flatMap((warning) => spelt(warning, embeddingsSpelling)),
    ['input_type', 'truncate']
  )
})
