import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createPlaces } from '../../src/bedrock/places.ts'
import type { Transport } from '../../src/bedrock/transport/transport.ts'
import { readConfig } from '../../src/config.ts'
import { parseKeySet } from '../../src/keys/key-set.ts'
import { type Built, build, KEY } from '../support/helper.ts'
import { calls } from './calls.ts'

const SONNET = 'anthropic.claude-sonnet-4-6'
const TITAN = 'amazon.titan-embed-text-v2:0'
const CHAT = '/v1/chat/completions'

/** Asks and gives the region, pool and calls of this request. */
async function ask(
  gateway: Built,
  { model = SONNET, content = 'hello', stream = false, key = KEY, more = [] as readonly object[] }
) {
  const before = calls(gateway).length
  const messages = [{ role: 'user', content }, ...more]
  const response = await gateway.post(CHAT, { model, stream, messages }, { authorization: `Bearer ${key}` })
  const text = await response.text()
  const { headers, status } = response
  return {
    status,
    text,
    region: headers.get('x-adit-region'),
    pool: headers.get('x-adit-pool'),
    calls: calls(gateway).slice(before)
  }
}

t.test('pools of one Region: geo, global and in-Region ids, told in the answer', async (t) => {
  const BEDROCK_POOLS = JSON.stringify([
    { region: 'us-east-1', profile: 'geo' },
    { region: 'us-east-1', profile: 'global' }
  ])
  const gateway = await build(t, { BEDROCK_POOLS })
  const seen = new Map<string | null, number>()
  for (let i = 0; i < 40; i++) {
    const asked = await ask(gateway, { content: `conversation ${i}`, stream: i % 2 === 0 })
    t.equal(asked.status, 200)
    t.equal(asked.region, 'us-east-1')
    const prefix = asked.pool === 'us-east-1/global' ? 'global' : 'us'
    t.strictSame(asked.calls, [`us-east-1 ${prefix}.${SONNET}`])
    seen.set(asked.pool, (seen.get(asked.pool) ?? 0) + 1)
  }
  t.equal(seen.size, 2)
  for (const [pool, count] of seen) t.ok(count >= 8, `${pool} has ${count} of 40`)

  const named = await ask(gateway, { model: `us.${SONNET}` })
  t.equal(named.pool, 'us-east-1/geo', 'a profile that the caller names is the pool of its kind')
  t.equal((await ask(gateway, { model: `global.${SONNET}` })).pool, 'us-east-1/global')

  const embedded = await gateway.post('/v1/embeddings', { model: TITAN, input: 'hello' })
  t.equal(embedded.status, 200)
  t.equal(calls(gateway).at(-1), `us-east-1 ${TITAN}`, 'a model without profiles is called by its own id')
})

t.test('a conversation stays in its pool, leaves it for a failure at once, and comes back', async (t) => {
  const BEDROCK_POOLS = JSON.stringify(['us-east-1', 'us-east-2', 'us-west-2'].map((region) => ({ region, profile: 'geo' })))
  const gateway = await build(t, { BEDROCK_POOLS, UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '1000' })
  const turns: object[] = []
  const homes = new Set<string | null>()
  for (let i = 0; i < 6; i++) homes.add((await ask(gateway, { content: `other ${i}` })).region)
  t.ok(homes.size > 1, 'conversations are spread')
  const home = (await ask(gateway, {})).region
  for (const fault of ['unavailable', 'hang-before-headers', 'throttling']) {
    gateway.standin.fail(`us.${SONNET}`, fault)
    const moved = await ask(gateway, { more: turns, stream: true })
    t.equal(moved.status, 200, fault)
    t.not(moved.region, home, fault)
    t.equal(moved.calls.length, 2, `${fault}: the next pool is asked at once`)
    turns.push({ role: 'assistant', content: 'hi' }, { role: 'user', content: `more ${turns.length}` })
    const next = await ask(gateway, { more: turns })
    if (fault === 'throttling') t.equal(next.region, moved.region, 'a full pool is left for as long as the other one is warm')
    else t.equal(next.region, home, `${fault}: the next turn goes home`)
    t.equal(next.calls.length, 1)
  }
})

