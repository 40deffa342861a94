import t from 'tap'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { credentialsEndpoint, OWN_KEYS } from '../support/credentials-endpoint.ts'
import { startWatched } from './watched.ts'

t.jobs = 5

const HELLO = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hello' }] }

t.test('credentials that are replaced while requests run are renewed, and no request notices', async (t) => {
  const { state, env } = await credentialsEndpoint(t)
  state.secret = 'revoked-before-its-time'
  const { post } = await startWatched(t, { env, without: OWN_KEYS })
  state.secret = CREDENTIALS.secretAccessKey
  const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => post({ ...HELLO, stream: at % 2 === 0 })))
  t.strictSame(new Set(answers.map(({ status }) => status)), new Set([200]))
  await Promise.all(answers.map((answer) => answer.text()))
})

t.test('credentials near their end are renewed beside the requests: nobody waits for a slow endpoint', async (t) => {
  const { state, env } = await credentialsEndpoint(t)
  state.ttlMs = 60_000
  const { post } = await startWatched(t, { env, without: OWN_KEYS })
  await (await post(HELLO)).text()
  const before = state.fetches
  state.delayMs = 4000
  const startedAt = performance.now()
  for (let at = 0; at < 5; at++) t.equal((await (await post(HELLO)).json()).object, 'chat.completion')
  t.ok(performance.now() - startedAt < state.delayMs, 'five answers came before one renewal')
  t.ok(state.fetches <= before + 2, 'one renewal at a time')
})

t.test(
  'credentials that vanish are a 502 of ours once the last have ended, and come back by themselves',
  { timeout: 90_000 },
  async (t) => {
    const { state, env } = await credentialsEndpoint(t)
    state.ttlMs = 6000
    const { post, child } = await startWatched(t, { env, without: OWN_KEYS })
    state.status = 500
    await new Promise((resolve) => setTimeout(resolve, state.ttlMs)) // until they have ended
    const refused = await post(HELLO)
    t.equal(refused.status, 502)
    t.match(await refused.json(), { error: { code: 'upstream_auth', type: 'server_error' } })
    state.status = 200
    state.ttlMs = 3_600_000
    const answer = await post(HELLO)
    t.equal(answer.status, 200)
    await answer.text()
    t.equal(child.exitCode, null)
  }
)

for (const [name, url, told] of [
  ['a port where nobody listens', 'http://127.0.0.1:1', /^Bedrock cannot be reached \(ECONNREFUSED\): is the region right/],
  [
    "a host of the operator's that no DNS knows",
    'http://vpce-1.corp.invalid',
    /^Bedrock cannot be reached \((ENOTFOUND|EAI_AGAIN)\):/
  ]
] as const)
  t.test(`${name} is a 502 at once, streaming or not, and /ready says so`, async (t) => {
    const { post, base, output } = await startWatched(t, {
      env: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url, UPSTREAM_MAX_ATTEMPTS: '2' },
      ready: 503
    })
    for (const stream of [true, false]) {
      const answer = await post({ ...HELLO, stream })
      t.equal(answer.status, 502)
      t.match(await answer.json(), { error: { message: told, code: 'upstream_error' } })
    }
    t.match(output(), url.replace('http://', ''), 'the log names the host')
    const ready = await fetch(`${base}/ready`)
    t.equal(ready.status, 503)
    t.match(await ready.text(), /cannot be reached/)
    t.equal((await fetch(`${base}/health`)).status, 200)
  })
