import t from 'tap'
import { build, KEY } from '../support/helper.ts'

const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0'
const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0'

interface Explanation {
  readonly object: string
  readonly model: string
  readonly targets: readonly { readonly model: string; readonly region: string }[]
  readonly calls: readonly {
    readonly path: string
    readonly body: Record<string, unknown>
    readonly times: number
    readonly max_tokens: number
    readonly cache_points: readonly { readonly behind: string; readonly ttl: string }[]
  }[]
  readonly dropped: readonly { readonly param: string; readonly reason: string }[]
  readonly estimate: {
    readonly input_tokens: number
    readonly reserved_tokens: number
    readonly input_cost_usd: number
    readonly most_cost_usd: number
  }
}

const messages = [{ role: 'user', content: 'a secret word' }]
const BODIES = {
  '/v1/chat/completions': { model: HAIKU, messages, max_tokens: 50, logit_bias: { 1: 2 }, prompt_caching: true, n: 2 },
  '/v1/responses': { model: HAIKU, input: 'a secret word', max_output_tokens: 50, instructions: 'be brief' },
  '/v1/messages': { model: HAIKU, messages, max_tokens: 50, system: 'be brief' },
  '/v1/completions': { model: HAIKU, prompt: 'a secret word', max_tokens: 50 }
}

t.test('explain: tells the very body that is then sent, and calls nothing', async (t) => {
  const { post, standin } = await build(t)
  const calls = () => standin.requests.filter(({ operation }) => /Converse|Invoke|Create/.test(operation))
  for (const [route, body] of Object.entries(BODIES)) {
    for (const [path, headers] of [
      ['/v1/explain', {}],
      [route, { 'x-adit-explain': 'true' }]
    ] as const) {
      for (const stream of [false, true]) {
        const before = calls().length
        const response = await post(path, { ...body, stream }, headers)
        t.equal(response.status, 200, `${path} ${route}`)
        const told = (await response.json()) as Explanation
        t.equal(told.object, 'explanation')
        t.equal(calls().length, before, 'no model is called')
        const answer = await post(route, { ...body, stream })
        await answer.text()
        const sent = calls().at(-1)
        t.same(told.calls[0]?.body, sent?.body, 'the body is the one that is sent')
        t.equal(told.estimate.reserved_tokens, told.estimate.input_tokens + 50 * (told.calls[0]?.times ?? 0))
        t.ok(told.estimate.most_cost_usd > told.estimate.input_cost_usd && told.estimate.input_cost_usd > 0)
        t.equal(response.headers.get('x-adit-dropped'), answer.headers.get('x-adit-dropped'))
      }
    }
  }
})

t.test('explain: who asks for no call of what is no conversation is refused, and pays for none', async (t) => {
  const { post, standin } = await build(t)
  const before = standin.bill.length
  for (const [path, body] of [
    ['/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'a' }],
    ['/v1/images/generations', { model: 'stability.stable-image-core-v1:1', prompt: 'a rock' }],
    ['/v1/moderations', { input: 'a' }],
    ['/v2/rerank', { model: 'cohere.rerank-v3-5:0', query: 'a', documents: ['b'] }],
    [`/model/${HAIKU}/converse`, { messages: [{ role: 'user', content: [{ text: 'a' }] }] }]
  ] as const) {
    const response = await post(path, body, { 'x-adit-explain': 'true' })
    t.match([response.status, await response.text()], [400, /Only conversations can be explained/], path)
    t.equal((await post(path, body, { 'x-adit-explain': 'cache' })).status, 200)
  }
  t.equal(standin.bill.length - before, 4, 'of the five that were let through, checks by Bedrock are no model')
})

t.test('explain: the estimate is by the tier that is asked for, where the model has it', async (t) => {
  const { post } = await build(t)
  const most = async (model: string, tier: string) => {
    const response = await post('/v1/explain', { model, messages, max_tokens: 50, service_tier: tier })
    return ((await response.json()) as Explanation).estimate.most_cost_usd
  }
  const pro = 'amazon.nova-pro-v1:0'
  const usual = await most(pro, 'auto')
  t.ok(Math.abs((await most(pro, 'priority')) - 1.75 * usual) < 1e-8)
  t.ok(Math.abs((await most(pro, 'flex')) - 0.5 * usual) < 1e-8)
  t.equal(await most(SONNET, 'priority'), await most(SONNET, 'auto'))
})

t.test('explain: what is dropped and why, cache points, and targets in order', async (t) => {
  const { post } = await build(t, { MODEL_ALIASES: JSON.stringify({ both: [HAIKU, SONNET] }) })
  const response = await post('/v1/explain', { ...BODIES['/v1/chat/completions'], model: 'both' })
  const told = (await response.json()) as Explanation
  t.match(told.targets.map(({ model }) => model).join(), /haiku.*sonnet/)
  t.equal(told.calls[0]?.times, 2)
  t.same(told.calls[0]?.cache_points, [{ behind: 'messages[0].content[0]', ttl: '5m' }])
  t.ok(told.dropped.some(({ param, reason }) => param === 'logit_bias' && reason !== ''))
})

t.test('explain: a request that would be refused is refused in the same words', async (t) => {
  const { post } = await build(t)
  for (const path of ['/v1/explain', '/v1/chat/completions']) {
    const response = await post(path, { model: HAIKU, messages: [] }, { 'x-adit-explain': 'true' })
    t.equal(response.status, 400, path)
    const { error } = (await response.json()) as { error: { param: string } }
    t.equal(error.param, 'messages')
  }
  const anonymous = await fetch(`${(await build(t)).base}/v1/explain`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}x` }
  })
  t.equal(anonymous.status, 401)
})
