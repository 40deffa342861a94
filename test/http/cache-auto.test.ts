import t from 'tap'
import { createCacheLedger, type PromptPlaces } from '../../src/state/cache-ledger.ts'
import { build, lastCall } from '../helper.ts'

const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
const rules = 'Keep to the rules of the house. '.repeat(400)
const say = (role: string, content: string) => ({ role, content })

t.test('auto: no point at first, points once a prefix is seen to come again, the same bytes from a new process', async (t) => {
  const sent: string[][] = []
  for (let run = 0; run < 2; run++) {
    const { post, standin } = await build(t, { ENABLE_PROMPT_CACHING: 'auto' })
    const bodies: string[] = []
    for (const question of ['one', 'two', 'three']) {
      const response = await post('/v1/chat/completions', {
        model: SONNET,
        messages: [say('system', rules), say('user', question)]
      })
      await response.text()
      t.equal(response.status, 200)
      bodies.push(JSON.stringify(lastCall(standin)?.body))
    }
    sent.push(bodies)
    t.notMatch(bodies[0], 'cachePoint')
    t.match(bodies[1], 'cachePoint')
  }
  t.same(sent[0], sent[1])
})

const MINUTE = 60_000
const places = (hash: number): PromptPlaces => ({
  head: { hash, tokens: 10_000 },
  turns: [{ hash: hash + 0.5, tokens: 10_100, index: 0, blocks: 1 }],
  hasLongTtl: true,
  minimum: 1024
})

t.test('auto: the time by the gaps, nothing where gaps are too long, and an end to what is never read', async (t) => {
  for (const [gap, expected] of [
    [MINUTE, '5m'],
    [20 * MINUTE, '1h'],
    [90 * MINUTE, undefined]
  ] as const) {
    let now = 0
    const ledger = createCacheLedger(() => now)
    let ttl: string | undefined
    for (let i = 0; i < 6; i++) {
      const session = ledger.session('key')
      ttl = session.plan('m', places(1)).head
      session.settle('m', { read: ttl === undefined || i < 2 ? 0 : 10_000, written: 0, writtenForHour: 0 })
      now += gap
    }
    t.equal(ttl, expected, `${gap}`)
  }
  let now = 0
  const ledger = createCacheLedger(() => now)
  let premium = 0
  for (let i = 0; i < 55; i++) {
    const session = ledger.session('key')
    const { head } = session.plan('m', places(1))
    if (head !== undefined) premium += 10_100 * 0.25
    session.settle('m', head === undefined ? undefined : { read: 0, written: 10_100, writtenForHour: 0 })
    now += MINUTE
  }
  t.ok(premium > 0 && premium <= 1.25 * 10_100, `${premium}`)
})
