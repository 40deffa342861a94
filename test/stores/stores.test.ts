import t, { type Test } from 'tap'
import { readConfig } from '../../src/config.ts'
import { startStandin } from '../../src/standin/server.ts'
import type { ResponseStore } from '../../src/state/response-store.ts'
import { createMemoryStore } from '../../src/stores/memory-store.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { createS3Store } from '../../src/stores/s3-store.ts'
import { noValkey, startValkey } from '../support/valkey.ts'

const bytes = (text: string) => Buffer.from(text, 'utf8')
const textOf = (record: { bytes: Uint8Array } | undefined) => record && Buffer.from(record.bytes).toString('utf8')
const noHandler = () => undefined
const reading = { take: () => {}, signal: new AbortController().signal }

/** What every driver promises. */
async function keepsItsPromises(t: Test, store: ResponseStore): Promise<void> {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => `resp_${id}${Date.now()}`) as [string, string, string]
  t.equal(await store.put('one', a, bytes('{"é":1}')), true)
  t.equal(await store.put('one', b, bytes('B')), true)
  t.same((await store.get('one', [b, c, a], reading)).map(textOf), ['B', undefined, '{"é":1}'], 'in the order asked for')
  t.same(await store.get('two', [a, b], reading), [undefined, undefined], 'another owner has none of it')
  t.same(await store.get('one', [], reading), [])

  t.equal(await store.put('one', a, bytes('x'), 'nothing'), false)
  t.equal(await store.put('one', c, bytes('C'), 'nothing'), true)
  const [first] = await store.get('one', [c], reading)
  const version = { version: first?.version ?? '' }
  t.equal(await store.put('one', c, bytes('C2'), version), true)
  t.equal(await store.put('one', c, bytes('C3'), version), false, 'the version has passed')
  t.equal(textOf((await store.get('one', [c], reading))[0]), 'C2')
  const [second] = await store.get('one', [c], reading)
  const racing = await Promise.all(
    ['x', 'y', 'z'].map(async (text) => store.put('one', c, bytes(text), { version: second?.version ?? '' }))
  )
  t.equal(racing.filter((done) => done).length, 1, 'one of three wins')

  let told = 0
  await store.get('one', [a, b], { ...reading, take: (size) => (told += size) })
  t.ok(told >= bytes('{"é":1}B').length, 'what is read is told')
  const noRoom = new Error('no room')
  const refuse = () => {
    throw noRoom
  }
  await t.rejects(store.get('one', [a, b], { ...reading, take: refuse }), noRoom)

  await store.delete('two', a)
  t.equal(textOf((await store.get('one', [a], reading))[0]), '{"é":1}', 'nobody else takes it away')
  await store.delete('one', a)
  await store.delete('one', a)
  t.same(await store.get('one', [a], reading), [undefined])
  t.equal(await store.put('one', a, bytes('x'), { version: second?.version ?? '' }), false, 'what is gone has no version')
}

t.test('memory', (t) => keepsItsPromises(t, createMemoryStore({ maxBytes: 1_000_000, ttlMs: 60_000 })))

t.test('memory is bounded by bytes, by count and by age, and each owner pays for itself', async (t) => {
  let now = 0
  const store = createMemoryStore({ maxBytes: 3000, maxCount: 4, ttlMs: 100, now: () => now })
  const there = async (owner: string, ids: string[]) =>
    (await store.get(owner, ids, reading)).map((record) => record !== undefined)
  await store.put('small', 's', bytes('s'))
  for (const id of ['1', '2', '3', '4', '5', '6']) await store.put('large', id, bytes('x'.repeat(10)))
  t.same(await there('large', ['1', '2', '3', '4', '5', '6']), [false, false, false, true, true, true])
  await store.put('large', '7', Buffer.alloc(2000))
  t.same(await there('large', ['4', '5', '6', '7']), [false, false, true, true])
  t.same(await there('small', ['s']), [true])
  t.throws(() => store.put('large', '8', Buffer.alloc(5000)), /RESPONSES_MEMORY_BYTES/)
  now = 101
  t.same(await there('small', ['s']), [false])
})

t.test('law of tenants: who keeps many small records in memory pushes out no large one of another', async (t) => {
  const store = createMemoryStore({ maxBytes: 1_000_000, maxCount: 4, ttlMs: 60_000 })
  await store.put('large', 'l', Buffer.alloc(500_000))
  for (const id of ['1', '2', '3', '4', '5']) await store.put('many', id, bytes('x'))
  t.ok((await store.get('large', ['l'], reading))[0])
  const left = await store.get('many', ['1', '2', '3', '4', '5'], reading)
  t.same(
    left.map((record) => record !== undefined),
    [false, false, true, true, true]
  )
})

