import t from 'tap'
import type { EmbedCodec, EmbedWish } from '../../../src/bedrock/embed/codec.ts'
import { readVectors } from '../../../src/bedrock/embed/codec.ts'
import { embedCodecFor } from '../../../src/bedrock/embed/codecs.ts'
import type { EmbeddingInput, EmbeddingPart } from '../../../src/core/embedding.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { GatewayError } from '../../../src/errors.ts'

const IMAGE: EmbeddingPart = { type: 'image', format: 'png', data: 'iVBORw0KGgo=' }
const say = (text: string): EmbeddingPart => ({ type: 'text', text })
const input = (...parts: [EmbeddingPart, ...EmbeddingPart[]]): EmbeddingInput => ({ path: 'input', parts })

function codec(id: string): EmbedCodec {
  const found = embedCodecFor(id)
  if (found === undefined) throw new Error(`no codec for ${id}`)
  return found
}

const BODIES: readonly [name: string, id: string, inputs: EmbeddingInput[], wish: EmbedWish, body: JsonObject][] = [
  ['Titan v1', 'amazon.titan-embed-text-v1', [input(say('a'))], {}, { inputText: 'a' }],
  [
    'Titan v2',
    'amazon.titan-embed-text-v2:0',
    [input(say('a'))],
    { dimensions: 256 },
    { inputText: 'a', normalize: true, dimensions: 256 }
  ],
  ['Titan image, text', 'amazon.titan-embed-image-v1', [input(say('a'))], {}, { inputText: 'a' }],
  [
    'Titan image, both',
    'amazon.titan-embed-image-v1',
    [input(say('a'), IMAGE)],
    { dimensions: 384 },
    { inputText: 'a', inputImage: 'iVBORw0KGgo=', embeddingConfig: { outputEmbeddingLength: 384 } }
  ],
  [
    'Cohere v3',
    'cohere.embed-english-v3',
    [input(say('a')), input(say('b'))],
    {},
    { texts: ['a', 'b'], input_type: 'search_document', truncate: 'END', embedding_types: ['float'] }
  ],
  [
    'Cohere v3, image',
    'cohere.embed-multilingual-v3',
    [input(IMAGE)],
    { purpose: 'search_query' },
    { images: ['data:image/png;base64,iVBORw0KGgo='], input_type: 'image', embedding_types: ['float'] }
  ],
  [
    'Cohere v4',
    'cohere.embed-v4:0',
    [input(say('a'))],
    { dimensions: 512, purpose: 'search_query', truncate: 'start' },
    { texts: ['a'], input_type: 'search_query', truncate: 'LEFT', embedding_types: ['float'], output_dimension: 512 }
  ],
  [
    'Cohere v4, image',
    'cohere.embed-v4:0',
    [input(IMAGE)],
    {},
    {
      images: ['data:image/png;base64,iVBORw0KGgo='],
      input_type: 'search_document',
      truncate: 'RIGHT',
      embedding_types: ['float']
    }
  ],
  [
    'Cohere v4, text and image',
    'cohere.embed-v4:0',
    [input(say('a'), IMAGE)],
    {},
    {
      inputs: [
        {
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
          ]
        }
      ],
      input_type: 'search_document',
      truncate: 'RIGHT',
      embedding_types: ['float']
    }
  ],
  [
    'Nova 2',
    'amazon.nova-2-multimodal-embeddings-v1:0',
    [input(say('a'))],
    {},
    {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: 'GENERIC_INDEX',
        embeddingDimension: 3072,
        text: { truncationMode: 'END', value: 'a' }
      }
    }
  ],
  [
    'Nova 2, image',
    'amazon.nova-2-multimodal-embeddings-v1:0',
    [input(IMAGE)],
    { dimensions: 384, purpose: 'IMAGE_RETRIEVAL' },
    {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: 'IMAGE_RETRIEVAL',
        embeddingDimension: 384,
        image: { format: 'png', source: { bytes: 'iVBORw0KGgo=' } }
      }
    }
  ],
  ['Marengo 3', 'twelvelabs.marengo-embed-3-0-v1:0', [input(say('a'))], {}, { inputType: 'text', text: { inputText: 'a' } }],
  [
    'Marengo 3, image',
    'twelvelabs.marengo-embed-3-0-v1:0',
    [input(IMAGE)],
    {},
    { inputType: 'image', image: { mediaSource: { base64String: 'iVBORw0KGgo=' } } }
  ]
]

for (const [name, id, inputs, wish, body] of BODIES)
  t.test(`${name} is asked in its own words`, async (t) => {
    t.strictSame(codec(id).encode(inputs, wish), body)
  })

const ANSWERS: readonly [name: string, id: string, body: JsonObject, vectors: number[][]][] = [
  ['Titan', 'amazon.titan-embed-text-v1', { embedding: [1, 2], inputTextTokenCount: 4 }, [[1, 2]]],
  ['Titan v2 by type', 'amazon.titan-embed-text-v2:0', { embeddingsByType: { float: [1, 2] } }, [[1, 2]]],
  ['Cohere v3', 'cohere.embed-english-v3', { response_type: 'embeddings_floats', embeddings: [[1], [2]] }, [[1], [2]]],
  ['Cohere by type', 'cohere.embed-v4:0', { response_type: 'embeddings_by_type', embeddings: { float: [[1], [2]] } }, [[1], [2]]],
  ['Nova 2', 'amazon.nova-2-multimodal-embeddings-v1:0', { embeddings: [{ embeddingType: 'TEXT', embedding: [1] }] }, [[1]]],
  ['Marengo 3', 'twelvelabs.marengo-embed-3-0-v1:0', { data: [{ embedding: [1] }] }, [[1]]]
]

for (const [name, id, body, vectors] of ANSWERS)
  t.test(`an answer of ${name} is read`, async (t) => {
    t.strictSame(readVectors(codec(id), body, vectors.length), vectors)
  })

t.test('an answer without the vectors that were asked for is Bedrock’s fault', async (t) => {
  for (const body of [{}, { embeddings: [] }, { embeddings: [[1]] }, { embeddings: [[1], []] }, { embeddings: [[1], 'x'] }])
    t.throws(
      () => readVectors(codec('cohere.embed-english-v3'), body, 2),
      new GatewayError('upstream_error', 'Bedrock answered without the embeddings that were asked for')
    )
})

const FAMILIES: readonly [id: string, like: string | undefined][] = [
  ['amazon.titan-embed-g1-text-02', 'amazon.titan-embed-text-v1'],
  ['amazon.titan-embed-text-v3:0', 'amazon.titan-embed-text-v2:0'],
  ['cohere.embed-v5:0', 'cohere.embed-v4:0'],
  ['twelvelabs.marengo-embed-4-0-v1:0', 'twelvelabs.marengo-embed-3-0-v1:0'],
  ['twelvelabs.marengo-embed-2-7-v1:0', undefined],
  ['anthropic.claude-sonnet-4-6', undefined],
  ['amazon.nova-lite-v1:0', undefined]
]

for (const [id, like] of FAMILIES)
  t.test(`${id} is spoken to ${like === undefined ? 'not at all' : `like ${like}`}`, async (t) => {
    t.equal(embedCodecFor(id), like === undefined ? undefined : codec(like))
  })
