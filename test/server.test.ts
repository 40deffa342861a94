import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { sseData } from './support/helper.ts'
import { ask, freePort, start, startGateway } from './support/process.ts'

const KEY = 'sk-process-test'

t.test('SIGTERM during a stream lets it finish, then the process exits 0', async (t) => {
  const gateway = await startGateway(t, { API_KEY: KEY })
  const { base, standin } = gateway
  standin.answer('amazon.nova-lite-v1:0', {
    content: [{ text: 'one two three four five six seven eight nine ten' }],
    chunkSize: 5,
    gapMs: 100
  })

  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'amazon.nova-lite-v1:0', stream: true, messages: [{ role: 'user', content: 'go' }] })
  })
  gateway.child.kill('SIGTERM')
  const data = sseData(await response.text())
  t.equal(data.at(-1), '[DONE]')
  const text = data.slice(0, -1).map((chunk) => JSON.parse(chunk).choices[0]?.delta.content ?? '')
  t.equal(text.join(''), 'one two three four five six seven eight nine ten')
  t.equal(await gateway.exited, 0)
})

t.test('what is left when the grace is over gets an error event, and the process exits 0', async (t) => {
  const gateway = await startGateway(t, { API_KEY: KEY, SHUTDOWN_GRACE_MS: '300' }, { standin: { hangMs: 20_000 } })
  const { base } = gateway
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'standin.fault-hang-mid-stream', stream: true, messages: [{ role: 'user', content: 'go' }] })
  })
  gateway.child.kill('SIGTERM')
  const data = sseData(await response.text())
  t.match(JSON.parse(data.at(-1) ?? ''), { error: { code: 'server_is_shutting_down' } })
  t.equal(await gateway.exited, 0)
})

t.test('without a region it stays up, answers /health, and /ready names the variable', async (t) => {
  const port = await freePort()
  const gateway = start(t, 'src/server.ts', {
    HOST: '127.0.0.1',
    PORT: String(port),
    API_KEY: KEY,
    AWS_EC2_METADATA_DISABLED: 'true'
  })
  const base = `http://127.0.0.1:${port}`
  t.equal((await ask(`${base}/health`, 200)).status, 200)
  let reasons = ''
  for (let i = 0; i < 100 && !/AWS_REGION/.test(reasons); i++) {
    reasons = await (await ask(`${base}/ready`, 503)).text()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.match(reasons, /AWS_REGION/)
  t.equal(gateway.child.exitCode, null)
})

t.test('without credentials it stays up, and /ready names what is missing', async (t) => {
  const port = await freePort()
  start(t, 'src/server.ts', {
    HOST: '127.0.0.1',
    PORT: String(port),
    API_KEY: KEY,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:1'
  })
  const base = `http://127.0.0.1:${port}`
  let reasons = ''
  for (let i = 0; i < 100 && !/AWS_ACCESS_KEY_ID/.test(reasons); i++) {
    reasons = await (await ask(`${base}/ready`, 503)).text()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.match(reasons, /AWS_ACCESS_KEY_ID/)
  t.equal((await fetch(`${base}/health`)).status, 200)
})

t.test('a wrong configuration ends the process with all of its faults on one page', async (t) => {
  const gateway = start(t, 'src/server.ts', { PORT: 'x', LOG_LEVEL: 'loud' })
  t.equal(await gateway.exited, 1)
  t.match(gateway.output(), /PORT must be.*\n.*LOG_LEVEL must be/)
  t.notMatch(gateway.output(), / at .*\.ts/)
})

/** What a stream says, its pieces joined. */
function textOf(stream: string): string {
  const chunks = sseData(stream).filter((data) => data !== '[DONE]')
  return chunks.map((data) => JSON.parse(data).choices[0]?.delta.content ?? '').join('')
}

t.test('the log has one line for a request, with everything but the words', async (t) => {
  const gateway = await startGateway(t, { API_KEY: KEY, LOG_LEVEL: 'trace', DEBUG: '1' })
  const { base } = gateway
  for (const stream of [true, false]) {
    const response = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o',
        stream,
        seed: 7,
        messages: [{ role: 'user', content: 'the secret word is xylophone' }]
      })
    })
    const text = await response.text()
    t.match(stream ? textOf(text) : text, 'xylophone')
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
  const lines = gateway
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const requests = lines.filter((line) => line.path === '/v1/chat/completions')
  t.equal(requests.length, 2)
  for (const line of requests) {
    t.match(line, {
      level: 'info',
      key: 'default',
      asked: 'gpt-4o',
      model: /claude/,
      region: 'us-east-1',
      status: 200,
      finish: 'stop',
      attempts: 1,
      dropped: ['seed']
    })
    t.ok(line.ttft_ms >= 0 && line.total_ms >= line.ttft_ms && line.tokens_in > 0 && line.tokens_out > 0 && line.reqId)
  }
  t.notMatch(gateway.output(), /xylophone|sk-process-test/)
})

t.test('a port that is taken is one sentence, and the demo says so before it says that it answers', async (t) => {
  const other = createServer((_request, response) => response.end('ready'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    other.closeAllConnections()
    other.close()
  })
  const PORT = String((other.address() as AddressInfo).port)
  const gateway = start(t, 'src/server.ts', {
    HOST: '127.0.0.1',
    PORT,
    API_KEY: KEY,
    AWS_REGION: 'us-east-1',
    LOG_LEVEL: 'silent'
  })
  const demo = start(t, 'src/standin/demo.ts', { PORT })
  t.equal(await gateway.exited, 1)
  t.match(gateway.output(), `PORT ${PORT} on HOST 127.0.0.1 is taken by another program`)
  t.notMatch(gateway.output(), /\bat .*\.ts:\d|EADDRINUSE/)
  t.equal(await demo.exited, 1)
  t.match(demo.output(), `Port ${PORT} is taken by another program`)
  t.notMatch(demo.output(), 'Adit answers')
})
