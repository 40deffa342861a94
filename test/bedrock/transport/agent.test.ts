import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAgent } from '../../../src/bedrock/transport/agent.ts'
import { readText } from '../../../src/bedrock/transport/http-body.ts'
import { exchange } from '../../../src/bedrock/transport/http-exchange.ts'
import { failing } from '../build.ts'

const { signal } = new AbortController()
const PATIENCE = { firstByteMs: 3000, idleMs: 3000 }

async function get(t: Test, origin: string, options: Parameters<typeof createAgent>[1]): Promise<string> {
  const agent = await createAgent(origin, options)
  t.teardown(() => agent.destroy())
  const answer = await exchange(agent, { method: 'GET', origin, path: '/x', headers: {}, body: null }, PATIENCE, signal)
  return readText(answer.body, 1000)
}

async function origin(t: Test): Promise<string> {
  const server = createServer((_request, response) => response.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A proxy that opens tunnels and passes plain requests on; it counts both. */
async function proxy(t: Test) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.end('by proxy')
  })
  server.on('connect', (request, client) => {
    seen.push(`CONNECT ${request.url}`)
    const [host = '', port] = String(request.url).split(':')
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(client)
      client.pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('error', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

t.test('goes through the proxy that is set, and past it to hosts of NO_PROXY', async (t) => {
  const [to, by] = [await origin(t), await proxy(t)]
  await get(t, to, { proxy: { httpProxy: by.url } })
  t.equal(by.seen.length, 1)
  t.equal(await get(t, to, { proxy: { httpProxy: by.url, noProxy: '127.0.0.1' } }), 'hello')
  t.equal(await get(t, to, { proxy: { httpsProxy: by.url } }), 'hello')
  t.equal(by.seen.length, 1)
})

/** A key and certificate for 127.0.0.1; undefined where no openssl is. */
function certificate(): { key: Buffer; cert: Buffer; file: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'adit-'))
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const options = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject]
  try {
    execFileSync('openssl', [...options, '-keyout', key, '-out', file], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(file), file }
  } catch {
    return undefined
  }
}

const made = certificate()
t.test('TLS', { skip: made === undefined && 'there is no openssl here' }, async (t) => {
  const { key, cert, file } = made!
  const reused: boolean[] = []
  const server = createTlsServer({ key, cert }, (_request, response) => response.end('secret'))
  server.on('secureConnection', (socket) => reused.push(socket.isSessionReused()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const secure = `https://127.0.0.1:${(server.address() as AddressInfo).port}`

  t.test('a certificate nobody vouches for is refused', async (t) => {
    await t.rejects(get(t, secure, {}), failing({ kind: 'upstream_error' }))
  })

  t.test('the extra file of authorities is trusted', async (t) => {
    t.equal(await get(t, secure, { caFile: file }), 'secret')
  })

  t.test('also through a proxy, by a tunnel', async (t) => {
    const by = await proxy(t)
    t.equal(await get(t, secure, { caFile: file, proxy: { httpsProxy: by.url } }), 'secret')
    t.match(by.seen, [/^CONNECT 127\.0\.0\.1:/])
  })

  t.test('a second connection takes up the TLS session of the first', async (t) => {
    const agent = await createAgent(secure, { caFile: file })
    t.teardown(() => agent.destroy())
    const ask = async () => {
      const head = await exchange(
        agent,
        { method: 'GET', origin: secure, path: '/', headers: { connection: 'close' }, body: null },
        PATIENCE,
        signal
      )
      await readText(head.body, 1000)
    }
    reused.length = 0
    await ask()
    await ask()
    t.strictSame(reused, [false, true])
  })
})