t.test('a pool that has no right to a model is asked last for a while, for who has met it', async (t) => {
  const pools = [
    { name: 'home', region: 'us-east-1', profile: 'geo', weight: 1 },
    { name: 'spare', region: 'us-east-1', profile: 'global', weight: 0 }
  ]
  const gateway = await build(t, { BEDROCK_POOLS: JSON.stringify(pools) })
  for (const fault of ['access-denied', 'not-found']) {
    const model = fault === 'not-found' ? 'anthropic.claude-haiku-4-5-20251001-v1:0' : SONNET
    gateway.standin.fail(`us.${model}`, fault)
    const first = await ask(gateway, { model })
    t.match(first, { status: 200, pool: 'spare' }, fault)
    t.equal(first.calls.length, 2)
    t.strictSame((await ask(gateway, { model, content: 'another' })).calls, [`us-east-1 global.${model}`])
    gateway.standin.fail(`global.${model}`, 'unavailable')
    t.match(await ask(gateway, { model }), { status: 200, pool: 'home' }, 'and not never')
    t.match(await ask(gateway, { model }), { status: 200, pool: 'home' }, 'what has answered lacks nothing')
  }
})

t.test('where a conversation was pushed to it stays until nothing of it is cached there', (t) => {
  let now = 0
  const transport = (region: string) => ({ region }) as unknown as Transport
  const pools = ['us-east-1', 'us-west-2'].map((region) => ({ name: region, region, weight: 1, transport: transport(region) }))
  const transports = pools.map((pool) => pool.transport)
  const places = createPlaces({ transports, pools, traitRows: [], residencyOf: () => undefined, now: () => now })
  const target = { id: `us.${SONNET}`, baseId: SONNET }
  const MINUTE = 60_000
  for (const [owner, keptMs] of [
    ['a', 5 * MINUTE],
    ['b', 60 * MINUTE]
  ] as const) {
    const find = () => places([target], { owner, beginning: () => 1, keptMs: () => keptMs })
    const names = () => find().map(({ pool }) => pool)
    const [home, other] = names()
    find()[1]?.listener?.answered(false)
    t.strictSame(names(), [home, other], 'a stall or an error moves nothing')
    find()[1]?.listener?.answered(true)
    t.strictSame(names(), [other, home])
    now += keptMs - 1
    t.strictSame(names(), [other, home])
    find()[0]?.listener?.answered(false)
    now += keptMs - 1
    t.strictSame(names(), [other, home], 'each turn keeps it warm')
    find()[1]?.listener?.answered(false)
    t.strictSame(names(), [other, home], 'a turn elsewhere changes nothing')
    now += 1
    t.strictSame(names(), [home, other])
  }
  t.end()
})

t.test('weights: 0 is asked only when the others fail', async (t) => {
  const BEDROCK_POOLS = JSON.stringify([
    { name: 'spare', region: 'us-west-2', weight: 0 },
    { name: 'main', region: 'us-east-1', weight: 3 }
  ])
  const gateway = await build(t, { BEDROCK_POOLS })
  for (let i = 0; i < 20; i++) t.equal((await ask(gateway, { content: `c ${i}` })).pool, 'main')
  gateway.standin.fail(`us.${SONNET}`, 'throttling')
  t.equal((await ask(gateway, {})).pool, 'spare')
})

t.test('an in-Region pool never calls a profile', async (t) => {
  const gateway = await build(t, { BEDROCK_POOLS: JSON.stringify([{ region: 'eu-west-1', profile: 'none' }]) })
  const refused = await ask(gateway, { model: SONNET })
  t.equal(refused.status, 400, refused.text)
  t.strictSame(refused.calls, [])
  t.equal((await ask(gateway, { model: `eu.${SONNET}` })).status, 400)
  t.strictSame((await ask(gateway, { model: 'amazon.nova-lite-v1:0' })).calls, ['eu-west-1 amazon.nova-lite-v1:0'])
})

