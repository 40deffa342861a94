import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { build, eventually } from '../support/helper.ts'

/** A proxy that passes plain requests on, and keeps what was asked of it. */
async function proxy(t: Test) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(String(request.headers['x-amz-target'] ?? new URL(request.url ?? '').pathname))
    const { method, headers, url = '' } = request
    const onward = forward(url, { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

t.test('keys, model lists and conversations all go through the proxy that is set', async (t) => {
  const { seen, url } = await proxy(t)
  const env = { HTTP_PROXY: url, API_KEY_PARAM_NAME: '/adit/api-key' }
  const { base, app, post } = await build(t, env, { parameters: { '/adit/api-key': 'sk-test-0123456789' } })
  const answer = await post('/v1/chat/completions', {
    model: 'amazon.nova-lite-v1:0',
    messages: [{ role: 'user', content: 'hi' }]
  })
  t.equal(answer.status, 200)
  await app.catalog.list()
  t.ok(await eventually(() => seen.includes('/foundation-models')), 'the model lists')
  t.ok(seen.includes('AmazonSSM.GetParameter'), 'the key')
  t.ok(
    seen.some((path) => path.endsWith('/converse')),
    'the conversation'
  )
  t.equal((await fetch(`${base}/ready`)).status, 200)
})

t.test('hosts of NO_PROXY are asked directly', async (t) => {
  const { seen, url } = await proxy(t)
  const env = { HTTP_PROXY: url, NO_PROXY: '127.0.0.1', API_KEY_PARAM_NAME: '/adit/api-key' }
  const { app } = await build(t, env, { parameters: { '/adit/api-key': 'sk-test-0123456789' } })
  t.ok((await app.catalog.list()).length > 0)
  t.same(seen, [])
})
