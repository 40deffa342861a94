import fc from 'fast-check'
import t from 'tap'
import { VirtualClock } from '../../bench/economy/virtual-clock.ts'
import { PartList, promptPlace } from '../../src/core/prompt-parts.ts'
import { stableHash } from '../../src/core/stable-hash.ts'
import { CATALOG } from '../../src/standin/catalog.ts'
import { PromptCache } from '../../src/standin/prompt-cache.ts'
import { type CachePlan, createCacheLedger, type PromptPlaces } from '../../src/state/cache-ledger.ts'
import { createPrefixHistory } from '../../src/state/prefix-history.ts'
import { build, lastCall } from '../support/helper.ts'

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

t.test('auto: a conversation that begins too short to be cached is marked as soon as it is long enough', async (t) => {
  const { post, standin } = await build(t, { ENABLE_PROMPT_CACHING: 'auto' })
  const messages: ReturnType<typeof say>[] = []
  const marked: boolean[] = []
  for (let turn = 1; turn <= 8; turn++) {
    // Some two hundred tokens each, of the 1,024 that the model begins to keep at.
    messages.push(say('user', `${turn} ${'The tunnel goes on. '.repeat(40)}`))
    const response = await post('/v1/chat/completions', { model: SONNET, messages })
    t.equal(response.status, 200)
    const answer = (await response.json()) as { choices: [{ message: { content: string } }] }
    messages.push(say('assistant', answer.choices[0].message.content))
    marked.push(/cachePoint/.test(JSON.stringify(lastCall(standin)?.body)))
  }
  t.same(marked, [false, false, false, true, true, true, true, true])
})

const MINUTE = 60_000
const places = (hash: number): PromptPlaces => ({
  head: { hash, tokens: 10_000 },
  turns: [{ hash: hash + 0.5, tokens: 10_100, index: 0, blocks: 1 }],
  hasLongTtl: true,
  minimum: 1024
})

