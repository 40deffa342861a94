import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { build, eventually } from '../support/helper.ts'
import { freePort, startGateway } from '../support/process.ts'

const KEYS = { keys: [{ name: 'one', key: 'sk-one', requests_per_minute: 1000, max_concurrent: 1 }] }
const FILE = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
const BODY = { model: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hi' }] }

/** A store that lets a client in and then answers nothing, and tells how many commands it has heard. */
async function silentStore(t: Test): Promise<{ url: string; heard(): number }> {
  let heard = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const text = data.toString().toLowerCase()
      if (text.includes('info')) socket.write('$19\r\nredis_version:7.0.0\r\n')
      else heard++
    })
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => heard }
}

t.test('a client that leaves while the store is asked gives back the place it took', async (t) => {
  const store = await silentStore(t)
  const { base } = await build(t, { API_KEYS_FILE: FILE, REDIS_URL: store.url })
  const chat = (signal?: AbortSignal) =>
    fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-one', 'content-type': 'application/json' },
      body: JSON.stringify(BODY),
      ...(signal && { signal })
    })

  const leaving = new AbortController()
  const left = chat(leaving.signal).catch(() => 'left')
  t.ok(await eventually(() => store.heard() > 0), 'the store is asked')
  leaving.abort()
  t.equal(await left, 'left')

  let status = 0
  for (let i = 0; i < 100 && status !== 200; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const response = await chat()
    await response.text()
    status = response.status
  }
  t.equal(status, 200, 'the next one is let in')
})

t.test('a store that is down is told in the log once, not for each request', async (t) => {
  const gateway = await startGateway(t, { API_KEYS_FILE: FILE, REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
  const { base } = gateway
  for (let i = 0; i < 5; i++) {
    const headers = { authorization: 'Bearer sk-one', 'content-type': 'application/json' }
    const response = await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(BODY) })
    await response.text()
  }
  const count = (words: string) => gateway.output().split(words).length - 1
  t.ok(await eventually(() => count('"msg":"request"') === 5))
  t.equal(count('does not answer'), 1)
})

/** A store that counts, until it hangs; what it heard in the meantime it answers afterwards, in order, as a real one that was stopped. */
async function hangingStore(t: Test) {
  const state = { hangs: false, counted: 0, held: [] as (() => void)[] }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const serve = () => {
        for (const [command] of data.toString().matchAll(/\r\n(?:evalsha|eval|info|client)\r\n/gi))
          if (/info/i.test(command)) socket.write('$19\r\nredis_version:7.0.0\r\n')
          else if (/client/i.test(command)) socket.write('+OK\r\n')
          else socket.write(`*2\r\n:${++state.counted}\r\n:60000\r\n`)
      }
      if (state.hangs) state.held.push(serve)
      else serve()
    })
  })
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const resume = () => {
    state.hangs = false
    for (const serve of state.held.splice(0)) serve()
  }
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, state, resume }
}

t.test('S14: a store that hangs in mid-run: requests pass meanwhile, and its limits hold again when it is back', async (t) => {
  const keys = { keys: [{ name: 'one', key: 'sk-one', requests_per_minute: 5 }] }
  const file = `${t.testdir({ 'keys.json': JSON.stringify(keys) })}/keys.json`
  const store = await hangingStore(t)
  const { base } = await build(t, { API_KEYS_FILE: file, REDIS_URL: store.url })
  const chat = async () => {
    const response = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-one', 'content-type': 'application/json' },
      body: JSON.stringify(BODY),
      signal: AbortSignal.timeout(10_000)
    })
    await response.text()
    return response
  }
  /** Asks until it is so, at most for a time far beyond what it takes. */
  const until = async (holds: (status: number) => boolean) => {
    for (let at = 0; at < 200; at++) {
      if (holds((await chat()).status)) return true
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return false
  }
  t.ok(await until((status) => status === 200 && store.state.counted > 0), 'the store counts')
  store.state.hangs = true
  const counted = store.state.counted
  for (let at = 0; at < 2; at++) t.equal((await chat()).status, 200)
  t.equal(store.state.counted, counted, 'it answered nothing meanwhile')
  t.ok(store.state.held.length > 0, 'and was asked')
  store.resume()
  store.state.counted = 5
  t.ok(await until((status) => status === 429), 'the limit holds again')
})