t.test('S3', async (t) => {
  const standin = await startStandin()
  t.teardown(() => standin.close())
  const before = { ...process.env }
  Object.assign(process.env, standin.env)
  t.teardown(() => {
    process.env = before
  })
  const open = (options: object = {}) => {
    const store = createS3Store({
      bucket: 'adit-responses',
      prefix: 'kept/',
      region: 'us-east-1',
      handler: noHandler,
      ttlMs: 60_000,
      ...options
    })
    t.teardown(() => store.close())
    return store
  }
  await keepsItsPromises(t, open())
  const keys = [...standin.objects('adit-responses').keys()]
  t.ok(keys.length > 0 && keys.every((key) => /^kept\/[0-9a-f]{32}\/resp_\w+\.json$/.test(key)), 'under the prefix and the owner')
  await open().put('one', 'resp_old', bytes('old'))
  t.same(
    await open({ ttlMs: 0, now: () => Date.now() + 5000 }).get('one', ['resp_old'], reading),
    [undefined],
    'what is too old is gone'
  )
  await keepsItsPromises(t, open({ region: 'eu-west-1', prefix: 'elsewhere/' }))
  await t.rejects(open({ bucket: 'nobodys' }).get('one', ['x'], reading), { name: 'NoSuchBucket' })
  standin.deny('ListBucket', true)
  await t.rejects(open().get('one', ['resp_none'], reading), { name: 'AccessDenied' }, 'not taken for an answer')

  const target = `${standin.url}/adit-responses/kept/x`
  const naive = async (init: RequestInit) => {
    const response = await fetch(target, init)
    return [response.status, /<Code>(\w+)</.exec(await response.text())?.[1]]
  }
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  t.same(await naive({ method: 'PUT', body: 'x', headers: unsigned }), [403, 'AccessDenied'], 'unsigned')
  const now = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const forged = `AWS4-HMAC-SHA256 Credential=AKIASTANDIN0EXAMPLE1/${now.slice(0, 8)}/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`
  t.equal(
    (await naive({ method: 'GET', headers: { ...unsigned, 'x-amz-date': now, authorization: forged } }))[1],
    'SignatureDoesNotMatch'
  )
})

t.test('S3: what a naive client sends is refused as AWS does', async (t) => {
  const standin = await startStandin({ auth: 'off' })
  t.teardown(() => standin.close())
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const response = await fetch(`${standin.url}/${path}`, {
      method,
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      ...(body === undefined ? {} : { body })
    })
    return [response.status, /<Code>(\w+)</.exec(await response.text())?.[1] ?? response.headers.get('etag') ?? '']
  }
  const [, etag = ''] = await ask('PUT', 'adit-responses/k', {}, 'x')
  t.same(await ask('PUT', 'adit-responses/k', { 'if-none-match': '*' }, 'y'), [412, 'PreconditionFailed'])
  t.same(await ask('PUT', 'adit-responses/k', { 'if-none-match': String(etag) }, 'y'), [501, 'NotImplemented'])
  t.same(await ask('PUT', 'adit-responses/k', { 'if-match': '"other"' }, 'y'), [412, 'PreconditionFailed'])
  t.same(await ask('PUT', 'adit-responses/none', { 'if-match': String(etag) }, 'y'), [404, 'NoSuchKey'])
  t.same(await ask('PUT', 'adit-responses/k', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'y'), [400, 'BadDigest'])
  t.same(await ask('PUT', 'nobodys/k', {}, 'y'), [404, 'NoSuchBucket'])
  t.same(await ask('GET', 'adit-responses/none'), [404, 'NoSuchKey'])
  t.same((await ask('DELETE', 'adit-responses/none'))[0], 204)
  t.same((await ask('GET', 'adit-responses?list-type=2&prefix=k'))[0], 200)
  t.same(await ask('PUT', `adit-responses/${'k'.repeat(1025)}`, {}, 'y'), [400, 'KeyTooLongError'])
})

t.test('Valkey', { skip: noValkey }, async (t) => {
  const { url } = await startValkey(t)
  const { createValkeyStore } = await import('../../src/stores/valkey-store.ts')
  const store = createValkeyStore({ url, ttlMs: 60_000, onError: (error) => t.fail(String(error)) })
  t.teardown(() => store.close())
  await keepsItsPromises(t, store)
})

t.test('a Valkey that is down fails at once, and is told once', async (t) => {
  let told = 0
  const { createValkeyStore } = await import('../../src/stores/valkey-store.ts')
  const store = createValkeyStore({ url: 'redis://127.0.0.1:1', ttlMs: 60_000, onError: () => told++ })
  t.teardown(() => store.close())
  await t.rejects(store.get('one', ['x'], reading))
  await t.rejects((async () => store.put('one', 'x', bytes('x')))())
  t.equal(told, 1)
})

t.test('RESPONSES_STORE names the store, and is read strictly', async (t) => {
  const config = (RESPONSES_STORE: string, more: object = {}) => readConfig({ API_KEY: 'k', RESPONSES_STORE, ...more })
  const fail = (error: unknown) => t.fail(String(error))
  t.equal(openStore(config('off'), fail), undefined)
  for (const store of ['memory', 's3://bucket', 's3://bucket/', 's3://my-bucket/a/b']) t.ok(openStore(config(store), fail), store)
  t.ok(openStore(config('redis', { REDIS_URL: 'redis://localhost' }), fail))
  t.throws(() => config('redis'), /RESPONSES_STORE=redis needs REDIS_URL/)
  for (const store of ['s3', 's3://', 's3://UPPER/x', 'disk', 's3://b ucket', 'on'])
    t.throws(() => config(store), /RESPONSES_STORE must be memory, s3:\/\/bucket\/prefix, redis/, store)
})