t.test('a key with a residency never leaves it', async (t) => {
  const API_KEYS_FILE = `${t.testdir({
    'keys.json': JSON.stringify({
      keys: [
        { name: 'all', key: 'sk-all' },
        { name: 'eu', key: 'sk-eu', residency: ['eu'] },
        { name: 'dublin', key: 'sk-dublin', regions: ['eu-west-1'] },
        { name: 'inside', key: 'sk-inside', residency: ['eu-west-1'] },
        { name: 'mars', key: 'sk-mars', residency: ['jp'] },
        { name: 'far', key: 'sk-far', regions: ['eu-west-1'], residency: ['eu', 'global'] }
      ]
    })
  })}/keys.json`
  const shapes: readonly Record<string, string>[] = [
    { AWS_REGION: 'us-east-1', BEDROCK_REGIONS: 'us-east-1,eu-west-1,eu-central-1' },
    {
      BEDROCK_POOLS: JSON.stringify([
        ...['us-east-1', 'eu-west-1', 'eu-central-1'].flatMap((region) => [
          { region, profile: 'geo' },
          { region, profile: 'global' }
        ])
      ])
    }
  ]
  for (const shape of shapes) {
    const gateway = await build(t, { ...shape, API_KEYS_FILE, UPSTREAM_MAX_ATTEMPTS: '1' })
    for (let i = 0; i < 6; i++) {
      const stream = i % 2 === 0
      for (const call of (await ask(gateway, { key: 'sk-eu', content: `c ${i}`, stream })).calls) t.match(call, /^eu-\S+ eu\./)
      t.strictSame((await ask(gateway, { key: 'sk-dublin', content: `c ${i}`, stream })).calls, [`eu-west-1 eu.${SONNET}`])
    }
    gateway.standin.fail(`eu.${SONNET}`, 'throttling', 'throttling', 'throttling', 'throttling')
    const down = await ask(gateway, { key: 'sk-eu' })
    t.equal(down.status, 429, 'rather an error than another geography')
    t.equal(down.calls.length, 2)
    gateway.standin.fail(`eu.${SONNET}`)

    for (const [key, model] of [
      ['sk-eu', `us.${SONNET}`],
      ['sk-eu', `global.${SONNET}`],
      ['sk-dublin', `global.${SONNET}`],
      ['sk-eu', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
      ['sk-eu', 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abcdefgh1234'],
      ['sk-inside', SONNET],
      ['sk-mars', SONNET],
      ['sk-mars', 'amazon.nova-lite-v1:0']
    ] as const) {
      const refused = await ask(gateway, { key, model })
      t.equal(refused.status, 403, `${key} ${model}: ${refused.text}`)
      t.match(JSON.parse(refused.text), { error: { code: 'model_not_allowed' } })
      t.strictSame(refused.calls, [])
    }
    t.strictSame((await ask(gateway, { key: 'sk-far', model: `global.${SONNET}` })).calls, [`eu-west-1 global.${SONNET}`])
    const inside = await ask(gateway, { key: 'sk-inside', model: 'amazon.nova-lite-v1:0' })
    if (shape.BEDROCK_REGIONS !== undefined) t.strictSame(inside.calls, ['eu-west-1 amazon.nova-lite-v1:0'])

    for (const [path, body] of [
      ['/v1/embeddings', { model: TITAN, input: 'hello' }],
      ['/v1/messages', { model: 'amazon.nova-lite-v1:0', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }],
      ['/v1/messages/count_tokens', { model: SONNET, messages: [{ role: 'user', content: 'hello' }] }],
      ['/v1/responses', { model: SONNET, input: 'hello' }],
      ['/v1/rerank', { model: 'cohere.rerank-v3-5:0', query: 'a', documents: ['a', 'b'] }],
      ['/v1/moderations', { input: 'hello' }],
      ['/v1/images/generations', { model: 'amazon.nova-canvas-v1:0', prompt: 'hello' }],
      [`/model/eu.${SONNET}/converse`, { messages: [{ role: 'user', content: [{ text: 'hello' }] }] }]
    ] as const) {
      const before = gateway.standin.requests.length
      const response = await gateway.post(path, body, { authorization: 'Bearer sk-eu' })
      t.ok(response.status < 500, `${path}: ${response.status} ${await response.text()}`)
      for (const { headers } of gateway.standin.requests.slice(before))
        t.match(headers.authorization, /Credential=[^/]+\/\d+\/eu-/, `${path} stays in the EU`)
    }
    const explain = { model: SONNET, messages: [{ role: 'user', content: 'hello' }] }
    const plan = await gateway.post('/v1/explain', explain, { authorization: 'Bearer sk-eu' })
    const { targets } = (await plan.json()) as { targets: { region: string }[] }
    t.ok(targets.length > 0 && targets.every(({ region }) => region.startsWith('eu-')), 'explain names no other')
  }
})

t.test('pools in other accounts go with their roles, and one that cannot be taken is left for the next', async (t) => {
  const asked = await sts(t)
  const role = 'arn:aws:iam::222222222222:role/bedrock'
  const BEDROCK_POOLS = JSON.stringify([
    { name: 'theirs', region: 'us-east-1', role, externalId: 'outside', weight: 1000 },
    { name: 'ours', region: 'us-east-1', weight: 0 }
  ])
  const gateway = await build(t, { BEDROCK_POOLS }, { auth: 'off' })
  const theirs = await ask(gateway, {})
  t.equal(theirs.pool, 'theirs')
  t.match(
    gateway.standin.requests.findLast(({ modelId }) => modelId !== undefined)?.headers.authorization,
    /Credential=ASIAROLE\//
  )
  t.match(asked[0], `RoleArn=${encodeURIComponent(role)}`)
  t.match(asked[0], 'ExternalId=outside')
  gateway.standin.fail(`us.${SONNET}`, 'throttling')
  t.equal((await ask(gateway, {})).pool, 'ours', 'a quota of another account is another quota')
  const ofTheirs = `arn:aws:bedrock:us-east-1:222222222222:provisioned-model/abcdefgh1234`
  t.equal((await ask(gateway, { model: ofTheirs })).calls.length > 0, true)
})

t.test('a role that is refused is told in the log once, and its pool is left alone', async (t) => {
  const asked = await sts(t, 403)
  const role = 'arn:aws:iam::222222222222:role/bedrock'
  const BEDROCK_POOLS = JSON.stringify([
    { name: 'theirs', region: 'us-east-1', role, weight: 1000 },
    { name: 'ours', region: 'us-west-2', weight: 1 }
  ])
  const gateway = await build(t, { BEDROCK_POOLS, LOG_LEVEL: 'info', ADMIN_KEY: 'sk-operator' })
  for (let i = 0; i < 3; i++) t.match(await ask(gateway, {}), { status: 200, pool: 'ours' })
  t.ok(asked.length < 6, `STS was asked ${asked.length} times`)
  const told = gateway.log.filter((line) => line.includes('cannot be taken'))
  t.equal(told.length, 1)
  t.match(JSON.parse(told[0] ?? ''), {
    level: /warn|40/,
    pools: ['theirs'],
    err: { message: /not authorized to perform: sts:AssumeRole/ }
  })
  const usage = await fetch(`${gateway.base}/admin/usage`, { headers: { authorization: 'Bearer sk-operator' } })
  t.match(await usage.json(), {
    configured_pools: [
      { name: 'theirs', region: 'us-east-1', weight: 1000, trouble: /trust policy/ },
      { name: 'ours', region: 'us-west-2', weight: 1 }
    ]
  })
})

t.test('with a ledger of quota a pool without room is left for the next without a call', async (t) => {
  const pools = [
    { name: 'home', region: 'us-east-1', weight: 1 },
    { name: 'spare', region: 'us-west-2', weight: 0 }
  ]
  const gateway = await build(t, { BEDROCK_POOLS: JSON.stringify(pools), QUEUE_MS: '20000' })
  gateway.standin.fail(`us.${SONNET}`, 'throttling-day')
  const first = await ask(gateway, {})
  t.equal(first.pool, 'spare')
  t.equal(first.calls.length, 2)
  const second = await ask(gateway, { content: 'another' })
  t.equal(second.pool, 'spare')
  t.equal(second.calls.length, 1, 'the day of the first is used up, and is not asked for again')
})

t.test('what is wrong with pools is told at start', async (t) => {
  const geo = { region: 'us-east-1', profile: 'geo' }
  for (const [pools, more, told] of [
    ['[', {}, /BEDROCK_POOLS must be a JSON list/],
    [[], {}, /BEDROCK_POOLS must be a JSON list/],
    [[{ ...geo, wieght: 2 }], {}, /BEDROCK_POOLS must be a JSON list/],
    [[{ region: 'nowhere' }], {}, /BEDROCK_POOLS must be a JSON list/],
    [[{ ...geo, weight: -1 }], {}, /BEDROCK_POOLS must be a JSON list/],
    [[geo, geo], {}, /two pools are the same/],
    [[geo], { BEDROCK_REGIONS: 'us-east-1' }, /BEDROCK_POOLS and BEDROCK_REGIONS/],
    [[{ ...geo, externalId: 'x' }], {}, /externalId needs a role/],
    [[geo], { ENABLE_CROSS_REGION_INFERENCE: 'false' }, /ENABLE_CROSS_REGION_INFERENCE=false contradicts/]
  ] as const) {
    const BEDROCK_POOLS = typeof pools === 'string' ? pools : JSON.stringify(pools)
    t.throws(() => readConfig({ API_KEY: KEY, BEDROCK_POOLS, ...more }), { message: told }, BEDROCK_POOLS)
  }
  const document = { aws: { pools: [geo] }, auth: { apiKey: KEY } }
  t.match(readConfig({}, document), { aws: { pools: [geo] } })
  for (const residency of [['europe'], ['global'], []])
    t.throws(() => parseKeySet(JSON.stringify({ keys: [{ name: 'a', key: 'sk-a', residency }] }), 'keys'), {
      message: /residency/
    })
})

/** STS on a port of its own; gives what it was asked. */
async function sts(t: Test, status = 200): Promise<string[]> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => {
      asked.push(body)
      response.writeHead(status, { 'content-type': 'text/xml' })
      if (status !== 200) {
        response.end(
          '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>'
        )
        return
      }
      response.end(
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>'
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const before = process.env.AWS_ENDPOINT_URL_STS
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.teardown(() => {
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL_STS
    else process.env.AWS_ENDPOINT_URL_STS = before
  })
  return asked
}
