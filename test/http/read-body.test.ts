import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { build, eventually, KEY, lastCall } from '../support/helper.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const CHAT = '/v1/chat/completions'
const ask = (content: string) => JSON.stringify({ model: MODEL, messages: [{ role: 'user', content }] })
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }

async function errorOf(response: Response) {
  const { error } = (await response.json()) as { error: { message: string; code: string; type: string } }
  return { status: response.status, ...error }
}

const ENCODINGS = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['deflate', (bytes: Buffer) => deflateRawSync(bytes, { level: 0 })],
  ['gzip, deflate', (bytes: Buffer) => deflateRawSync(gzipSync(bytes))],
  ['deflate, identity, zstd', (bytes: Buffer) => zstdCompressSync(deflateRawSync(bytes))],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['GZIP', gzipSync],
  ['identity', (bytes: Buffer) => bytes],
  ['gzip, br', (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))]
] as const

t.test('F44: a packed body is read as it was meant', async (t) => {
  const { base, standin } = await build(t)
  for (const [name, pack] of ENCODINGS) {
    const body = new Uint8Array(pack(Buffer.from(ask('naïve 😀 question'))))
    const response = await fetch(base + CHAT, { method: 'POST', headers: { ...HEADERS, 'content-encoding': name }, body })
    t.equal(response.status, 200, `${name}: ${await response.text()}`)
    t.match(lastCall(standin)?.body, { messages: [{ content: [{ text: 'naïve 😀 question' }] }] }, name)
  }
})

t.test('F44: an encoding nobody knows, a broken one and a bomb are refused in words', async (t) => {
  const { base } = await build(t, { MAX_BODY_BYTES: '100000' })
  const post = (encoding: string, body: Buffer) =>
    fetch(base + CHAT, { method: 'POST', headers: { ...HEADERS, 'content-encoding': encoding }, body: new Uint8Array(body) })
  t.match(await errorOf(await post('compress', Buffer.from('x'))), {
    status: 415,
    message: /'compress'.*gzip, deflate, br or zstd/
  })
  t.match(await errorOf(await post('gzip', Buffer.from('{"model":'))), { status: 400, message: /content-encoding/ })
  const packers = {
    gzip: gzipSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
    deflate: deflateRawSync,
    Deflate: deflateSync
  }
  for (const [name, pack] of Object.entries(packers)) {
    for (const length of [0, 30]) {
      const cut = await errorOf(await post(name, pack(Buffer.from(ask('a'))).subarray(0, length)))
      t.match(cut, { status: 400, message: length === 0 ? /empty|content-encoding/ : /content-encoding/ }, name)
    }
    const bomb = pack(Buffer.alloc(30_000_000, ' '))
    t.match(await errorOf(await post(name, bomb)), { status: 413, code: 'request_too_large' }, name)
  }
  t.match(await errorOf(await post('gzip, gzip, gzip', Buffer.from('x'))), { status: 415 })
  t.equal((await post('gzip', gzipSync(Buffer.from(ask('still there'))))).status, 200)
})

