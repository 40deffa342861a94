import { OpenAIEmbeddings } from '@langchain/openai'
import t from 'tap'
import { build, eventually, KEY } from '../support/helper.ts'

const MODELS: readonly [model: string, dimensions: number][] = [
  ['amazon.titan-embed-text-v1', 1536],
  ['amazon.titan-embed-text-v2:0', 1024],
  ['amazon.titan-embed-image-v1', 1024],
  ['cohere.embed-english-v3', 1024],
  ['cohere.embed-multilingual-v3', 1024],
  ['us.cohere.embed-v4:0', 1536],
  ['cohere.embed-v4:0', 1536],
  ['amazon.nova-2-multimodal-embeddings-v1:0', 3072],
  ['us.twelvelabs.marengo-embed-3-0-v1:0', 512]
]
const TITAN = 'amazon.titan-embed-text-v2:0'
const COHERE = 'cohere.embed-english-v3'
const PNG = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='

const near = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, index) => Math.abs(value - b[index]!) < 1e-6)

t.test('E1: two texts give Titan v2 two calls and the caller two items in order', async (t) => {
  const { openai, standin } = await build(t)
  const { data } = await openai.embeddings.create({ model: TITAN, input: ['a', 'b'], encoding_format: 'float' })
  t.strictSame(
    data.map((item) => item.index),
    [0, 1]
  )
  const alone = await openai.embeddings.create({ model: TITAN, input: 'b', encoding_format: 'float' })
  t.ok(near(data[1]!.embedding, alone.data[0]!.embedding))
  t.equal(standin.requests.filter((request) => request.operation === 'InvokeModel').length, 3)
})

t.test('E2, E8: base64 and float are the same vectors, with usage, for every model', async (t) => {
  const { openai, post } = await build(t)
  for (const [model, dimensions] of MODELS) {
    const packed = await openai.embeddings.create({ model, input: ['hello world'] })
    const plain = await openai.embeddings.create({ model, input: ['hello world'], encoding_format: 'float' })
    t.equal(packed.data[0]?.embedding.length, dimensions, model)
    t.ok(near(packed.data[0]!.embedding, plain.data[0]!.embedding), model)
    t.ok(plain.usage.prompt_tokens > 0 && plain.usage.total_tokens === plain.usage.prompt_tokens, model)
    const raw = (await (await post('/v1/embeddings', { model, input: 'a', encoding_format: 'base64' })).json()) as {
      data: { embedding: unknown }[]
    }
    t.type(raw.data[0]?.embedding, 'string', model)
  }
})

t.test('E3: tokens are accepted by every model and mean their text', async (t) => {
  const { openai, standin } = await build(t)
  for (const [model] of MODELS) {
    const fromTokens = await openai.embeddings.create({ model, input: [[15339, 1917], [15339]], encoding_format: 'float' })
    const fromText = await openai.embeddings.create({ model, input: ['hello world', 'hello'], encoding_format: 'float' })
    t.ok(near(fromTokens.data[0]!.embedding, fromText.data[0]!.embedding), model)
    t.ok(near(fromTokens.data[1]!.embedding, fromText.data[1]!.embedding), model)
  }
  await openai.embeddings.create({ model: TITAN, input: [15339, 1917] })
  t.match(standin.requests.findLast((request) => request.operation === 'InvokeModel')?.body, { inputText: 'hello world' })
  await t.rejects(openai.embeddings.create({ model: TITAN, input: [[1], [100_256]] }), {
    status: 400,
    param: 'input[1]',
    message: /cl100k/
  })
})

t.test('E4: 100 texts are two calls to Cohere; long ones are cut, not refused; what no model takes is told', async (t) => {
  const { openai, standin } = await build(t)
  const input = Array.from({ length: 100 }, (_, index) => `text ${index}`)
  const { data } = await openai.embeddings.create({ model: COHERE, input, encoding_format: 'float' })
  const sizes = standin.requests
    .filter((request) => request.operation === 'InvokeModel')
    .map((request) => (request.body as { texts: string[] }).texts.length)
  t.strictSame(sizes.sort(), [4, 96])
  const last = await openai.embeddings.create({ model: COHERE, input: 'text 99', encoding_format: 'float' })
  t.ok(near(data[99]!.embedding, last.data[0]!.embedding))
  const { response } = await openai.embeddings.create({ model: COHERE, input: 'x'.repeat(5000) }).withResponse()
  t.equal(response.status, 200)
  t.equal(response.headers.get('x-adit-dropped'), 'input')
  const unknown = { user: '', task: 'retrieval', 'late chunking': 1, extra_body: { truncate_dim: 5, input_type: 'search_query' } }
  const asked = await openai.embeddings.create({ model: COHERE, input: 'a', ...unknown }).withResponse()
  t.equal(asked.response.headers.get('x-adit-dropped'), 'task, extra_body.truncate_dim')
})

