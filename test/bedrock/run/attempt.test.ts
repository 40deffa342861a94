import t, { type Test } from 'tap'
import { type AttemptPolicy, attempt } from '../../../src/bedrock/run/attempt.ts'
import { createBreaker } from '../../../src/bedrock/run/breaker.ts'
import type { Candidate } from '../../../src/bedrock/run/candidate.ts'
import type { BedrockObserver } from '../../../src/bedrock/run/observer.ts'
import { readText } from '../../../src/bedrock/transport/http-body.ts'
import { callOf, failing, question, standin, transport, until } from '../build.ts'

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const OTHER = 'us.amazon.nova-lite-v1:0'

function policyOf(options: Partial<AttemptPolicy> & { observer?: BedrockObserver } = {}): AttemptPolicy {
  return {
    maxAttempts: 3,
    deadlineMs: 10_000,
    breaker: createBreaker(),
    observer: {},
    now: () => performance.now(),
    random: () => 0,
    ...options
  }
}

async function build(t: Test) {
  const server = await standin(t, { hangMs: 20_000 })
  const link = transport(t)
  const candidate = (id: string, region = link): Candidate => ({ transport: region, target: { id, baseId: id } })
  const work = (signal: AbortSignal) => async (one: Candidate) => {
    const call = { ...callOf(one.target.id, 'converse'), body: question('hello') } as const
    return readText((await one.transport.send(call, signal)).body, 1e6)
  }
  const calls = (id: string) => server.requests.filter((request) => request.modelId === id).length
  return { server, candidate, work, calls }
}

const { signal } = new AbortController()

for (const fault of ['throttling', 'internal', 'unavailable', 'model-not-ready', 'bad-gateway-html', 'reset-before-headers'])
  t.test(`${fault} is tried again, and the answer that follows is given`, async (t) => {
    const { server, candidate, work } = await build(t)
    server.fail(MODEL, fault, 'none')
    const done = await attempt([candidate(MODEL)], policyOf(), signal, work(signal))
    t.equal(done.attempts, 2)
  })

t.test('tries at most as often as allowed, then gives the error with a time to wait', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  server.fail(MODEL, ...Array.from({ length: 9 }, () => 'throttling'))
  await t.rejects(
    attempt([candidate(MODEL)], policyOf(), signal, work(signal)),
    failing({ kind: 'rate_limited', retryAfterS: 5 })
  )
  t.equal(calls(MODEL), 3)
})

for (const fault of ['validation', 'input-too-long', 'access-denied', 'not-found', 'quota'])
  t.test(`${fault} is not tried again at the same place`, async (t) => {
    const { server, candidate, work, calls } = await build(t)
    server.fail(MODEL, fault, fault)
    await t.rejects(attempt([candidate(MODEL)], policyOf(), signal, work(signal)))
    t.equal(calls(MODEL), 1)
  })

t.test('what the caller did wrong is not tried with another model', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  server.fail(MODEL, 'validation')
  await t.rejects(
    attempt([candidate(MODEL), candidate(OTHER)], policyOf(), signal, work(signal)),
    failing({ kind: 'invalid_request' })
  )
  t.equal(calls(OTHER), 0)
})

for (const fault of ['throttling', 'not-found', 'access-denied', 'quota'])
  t.test(`${fault} at one place leads to the next`, async (t) => {
    const { server, candidate, work } = await build(t)
    server.fail(MODEL, fault, fault, fault)
    const done = await attempt([candidate(MODEL), candidate(OTHER)], policyOf(), signal, work(signal))
    t.equal(done.candidate.target.id, OTHER)
  })

t.test('when all fail, the error that may pass is told, not the one that will not', async (t) => {
  const { server, candidate, work } = await build(t)
  server.fail(MODEL, 'not-found')
  server.fail(OTHER, 'throttling', 'throttling', 'throttling')
  await t.rejects(
    attempt([candidate(MODEL), candidate(OTHER)], policyOf(), signal, work(signal)),
    failing({ kind: 'rate_limited' })
  )
})