/** Opens an upload that declares `length` bytes, or none, and sends `sent` of them. */
function upload(port: number, sent: number, length?: number, key = KEY) {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  socket.on('error', () => {})
  const size = length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`
  socket.write(
    `POST ${CHAT} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n${size}\r\n\r\n`
  )
  const piece = Buffer.alloc(sent, ' ')
  if (length === undefined) socket.write(`${sent.toString(16)}\r\n`)
  socket.write(piece)
  return { socket, text: () => text }
}

t.test('S11: unfinished uploads are counted from their first byte, in all and for each key', async (t) => {
  const keys = {
    keys: [
      { name: 'a', key: 'sk-a' },
      { name: 'b', key: 'sk-b' },
      { name: 'c', key: 'sk-c' }
    ]
  }
  const file = `${t.testdir({ 'keys.json': JSON.stringify(keys) })}/keys.json`
  const { app, base } = await build(t, { API_KEYS_FILE: file, BODY_MEMORY_BYTES: '12000000' })
  const port = Number(new URL(base).port)
  const open: ReturnType<typeof upload>[] = []
  t.teardown(() => open.map(({ socket }) => socket.destroy()))
  const start = (sent: number, key: string, length?: number) => {
    const made = upload(port, sent, length, key)
    open.push(made)
    return made
  }
  start(600_000, 'sk-a')
  t.ok(await eventually(() => app.bodyBudget.used >= 3_600_000))
  const second = start(600_000, 'sk-a')
  t.ok(await eventually(() => second.text().includes('\r\n\r\n')), 'a key has its share')
  t.match(second.text(), /^HTTP\/1\.1 503 /)
  t.match(second.text(), /retry-after: 2/)
  t.match(second.text(), /"code":"server_is_overloaded"/)
  start(900_000, 'sk-b', 1_000_000)
  t.ok(await eventually(() => app.bodyBudget.used >= 9_000_000))
  const third = start(600_000, 'sk-c')
  t.ok(await eventually(() => third.text().includes('\r\n\r\n')), 'and there is a whole')
  t.match(third.text(), /^HTTP\/1\.1 503 /)
  const small = await fetch(base + CHAT, {
    method: 'POST',
    headers: { ...HEADERS, authorization: 'Bearer sk-c' },
    body: ask('hi')
  })
  t.equal(small.status, 200, 'what fits is served')
  for (const { socket } of open) socket.destroy()
  t.ok(await eventually(() => app.bodyBudget.used === 0), 'what has left takes nothing')
})

t.test('S11: a body that could never fit is refused by its length, before it comes', async (t) => {
  const { base } = await build(t, { BODY_MEMORY_BYTES: '1200000' })
  const made = upload(Number(new URL(base).port), 10, 300_000)
  t.teardown(() => made.socket.destroy())
  t.ok(await eventually(() => made.text().includes('\r\n\r\n')))
  t.match(made.text(), /^HTTP\/1\.1 413 /)
})

t.test('S11: a client that goes on sending reads why its body is refused, and asks again on its connection', async (t) => {
  const { base } = await build(t, { BODY_MEMORY_BYTES: '9000000' })
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  socket.on('error', () => {})
  const send = (body: Buffer, header: string) => {
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\n${header}\r\n\r\n`
    )
    socket.write(body)
  }
  const packed = Buffer.alloc(1_000_000, ' ')
  send(Buffer.alloc(12_000_000, ' '), 'content-length: 12000000')
  send(packed, `content-length: ${packed.length}\r\ncontent-encoding: gzip`)
  send(Buffer.from(ask('hi')), `content-length: ${ask('hi').length}`)
  t.ok(await eventually(() => text.includes('"finish_reason"')), 'the last one is answered too')
  t.strictSame(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413', 'HTTP/1.1 400', 'HTTP/1.1 200'])
})

