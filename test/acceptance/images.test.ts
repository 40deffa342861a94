import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { asker, GPT_OSS, NOVA, PNG, type Sent, SONNET_45, SONNET_46, say } from './asker.ts'

const { ask, stream, post, standin } = await asker(t, { S3_MEDIA_BUCKETS: 'my-bucket' })

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

const box = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0mif1heic`, 'latin1').toString('base64')
const latin1 = (text: string) => Buffer.from(text, 'latin1').toString('base64')

/** Pictures that no model takes. */
const STRANGE: Readonly<Record<string, string>> = {
  ...Object.fromEntries('heic heix heim heis hevc hevx mif1 msf1 avif avis'.split(' ').map((brand) => [brand, box(brand)])),
  bmp: latin1('BM\x46\0\0\0\0\0\0\0\x36\0\0\0'),
  tiff: latin1('II*\0\x08\0\0\0'),
  'tiff of the other order': latin1('MM\0*\0\0\0\x08'),
  ico: latin1('\0\0\x01\0\x01\0\x10\x10'),
  'jpeg xl': latin1('\0\0\0\x0cJXL \r\n\x87\n'),
  psd: latin1('8BPS\0\x01\0\0'),
  svg: latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')
}

t.test('F41: a picture that no model takes is a 400 that names those that are, whatever it is called', async (t) => {
  for (const [name, data] of Object.entries(STRANGE)) {
    for (const model of [NOVA, SONNET_46]) {
      for (const type of ['image/png', 'image/heic', 'image/svg+xml', 'application/octet-stream', '', 'video/mp4']) {
        if (name === 'svg' && type === 'video/mp4') continue // its bytes tell nothing
        for (const send of [ask, stream]) {
          const { sent, ...answer } = await send({ model, messages: picture(`data:${type};base64,${data}`) })
          const text = 'text' in answer ? answer.text : JSON.stringify(answer.body)
          t.equal(answer.status, 400, `${name} as ${type}`)
          t.match(text, /PNG, JPEG, GIF or WebP/)
          t.match(text, /"param":"messages\[0\]\.content\[1\]\.image_url\.url"/)
          t.equal(sent, undefined)
        }
      }
    }
  }
})

t.test('F41: so it is in a video, a file, a tool result and what is embedded', async (t) => {
  const data = box('heic')
  const url = `data:video/mp4;base64,${data}`
  const parts = [
    { type: 'video_url', video_url: { url } },
    { type: 'file', file: { file_data: url, filename: 'IMG_1.mp4' } },
    { type: 'file', file: { file_data: data, filename: 'IMG_1.pdf' } }
  ]
  for (const part of parts) {
    const { status, body } = await ask({ messages: say([{ type: 'text', text: 'q' }, part]) })
    t.equal(status, 400)
    t.match(body.error?.message, /PNG, JPEG, GIF or WebP image, but heic/)
  }
  const call = { id: 'one', type: 'function', function: { name: 'look', arguments: '{}' } }
  const result = { role: 'tool', tool_call_id: 'one', content: [{ type: 'image_url', image_url: { url } }] }
  const { status } = await ask({ messages: [...say('go'), { role: 'assistant', tool_calls: [call] }, result] })
  t.equal(status, 400)
  const input = `data:image/heic;base64,${data}`
  const embedded = await post('/v1/embeddings', { model: 'amazon.titan-embed-image-v1', input })
  t.equal(embedded.status, 400)
  t.match(await embedded.text(), /PNG, JPEG, GIF or WebP/)
})

t.test('F41: the synthetic Bedrock reads no picture as a video', async (t) => {
  const content = [{ text: 'q' }, { video: { format: 'mp4', source: { bytes: box('heic') } } }]
  const { status, text } = await naive(NOVA, { messages: [{ role: 'user', content }] })
  t.equal(status, 400)
  t.match(text, /video that you provided could not be read/)
})

t.test('a video is a video still, and a text about a BMW a text', async (t) => {
  const mp4 = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0', 'latin1').toString('base64')
  t.equal((await ask({ messages: picture(`data:video/mp4;base64,${mp4}`) })).status, 200)
  const file = { type: 'file', file: { file_data: 'data:text/plain,BMW%20and%20others', filename: 'a.txt' } }
  t.equal((await ask({ messages: say([{ type: 'text', text: 'q' }, file]) })).status, 200)
})

t.test('F42: what comes for an image_url must be a picture, and a file may be a page', async (t) => {
  const pages = {
    '/login': ['text/html', '<html><form>'],
    '/page.html': ['text/html', '<html><form>'],
    '/error.json': ['application/json', '{"error":"gone"}'],
    '/cat.png': ['image/png', '<html><form>'],
    '/cat.jpg': ['image/jpeg', '%PDF-1.4 x'],
    '/paper.pdf': ['text/html', '<html><form>'],
    '/cat.heic': ['image/heic', Buffer.from(box('heic'), 'base64')],
    '/notes.txt': ['text/plain', 'hello'],
    '/clip.mp4': ['video/mp4', '<html>']
  } as const
  const server = await canary((request, response) => {
    const [type, body] = pages[request.url as keyof typeof pages]
    response.writeHead(200, { 'content-type': type }).end(body)
  })
  const trusting = await asker(t, { REMOTE_MEDIA_TRUSTED_HOSTS: server.host })
  for (const path of Object.keys(pages)) {
    for (const send of [trusting.ask, trusting.stream]) {
      const { status, sent } = await send({ messages: picture(`http://${server.host}${path}`) })
      t.equal(status, 400, path)
      t.equal(sent, undefined)
    }
  }
  const film = { type: 'video_url', video_url: { url: `http://${server.host}/clip.mp4` } }
  t.match(await trusting.ask({ messages: say([film]) }), { status: 400, sent: undefined })
  for (const path of ['/login', '/page.html', '/notes.txt', '/paper.pdf']) {
    const file = { type: 'file', file: { file_url: `http://${server.host}${path}` } }
    const { status, sent } = await trusting.ask({ messages: say([{ type: 'text', text: 'q' }, file]) })
    t.equal(status, 200, path)
    t.match(sent?.messages[0]?.content[1], { document: { format: path === '/notes.txt' ? 'txt' : 'html' } })
  }
})

