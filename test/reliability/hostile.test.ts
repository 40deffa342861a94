import { connect } from 'node:net'
import { crc32, deflateSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { KEY } from '../support/helper.ts'
import { HOSTILE_BODIES, type HostileBody } from './hostile-bodies.ts'
import { startWatched, type Watched } from './watched.ts'

const CHAT = '/v1/chat/completions'
/** Tries of one body: another process of the machine may hold up the first ones. */
const TRIES = 3
/** What a body may cost here at most: work that grows with the square of a body takes far longer. How little it costs is told by the bench. */
const LONGEST_HOLD_MS = 1000

async function proveBody(t: Test, { post, health }: Watched, { name, body, status, error }: HostileBody) {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && least > LONGEST_HOLD_MS; tries++) {
    await health()
    const response = await post(body)
    const answer = (await response.json()) as { error?: Record<string, unknown> }
    least = Math.min(least, (await health()).heldUpMs)
    t.equal(response.status, status, name)
    if (status === 200) continue
    t.same(Object.keys(answer.error ?? {}).sort(), ['code', 'message', 'param', 'type'], name)
    if (error !== undefined) t.match(answer.error, error, name)
  }
  t.ok(least <= LONGEST_HOLD_MS, `${name}: the event loop was held up ${least.toFixed(0)} ms`)
}

/** Thirty-five kilobytes that are a picture of thirty-six megabytes, and one that says it is far larger. */
async function proveMask(t: Test, { post, health }: Watched) {
  const side = 3000
  const mask = (claimed: number) =>
    Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      pngChunk('IHDR', Buffer.from([0, 0, claimed >> 8, claimed & 255, 0, 0, side >> 8, side & 255, 8, 6, 0, 0, 0])),
      pngChunk('IDAT', deflateSync(Buffer.alloc((side * 4 + 1) * side), { level: 1 })),
      pngChunk('IEND', Buffer.alloc(0))
    ]).toString('base64')
  const edit = (data: string) =>
    post({ prompt: 'a', image: `data:image/png;base64,${data}`, mask: `data:image/png;base64,${data}` }, '/v1/images/edits')
  await health()
  const answer = await edit(mask(side))
  t.equal(answer.status, 200, await answer.text())
  const { heldUpMs } = await health()
  t.ok(heldUpMs <= LONGEST_HOLD_MS / 2, `a mask held up the event loop for ${heldUpMs.toFixed(0)} ms`)
  t.equal((await edit(mask(65_535))).status, 400, 'a mask of more pixels than a model takes')
}

function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const named = Buffer.concat([Buffer.from(type), data])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

t.test('no body that a client can make up stops the process, stalls it, or gets a 500', { timeout: 120_000 }, async (t) => {
  // Its limits make that more is read of what is handed on as it is.
  const limited = { keys: [{ name: 'a', key: KEY, tokens_per_minute: 1_000_000_000, budget_usd: { day: 1_000_000 } }] }
  const watched = await startWatched(t, { env: { API_KEY: JSON.stringify(limited) } })
  await (await watched.post('{"model":"amazon.nova-lite-v1:0","messages":[{"role":"user","content":"warm"}]}')).text()
  for (const body of HOSTILE_BODIES) await proveBody(t, watched, body)
  await proveMask(t, watched)
  await watched.health()
  const handedOn = await watched.post(`{"a":[${'[],'.repeat(5_000_000)}1]}`, '/model/amazon.nova-lite-v1:0/converse')
  t.equal(handedOn.status, 400, await handedOn.text())
  t.ok((await watched.health()).heldUpMs <= LONGEST_HOLD_MS, 'a body in Bedrock’s own words')
  t.equal((await fetch(`${watched.base}/health`)).status, 200)
  t.equal(watched.child.exitCode, null)
  t.notMatch(watched.output(), /unhandled rejection|uncaught exception|a request failed/)
})

/** Sends bytes as they are, and gives all that came back until the connection ended. */
function exchange(port: number, write: (send: (bytes: string | Buffer) => void) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setTimeout(20_000, () => socket.destroy(new Error('the gateway did not end the connection')))
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.once('error', (error: NodeJS.ErrnoException) => (text === '' ? reject(error) : resolve(text)))
    socket.once('close', () => resolve(text))
    socket.once('connect', () => write((bytes) => void (socket.writable && socket.write(bytes))))
  })
}

const HEAD = `POST ${CHAT} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\n`

function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
}

t.test('heads and bodies that flood, drip or lie are refused, and others are served meanwhile', async (t) => {
  const { port, base, child } = await startWatched(t, { env: { REQUEST_TIMEOUT_MS: '1000' } })
  const rows: readonly (readonly [string, number, string, (send: (bytes: string | Buffer) => void) => void])[] = [
    ['a header of 100 kB', 431, 'headers_too_large', (send) => send(`${HEAD}x-a: ${'a'.repeat(100_000)}\r\n\r\n`)],
    ['ten thousand headers', 431, 'headers_too_large', (send) => send(HEAD + 'x-a: 1\r\n'.repeat(10_000))],
    ['a body that stops coming', 408, 'request_timeout', (send) => send(`${HEAD}content-length: 100\r\n\r\n{"model":`)],
    ['a head that stops coming', 408, 'request_timeout', (send) => send(HEAD)],
    ['no HTTP at all', 400, '', (send) => send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n')],
    ['two lengths', 400, '', (send) => send(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)],
    ['a chunk without a length', 400, '', (send) => send(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`)]
  ]
  await Promise.all([
    ...rows.map(async ([name, status, code, write]) => {
      const answer = await exchange(port, write)
      t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), name)
      t.match(answer, /\r\nx-request-id: req_\w+\r\n/, name)
      t.match(
        bodyOf(answer),
        { error: { message: String, type: 'invalid_request_error', code: code === '' ? null : code } },
        name
      )
    }),
    (async () => {
      for (let i = 0; i < 20; i++) t.equal((await fetch(`${base}/health`)).status, 200)
    })()
  ])
  t.equal(child.exitCode, null)
})

t.test('a body that drips in, byte by byte, is cut off when its time is over', async (t) => {
  const { port } = await startWatched(t, { env: { REQUEST_TIMEOUT_MS: '700' } })
  let timer: NodeJS.Timeout | undefined
  const answer = await exchange(port, (send) => {
    send(`${HEAD}content-length: 100000\r\n\r\n`)
    timer = setInterval(() => send(' '), 20)
  })
  clearInterval(timer)
  t.match(answer, /^HTTP\/1\.1 408 /)
})