t.test('E5: dimensions are honoured, or refused with those that are possible', async (t) => {
  const { openai } = await build(t)
  const honoured: readonly [string, number][] = [
    [TITAN, 256],
    ['amazon.titan-embed-image-v1', 384],
    ['us.cohere.embed-v4:0', 512],
    ['amazon.nova-2-multimodal-embeddings-v1:0', 384],
    [COHERE, 1024]
  ]
  for (const [model, dimensions] of honoured) {
    const { data } = await openai.embeddings.create({ model, input: 'a', dimensions })
    t.equal(data[0]?.embedding.length, dimensions, model)
  }
  await t.rejects(openai.embeddings.create({ model: TITAN, input: 'a', dimensions: 300 }), {
    status: 400,
    param: 'dimensions',
    message: /256, 512, 1024/
  })
  await t.rejects(openai.embeddings.create({ model: COHERE, input: 'a', dimensions: 256 }), {
    status: 400,
    param: 'dimensions',
    message: /1024/
  })
})

t.test('E6: encoding_format null is absent', async (t) => {
  const { post } = await build(t)
  const response = await post('/v1/embeddings', { model: TITAN, input: 'a', encoding_format: null, dimensions: null, user: null })
  t.equal(response.status, 200)
  t.match(await response.json(), { object: 'list', data: [{ object: 'embedding', embedding: [Number] }] })
})

t.test('E7: an empty input is refused and named', async (t) => {
  const { post, standin } = await build(t)
  for (const input of [[], '', [''], null]) {
    const response = await post('/v1/embeddings', { model: TITAN, input })
    t.equal(response.status, 400)
    t.match(await response.json(), { error: { type: 'invalid_request_error', param: /^input/ } })
  }
  t.notOk(standin.requests.some((request) => request.operation === 'InvokeModel'))
})

t.test('E8: usage is what Bedrock counted, over all calls', async (t) => {
  const { openai } = await build(t)
  const one = await openai.embeddings.create({ model: COHERE, input: 'hello world' })
  const many = await openai.embeddings.create({ model: COHERE, input: new Array(100).fill('hello world') })
  t.equal(many.usage.prompt_tokens, 100 * one.usage.prompt_tokens)
})

t.test('E9: the kind of input can be chosen', async (t) => {
  const { post, standin } = await build(t)
  const sent = async (model: string, extra: object) => {
    await post('/v1/embeddings', { model, input: 'a', ...extra })
    return standin.requests.findLast((request) => request.operation === 'InvokeModel')?.body
  }
  t.match(await sent(COHERE, {}), { input_type: 'search_document' })
  t.match(await sent(COHERE, { input_type: 'search_query' }), { input_type: 'search_query' })
  t.match(await sent('us.cohere.embed-v4:0', { extra_body: { input_type: 'query' } }), { input_type: 'search_query' })
  t.match(await sent('amazon.nova-2-multimodal-embeddings-v1:0', { input_type: 'search_query' }), {
    singleEmbeddingParams: { embeddingPurpose: 'GENERIC_RETRIEVAL' }
  })
})

t.test('images go as data URLs to the models that take them, the others refuse them by name', async (t) => {
  const { openai } = await build(t)
  for (const model of [
    'amazon.titan-embed-image-v1',
    COHERE,
    'us.cohere.embed-v4:0',
    'amazon.nova-2-multimodal-embeddings-v1:0',
    'us.twelvelabs.marengo-embed-3-0-v1:0'
  ]) {
    const { data } = await openai.embeddings.create({ model, input: ['a cat', PNG], encoding_format: 'float' })
    t.equal(data.length, 2, model)
    t.notOk(near(data[0]!.embedding, data[1]!.embedding), model)
  }
  await t.rejects(openai.embeddings.create({ model: TITAN, input: ['a', PNG] }), {
    status: 400,
    param: 'input[1]',
    message: /text only/
  })
})

t.test('text and image make one vector where the model can', async (t) => {
  const { post, standin } = await build(t)
  const input = [
    {
      content: [
        { type: 'text', text: 'a cat' },
        { type: 'image_url', image_url: { url: PNG } }
      ]
    }
  ]
  for (const model of ['amazon.titan-embed-image-v1', 'us.cohere.embed-v4:0']) {
    const response = await post('/v1/embeddings', { model, input })
    t.equal(response.status, 200, model)
  }
  t.match(standin.requests.findLast((request) => request.operation === 'InvokeModel')?.body, {
    inputs: [{ content: [{ type: 'text' }, { type: 'image_url' }] }]
  })
})

