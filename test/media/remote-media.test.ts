import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import type { ChatRequest } from '../../src/core/request.ts'
import { createMediaFetcher, MEDIA_LIMITS } from '../../src/media/remote-media.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
)

function asking(url: string): ChatRequest {
  return {
    model: 'm',
    system: [],
    tools: [],
    output: { type: 'text' },
    stream: false,
    turns: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url }, path: 'messages[0].content[0]' }] }]
  }
}

async function serve(t: Test, listener: RequestListener) {
  let hits = 0
  const server = createServer((request, response) => {
    hits++
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, port, hits: () => hits }
}

function fetcher(t: Test, trustedHosts: string[] = [], enabled = true) {
  const media = createMediaFetcher({ enabled, trustedHosts })
  t.teardown(() => media.close())
  return async (url: string, signal = new AbortController().signal) => media.fill(asking(url), signal)
}

t.test('an image is fetched and its type told by its bytes, not by its header', async (t) => {
  const server = await serve(t, (_, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(PNG))
  const filled = await fetcher(t, [server.host])(`${server.url}/a.jpg`)
  t.match(filled.turns[0]?.content[0], { type: 'image', format: 'png', source: { type: 'base64', data: PNG.toString('base64') } })
})

t.test('I2 a private address is refused without a connection, however it is written', async (t) => {
  const canary = await serve(t, (_, response) => response.end(PNG))
  const fill = fetcher(t)
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.0.0.1', '0.0.0.0']) {
    await t.rejects(
      fill(`http://${host}:${canary.port}/`),
      { status: 400, param: 'messages[0].content[0]', message: /not public/ },
      host
    )
  }
  for (const url of [
    'http://169.254.170.2/v2/credentials/x',
    'http://169.254.169.254/latest/',
    'http://10.0.0.1/',
    'http://[fd00:ec2::23]/'
  ]) {
    await t.rejects(fill(url), { status: 400, message: /not public/ }, url)
  }
  t.equal(canary.hits(), 0)
})

t.test('I2 a redirect to a private address is refused, and the canary behind it is not touched', async (t) => {
  const canary = await serve(t, (_, response) => response.end(PNG))
  const outside = await serve(t, (_, response) =>
    response.writeHead(302, { location: `http://localhost:${canary.port}/secret` }).end()
  )
  await t.rejects(fetcher(t, [outside.host])(outside.url), { status: 400, message: /not public/ })
  t.equal(outside.hits(), 1)
  t.equal(canary.hits(), 0)
})

t.test('I2 other schemes and credentials in URLs are refused', async (t) => {
  const fill = fetcher(t)
  for (const url of [
    'file:///etc/passwd',
    'ftp://example.com/a.png',
    'gopher://example.com/',
    'http://user:secret@example.com/',
    'not a url'
  ]) {
    await t.rejects(fill(url), { status: 400, message: /cannot be used/ }, url)
  }
})

t.test('I3 more redirects than the limit are refused', async (t) => {
  const server = await serve(t, (request, response) =>
    response.writeHead(302, { location: `/${Number(request.url?.slice(1) || 0) + 1}` }).end()
  )
  await t.rejects(fetcher(t, [server.host])(`${server.url}/0`), { status: 400, message: /redirects/ })
  t.equal(server.hits(), MEDIA_LIMITS.redirects + 1)
})

t.test('I3 a body over the limit is not read to its end', async (t) => {
  let closed = false
  const server = await serve(t, (_, response) => {
    response.on('close', () => {
      closed = !response.writableFinished
    })
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  await t.rejects(fetcher(t, [server.host])(server.url), { status: 400, message: /larger than/ })
  for (let i = 0; i < 100 && !closed; i++) await new Promise((resolve) => setTimeout(resolve, 10))
  t.ok(closed)
})

t.test('I3 a server that drips is left when the time is over, and so is one that never answers', async (t) => {
  const drip = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'image/png' }).write(PNG.subarray(0, 8))
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  const silent = await serve(t, () => {})
  const media = createMediaFetcher({ enabled: true, trustedHosts: [drip.host, silent.host], totalMs: 300 })
  t.teardown(() => media.close())
  for (const { url } of [drip, silent]) {
    await t.rejects(async () => media.fill(asking(url), new AbortController().signal), { status: 400, message: /took too long/ })
  }
})

t.test('I3 more items than the limit are refused before any is fetched', async (t) => {
  const server = await serve(t, (_, response) => response.end(PNG))
  const [turn] = asking(server.url).turns
  const content = Array.from({ length: MEDIA_LIMITS.items + 1 }, () => turn!.content[0]!)
  const media = createMediaFetcher({ enabled: true, trustedHosts: [server.host] })
  t.teardown(() => media.close())
  const request = { ...asking(server.url), turns: [{ role: 'user' as const, content }] }
  await t.rejects(async () => media.fill(request, new AbortController().signal), { status: 400, message: /at most/ })
  t.equal(server.hits(), 0)
})

t.test('I3 items that are too large together are refused, the last ones unread', async (t) => {
  const server = await serve(t, (_, response) => response.end(Buffer.concat([PNG, Buffer.alloc(9000)])))
  const [turn] = asking(server.url).turns
  const media = createMediaFetcher({ enabled: true, trustedHosts: [server.host], allBytes: 20_000 })
  t.teardown(() => media.close())
  const fill = async (count: number) => {
    const content = Array.from({ length: count }, () => turn!.content[0]!)
    return media.fill({ ...asking(server.url), turns: [{ role: 'user', content }] }, new AbortController().signal)
  }
  await t.rejects(fill(3), { status: 400, message: /more than one request may fetch/ })
  await t.resolves(fill(2), 'the next request has its own allowance')
})

t.test('I4 what is no image is refused', async (t) => {
  const server = await serve(t, (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('<html>'))
  await t.rejects(fetcher(t, [server.host])(server.url), { status: 400, message: /not a PNG, JPEG, GIF or WebP image/ })
})

t.test('I5 fetching can be switched off', async (t) => {
  const canary = await serve(t, (_, response) => response.end(PNG))
  await t.rejects(fetcher(t, [canary.host], false)(canary.url), { status: 400, message: /data URL/ })
  t.equal(canary.hits(), 0)
})

t.test('a fetch ends when the client leaves', async (t) => {
  let closed = false
  const server = await serve(t, (_, response) => {
    response.on('close', () => {
      closed = true
    })
  })
  const client = new AbortController()
  const pending = fetcher(t, [server.host])(server.url, client.signal)
  setTimeout(() => client.abort(new Error('left')), 50)
  await t.rejects(pending, { message: 'left' })
  for (let i = 0; i < 100 && !closed; i++) await new Promise((resolve) => setTimeout(resolve, 10))
  t.ok(closed)
})
