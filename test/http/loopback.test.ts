import { request } from 'node:http'
import t from 'tap'
import { isLoopbackHost, isLoopbackOrigin } from '../../src/http/loopback.ts'
import { build, lastCall } from '../support/helper.ts'

for (const host of [
  'localhost',
  'localhost:8080',
  'LOCALHOST:1',
  'adit.localhost',
  '127.0.0.1:8080',
  '127.9.9.9',
  '[::1]:8080',
  '[::1]'
])
  t.test(`S23: ${host} is this machine`, async (t) => t.ok(isLoopbackHost(host)))

for (const host of [
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example:127',
  '0.0.0.0',
  '[::ffff:7f00:1]',
  'localhost@evil.example',
  '1127.0.0.1'
])
  t.test(`S23: ${host} is not`, async (t) => t.notOk(isLoopbackHost(host)))

for (const origin of ['null', 'https://evil.example', 'http://localhost.evil.example', 'file://'])
  t.test(`S23: the origin ${origin} is not this machine`, async (t) => t.notOk(isLoopbackOrigin(origin)))

/** A request as a browser would make it; undici does not let its Host be set. */
function send(base: string, headers: Record<string, string>, method = 'POST', path = '/v1/chat/completions') {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const outgoing = request(base + path, { method, headers }, (response) => {
      let text = ''
      response.on('data', (data) => {
        text += data
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    outgoing.on('error', reject)
    outgoing.end(
      method === 'POST'
        ? JSON.stringify({ model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hi' }] })
        : undefined
    )
  })
}
const JSON_TYPE = { 'content-type': 'application/json' }

t.test('S23: with AUTH=off a page of another site, and a name that points here, are refused and may read nothing', async (t) => {
  const { base, standin } = await build(t, { AUTH: 'off' })
  for (const foreign of [
    { host: 'evil.example' },
    { host: 'evil.example:8080' },
    { origin: 'https://evil.example' },
    { origin: 'null' }
  ])
    for (const [method, path] of [
      ['POST', '/v1/chat/completions'],
      ['GET', '/v1/models'],
      ['GET', '/'],
      ['GET', '/nowhere']
    ] as const) {
      const answer = await send(base, { ...JSON_TYPE, ...foreign }, method, path)
      t.equal(answer.status, 403)
      t.match(JSON.parse(answer.text), { error: { code: 'access_denied', message: /AUTH=off/ } })
      t.equal(answer.headers['access-control-allow-origin'], undefined)
    }
  const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
  t.equal((await send(base, preflight, 'OPTIONS')).headers['access-control-allow-origin'], undefined)
  t.equal(lastCall(standin), undefined, 'no model was called')
})

t.test('S23: with AUTH=off pages of this machine and programs are served', async (t) => {
  const { base } = await build(t, { AUTH: 'off' })
  const own = await send(base, { ...JSON_TYPE, origin: 'http://localhost:3000' })
  t.equal(own.status, 200)
  t.equal(own.headers['access-control-allow-origin'], 'http://localhost:3000')
  t.equal((await send(base, JSON_TYPE)).status, 200)
  const preflight = await send(base, { origin: 'http://127.0.0.1:3000', 'access-control-request-method': 'POST' }, 'OPTIONS')
  t.equal(preflight.headers['access-control-allow-origin'], 'http://127.0.0.1:3000')
})

t.test('S23: an origin that the operator names is served with AUTH=off too; with keys all is as it was', async (t) => {
  const named = await build(t, { AUTH: 'off', ALLOWED_ORIGINS: 'https://chat.example' })
  t.equal((await send(named.base, { ...JSON_TYPE, origin: 'https://chat.example' })).status, 200)
  const keyed = await build(t)
  t.equal((await send(keyed.base, { origin: 'https://any.example', host: 'adit.example' }, 'GET', '/health')).status, 200)
})