t.test('text-embedding-* is the default embedding model, and the answer says so', async (t) => {
  const { openai } = await build(t, { DEFAULT_EMBEDDING_MODEL: TITAN })
  const { data, response } = await openai.embeddings.create({ model: 'text-embedding-3-small', input: 'a' }).withResponse()
  t.equal(data.model, TITAN)
  t.equal(response.headers.get('x-adit-model'), TITAN)
})

t.test(
  '2,048 inputs keep their order, with answers that come late and calls that are tried again',
  { timeout: 120_000 },
  async (t) => {
    const { openai, standin } = await build(t, {}, { hangMs: 30 })
    const input = Array.from({ length: 2048 }, (_, index) => `text ${index}`)
    const faults = input.map((_, index) => (index % 97 === 5 ? 'slow-first-event' : index % 700 === 300 ? 'throttling' : 'none'))
    standin.fail(TITAN, ...faults, 'none')
    const { data } = await openai.embeddings.create({ model: TITAN, input, dimensions: 256 })
    t.equal(data.length, 2048)
    t.equal(standin.requests.filter((request) => request.operation === 'InvokeModel').length, 2048 + 3, 'three were tried again')
    const alone = new Map<number, readonly number[]>()
    for (const index of [0, 5, 6, 300, 301, 1000, 2047]) {
      const one = await openai.embeddings.create({ model: TITAN, input: `text ${index}`, dimensions: 256 })
      alone.set(index, one.data[0]!.embedding)
    }
    for (const [index, vector] of alone) t.ok(near(data[index]!.embedding, vector), `number ${index}`)
    await t.rejects(openai.embeddings.create({ model: TITAN, input: [...input, 'one more'] }), {
      status: 400,
      param: 'input',
      message: /2048/
    })
  }
)

t.test('one failure ends the request with its own status, and the other calls', async (t) => {
  const { openai, standin } = await build(t)
  standin.fail(TITAN, 'none', 'none', 'none', 'access-denied')
  await t.rejects(openai.embeddings.create({ model: TITAN, input: new Array(2048).fill('a') }), {
    status: 403,
    code: 'access_denied',
    message: /authorized/
  })
  t.ok(standin.requests.length < 100)
  t.ok(await eventually(() => standin.inFlight() === 0))
})

t.test('a throttled call is tried again and the caller sees nothing of it', async (t) => {
  const { openai, standin } = await build(t)
  standin.fail(TITAN, 'throttling', 'none')
  const { data } = await openai.embeddings.create({ model: TITAN, input: 'a' })
  t.equal(data.length, 1)
})

t.test('a client that leaves ends the calls', async (t) => {
  const { openai, standin } = await build(t)
  standin.fail(TITAN, 'hang-before-headers')
  const left = new AbortController()
  const asking = openai.embeddings.create({ model: TITAN, input: new Array(50).fill('a') }, { signal: left.signal })
  t.ok(await eventually(() => standin.inFlight() > 0))
  left.abort()
  await t.rejects(asking)
  t.ok(await eventually(() => standin.inFlight() === 0, 1000))
})

t.test('a chat model is refused for embeddings, by name, and a name of no model is not found', async (t) => {
  const { openai } = await build(t)
  await t.rejects(openai.embeddings.create({ model: 'amazon.nova-lite-v1:0', input: 'a' }), {
    status: 400,
    param: 'model',
    message: /nova-lite/
  })
  await t.rejects(openai.embeddings.create({ model: 'no-such-model', input: 'a' }), { status: 404, code: 'model_not_found' })
})

t.test('Azure’s path names the model', async (t) => {
  const { post } = await build(t)
  const response = await post(`/openai/deployments/${encodeURIComponent(TITAN)}/embeddings?api-version=2024-10-21`, {
    input: 'a'
  })
  t.match(await response.json(), { model: TITAN })
})

t.test('@langchain/openai embeds documents and queries', async (t) => {
  const { base } = await build(t)
  const embeddings = new OpenAIEmbeddings({ model: TITAN, apiKey: KEY, configuration: { baseURL: `${base}/v1` } })
  t.equal((await embeddings.embedDocuments(['a', 'b'])).length, 2)
  t.equal((await embeddings.embedQuery('a')).length, 1024)
})