t.test('waits as long as Bedrock asks', async (t) => {
  const { server, candidate, work } = await build(t)
  server.fail(MODEL, 'throttling-retry-after', 'none')
  const began = performance.now()
  await attempt([candidate(MODEL)], policyOf(), signal, work(signal))
  t.ok(performance.now() - began >= 990)
})

t.test('a wait that ends after the deadline is not begun', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  server.fail(MODEL, 'throttling-retry-after', 'none')
  const began = performance.now()
  await t.rejects(
    attempt([candidate(MODEL)], policyOf({ deadlineMs: 500 }), signal, work(signal)),
    failing({ kind: 'rate_limited', retryAfterS: 1 })
  )
  t.ok(performance.now() - began < 990, 'it did not wait the second')
  t.equal(calls(MODEL), 1)
})

t.test('a caller who leaves while it waits to try again is let go at once', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  server.fail(MODEL, 'throttling-retry-after', 'none')
  const left = new AbortController()
  const running = attempt([candidate(MODEL)], policyOf(), left.signal, work(left.signal))
  await until(() => calls(MODEL) === 1)
  setTimeout(() => left.abort(), 50)
  const began = performance.now()
  await t.rejects(running, failing({ kind: 'client_closed' }))
  t.ok(performance.now() - began < 990, 'it did not wait the second')
  t.equal(calls(MODEL), 1)
})

t.test('expired credentials are refreshed and tried once more, not for ever', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  server.fail(MODEL, 'expired-token', 'none')
  t.equal((await attempt([candidate(MODEL)], policyOf(), signal, work(signal))).attempts, 2)
  server.fail(MODEL, ...Array.from({ length: 9 }, () => 'expired-token'))
  await t.rejects(attempt([candidate(MODEL)], policyOf(), signal, work(signal)), failing({ kind: 'upstream_auth' }))
  t.equal(calls(MODEL), 4)
})

t.test('a place that keeps failing is passed over, and asked again after a while', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  const clock = { at: 0 }
  const breaker = createBreaker({ threshold: 2, openMs: 1000, now: () => clock.at })
  const policy = policyOf({ breaker, maxAttempts: 1 })
  server.fail(MODEL, 'internal', 'internal', 'none')
  const places = [candidate(MODEL), candidate(OTHER)]
  for (let i = 0; i < 4; i++) await attempt(places, policy, signal, work(signal))
  t.equal(calls(MODEL), 2)
  clock.at = 1001
  t.equal((await attempt(places, policy, signal, work(signal))).candidate.target.id, MODEL)
  t.equal(breaker.states().size, 0)
})

t.test('when every place is passed over the caller is told when to come back', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  const policy = policyOf({ breaker: createBreaker({ threshold: 1, openMs: 3000 }), maxAttempts: 1 })
  server.fail(MODEL, 'internal')
  await t.rejects(attempt([candidate(MODEL)], policy, signal, work(signal)))
  await t.rejects(attempt([candidate(MODEL)], policy, signal, work(signal)), failing({ kind: 'unavailable', retryAfterS: 3 }))
  t.equal(calls(MODEL), 1)
})

t.test('throttles do not shut the only place there is', async (t) => {
  const { server, candidate, work, calls } = await build(t)
  const policy = policyOf({ breaker: createBreaker({ threshold: 1 }), maxAttempts: 1 })
  server.fail(MODEL, 'throttling', 'throttling', 'none')
  for (let i = 0; i < 2; i++) await t.rejects(attempt([candidate(MODEL)], policy, signal, work(signal)))
  await attempt([candidate(MODEL)], policy, signal, work(signal))
  t.equal(calls(MODEL), 3)
})

t.test('the observer hears of every failed call, and whether another follows', async (t) => {
  const { server, candidate, work } = await build(t)
  const heard: unknown[] = []
  const observer: BedrockObserver = {
    upstreamError: ({ kind, attempt, retried, region }) => heard.push([kind, attempt, retried, region])
  }
  server.fail(MODEL, 'internal', 'internal', 'none')
  await attempt([candidate(MODEL)], policyOf({ observer }), signal, work(signal))
  t.strictSame(heard, [
    ['upstream_error', 1, true, 'us-east-1'],
    ['upstream_error', 2, true, 'us-east-1']
  ])
})