t.test('S11: media that are fetched count with the body that refers to them', async (t) => {
  const held: ServerResponse[] = []
  const server = createServer((request, response) => {
    const [, bytes = 0, isWhole = 0] = (request.url ?? '').split('/').map(Number)
    response.writeHead(200, { 'content-length': bytes + 1 - isWhole }).write(Buffer.alloc(bytes, ' '))
    if (isWhole === 1) response.end()
    else held.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = { keys: ['a', 'b'].map((name) => ({ name, key: `sk-${name}` })) }
  const file = `${t.testdir({ 'keys.json': JSON.stringify(keys) })}/keys.json`
  const { app, base } = await build(t, { API_KEYS_FILE: file, BODY_MEMORY_BYTES: '6000000', REMOTE_MEDIA_TRUSTED_HOSTS: host })
  const leaving = new AbortController()
  const refer = (key: string, ...paths: string[]) =>
    fetch(base + CHAT, {
      method: 'POST',
      headers: { ...HEADERS, authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: MODEL,
        messages: [
          { role: 'user', content: paths.map((path) => ({ type: 'image_url', image_url: { url: `http://${host}/${path}` } })) }
        ]
      }),
      signal: leaving.signal
    })
  t.match(await errorOf(await refer('sk-a', '1100000/1')), { status: 413, message: /memory/ })
  t.match(await errorOf(await refer('sk-a', '600000/0', '600000/0')), { status: 413 }, 'all of a request together')
  t.ok(await eventually(() => app.bodyBudget.used === 0), 'and nothing of them stays')
  const waiting = refer('sk-a', '600000/0').catch(() => undefined)
  t.ok(await eventually(() => app.bodyBudget.used >= 3_600_000))
  t.match(await errorOf(await refer('sk-b', '500000/1')), { status: 503, code: 'server_is_overloaded' })
  leaving.abort()
  await waiting
  t.ok(await eventually(() => app.bodyBudget.used === 0))
  t.ok(await eventually(() => held.every(({ destroyed }) => destroyed)), 'and no server is kept waiting')
})

t.test('S17: what is sent after a refusal is not read for ever', async (t) => {
  const { base } = await build(t)
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  let answer = ''
  let isOver = false
  socket.on('data', (bytes) => {
    answer += bytes
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isOver = true
  })
  socket.write(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n`)
  t.ok(await eventually(() => answer.includes('\r\n\r\n')))
  t.match(answer, /^HTTP\/1\.1 401 /)
  const piece = Buffer.alloc(65_536, ' ')
  let sent = 0
  for (; sent < 1_000_000_000 && !isOver; sent += piece.length) {
    await new Promise<unknown>((resolve) => socket.write(piece, resolve))
  }
  t.ok(await eventually(() => isOver), 'the connection ends')
  t.ok(socket.bytesWritten < 500_000_000, `${socket.bytesWritten} bytes were taken`)
})

t.test('S26: an unknown expectation and a missing host are refused with a body', async (t) => {
  const { base } = await build(t)
  const port = Number(new URL(base).port)
  const exchange = (head: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(head))
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes
        if (text.includes('}}')) socket.destroy()
      })
      socket.on('close', () => resolve(text))
    })
  const shape = /"error":\{"message":".+","type":"invalid_request_error","param":null,"code":/
  const expectation = await exchange('GET /v1/models HTTP/1.1\r\nhost: a\r\nexpect: a miracle\r\n\r\n')
  t.match(expectation, /^HTTP\/1\.1 417 /)
  t.match(expectation, shape)
  const hostless = await exchange('GET /v1/models HTTP/1.1\r\n\r\n')
  t.match(hostless, /^HTTP\/1\.1 400 /)
  t.match(hostless, shape)
  t.match(hostless, /Host/)
})

t.test('S26: names that objects have by themselves are names like any other', async (t) => {
  const { standin, base, post } = await build(t)
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const refused = await post('/v1/embeddings', { model: 'cohere.embed-english-v3', input: 'a', input_type: name })
    t.ok(refused.status < 500, `${name} as a purpose: ${refused.status}`)
    const beta = await post(CHAT, { ...JSON.parse(ask('a')), anthropic_beta: [name], service_tier: name })
    t.equal(beta.status, 400, `${name} as a tier`)
    const flag = await post(CHAT, { ...JSON.parse(ask('a')), anthropic_beta: [name] })
    t.equal(flag.status, 200, `${name} as a flag`)
  }
  t.ok(standin.requests.length > 0)
  t.equal((await fetch(`${base}/health`)).status, 200)
})

t.test('S25: an error repeats no megabyte of its caller', async (t) => {
  const { post } = await build(t)
  const long = 'n'.repeat(1_000_000)
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
  const bodies = [
    { tools, tool_choice: { type: 'function', function: { name: long } } },
    { metadata: { [long]: {} } },
    { model: long },
    { service_tier: long },
    { tools: [{ type: 'system_tool', name: long }] },
    { messages: [{ role: long, content: 'a' }] },
    { messages: [{ role: 'user', content: [{ type: long }] }] },
    { response_format: { type: long } }
  ]
  for (const body of bodies) {
    const response = await post(CHAT, { ...JSON.parse(ask('a')), ...body })
    const text = await response.text()
    t.ok(response.status >= 400 && response.status < 500, Object.keys(body).join())
    t.ok(text.length < 2000, `${Object.keys(body).join()}: ${text.length} characters`)
  }
})

t.test('S10: arguments that would grow a hundredfold when parsed go on as the text they are', async (t) => {
  const { post, standin } = await build(t)
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
  for (const inner of ['[],', '{"a":1},', '1,']) {
    const text = `{"a":[${inner.repeat(700_000)}1]}`
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: text } }]
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'c', content: 'r' }
    ]
    const response = await post(CHAT, { model: MODEL, messages, tools })
    await response.text()
    t.equal(response.status, 200)
    t.match(response.headers.get('x-adit-dropped'), /arguments/)
    t.match(JSON.stringify(lastCall(standin)?.body).slice(0, 2000), /rawInvalidInput/)
  }
})

t.test('S13: a list of flags made of commas is refused at a glance', async (t) => {
  const { post } = await build(t)
  const response = await post(CHAT, { ...JSON.parse(ask('a')), anthropic_beta: ','.repeat(20_000_000) })
  t.match(await errorOf(response), { status: 400, param: 'anthropic_beta' })
})
