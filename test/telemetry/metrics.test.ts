import t from 'tap'
import { build } from '../support/helper.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const messages = [{ role: 'user', content: 'a word nobody counts' }]

t.test('requests, tokens and times are counted by route, model, key and status', async (t) => {
  const { app, post } = await build(t)
  await (await post('/v1/chat/completions', { model: MODEL, messages })).text()
  await (await post('/v1/chat/completions', { model: MODEL, stream: true, messages })).text()
  await (await post('/v1/chat/completions', { model: 7 })).text()
  const text = await app.metrics.text()
  const route = 'route="/v1/chat/completions"'
  t.match(text, `adit_requests_total{${route},model="${MODEL}",key="default",status="200"} 2`)
  t.match(text, `adit_requests_total{${route},model="none",key="default",status="400"} 1`)
  for (const name of ['adit_request_duration_seconds', 'adit_time_to_first_token_seconds', 'adit_time_per_output_token_seconds'])
    t.match(text, new RegExp(`${name}_count\\{[^}]*${MODEL}[^}]*\\} [12]`), name)
  t.match(text, new RegExp(`adit_tokens_total\\{direction="output",model="${MODEL}",key="default"\\} \\d+`))
  t.match(text, /adit_in_flight 0/)
  t.notMatch(text, /nobody counts/)
})

t.test('names that callers make up do not grow the metrics without end', async (t) => {
  const { app } = await build(t)
  for (let i = 0; i < 2000; i++)
    app.metrics.observer.upstreamError?.({
      kind: 'model_not_found',
      model: `made-up-${i}`,
      region: 'us-east-1',
      attempt: 1,
      retried: false,
      cause: undefined
    })
  const lines = (await app.metrics.text()).split('\n').filter((line) => line.startsWith('adit_upstream_errors_total{'))
  t.ok(lines.length <= 501, `${lines.length} series`)
  t.ok(
    lines.some((line) => line.includes('model="other"') && line.endsWith(' 2000')),
    'they are counted together'
  )
})
