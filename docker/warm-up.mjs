// Starts the gateway once while the image is built, asks it for an answer and stops it, so that Node keeps the compiled code of what
// a start needs. No network: the only AWS it knows is a closed port. A gateway that cannot start or drain fails the build here.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = 8099
const KEY = 'warm-up'
const base = `http://127.0.0.1:${PORT}`

const gateway = spawn(process.execPath, [...process.execArgv, '/app/dist/server.js'], {
  stdio: 'inherit',
  env: {
    NODE_COMPILE_CACHE: '/var/cache/node',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(PORT),
    API_KEY: KEY,
    LOG_LEVEL: 'error',
    UPSTREAM_MAX_ATTEMPTS: '1',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9'
  }
})
const exited = new Promise((resolve) => gateway.once('exit', (code, signal) => resolve(code ?? signal)))

await untilAlive()
for (const stream of [false, true]) await ask(stream)
gateway.kill('SIGTERM')
const outcome = await Promise.race([exited, sleep(30_000, 'it does not stop', { ref: false })])
if (outcome !== 0) throw new Error(`the gateway did not drain: ${outcome}`)

async function untilAlive() {
  for (let i = 0; i < 600; i++) {
    if (gateway.exitCode !== null) throw new Error(`the gateway did not start: ${gateway.exitCode}`)
    const alive = await fetch(`${base}/health`).then(
      (response) => response.ok,
      () => false
    )
    if (alive) return
    await sleep(50)
  }
  throw new Error('the gateway did not start in 30 s')
}

// fails, since there is no Bedrock, but only after everything on the way to it has run
async function ask(stream) {
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', stream, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: AbortSignal.timeout(20_000)
  })
  await response.text()
}
