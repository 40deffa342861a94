import { createSocket } from 'node:dgram'
import { type lookup, promises } from 'node:dns'
import t from 'tap'
import { createWarmLookup } from '../../src/bedrock/transport/warm-lookup.ts'
import { createMediaLookup } from '../../src/media/media-lookup.ts'

t.test('S4: names of the hosts file are found still', async (t) => {
  const found = await createMediaLookup()('localhost', { all: true })
  t.ok(found.some(({ address }) => ['127.0.0.1', '::1'].includes(address)))
})

t.test('S4: names that nobody answers for leave the system’s look-up free, and fail in time', async (t) => {
  const silent = createSocket('udp4')
  let heard = 0
  silent.on('message', () => heard++)
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const find = createMediaLookup([`127.0.0.1:${silent.address().port}`])
  let over = 0
  const hanging = Array.from({ length: 8 }, (_, at) =>
    find(`picture-${at}.example`, { all: true }).then(
      () => 'found',
      (error) => {
        over++
        return error.code
      }
    )
  )
  for (let at = 0; at < 8; at++) t.ok((await promises.lookup('localhost')).address)
  t.equal(over, 0, 'all eight hang still')
  t.strictSame(new Set(await Promise.all(hanging)), new Set(['ETIMEOUT']))
  t.ok(heard >= 8)
})

t.test('S4: a name of our own is waited for once; a resolver that hangs later holds up nobody', async (t) => {
  let hangs = false
  let asked = 0
  let clock = 0
  const resolve = ((_name: string, _options: object, done: (error: null, found: object[]) => void) => {
    asked++
    if (!hangs) done(null, [{ address: '192.0.2.1', family: 4 }])
  }) as unknown as typeof lookup
  const find = createWarmLookup(resolve, () => clock)
  const once = () => new Promise((done) => find('bedrock.example', { all: true }, (_error, found) => done(found)))
  t.strictSame(await once(), [{ address: '192.0.2.1', family: 4 }])
  hangs = true
  clock = 60_000
  for (let at = 0; at < 5; at++) t.strictSame(await once(), [{ address: '192.0.2.1', family: 4 }])
  t.equal(asked, 2, 'it is asked again once')
})
