import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { ask, freePort, start } from './support/process.ts'

const run = promisify(execFile)

t.test('the demo answers the curl it prints, and the examples of the README run against it', async (t) => {
  const port = await freePort()
  const demo = start(t, 'src/standin/demo.ts', { PORT: String(port) })
  const base = `http://127.0.0.1:${port}`
  await ask(`${base}/ready`, 200, 60_000)
  for (let i = 0; i < 400 && !demo.output().includes('Any OpenAI client'); i++)
    await new Promise((resolve) => setTimeout(resolve, 50))

  const [plain = '', streamed = ''] = demo.output().match(/^curl [\s\S]*?'$/gm) ?? []
  t.match(JSON.parse((await run('sh', ['-c', plain])).stdout), {
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: /hello/i } }]
  })
  const { stdout } = await run('sh', ['-c', streamed])
  t.ok(stdout.startsWith('data: {'))
  t.ok(stdout.endsWith('data: [DONE]\n\n'))

  const readme = readFileSync('README.md', 'utf8').match(/^curl [\s\S]*?'$/gm) ?? []
  t.same(
    readme,
    [plain, streamed].map((command) => command.replaceAll(base, 'http://127.0.0.1:8080')),
    'the README says what the demo says'
  )

  const env = { ...process.env, OPENAI_BASE_URL: `${base}/v1`, OPENAI_API_KEY: 'sk-adit-demo' }
  const node = await run(process.execPath, ['docs/examples/openai-node.ts'], { env })
  t.match(node.stdout, /hello/i)
  t.match(node.stdout, /22/, 'the tool was called and its result reached the model')
  const langchain = await run(process.execPath, ['docs/examples/langchain.ts'], { env })
  t.match(langchain.stdout, /hello/i)
  t.match(langchain.stdout, /"name":"get_weather"/)
  const curl = await run('sh', ['docs/examples/curl.sh'], { env })
  t.match(curl.stdout, /data: \[DONE\]/)

  t.test('the Python example runs', { skip: hasPythonClient() ? false : 'python3 has no openai package here' }, async (t) => {
    t.match((await run('python3', ['docs/examples/openai_python.py'], { env })).stdout, /hello/i)
  })
})

function hasPythonClient(): boolean {
  try {
    execFileSync('python3', ['-c', 'import openai'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
