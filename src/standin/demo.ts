import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startStandin } from './server.ts'

/**
 * `npm run demo`: the stand-in and the gateway in front of it, on this machine only. The gateway is the real process,
 * started as an operator would; only the standard AWS variables point it at the stand-in.
 */
const API_KEY = 'sk-adit-demo'
const MODEL = 'us.anthropic.claude-sonnet-4-6'
/** Beside this file, which is TypeScript in a working copy and JavaScript in the package. */
const SERVER = fileURLToPath(new URL(`../server${extname(import.meta.filename)}`, import.meta.url))
const port = process.env.PORT || '8080'
const base = `http://127.0.0.1:${port}`

if (await isTaken()) {
  console.error(`Port ${port} is taken by another program. Take another one: PORT=8081 npm run demo`)
  process.exit(1)
}
const standin = await startStandin({ parameters: { '/adit/api-key': API_KEY } })
const gateway = spawn(process.execPath, [SERVER], {
  stdio: 'inherit',
  env: {
    PATH: process.env.PATH,
    ...standin.env,
    HOST: '127.0.0.1',
    PORT: port,
    API_KEY_PARAM_NAME: '/adit/api-key',
    DEFAULT_MODEL: MODEL,
    LOG_LEVEL: process.env.LOG_LEVEL || 'info'
  }
})
gateway.once('exit', (code) => {
  void standin.close().then(() => process.exit(code ?? 1))
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => gateway.kill('SIGTERM'))

for (let i = 0; i < 300 && !(await isReady()); i++) await new Promise((resolve) => setTimeout(resolve, 100))
console.log(`
Adit answers at ${base}/api/v1 with the key ${API_KEY}. The models behind it are synthetic.
Try it in another terminal:

curl ${base}/api/v1/chat/completions \\
  -H 'authorization: Bearer ${API_KEY}' -H 'content-type: application/json' \\
  -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Say hello"}]}'

The same as a stream:

curl -N ${base}/api/v1/chat/completions \\
  -H 'authorization: Bearer ${API_KEY}' -H 'content-type: application/json' \\
  -d '{"model": "gpt-4o", "stream": true, "messages": [{"role": "user", "content": "Say hello"}]}'

Any OpenAI client: OPENAI_BASE_URL=${base}/v1 OPENAI_API_KEY=${API_KEY}
`)

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${base}/ready`)).ok
  } catch {
    return false // it does not listen yet
  }
}

/** Asked before the gateway is started: whoever has the port might answer /ready in its place. */
async function isTaken(): Promise<boolean> {
  const probe = createServer().listen(Number(port), '127.0.0.1')
  try {
    await once(probe, 'listening')
    return false
  } catch {
    return true // whatever the reason, the gateway could not listen there either
  } finally {
    probe.close()
  }
}
