import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { build, KEY } from '../support/helper.ts'
import { noChromium, openPage, shareBrowser } from './chromium.ts'

const skip = noChromium
const browser = shareBrowser(t)

t.test('a page of another origin streams a chat with its key, as NextChat does in the browser', { skip }, async (t) => {
  const { app, base } = await build(t)
  const methods: string[] = []
  app.server.on('request', (request) => methods.push(`${request.method} ${request.url}`))
  const { page } = await openPage(t, await browser(), await elsewhere(t))
  const seen = await page.evaluate(
    async ({ url, key, body }) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream'
        },
        body
      })
      const times: number[] = []
      let text = ''
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
        times.push(performance.now())
        text += read.value
      }
      const took = (times.at(-1) ?? 0) - (times[0] ?? 0)
      return { status: response.status, requestId: response.headers.get('x-request-id'), text, took }
    },
    { url: `${base}/v1/chat/completions`, key: KEY, body: NEXTCHAT_BODY }
  )
  t.equal(seen.status, 200)
  t.match(seen.requestId, /^req_/)
  t.match(seen.text, /data: \[DONE\]\s*$/)
  t.ok(seen.took > 200, 'it came piece by piece, not at once')
  t.same(methods, ['OPTIONS /v1/chat/completions', 'POST /v1/chat/completions'])
})

t.test('a page of another origin may use the official client, with all the headers it sends', { skip }, async (t) => {
  const { base } = await build(t)
  const { page } = await openPage(t, await browser(), await elsewhere(t))
  const status = await page.evaluate(
    async ({ url, key, names }) => {
      const headers = Object.fromEntries(names.map((name) => [name, 'x']))
      const response = await fetch(url, { headers: { ...headers, authorization: `Bearer ${key}` } })
      return response.status
    },
    { url: `${base}/v1/models`, key: KEY, names: SDK_HEADERS }
  )
  t.equal(status, 200)
})

t.test('a page of another origin sees a throttle with its status and when to come back', { skip }, async (t) => {
  const { base, standin } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  standin.fail('amazon.nova-lite-v1:0', 'throttling-retry-after', 'mid-stream-internal')
  const { page } = await openPage(t, await browser(), await elsewhere(t))
  const [throttled, broken] = await page.evaluate(
    async ({ url, key, body }) => {
      const seen: { status: number; retryAfter: string | null; text: string }[] = []
      for (let turn = 0; turn < 2; turn++) {
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
        const response = await fetch(url, { method: 'POST', headers, body })
        seen.push({ status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() })
      }
      return seen
    },
    { url: `${base}/v1/chat/completions`, key: KEY, body: NEXTCHAT_BODY }
  )
  t.match(throttled, { status: 429, retryAfter: '1', text: /rate_limit_exceeded/ })
  t.match(broken, { status: 200, text: /data: \{"error"/ })
  t.notMatch(broken?.text, /\[DONE\]/)
})

for (const [what, path, method, status, code] of [
  ['a wrong key', '/v1/chat/completions', 'POST', 401, 'invalid_api_key'],
  ['a wrong key on the list', '/v1/models', 'GET', 401, 'invalid_api_key'],
  ['an unknown route', '/v1/assistants', 'POST', 404, null]
] as const) {
  t.test(`a page of another origin can read what the API says to ${what}`, { skip }, async (t) => {
    const { base } = await build(t)
    const { page } = await openPage(t, await browser(), await elsewhere(t))
    const seen = await page.evaluate(
      async ({ url, method }) => {
        const headers = { authorization: 'Bearer sk-wrong', 'content-type': 'application/json' }
        const response = await fetch(url, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) })
        return { status: response.status, requestId: response.headers.get('x-request-id'), body: await response.json() }
      },
      { url: base + path, method }
    )
    t.equal(seen.status, status)
    t.match(seen.requestId, /^req_/)
    t.type(seen.body.error.message, 'string')
    t.equal(seen.body.error.code, code)
  })
}

t.test(
  'an origin that ALLOWED_ORIGINS does not name is kept out by the browser, one that it names is not',
  { skip },
  async (t) => {
    const named = await elsewhere(t)
    const { base } = await build(t, { ALLOWED_ORIGINS: named })
    for (const [origin, expected] of [
      [named, 200],
      [await elsewhere(t), 'TypeError']
    ] as const) {
      const { page } = await openPage(t, await browser(), origin)
      const outcome = await page.evaluate(
        async ({ url, key }) => {
          try {
            return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status
          } catch (error) {
            return error instanceof Error ? error.name : String(error)
          }
        },
        { url: `${base}/v1/models`, key: KEY }
      )
      t.equal(outcome, expected, origin)
    }
  }
)

/** What the clients of OpenAI, Azure and Anthropic put beside the key. */
const SDK_HEADERS = [
  'content-type',
  'x-api-key',
  'api-key',
  'openai-organization',
  'openai-project',
  'x-stainless-lang',
  'x-stainless-package-version',
  'x-stainless-os',
  'x-stainless-arch',
  'x-stainless-runtime',
  'x-stainless-runtime-version',
  'x-stainless-retry-count',
  'x-stainless-timeout',
  'x-stainless-helper-method',
  'anthropic-version',
  'x-openwebui-user-id'
]

const NEXTCHAT_BODY = JSON.stringify({
  messages: [{ role: 'user', content: '#slow 20' }],
  stream: true,
  model: 'amazon.nova-lite-v1:0',
  temperature: 0.5,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_p: 1
})

/** The origin of an empty page on a port of its own. */
async function elsewhere(t: Test): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>')
  })
  t.teardown(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
