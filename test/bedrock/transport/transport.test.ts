import t from 'tap'
import { createCredentialSource } from '../../../src/aws/credentials.ts'
import { PLAIN_ANSWER } from '../../../src/bedrock/answer/answer-context.ts'
import { createConverseDecoder } from '../../../src/bedrock/converse/converse-codec.ts'
import { openEvents } from '../../../src/bedrock/run/answer-reader.ts'
import { type HttpBody, readText } from '../../../src/bedrock/transport/http-body.ts'
import { networkError } from '../../../src/bedrock/transport/network-error.ts'
import { CREDENTIALS } from '../../../src/standin/options.ts'
import {
  accessKeyId,
  callOf,
  failing,
  foldEvents,
  question,
  secretAccessKey,
  setEnv,
  standin,
  tcp,
  transport,
  until
} from '../build.ts'

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const signal = new AbortController().signal

t.test('a signed call of a profile is answered', async (t) => {
  await standin(t)
  const response = await transport(t).send({ ...callOf(MODEL, 'converse'), body: question('hello') }, signal)
  t.match(JSON.parse(await readText(response.body, 1e6)), { output: { message: { role: 'assistant' } } })
  t.match(response.requestId, /^[0-9a-f-]{36}$/)
})

t.test('a Bedrock API key is sent as a bearer, and nothing is signed', async (t) => {
  const server = await standin(t)
  const link = transport(t, { bearerToken: CREDENTIALS.bearerKey })
  await link.send({ ...callOf(MODEL, 'converse'), body: question('hello') }, signal)
  t.equal(server.requests.at(-1)?.headers.authorization, `Bearer ${CREDENTIALS.bearerKey}`)
  t.notOk(server.requests.at(-1)?.headers['x-amz-date'])
})

t.test('an empty Bedrock API key counts as none', async (t) => {
  const server = await standin(t)
  await transport(t, { bearerToken: '' }).send({ ...callOf(MODEL, 'converse'), body: question('hello') }, signal)
  t.match(server.requests.at(-1)?.headers.authorization, /^AWS4-HMAC-SHA256 /)
})

t.test('asks for no compression, and reuses its connection', async (t) => {
  const server = await standin(t)
  const link = transport(t)
  for (let i = 0; i < 3; i++) {
    const { body } = await link.send({ ...callOf(MODEL, 'converse'), body: question('hello') }, signal)
    await readText(body, 1e6)
  }
  t.equal(server.requests.at(-1)?.headers['accept-encoding'], 'identity')
})

