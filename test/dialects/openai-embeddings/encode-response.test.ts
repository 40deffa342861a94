import fc from 'fast-check'
import t from 'tap'
import type { EmbeddingAnswer } from '../../../src/core/embedding.ts'
import { encodeEmbeddings } from '../../../src/dialects/openai-embeddings/encode-response.ts'

const encode = (answer: EmbeddingAnswer, format: 'float' | 'base64') =>
  JSON.parse([...encodeEmbeddings(answer, 'm', { format })].join('')) as { data: { embedding: unknown }[] }

t.test('vectors come numbered and in order, with usage', async (t) => {
  t.strictSame(encode({ vectors: [[0.5], [0.25]], inputTokens: 3 }, 'float'), {
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5] },
      { object: 'embedding', index: 1, embedding: [0.25] }
    ],
    model: 'm',
    usage: { prompt_tokens: 3, total_tokens: 3 }
  })
})

t.test('base64 is the same numbers as little-endian float32', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 1 }), (vector) => {
      const { data } = encode({ vectors: [vector], inputTokens: 0 }, 'base64')
      const bytes = Buffer.from(data[0]?.embedding as string, 'base64')
      return bytes.length === 4 * vector.length && vector.every((value, index) => Object.is(bytes.readFloatLE(index * 4), value))
    })
  )
  t.equal(encode({ vectors: [[1]], inputTokens: 0 }, 'base64').data[0]?.embedding, 'AACAPw==')
})
