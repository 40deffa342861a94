import fc from 'fast-check'
import t, { type Test } from 'tap'
import { build, eventually } from '../support/helper.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const KEYS = {
  keys: [
    { name: 'noisy', key: 'sk-noisy', requests_per_minute: 100_000, tokens_per_minute: 100_000_000 },
    { name: 'quiet', key: 'sk-quiet', requests_per_minute: 100_000, tokens_per_minute: 100_000_000 },
    { name: 'small', key: 'sk-small', tokens_per_minute: 100 },
    { name: 'reader', key: 'sk-reader', tokens_per_minute: 200 }
  ]
}

async function gateway(t: Test) {
  const file = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
  const built = await build(t, { API_KEYS_FILE: file, UPSTREAM_MAX_ATTEMPTS: '1' })
  const ask = (key: string, body: object, signal?: AbortSignal) =>
    fetch(`${built.base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal })
    })
  return { ...built, ask }
}

/** The answer is read to its end: a connection that is left with one holds up the end of the gateway for a minute. */
async function statusOf(answer: Response): Promise<number> {
  await answer.text()
  return answer.status
}

const asks = (model: string, content: unknown = 'hi', more: object = {}) => ({
  model,
  messages: [{ role: 'user', content }],
  ...more
})

t.test('S3: a key whose requests fail takes the model from nobody else', async (t) => {
  const { ask, standin } = await gateway(t)
  standin.fail(NOVA, ...Array.from({ length: 5 }, () => 'internal' as const))
  for (let at = 0; at < 5; at++) t.equal((await ask('sk-noisy', asks(NOVA))).status, 502)
  t.equal((await ask('sk-noisy', asks(NOVA))).status, 503, 'its own place is closed')
  t.equal((await ask('sk-quiet', asks(NOVA))).status, 200)
})

t.test('S2: what a key has asked to be counted, and was refused, is counted for others all the same', async (t) => {
  const { base, standin } = await gateway(t)
  const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
  const estimated = async (key: string) => {
    const answer = await fetch(`${base}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(asks(model))
    })
    await answer.text()
    return answer.headers.get('x-adit-estimated')
  }
  standin.deny('CountTokens', true)
  t.equal(await estimated('sk-noisy'), 'input_tokens', 'nothing of a count fails')
  standin.deny('CountTokens', false)
  t.equal(await estimated('sk-noisy'), 'input_tokens', 'and nobody asks in vain again')
  t.equal(await estimated('sk-quiet'), null)
})

t.test('S5: made-up names have no label, models that answer or are listed have', async (t) => {
  const { ask, app } = await gateway(t)
  for (let at = 0; at < 20; at++) await (await ask('sk-noisy', asks(`made.up-${at}-v1:0`))).text()
  t.equal((await ask('sk-noisy', asks(NOVA))).status, 200)
  t.ok(await eventually(() => app.lifecycle.inFlight === 0))
  const text = await app.metrics.text()
  t.notMatch(text, /made\.up/)
  t.match(text, /model="other"/)
  t.match(text, /amazon\.nova-lite/)
})

t.test('S6: of many requests at once only those pass that find tokens left', async (t) => {
  const { ask } = await gateway(t)
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => statusOf(await ask('sk-small', asks(NOVA)))))
  const passed = statuses.filter((status) => status === 200).length
  t.ok(passed >= 1 && passed < 10, `${passed} of 20`)
  for (const status of statuses) t.ok([200, 429].includes(status))
})

t.test('S6: what answers may have is reserved too, also of bodies that come without a length', async (t) => {
  const { base, standin } = await gateway(t)
  standin.answer(NOVA, ...Array.from({ length: 12 }, () => ({ content: [{ text: 'slow and slower' }], gapMs: 200 })))
  const ask = () =>
    fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-small', 'content-type': 'application/json' },
      body: new Blob([JSON.stringify(asks(NOVA, 'hi', { max_tokens: 60, stream: true }))]).stream(),
      duplex: 'half'
    } as RequestInit)
  const statuses = await Promise.all(Array.from({ length: 12 }, async () => statusOf(await ask())))
  const passed = statuses.filter((status) => status === 200).length
  t.ok(passed >= 1 && passed <= 2, `${passed} of 12`)
  t.ok(statuses.every((status) => status === 200 || status === 429))
})