t.test('a path in the endpoint comes before the model, and is signed', async (t) => {
  const server = await standin(t)
  setEnv(t, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${server.url}/base/` })
  await transport(t)
    .send({ ...callOf(MODEL, 'converse'), body: question('hello') }, signal)
    .catch(() => {})
  t.match(server.requests.at(-1)?.path, '/base/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse')
})

t.test('without a region the error names the variable', async (t) => {
  await standin(t)
  setEnv(t, { AWS_REGION: undefined, AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' })
  await t.rejects(transport(t, { sdkRegion: true }).warm(), failing({ kind: 'not_ready', message: /AWS_REGION/ }))
})

t.test('warming opens connections that the first calls then use', async (t) => {
  const server = await tcp(t, (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}'))
  })
  const link = transport(t)
  await link.warm()
  t.equal(server.sockets.size, 4)
  await t.rejects(link.send({ ...callOf(MODEL, 'converse'), body: '{}' }, signal))
  t.equal(server.sockets.size, 4)
})

t.test('a stream is read to the same answer under every framing', async (t) => {
  for (const framing of ['whole', 'coalesced', 'byte', 'random'] as const) {
    await standin(t, { framing })
    const link = transport(t)
    const { body, requestId } = await link.send({ ...callOf(MODEL, 'converse-stream'), body: question('#long 30') }, signal)
    const events = await openEvents({
      body,
      framing: 'event-stream',
      requestId,
      model: MODEL,
      decoder: createConverseDecoder(PLAIN_ANSWER)
    })
    const completion = await foldEvents(events)
    t.equal(completion.finish, 'end', framing)
    t.match(completion.blocks, [{ type: 'text' }], framing)
  }
})

for (const operation of ['converse', 'converse-stream'] as const)
  t.test(`leaving while ${operation} waits for the head ends the call at once`, async (t) => {
    const server = await standin(t, { hangMs: 20_000 })
    server.fail(MODEL, 'hang-before-headers')
    const left = new AbortController()
    const sent = transport(t).send({ ...callOf(MODEL, operation), body: question('hello') }, left.signal)
    await until(() => server.inFlight() === 1)
    left.abort()
    await t.rejects(sent, failing({ kind: 'client_closed' }))
    await until(() => server.inFlight() === 0)
  })

/** Waits for more of a body, and takes it. */
async function more(body: HttpBody): Promise<readonly Buffer[] | undefined> {
  await body.wait()
  return body.take()
}

t.test('leaving in the middle of a body ends the call at once', async (t) => {
  const server = await standin(t, { hangMs: 20_000 })
  server.fail(MODEL, 'hang-mid-stream')
  const left = new AbortController()
  const { body } = await transport(t).send({ ...callOf(MODEL, 'converse-stream'), body: question('#long 30') }, left.signal)
  await body.wait()
  body.take()
  left.abort()
  await t.rejects(more(body), failing({ kind: 'client_closed' }))
  await until(() => server.inFlight() === 0)
})

t.test('a signal that has fired already sends nothing', async (t) => {
  const server = await standin(t)
  const before = server.requests.length
  await t.rejects(
    transport(t).send({ ...callOf(MODEL, 'converse'), body: question('hello') }, AbortSignal.abort()),
    failing({ kind: 'client_closed' })
  )
  t.equal(server.requests.length, before)
})

t.test('leaving while no connection is to be had ends the wait', async (t) => {
  await tcp(t, () => {})
  const link = transport(t, { connections: 1 })
  const hanging = link.send({ ...callOf(MODEL, 'converse'), body: '{}' }, signal)
  hanging.catch(() => {})
  const left = new AbortController()
  const queued = link.send({ ...callOf(MODEL, 'converse'), body: '{}' }, left.signal)
  setTimeout(() => left.abort(), 20)
  await t.rejects(queued, failing({ kind: 'client_closed' }))
})

t.test('silence before the first byte is a timeout', async (t) => {
  const server = await standin(t, { hangMs: 20_000 })
  server.fail(MODEL, 'hang-before-headers', 'hang-after-headers')
  const link = transport(t, { firstEventTimeoutMs: 60 })
  const call = { ...callOf(MODEL, 'converse-stream'), body: question('hello') } as const
  await t.rejects(link.send(call, signal), failing({ kind: 'upstream_timeout' }))
  const { body } = await link.send(call, signal)
  await t.rejects(more(body), failing({ kind: 'upstream_timeout' }))
  await until(() => server.inFlight() === 0)
})

t.test('silence in the middle is a timeout only while somebody waits', async (t) => {
  const server = await standin(t, { hangMs: 20_000 })
  server.fail(MODEL, 'hang-mid-stream')
  const { body } = await transport(t, { idleTimeoutMs: 60 }).send(
    { ...callOf(MODEL, 'converse-stream'), body: question('#long 30') },
    signal
  )
  await body.wait()
  await new Promise((resolve) => setTimeout(resolve, 150))
  t.ok(body.take(), 'a slow reader is not punished')
  await t.rejects(
    (async () => {
      for (;;) {
        await body.wait()
        body.take()
      }
    })(),
    failing({ kind: 'upstream_timeout' })
  )
})

t.test('a peer that nobody reads is held back', async (t) => {
  const server = await standin(t)
  server.fail(MODEL, 'stream-200m')
  const { body } = await transport(t).send({ ...callOf(MODEL, 'converse-stream'), body: question('hello') }, signal)
  await body.wait()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const held = (body.take() ?? []).reduce((sum, piece) => sum + piece.length, 0)
  t.ok(held < 262_144, `held ${held} bytes`)
  body.leave()
  await until(() => server.inFlight() === 0)
})

for (const fault of ['reset-before-headers', 'reset-after-headers'])
  t.test(`${fault} is an upstream error`, async (t) => {
    const server = await standin(t)
    server.fail(MODEL, fault)
    await t.rejects(
      (async () => {
        const { body } = await transport(t).send({ ...callOf(MODEL, 'converse'), body: question('hi') }, signal)
        await readText(body, 1e6)
      })(),
      failing({ kind: 'upstream_error' })
    )
  })

t.test('a host that does not exist, and one that refuses, cannot be reached', async (t) => {
  await standin(t)
  for (const url of ['http://127.0.0.1:1', 'http://no-such-host.invalid']) {
    setEnv(t, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url })
    await t.rejects(
      transport(t).send({ ...callOf(MODEL, 'converse'), body: '{}' }, signal),
      failing({ kind: 'upstream_error', message: /cannot be reached/ })
    )
  }
})

t.test("only AWS's own public names of Bedrock are told to callers", async (t) => {
  const failed = (hostname: string) =>
    networkError(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname }))
  for (const host of [
    'bedrock-runtime.us-east-11.amazonaws.com',
    'bedrock-mantle.eu-west-1.api.aws',
    'bedrock-runtime.us-gov-west-1.amazonaws.com'
  ])
    t.equal(
      failed(host).message,
      `Bedrock cannot be reached (${host}, ENOTFOUND): is the region right, and is there a NAT route or a VPC endpoint to it?`
    )
  for (const host of ['vpce-0a1b-c2d3.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'llm.corp.example'])
    t.notMatch(failed(host).message, host)
  const slow = Object.assign(
    new Error('Connect Timeout Error (attempted address: bedrock-runtime.eu-west-1.amazonaws.com:443, timeout: 10000ms)'),
    { code: 'UND_ERR_CONNECT_TIMEOUT' }
  )
  t.match(networkError(slow).message, 'bedrock-runtime.eu-west-1.amazonaws.com')
})

t.test('refused credentials are loaded anew, a wrong clock is put right', async (t) => {
  await standin(t)
  let loads = 0
  const credentials = createCredentialSource({
    load: async () => {
      loads++
      return loads === 1 ? { accessKeyId: 'AKIAOLD', secretAccessKey: 'old' } : { accessKeyId, secretAccessKey }
    }
  })
  const call = { ...callOf(MODEL, 'converse'), body: question('hello') } as const
  const link = transport(t, { credentials })
  await t.rejects(link.send(call, signal), failing({ kind: 'upstream_auth' }))
  await t.resolves(link.send(call, signal))
  const late = transport(t, { now: () => Date.now() - 3_600_000 })
  await t.rejects(late.send(call, signal), failing({ kind: 'upstream_auth' }))
  await t.resolves(late.send(call, signal))
})
