import t from 'tap'
import { build, eventually, KEY, lastCall } from '../support/helper.ts'

const COHERE = 'cohere.rerank-v3-5:0'
const DOCUMENTS = ['Cats purr', 'Slate is a flat rock', 'Rock and roll', 'Nothing at all']
const ASK = { model: COHERE, query: 'flat rock', documents: DOCUMENTS }

interface Answer {
  id: string
  model: string
  results: { index: number; relevance_score: number; document?: unknown }[]
  meta: { api_version: { version: string }; billed_units: { search_units: number } }
  error: { message: string; param: string | null; code: string | null }
}

t.test('documents come back in the order of how well they answer, under every path and prefix', async (t) => {
  const { post, standin } = await build(t)
  for (const path of ['/v1/rerank', '/v2/rerank', '/rerank', '/api/v1/rerank']) {
    const response = await post(path, { ...ASK, top_n: 2 })
    t.equal(response.status, 200, path)
    t.match(response.headers.get('x-amzn-requestid'), /./)
    const { results, meta, model } = (await response.json()) as Answer
    t.strictSame(
      results.map(({ index }) => index),
      [1, 2],
      path
    )
    t.ok(results.every(({ relevance_score: score, document }) => score >= 0 && score <= 1 && document === undefined))
    t.match(
      { meta, model },
      { meta: { billed_units: { search_units: 1 }, api_version: { version: path.startsWith('/v2') ? '2' : '1' } }, model: COHERE }
    )
  }
  t.strictSame(lastCall(standin)?.body, { api_version: 2, query: 'flat rock', documents: DOCUMENTS, top_n: 2 })
})

const NAMES: readonly (readonly [asked: string, called: string])[] = [
  ['cohere.rerank-v3-5', COHERE],
  ['rerank-v3.5', COHERE],
  ['rerank-multilingual-v3.0', COHERE],
  ['jina-reranker-v2-base-multilingual', COHERE],
  ['bedrock/cohere.rerank-v3-5:0', COHERE],
  ['arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0', COHERE],
  ['amazon.rerank-v1', 'amazon.rerank-v1:0'],
  ['best', 'amazon.rerank-v1:0']
]

t.test('plain names, Cohere’s and Jina’s own, ARNs and aliases find their reranker', async (t) => {
  const { post, standin } = await build(t, { MODEL_ALIASES: '{"best":"amazon.rerank-v1:0"}' })
  for (const [asked, called] of NAMES) {
    const response = await post('/v1/rerank', { ...ASK, model: asked })
    t.equal(response.status, 200, asked)
    t.equal(lastCall(standin)?.modelId, called, asked)
    t.equal('api_version' in Object(lastCall(standin)?.body), called.includes('cohere'), asked)
  }
})

t.test('documents may be objects, and come back where they are wanted', async (t) => {
  const { post, standin } = await build(t)
  const documents = ['plain rock', { text: 'flat rock', page: 3 }, { title: 'Slate', year: 1999, gone: null }]
  const response = await post('/v1/rerank', { ...ASK, documents, return_documents: true })
  const { results } = (await response.json()) as Answer
  t.strictSame(
    results.map(({ document }) => document),
    [{ text: 'flat rock', page: 3 }, { text: 'plain rock' }, { title: 'Slate', year: 1999, gone: null }]
  )
  t.match(lastCall(standin)?.body, { documents: ['plain rock', 'flat rock', 'title: Slate\nyear: 1999'] })
  await post('/v1/rerank', { ...ASK, documents: [{ title: 'Slate', body: 'flat', text: 'x' }], rank_fields: ['body', 'title'] })
  t.match(lastCall(standin)?.body, { documents: ['body: flat\ntitle: Slate'] })
})

t.test('numbers of documents keep their digits, to the model and back', async (t) => {
  const { post, standin } = await build(t)
  const documents = '[{"id":12345678901234567890.10,"deep":{"list":[1.0,1e400]}},{"text":"flat rock","price":0.10}]'
  const response = await post(
    '/v1/rerank',
    `{"model":"${COHERE}","query":"flat","documents":${documents},"return_documents":true}`
  )
  const text = await response.text()
  for (const part of [
    '"document":{"text":"flat rock","price":0.10}',
    '"document":{"id":12345678901234567890.10,"deep":{"list":[1.0,1e400]}}'
  ])
    t.ok(text.includes(part), part)
  t.match(lastCall(standin)?.body, { documents: ['id: 12345678901234567890.10\ndeep: {"list":[1.0,1e400]}', 'flat rock'] })
  t.equal((await post('/v1/rerank', `{"model":"${COHERE}","query":"flat","documents":[1.0],"top_n":1.0}`)).status, 400)
})

