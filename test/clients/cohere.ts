import { CohereClient, CohereClientV2, CohereError } from 'cohere-ai'
import { type Built, KEY, lastCall } from '../support/helper.ts'
import { type Client, failure, installed, proof } from './client.ts'

const ASK = {
  model: 'rerank-v3.5',
  query: 'flat rock',
  documents: ['Cats purr', 'Slate is a flat rock', 'Rock and roll'],
  topN: 2
}
const once = { maxRetries: 0 }

const first = ({ base }: Built) => new CohereClient({ token: KEY, environment: base, ...once })
const second = ({ base }: Built, token = KEY) => new CohereClientV2({ token, environment: base, ...once })

export const COHERE: Client = {
  name: 'cohere-ai',
  version: installed('cohere-ai'),
  proofs: [
    proof('`CohereClient.rerank`: texts, objects with `rankFields`, `returnDocuments`, no model', async (t, built) => {
      const client = first(built)
      const told = { results: [{ index: 1, relevanceScore: Number, document: { text: ASK.documents[1] } }, { index: 2 }] }
      t.match(await client.rerank({ ...ASK, returnDocuments: true }), {
        ...told,
        id: String,
        meta: { apiVersion: { version: '1' }, billedUnits: { searchUnits: 1 } }
      })
      const { model: _, ...unnamed } = ASK
      t.match(await client.rerank({ ...unnamed, returnDocuments: true }), told)
      const documents = [
        { text: 'flat', title: 'Cats' },
        { text: 'purr', title: 'A flat rock', page: '3' }
      ]
      const ranked = await client.rerank({ ...ASK, documents, rankFields: ['title', 'page'], returnDocuments: true })
      t.match(ranked.results, [
        { index: 1, document: documents[1] },
        { index: 0, document: documents[0] }
      ])
      t.match(lastCall(built.standin)?.body, { documents: ['title: Cats', 'title: A flat rock\npage: 3'] })
    }),
    proof('`CohereClientV2.rerank`, whatever its address ends in', async (t, built) => {
      for (const baseUrl of [built.base, `${built.base}/v1`]) {
        const { data, rawResponse } = await new CohereClientV2({ token: KEY, baseUrl, ...once }).rerank(ASK).withRawResponse()
        t.match(data, { results: [{ index: 1 }, { index: 2 }], meta: { apiVersion: { version: '2' } } })
        t.match(rawResponse.headers.get('x-adit-cost'), '0.002')
      }
      const { rawResponse } = await second(built)
        .rerank({ ...ASK, maxTokensPerDoc: 512 })
        .withRawResponse()
      t.equal(rawResponse.headers.get('x-adit-dropped'), 'max_tokens_per_doc')
    }),
    proof('a wrong key, an unknown model, no documents, a throttled model', async (t, built) => {
      const wrong = (await failure(second(built, 'wrong').rerank(ASK))) as CohereError
      t.ok(wrong instanceof CohereError)
      const answers = [
        wrong,
        await failure(second(built).rerank({ ...ASK, model: 'no-such-model' })),
        await failure(second(built).rerank({ ...ASK, documents: [] }))
      ]
      built.standin.fail('cohere.rerank-v3-5:0', 'throttling-tokens')
      answers.push(await failure(second(built).rerank(ASK)))
      t.match(answers, [
        { name: 'UnauthorizedError', statusCode: 401 },
        { name: 'NotFoundError', statusCode: 404, body: { error: { code: 'model_not_found' } } },
        { name: 'BadRequestError', statusCode: 400, body: { error: { param: 'documents' } } },
        { name: 'TooManyRequestsError', statusCode: 429 }
      ])
      return '`CohereError` of its status'
    })
  ]
}