t.test('auto: what one key sends, however much, forgets nothing of another', async (t) => {
  let now = 0
  const ledger = createCacheLedger(() => now)
  const ask = (owner: string, hash: number) => {
    const session = ledger.session(owner)
    const { head } = session.plan('m', places(hash))
    session.settle('m', { read: head === undefined ? 0 : 10_000, written: 0, writtenForHour: 0 })
    now += 10
    return head
  }
  for (let at = 0; at < 4; at++) ask('alice', 1)
  t.equal(ask('alice', 1), '5m')
  for (let hash = 2; hash < 21_000; hash++) ask('mallory', hash)
  t.equal(ask('alice', 1), '5m')
  const history = createPrefixHistory()
  const prompt = (words: readonly number[]) => ({
    head: new PartList([promptPlace('system', -1, 0)], [words[0] ?? 0]),
    messages: new PartList(
      words.map((_, at) => promptPlace('messages', at)),
      [...words]
    ),
    isContinued: true
  })
  history.note('alice', prompt([1, 2, 3]))
  for (let at = 1; at < 100; at++) history.note('mallory', prompt(Array.from({ length: 4000 }, (_, index) => at * 4000 + index)))
  t.equal(history.look('alice', prompt([1, 2, 9, 4])), 'messages[2]')
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

const CLAUDE = CATALOG.find(({ id }) => id === 'anthropic.claude-sonnet-4-6')!
const HOUR = 60 * MINUTE

/** A conversation as it is drawn: which rules it begins with, when its turns come, how much each adds, and what of it does not stay the same. */
const CONVERSATION = fc.record({
  rules: fc.integer({ min: 0, max: 2 }),
  startAt: fc.integer({ min: 0, max: HOUR }),
  gaps: fc.array(fc.constantFrom(0, 5000, 30_000, 4 * MINUTE, 6 * MINUTE, 20 * MINUTE, 70 * MINUTE), {
    minLength: 1,
    maxLength: 14
  }),
  blocks: fc.constantFrom(1, 2, 25),
  tokens: fc.constantFrom(50, 400, 1500),
  /** The rules hold a date, or the first message does. */
  breaks: fc.constantFrom('nothing', 'nothing', 'rules', 'message'),
  /** Milliseconds until an answer begins. */
  delay: fc.constantFrom(0, 2000)
})

type Drawn = typeof CONVERSATION extends fc.Arbitrary<infer T> ? T : never
interface Turn {
  readonly head: string
  readonly messages: readonly (readonly string[])[]
}

const text = (name: string, tokens: number) => `${name} `.padEnd(tokens * 4, 'word ')

function turnOf({ rules, blocks, tokens, breaks }: Drawn, conversation: number, turn: number): Turn {
  const date = (what: string) => (breaks === what ? `${turn}` : '')
  const said = Array.from({ length: turn + 1 }, (_, n) =>
    Array.from({ length: blocks }, (_, block) => text(`${conversation} ${n} ${block}${n === 0 ? date('message') : ''}`, tokens))
  )
  return { head: text(`rules ${rules} ${date('rules')}`, [600, 2000, 6000][rules] ?? 0), messages: said }
}

function placesIn({ head, messages }: Turn): PromptPlaces {
  let [hash, length, blocks] = [stableHash(head), head.length, 0]
  const first = { hash, tokens: length / 4 }
  const turns = messages.map((message, index) => {
    hash = stableHash(`${hash} ${message.join()}`)
    length += message.join('').length
    blocks += message.length
    return { hash, tokens: Math.floor(length / 4), index, blocks }
  })
  return { head: first, turns, hasLongTtl: true, minimum: 1024 }
}

function requestOf({ head, messages }: Turn, plan: CachePlan) {
  const point = (ttl: string | undefined) => (ttl === undefined ? [] : [{ cachePoint: { ttl } }])
  return {
    system: [{ text: head }, ...point(plan.head)],
    messages: messages.map((message, index) => ({
      role: 'user' as const,
      content: [...message.map((one) => ({ text: one })), ...point(plan.turns.includes(index) ? plan.turnTtl : undefined)]
    }))
  }
}

/** Plays the conversations of one key against the stand-in's cache. Gives what the prompts cost, in tokens of plain input, and the longest of them. */
async function play(
  drawn: readonly Drawn[],
  { isPlanned, readRate, lost }: { isPlanned: boolean; readRate: number; lost: number }
) {
  const clock = new VirtualClock()
  const ledger = createCacheLedger(() => clock.now())
  const cache = new PromptCache(() => clock.now())
  let [cost, longest, calls] = [0, 0, 0]
  const ask = (turn: Turn, delay: number) => {
    // The service may forget everything at any time.
    if (lost > 0 && ++calls % lost === 0) cache.drop()
    const session = ledger.session('key')
    const plan = isPlanned ? session.plan('m', placesIn(turn)) : { turns: [], turnTtl: '5m' as const }
    const place = { account: 'a', region: 'r' }
    const { all, read, write, details, begun } = cache.look({
      request: requestOf(turn, plan),
      model: CLAUDE,
      place,
      isImplicit: false
    })
    const hour = details.reduce((sum, { ttl, inputTokens }) => sum + (ttl === '1h' ? inputTokens : 0), 0)
    cost += all - read - write + read * readRate + (write - hour) * 1.25 + hour * 2
    longest = Math.max(longest, all)
    clock.after(delay, () => {
      begun()
      session.settle('m', { read, written: write, writtenForHour: hour })
    })
  }
  drawn.forEach((one, conversation) => {
    let at = one.startAt
    one.gaps.forEach((gap, turn) => {
      clock.after(at, () => ask(turnOf(one, conversation, turn), one.delay))
      at += gap
    })
  })
  await clock.runUntil(48 * HOUR)
  return { cost, longest }
}

t.test('auto, law: drawn conversations cost no more than without by more than 5 times the longest prompt an hour', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(CONVERSATION, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(0.025, 0.1, 0.25),
      fc.constantFrom(0, 0, 1, 3),
      async (drawn, readRate, lost) => {
        const without = await play(drawn, { isPlanned: false, readRate, lost })
        const planned = await play(drawn, { isPlanned: true, readRate, lost })
        const last = Math.max(...drawn.map(({ startAt, gaps }) => gaps.reduce((at, gap) => at + gap, startAt)))
        const most = 5 * (Math.floor(last / HOUR) + 1) * planned.longest
        if (planned.cost - without.cost > most) throw new Error(`${planned.cost - without.cost} tokens too much, and not ${most}`)
      }
    ),
    { numRuns: 25 }
  )
})

t.test(
  'auto: conversations whose turns follow each other cost a third, however many begin with the same few words',
  async (t) => {
    for (const count of [1, 12]) {
      const drawn = Array.from(
        { length: count },
        (_, n): Drawn => ({
          ...({ rules: 0, startAt: n * 3000, gaps: Array(12).fill(30_000), blocks: 1, tokens: 400, delay: 0 } as const),
          breaks: 'nothing' as const
        })
      )
      const [without, planned] = [
        await play(drawn, { isPlanned: false, readRate: 0.1, lost: 0 }),
        await play(drawn, { isPlanned: true, readRate: 0.1, lost: 0 })
      ]
      t.ok(planned.cost < 0.34 * without.cost, `${count}: ${planned.cost} of ${without.cost}`)
    }
  }
)