const pdf = (filename: string) => ({
  type: 'file',
  file: { filename, file_data: `data:application/pdf;base64,${btoa('%PDF-1.4 x')}` }
})

t.test('F26: many pictures and documents go out, and Bedrock decides', async (t) => {
  const one = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }
  const pictures = say([{ type: 'text', text: 'q' }, ...Array(29).fill(one)])
  const documents = say([{ type: 'text', text: 'q' }, ...Array.from('abcdef', pdf)])
  for (const send of [ask, stream]) {
    for (const messages of [pictures, documents]) {
      const { status, sent, ...rest } = await send({ model: SONNET_46, messages })
      t.equal(status, 200, JSON.stringify(rest))
      t.equal(sent?.messages[0]?.content.length, messages[0]?.content === pictures[0]?.content ? 30 : 7)
    }
    const { status, sent } = await send({ model: NOVA, messages: documents })
    t.equal(status, 400, 'Nova takes five documents')
    t.ok(sent)
  }
})

const CITED = { citations: { enabled: true } }
const textFile = (filename: string, text: string, more = {}) => ({
  type: 'file',
  file: { filename, file_data: `data:text/plain;base64,${btoa(text)}`, ...more }
})

t.test('F30: a text that shall be cited goes out as text', async (t) => {
  const names = ['a.txt', 'b.md', 'c.csv', 'd.html']
  const messages = say([{ type: 'text', text: 'q' }, ...names.map((name) => textFile(name, `of ${name}`, CITED)), pdf('e.pdf')])
  for (const send of [ask, stream]) {
    const { status, sent } = await send({ model: SONNET_45, messages })
    t.equal(status, 200)
    const documents = sent?.messages[0]?.content.slice(1).map(({ document }) => document)
    t.match(documents, [
      ...names.map((name) => ({ format: 'txt', source: { text: `of ${name}` }, citations: { enabled: true } })),
      { format: 'pdf', source: { bytes: /^/ }, citations: { enabled: true } }
    ])
  }
  const { sent } = await ask({ model: SONNET_45, messages: say([{ type: 'text', text: 'q' }, textFile('b.md', 'x')]) })
  t.match(sent?.messages[0]?.content[1], { document: { format: 'md', source: { bytes: btoa('x') } } })
})

