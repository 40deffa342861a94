import t from 'tap'
import { type Invoke, runEmbedding, type Targets } from '../../../src/bedrock/run/embed-run.ts'
import type { EmbeddingRequest } from '../../../src/core/embedding.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { GatewayError } from '../../../src/errors.ts'

const TITAN: Targets = [{ id: 'amazon.titan-embed-text-v2:0', baseId: 'amazon.titan-embed-text-v2:0' }]

function request(count: number): EmbeddingRequest {
  const [first, ...others] = Array.from({ length: count }, (_, index) => ({
    path: `input[${index}]`,
    parts: [{ type: 'text', text: `${index}` }] as const
  }))
  return { model: 'titan', inputs: [first!, ...others] }
}

const answer = (body: JsonObject, headers: Record<string, string> = {}, model = TITAN[0].id) => ({
  body,
  headers,
  model,
  region: 'us-east-1'
})
const number = (body: JsonObject) => Number(body.inputText)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

t.test('2,048 inputs keep their order under random delays, never more than 16 calls at a time', async (t) => {
  let running = 0
  let most = 0
  const invoke: Invoke = async (_targets, body) => {
    most = Math.max(most, ++running)
    await pause(Math.random() * 4)
    running--
    return answer({ embedding: [number(body)], inputTextTokenCount: 2 })
  }
  const { vectors, inputTokens } = await runEmbedding(
    { request: request(2048), targets: TITAN, signal: new AbortController().signal },
    invoke
  )
  t.strictSame(
    vectors,
    Array.from({ length: 2048 }, (_, index) => [index])
  )
  t.equal(inputTokens, 4096)
  t.equal(most, 16)
})

t.test('the first failure cancels the calls under way and no other is begun', async (t) => {
  let begun = 0
  let cancelled = 0
  const invoke: Invoke = (_targets, body, signal) => {
    begun++
    if (number(body) === 20) return Promise.reject(new GatewayError('rate_limited', 'slow down'))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(answer({ embedding: [1] })), number(body) < 16 ? 1 : 60_000)
      if (number(body) < 16) return
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        cancelled++
        reject(new Error('cancelled'))
      })
    })
  }
  const run = runEmbedding({ request: request(2048), targets: TITAN, signal: new AbortController().signal }, invoke)
  await t.rejects(run, { kind: 'rate_limited', message: 'slow down' })
  t.ok(cancelled > 0 && cancelled < 16)
  t.ok(begun < 40, `${begun} calls`)
})

t.test('the client that leaves cancels the calls', async (t) => {
  const client = new AbortController()
  const left = new GatewayError('client_closed', 'gone')
  const invoke: Invoke = (_targets, _body, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const run = runEmbedding({ request: request(100), targets: TITAN, signal: client.signal }, invoke)
  client.abort(left)
  await t.rejects(run, left)
})

t.test('tokens are counted from the body, else from the header', async (t) => {
  const signal = new AbortController().signal
  const header = { 'x-amzn-bedrock-input-token-count': '7' }
  const fromBody = await runEmbedding({ request: request(2), targets: TITAN, signal }, async () =>
    answer({ embedding: [1], inputTextTokenCount: 3 }, header)
  )
  t.equal(fromBody.inputTokens, 6)
  const fromHeader = await runEmbedding({ request: request(2), targets: TITAN, signal }, async () =>
    answer({ embedding: [1] }, header)
  )
  t.equal(fromHeader.inputTokens, 14)
})

t.test('a fallback may be another way to the same model, never another model', async (t) => {
  const targets: Targets = [
    { id: 'us.cohere.embed-v4:0', baseId: 'cohere.embed-v4:0' },
    { id: 'global.cohere.embed-v4:0', baseId: 'cohere.embed-v4:0' },
    ...TITAN
  ]
  let tried: readonly string[] = []
  await runEmbedding({ request: request(1), targets, signal: new AbortController().signal }, async (given) => {
    tried = given.map((target) => target.id)
    return answer({ embeddings: { float: [[1]] } })
  })
  t.strictSame(tried, ['us.cohere.embed-v4:0', 'global.cohere.embed-v4:0'])
})

t.test('a model that embeds nothing is refused and named', async (t) => {
  const targets: Targets = [{ id: 'us.anthropic.claude-sonnet-4-6', baseId: 'anthropic.claude-sonnet-4-6' }]
  const run = runEmbedding({ request: request(1), targets, signal: new AbortController().signal }, async () => answer({}))
  await t.rejects(run, { kind: 'unsupported_value', field: 'model', message: /claude-sonnet-4-6/ })
})
