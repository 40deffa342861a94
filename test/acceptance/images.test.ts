import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { asker, GPT_OSS, NOVA, PNG, SONNET_46, say } from './asker.ts'

const { ask } = await asker(t)

const picture = (url: string) =>
  say([
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url } }
  ])
const bytes = Buffer.from(PNG, 'base64')

/** A server on this machine that counts who comes. */
async function canary(listener: RequestListener = (_, response) => response.end(bytes)) {
  let hits = 0
  let connections = 0
  const server = createServer((request, response) => {
    hits++
    listener(request, response)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, host: `127.0.0.1:${port}`, hits: () => hits, connections: () => connections }
}

t.test('I1 a picture is what its bytes are, however its data URL is written', async (t) => {
  const kinds = {
    jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0]).toString('base64'),
    gif: Buffer.from('GIF89a\u0001\u0000\u0001\u0000').toString('base64'),
    png: PNG
  }
  for (const [format, data] of Object.entries(kinds)) {
    for (const head of ['image/jpg', 'image/PNG', 'IMAGE/jpeg', 'image/png;charset=utf-8', 'application/octet-stream', '']) {
      const { status, sent } = await ask({ messages: picture(`data:${head};base64,${data}`) })
      t.equal(status, 200, `${format} as ${head}`)
      t.same(sent?.messages[0]?.content.at(-1), { image: { format, source: { bytes: data } } })
    }
  }
  const svg = await ask({ messages: picture(`data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg"/>')}`) })
  t.equal(svg.status, 400)
  t.equal(svg.body.error?.param, 'messages[0].content[1].image_url.url')
})

t.test('I2 a URL into the gateway’s own network is a 400 without a connection', async (t) => {
  const own = await canary()
  const urls = [
    'http://169.254.170.2/v2/credentials/x',
    'http://169.254.169.254/latest/meta-data/',
    `http://127.0.0.1:${own.port}/`,
    `http://localhost:${own.port}/`,
    `http://[::1]:${own.port}/`,
    `http://[::ffff:7f00:1]:${own.port}/`,
    `http://2130706433:${own.port}/`,
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'file:///etc/passwd',
    'ftp://example.com/a.png'
  ]
  for (const url of urls) {
    const { status, body, sent } = await ask({ messages: picture(url) })
    t.equal(status, 400, url)
    t.match(body.error?.param, /^messages\[0\]\.content\[1\]/, url)
    t.equal(sent, undefined)
  }
  t.equal(own.connections(), 0)
})

t.test('I2 I3 I4 redirects, sizes and other kinds of content are held to limits', async (t) => {
  const secret = await canary()
  const outside = await canary((request, response) => {
    const to = { '/inside': `http://127.0.0.1:${secret.port}/`, '/metadata': 'http://169.254.169.254/latest/' }[request.url ?? '']
    if (to !== undefined) response.writeHead(302, { location: to }).end()
    else if (request.url?.startsWith('/loop')) response.writeHead(302, { location: `${request.url}x` }).end()
    else if (request.url === '/html') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
    else if (request.url === '/large') response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(20_000_000))
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(bytes)
  })
  const trusting = await asker(t, { REMOTE_MEDIA_TRUSTED_HOSTS: outside.host })
  for (const path of ['/inside', '/metadata', '/loop', '/html', '/large']) {
    const { status, body, sent } = await trusting.ask({ messages: picture(`http://${outside.host}${path}`) })
    t.equal(status, 400, path)
    t.match(body.error, { param: /^messages\[0\]\.content\[1\]/, message: /cannot be used/ }, path)
    t.equal(sent, undefined)
  }
  t.equal(secret.connections(), 0)
  const { status, sent } = await trusting.ask({ messages: picture(`http://${outside.host}/good`) })
  t.equal(status, 200)
  t.same(sent?.messages[0]?.content.at(-1), { image: { format: 'png', source: { bytes: PNG } } })
})

t.test('I5 an operator can forbid fetching, and data URLs still work', async (t) => {
  const forbidding = await asker(t, { FETCH_REMOTE_MEDIA: 'false' })
  const own = await canary()
  const { status, body } = await forbidding.ask({ messages: picture(`http://127.0.0.1:${own.port}/`) })
  t.equal(status, 400)
  t.match(body.error?.message, /data URL/)
  t.equal(own.connections(), 0)
  t.equal((await forbidding.ask({ messages: picture(`data:image/png;base64,${PNG}`) })).status, 200)
})

t.test('I6 a picture for a model that does not see is a 400 that names its place', async (t) => {
  const { status, body, sent } = await ask({ model: GPT_OSS, messages: picture(`data:image/png;base64,${PNG}`) })
  t.equal(status, 400)
  t.match(body.error?.param, /^messages\[0\]\.content\[1\]/)
  t.equal(sent, undefined)
})

t.test('a picture in a bucket goes to the model by its place, where the model takes that', async (t) => {
  const uri = 's3://my-bucket/a/cat.png'
  const { status, sent } = await ask({ model: NOVA, messages: picture(uri) })
  t.equal(status, 200)
  t.match(sent?.messages[0]?.content.at(-1), { image: { format: 'png', source: { s3Location: { uri } } } })
  t.equal((await ask({ model: SONNET_46, messages: picture(uri) })).status, 400)
})

t.test('document names are valid, different from each other, and the same in the next turn', async (t) => {
  const file = (filename: string) => ({
    type: 'file',
    file: { filename, file_data: `data:application/pdf;base64,${btoa('%PDF-1.4 x')}` }
  })
  const first = say([{ type: 'text', text: 'compare' }, file('a b?.pdf'), file('a_b.pdf'), file('Ünï/çödé.pdf'), file('')])
  const names = (sent: unknown) => JSON.stringify(sent).match(/"name":"[^"]*"/g) ?? []
  const once = names((await ask({ messages: first })).sent)
  t.equal(new Set(once).size, 4)
  for (const name of once) t.match(name, /^"name":"[A-Za-z0-9()[\]-]+( [A-Za-z0-9()[\]-]+)*"$/)
  const later = [
    ...first,
    { role: 'assistant', content: 'Done.' },
    ...say([{ type: 'text', text: 'and this' }, file('a b?.pdf')])
  ]
  const twice = names((await ask({ messages: later })).sent)
  t.same(twice.slice(0, 4), once)
  t.equal(new Set(twice).size, 5)
})
