import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { type SnippetInput, shellWord, snippet } from '../../src/home/browser/snippets.ts'
import { build, KEY } from '../helper.ts'

const run = promisify(execFile)
const skip = spawnSync('curl', ['--version']).error === undefined ? false : 'there is no curl here'
t.setTimeout(300_000) // every test starts a process, and a busy machine takes its time
const ODD = `it's "odd" $HOME \`x\``

t.test('the curl snippet runs as pasted', { skip }, async (t) => {
  const { base, standin } = await build(t)
  const { stdout } = await run('sh', ['-c', snippet('curl', chatOf(base, 'gpt-4o'))], {
    env: { ...process.env, OPENAI_API_KEY: KEY }
  })
  t.match(stdout, /data: \[DONE\]\s*$/)
  t.ok(standin.requests.some(({ operation }) => operation === 'ConverseStream'))
})

t.test('the curl snippet for a model that makes vectors asks for vectors', { skip }, async (t) => {
  const { base } = await build(t)
  const input = { base: `${base}/v1`, model: 'amazon.titan-embed-text-v2:0', vectors: true }
  const { stdout } = await run('sh', ['-c', snippet('curl', input)], { env: { ...process.env, OPENAI_API_KEY: KEY } })
  t.equal(JSON.parse(stdout).data.length, 2)
})

for (const [vectors, expected] of [
  [false, /\w/],
  [true, /^\[ 1024, 1024 \]/]
] as const) {
  t.test(`the Node snippet runs as pasted${vectors ? ', for vectors too' : ''}`, async (t) => {
    const { base } = await build(t)
    const code = snippet('node', { base: `${base}/v1`, model: vectors ? 'amazon.titan-embed-text-v2:0' : 'gpt-4o', vectors })
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      env: { PATH: process.env.PATH, OPENAI_API_KEY: KEY }
    })
    t.match(stdout, expected)
  })
}

t.test('a name with quotes stays one word of the shell', async (t) => {
  const { stdout } = await run('sh', ['-c', `printf %s ${shellWord(ODD)}`])
  t.equal(stdout, ODD)
})

t.test('the Python and LangChain snippets are Python, whatever the model is called', async (t) => {
  const snippets = (['python', 'langchain'] as const).flatMap((kind) =>
    [false, true].map((vectors) => snippet(kind, { base: 'http://127.0.0.1:8080/v1', model: ODD, vectors }))
  )
  for (const code of snippets) t.match(code, JSON.stringify(ODD))
  if (spawnSync('python3', ['--version']).error !== undefined) return t.comment('there is no python3 here to parse them')
  await run('python3', ['-c', 'import ast, sys; [ast.parse(code) for code in sys.argv[1:]]', ...snippets])
})

t.test('NextChat is given the address without /v1, which it adds itself', async (t) => {
  const text = snippet('nextchat', chatOf('http://gate.example', 'amazon.nova-lite-v1:0'))
  t.match(text, "BASE_URL='http://gate.example' ")
  t.match(text, "CUSTOM_MODELS='-all,+amazon.nova-lite-v1:0@OpenAI'")
})

function chatOf(base: string, model: string): SnippetInput {
  return { base: `${base}/v1`, model, vectors: false }
}