t.test('S6: an answer that is left at its last word is counted by what was sent', async (t) => {
  const { ask, standin } = await gateway(t)
  const statuses: number[] = []
  for (let at = 0; at < 4; at++) {
    standin.answer(NOVA, { content: [{ text: `${'word '.repeat(100)}END` }, { text: 'more '.repeat(400) }], gapMs: 2 })
    const leaving = new AbortController()
    const answer = await ask('sk-reader', asks(NOVA, 'hi', { stream: true }), leaving.signal)
    statuses.push(answer.status)
    let text = ''
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      text += read.value
      if (text.includes('more')) break
    }
    leaving.abort()
    await eventually(() => standin.inFlight() === 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.equal(statuses[0], 200)
  t.equal(statuses.at(-1), 429)
})

/** What a noisy caller may send: refused, failing, cut, unknown, with schemas and media of its own. */
const NOISE = fc.oneof(
  fc.constant(asks(NOVA)),
  fc.constant(asks('standin.fault-internal')),
  fc.constant(asks('standin.fault-throttling')),
  fc.constant(asks('standin.fault-reset-mid-stream', 'hi', { stream: true })),
  fc.string({ minLength: 1, maxLength: 20 }).map((name) => asks(`made.${name}`)),
  fc.constant(asks(NOVA, 'hi', { temperature: 99 })),
  fc.constant({ model: NOVA }),
  fc.constant(asks(NOVA, [{ type: 'image_url', image_url: { url: 'http://127.0.0.1:1/a.png' } }])),
  fc
    .dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.constant({ type: 'string' }), { maxKeys: 3 })
    .map((properties) =>
      asks(NOVA, 'hi', { tools: [{ type: 'function', function: { name: 'noise', parameters: { type: 'object', properties } } }] })
    )
)
const QUIET = asks('us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'a quiet question', {
  temperature: 0.5,
  tools: [
    { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } } }
  ]
})

/** Some leave before they have their answer, at once or a little later. */
const ASKED = fc.record({ body: NOISE, leavesAfterMs: fc.option(fc.integer({ min: 0, max: 15 }), { freq: 3 }) })

t.test('tenants: whatever one key sends before, and however it leaves, another key’s request becomes the same', async (t) => {
  const { ask, standin, app } = await gateway(t)
  const limits = (answer: Response) => [...answer.headers].filter(([name]) => /^x-ratelimit-limit|^x-adit/.test(name))
  /** What is counted of the quiet key's model, and under which labels. */
  const labels = async () =>
    (await app.metrics.text())
      .split('\n')
      .filter((line) => line.includes('claude-sonnet-4-5'))
      .map((line) => line.replace(/ [^ ]*$/, ''))
      .sort()
  const seen = async () => {
    const answer = await ask('sk-quiet', QUIET)
    await answer.text()
    await eventually(() => app.lifecycle.inFlight === 0)
    const used = Number(answer.headers.get('x-ratelimit-remaining-requests'))
    // Of requests that were left some come to Bedrock late.
    const body = standin.requests.map((call) => JSON.stringify(call.body)).findLast((sent) => sent?.includes('a quiet question'))
    return { status: answer.status, limits: limits(answer), used, body, labels: await labels() }
  }
  const send = async ({ body, leavesAfterMs }: { body: object; leavesAfterMs: number | null }) => {
    const signal = leavesAfterMs === null ? undefined : AbortSignal.timeout(leavesAfterMs)
    await ask('sk-noisy', body, signal).then(
      (answer) => answer.text().catch(() => 'cut'),
      () => 'left'
    )
  }
  let before = await seen()
  t.equal(before.status, 200)
  t.ok(before.labels.length > 0)
  await fc.assert(
    fc.asyncProperty(fc.array(ASKED, { minLength: 1, maxLength: 8 }), async (noise) => {
      for (const one of noise) await send(one)
      await eventually(() => app.lifecycle.inFlight === 0)
      const after = await seen()
      t.strictSame({ ...after, used: after.used + 1 }, before)
      before = after
    }),
    { numRuns: 15 }
  )
  t.notMatch(await app.metrics.text(), /"made\./, 'names that the noisy key has made up are no labels')
})
