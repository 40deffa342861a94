import t, { type Test } from 'tap'
import { build, eventually } from '../support/helper.ts'
import { freePort } from '../support/process.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const KEYS = {
  keys: [
    { name: 'two', key: 'sk-two', requests_per_minute: 2 },
    { name: 'words', key: 'sk-words', tokens_per_minute: 60 },
    { name: 'one', key: 'sk-one', max_concurrent: 1 },
    { name: 'free', key: 'sk-free' }
  ]
}

/** A gateway whose keys have limits. */
async function gateway(t: Test, env: Record<string, string> = {}) {
  const file = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
  const built = await build(t, { API_KEYS_FILE: file, ...env })
  const post = (key: string, path: string, body: object) =>
    fetch(built.base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
  const chat = (key: string, content = 'hi') =>
    post(key, '/v1/chat/completions', { model: NOVA, messages: [{ role: 'user', content }] })
  const embed = (key: string) => post(key, '/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'hello' })
  return { ...built, chat, embed }
}

t.test('requests a minute are counted over all routes, and told in OpenAI’s headers', async (t) => {
  const { base, chat, embed, standin } = await gateway(t)
  const first = await chat('sk-two')
  t.equal(first.headers.get('x-ratelimit-limit-requests'), '2')
  t.equal(first.headers.get('x-ratelimit-remaining-requests'), '1')
  t.match(first.headers.get('x-ratelimit-reset-requests'), /^\d+s$/)
  t.equal((await embed('sk-two')).status, 200)
  const calls = standin.requests.length
  const refused = await chat('sk-two')
  t.equal(refused.status, 429)
  t.equal(refused.headers.get('x-ratelimit-remaining-requests'), '0')
  t.match(await refused.json(), {
    error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: /2 requests a minute/ }
  })
  t.ok(Number(refused.headers.get('retry-after')) >= 1)
  t.equal(standin.requests.length, calls, 'Bedrock was not asked')
  t.equal((await chat('sk-free')).status, 200, 'another key is not touched')
  const list = await fetch(`${base}/v1/models`, { headers: { authorization: 'Bearer sk-two' } })
  t.equal(list.status, 200, 'the model list costs nothing')
})

t.test('tokens a minute are those that were used, of chat and of embeddings', async (t) => {
  const { chat, embed } = await gateway(t)
  t.equal((await embed('sk-words')).headers.get('x-ratelimit-limit-tokens'), '60')
  t.equal((await chat('sk-words', 'word '.repeat(100))).status, 200)
  t.ok(await eventuallyStatus(() => embed('sk-words'), 429))
  t.equal((await embed('sk-free')).status, 200)
})

t.test('a key with one answer at a time gets the next when the first is over', async (t) => {
  const { chat, standin } = await gateway(t)
  standin.answer(NOVA, { content: [{ text: 'slow' }], delayMs: 600 }, { content: [{ text: 'quick' }] })
  const running = chat('sk-one')
  t.ok(await eventually(() => standin.inFlight() === 1))
  const refused = await chat('sk-one')
  t.equal(refused.status, 429)
  t.match(await refused.json(), { error: { code: 'rate_limit_exceeded', message: /1 requests running at once/ } })
  t.equal((await running).status, 200)
  t.ok(await eventuallyStatus(() => chat('sk-one'), 200))
})

t.test('requests pass when the store of the limits is down, and at once', async (t) => {
  const { chat, embed } = await gateway(t, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
  const startedAt = performance.now()
  for (let i = 0; i < 4; i++) {
    t.equal((await chat('sk-two')).status, 200)
    t.equal((await embed('sk-words')).status, 200)
  }
  t.ok(performance.now() - startedAt < 5000)
})

/** Asks until the answer has this status; what was used is counted when an answer is over. */
async function eventuallyStatus(ask: () => Promise<Response>, status: number): Promise<boolean> {
  for (let i = 0; i < 20; i++) {
    if ((await ask()).status === status) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}