const many = (count: number) => Array.from({ length: count }, (_, at) => `document ${at}`)

t.test('a thousand documents are ranked, more are refused by name, and ten queries are billed', async (t) => {
  const { post } = await build(t)
  const ranked = await post('/v1/rerank', { ...ASK, documents: many(1000), top_n: 5000 })
  t.equal(ranked.headers.get('x-adit-cost'), '0.02', 'ten queries of 100 documents')
  const all = (await ranked.json()) as Answer
  t.equal(all.results.length, 1000)
  t.equal(all.meta.billed_units.search_units, 10)
  const response = await post('/v1/rerank', { ...ASK, documents: many(1001) })
  t.equal(response.status, 400)
  t.match(await response.json(), { error: { param: 'documents', code: 'array_above_max_length', message: /1000.*1001/ } })
})

const REFUSED: readonly (readonly [change: object, param: string | null, status?: number])[] = [
  [{ model: 1 }, 'model'],
  [{ model: '' }, 'model'],
  [{ query: null }, 'query'],
  [{ query: '  ' }, 'query'],
  [{ documents: null }, 'documents'],
  [{ documents: [] }, 'documents'],
  [{ documents: 'rock' }, 'documents'],
  [{ documents: ['a', 1] }, 'documents[1]'],
  [{ documents: [{ image: 'data:' }] }, 'documents[0]'],
  [{ documents: ['a', {}] }, 'documents[1]'],
  [{ documents: [{ text: null, gone: null }] }, 'documents[0]'],
  [{ documents: ['a', { title: 'b' }], rank_fields: ['body'] }, 'documents[1]'],
  [{ rank_fields: Array(101).fill('text') }, 'rank_fields'],
  // Longer than the model takes, and repeated whole in its refusal.
  [{ query: 'a'.repeat(300_000) }, null],
  [{ top_n: 0 }, 'top_n'],
  [{ top_n: 1.5 }, 'top_n'],
  [{ return_documents: 'yes' }, 'return_documents'],
  [{ model: 'amazon.nova-lite-v1:0' }, 'model'],
  [{ model: 'no-such-model' }, 'model', 404],
  [{ model: 'cohere.rerank-v9:0' }, 'model', 404]
]

t.test('what cannot be ranked is refused and named', async (t) => {
  const { post } = await build(t)
  for (const [change, param, status = 400] of REFUSED) {
    const name = JSON.stringify(change).slice(0, 100)
    const response = await post('/v1/rerank', { ...ASK, ...change })
    t.equal(response.status, status, name)
    t.equal(((await response.json()) as Answer).error.param, param, name)
  }
  const unnamed = await post('/v2/rerank', { ...ASK, model: null })
  t.match(await unnamed.json(), { error: { param: 'model', code: 'missing_required_parameter' } })
  const unknown = await post('/v1/rerank', { ...ASK, max_tokens_per_doc: 100 })
  t.equal(unknown.headers.get('x-adit-dropped'), 'max_tokens_per_doc')
})

t.test('a naive call is refused by the stand-in, as by Bedrock', async (t) => {
  const { standin } = await build(t, {}, { auth: 'off' })
  const invoke = (model: string, body: object) =>
    fetch(`${standin.url}/model/${model}/invoke`, { method: 'POST', body: JSON.stringify(body) })
  t.equal((await invoke(COHERE, { query: 'a', documents: ['b'] })).status, 400, 'no api_version')
  t.equal((await invoke('amazon.rerank-v1:0', { query: 'a', documents: ['b'], api_version: 2 })).status, 400)
  t.equal((await invoke('amazon.rerank-v1:0', { query: 'a', documents: ['b'], top_n: 2 })).status, 400)
  t.equal((await invoke('amazon.rerank-v1:0', { query: 'a', documents: [{ text: 'b' }] })).status, 400)
})

t.test('a throttled reranker is asked again, and a caller who leaves ends the call', async (t) => {
  const { post, base, standin } = await build(t)
  standin.fail(COHERE, 'throttling-tokens')
  t.equal((await post('/v1/rerank', ASK)).status, 200)
  standin.fail(COHERE, 'hang-before-headers')
  const leaving = new AbortController()
  const asked = fetch(`${base}/v1/rerank`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(ASK),
    signal: leaving.signal
  })
  t.ok(await eventually(() => standin.inFlight() === 1))
  leaving.abort()
  await t.rejects(asked)
  t.ok(await eventually(() => standin.inFlight() === 0))
})