t.test('F30: a document of a tool result is not cited, which is reported', async (t) => {
  const call = { id: 'one', type: 'function', function: { name: 'look', arguments: '{}' } }
  const result = { role: 'tool', tool_call_id: 'one', content: [textFile('a.txt', 'x', CITED)] }
  const messages = [...say('go'), { role: 'assistant', tool_calls: [call] }, result]
  const { status, sent, headers } = await ask({
    model: SONNET_45,
    messages,
    tools: [{ type: 'function', function: { name: 'look' } }]
  })
  t.equal(status, 200)
  t.notMatch(JSON.stringify(sent), /citations/)
  t.match(headers.get('x-adit-dropped'), /messages\[2\]\.content\[0\]\.citations/)
})

t.test('F30: what a model without documents reads as text is not cited, which is reported', async (t) => {
  const messages = say([{ type: 'text', text: 'q' }, textFile('a.txt', 'x', CITED), textFile('b.md', 'y')])
  for (const send of [ask, stream]) {
    const { status, sent, headers } = await send({ model: GPT_OSS, messages })
    t.equal(status, 200)
    t.match(sent?.messages[0]?.content, [{ text: 'q' }, { text: 'a.txt:\nx' }, { text: 'b.md:\ny' }])
    t.equal(headers.get('x-adit-dropped'), 'messages[0].content[1].citations')
  }
})

t.test('F30: the synthetic Bedrock refuses a cited text as a file, other formats, and text without citations', async (t) => {
  const rows = [
    [{ format: 'txt', source: { bytes: btoa('x') }, ...CITED }, /The PDF specified was not valid/],
    [{ format: 'md', source: { bytes: btoa('x') }, ...CITED }, /Only txt and pdf formats are supported/],
    [{ format: 'txt', source: { text: 'x' } }, /Citations must be enabled/]
  ] as const
  for (const [document, sentence] of rows) {
    const content = [{ text: 'q' }, { document: { name: 'a', ...document } }]
    const { status, text } = await naive(SONNET_45, { messages: [{ role: 'user', content }] })
    t.equal(status, 400)
    t.match(text, sentence)
  }
})

/** A request that nobody has thought about, sent straight to the synthetic Bedrock. */
async function naive(model: string, body: Partial<Sent>) {
  const response = await fetch(`${standin.url}/model/${encodeURIComponent(model)}/converse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bedrock-api-key-standin' },
    body: JSON.stringify(body)
  })
  return { status: response.status, text: await response.text() }
}

t.test('S13: names and addresses of megabytes are a 400 that names them', async (t) => {
  const long = 'a'.repeat(1_000_000)
  const rows = [
    [{ type: 'file', file: { filename: `${long}.pdf`, file_data: 'JVBERi0=' } }, 'file.filename'],
    [{ type: 'image_url', image_url: { url: `https://example.com/${long}` } }, 'image_url.url'],
    [{ type: 'image_url', image_url: { url: `s3://bucket/${long}` } }, 'image_url.url'],
    [{ type: 'image_url', image_url: { url: 's3://bucket/a.png', bucket_owner: long } }, 'image_url.bucket_owner']
  ] as const
  for (const [part, place] of rows) {
    const { status, body, sent } = await ask({ messages: say([{ type: 'text', text: 'q' }, part]) })
    t.equal(status, 400)
    t.match(body.error, { param: `messages[0].content[1].${place}`, message: /string too long/ })
    t.equal(sent, undefined)
  }
})
