import t from 'tap'
import { eventually } from '../helper.ts'
import { startGateway } from '../process.ts'

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
