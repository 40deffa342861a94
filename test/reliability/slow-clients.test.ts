import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { eventually, KEY } from '../support/helper.ts'
import { startWatched } from './watched.ts'

const MB = 1024 * 1024
const BODY = JSON.stringify({ model: 'standin.fault-stream-200m', stream: true, messages: [{ role: 'user', content: 'go on' }] })

function requestOf(body: string): string {
  return [
    'POST /v1/chat/completions HTTP/1.1',
    'host: a',
    `authorization: Bearer ${KEY}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body
  ].join('\r\n')
}

/** A client that asks for 200 MB or something else, reads the first bytes and then nothing, until it is told to. */
async function stalled(t: Test, port: number, request = requestOf(BODY)): Promise<{ socket: Socket; read(): number }> {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let bytes = 0
  socket.on('error', () => {})
  socket.on('data', (piece) => {
    bytes += piece.length
  })
  socket.write(request)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  return { socket, read: () => bytes }
}

const CLIENTS = 40

t.test('clients that do not read hold Bedrock back, not memory, and go on where they stopped', { timeout: 60_000 }, async (t) => {
  const { port, standin, health, base } = await startWatched(t)
  await stalled(t, port).then(({ socket }) => socket.destroy()) // what one stream makes the process load is loaded now
  t.ok(await eventually(() => standin.inFlight() === 0))
  const before = (await health()).rss
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => stalled(t, port)))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const grown = (await health()).rss - before
  t.ok(grown < 200 * MB, `${CLIENTS} times 200 MB were asked for; memory grew by ${(grown / MB).toFixed(0)} MB`)
  t.equal(standin.inFlight(), CLIENTS, 'Bedrock waits')
  t.equal((await fetch(`${base}/health`)).status, 200)

  const [first, ...others] = clients
  const had = first!.read()
  first!.socket.resume()
  t.ok(await eventually(() => first!.read() > had + 20 * MB, 20_000), 'the rest comes when it is read')
  for (const { socket } of [first!, ...others]) socket.destroy()
  t.ok(await eventually(() => standin.inFlight() === 0, 1000), 'all calls are gone within a second of their clients')
})

t.test(
  'a client that does not read holds up neither the end of its answer nor that of the process',
  { timeout: 60_000 },
  async (t) => {
    const late = await startWatched(t, { env: { UPSTREAM_TOTAL_TIMEOUT_MS: '1000' } })
    const { socket } = await stalled(t, late.port)
    t.ok(await eventually(() => late.standin.inFlight() === 0, 5000), 'Bedrock is left when the time is over')
    const lines = () =>
      late
        .output()
        .split('\n')
        .filter((line) => line.includes('"error":"upstream_timeout"'))
    t.ok(await eventually(() => lines().length === 1, 10_000), 'the log has the reason, and the connection is gone')
    socket.destroy()

    const draining = await startWatched(t, { env: { SHUTDOWN_GRACE_MS: '200' } })
    await stalled(t, draining.port)
    draining.child.kill('SIGTERM')
    const exit = await Promise.race([
      draining.exited,
      new Promise((resolve) => setTimeout(resolve, 20_000, 'still there').unref())
    ])
    t.equal(exit, 0)
  }
)

t.test(
  'an answer that is still on its way to a slow client comes whole, though the process ends',
  { timeout: 60_000 },
  async (t) => {
    const { port, standin, child, exited } = await startWatched(t)
    standin.answer('amazon.nova-lite-v1:0', { content: [{ text: 'x'.repeat(16 * MB) }] })
    const body = JSON.stringify({ model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'much' }] })
    const { socket, read } = await stalled(t, port, requestOf(body))
    child.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.resume()
    await ended
    t.ok(read() > 16 * MB, `${read()} bytes came`)
    t.equal(await exited, 0)
  }
)
