import t from 'tap'
import { eventually } from '../support/helper.ts'
import { startGateway } from '../support/process.ts'

const KEY = 'sk-log-0123456789'
const MODEL = 'standin.fault-throttling'

t.test('the line of a request that failed at Bedrock tells where it was sent, and how often', async (t) => {
  const gateway = await startGateway(t, { API_KEY: KEY, UPSTREAM_MAX_ATTEMPTS: '2' })
  const response = await fetch(`${gateway.base}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'hello' }] })
  })
  t.equal(response.status, 429)
  await response.text()
  const line = () =>
    gateway
      .output()
      .split('\n')
      .find((each) => each.includes('"msg":"request"') && each.includes('/v1/chat/completions'))
  t.ok(await eventually(() => line() !== undefined, 5000))
  t.match(JSON.parse(line() ?? '{}'), {
    status: 429,
    error: 'rate_limited',
    model: MODEL,
    region: 'us-east-1',
    attempts: 2,
    key: 'default',
    upstream_request_id: String
  })
})

t.test(
  'F1: the line of a malformed answer says so, and counts what it cost; a reason nobody knows stands there as it came',
  async (t) => {
    const model = 'amazon.nova-lite-v1:0'
    const gateway = await startGateway(t, { API_KEY: KEY })
    const rows = [
      ['malformed_model_output', { finish: 'malformed', error: 'upstream_error' }],
      ['brand_new', { finish: 'brand_new', dropped: ['finish_reason'] }]
    ] as const
    for (const [stopReason, told] of rows)
      for (const stream of [false, true]) {
        gateway.standin.answer(model, { content: [{ text: 'a' }], stopReason, usage: { inputTokens: 7, outputTokens: 3 } })
        const response = await fetch(`${gateway.base}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hello' }] })
        })
        await response.text()
        const id = response.headers.get('x-request-id') ?? ''
        const line = () =>
          gateway
            .output()
            .split('\n')
            .find((each) => each.includes('"msg":"request"') && each.includes(id))
        t.ok(await eventually(() => line() !== undefined, 5000))
        t.match(JSON.parse(line() ?? '{}'), { ...told, stream, tokens_in: 7, tokens_out: 3 })
      }
  }
)
