import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { type SnippetInput, shellWord, snippet } from '../../src/home/browser/snippets.ts'
import type { DialectName } from '../../src/home/browser/state.ts'
import { build, KEY } from '../support/helper.ts'
import { PASSED_ON } from '../support/process.ts'

const run = promisify(execFile)
const skip = spawnSync('curl', ['--version']).error === undefined ? false : 'there is no curl here'
t.setTimeout(300_000) // every test starts a process, and a busy machine takes its time
const DIALECTS = ['chat', 'responses', 'messages'] as const
/** The last word of a stream of each. */
const LAST: Readonly<Record<DialectName, RegExp>> = {
  chat: /data: \[DONE\]\s*$/,
  responses: /event: response\.completed/,
  messages: /event: message_stop/
}
const ODD = `it's "odd" $HOME \`x\``

t.test('the curl snippet runs as pasted, in every dialect', { skip }, async (t) => {
  const { base, standin } = await build(t)
  for (const dialect of DIALECTS) {
    const { stdout } = await run('sh', ['-c', snippet('curl', chatOf(base, 'gpt-4o', dialect))], {
      env: { ...process.env, OPENAI_API_KEY: KEY, ANTHROPIC_AUTH_TOKEN: KEY }
    })
    t.match(stdout, LAST[dialect])
  }
  t.equal(standin.requests.filter(({ operation }) => operation === 'ConverseStream').length, DIALECTS.length)
})

t.test('the curl snippet for a model that makes vectors asks for vectors', { skip }, async (t) => {
  const { base } = await build(t)
  const input = { ...chatOf(base, 'amazon.titan-embed-text-v2:0'), vectors: true }
  const { stdout } = await run('sh', ['-c', snippet('curl', input)], { env: { ...process.env, OPENAI_API_KEY: KEY } })
  t.equal(JSON.parse(stdout).data.length, 2)
})

for (const [dialect, vectors, expected] of [
  ['chat', false, /synthetic/],
  ['responses', false, /synthetic/],
  ['messages', false, /synthetic/],
  ['chat', true, /^\[ 1024, 1024 \]/]
] as const) {
  t.test(`the Node snippet runs as pasted, ${vectors ? 'for vectors' : dialect}`, async (t) => {
    const { base } = await build(t)
    const model = vectors ? 'amazon.titan-embed-text-v2:0' : 'gpt-4o'
    const code = snippet('node', { base: `${base}/v1`, model, vectors, dialect })
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...PASSED_ON, OPENAI_API_KEY: KEY, ANTHROPIC_AUTH_TOKEN: KEY }
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
    DIALECTS.flatMap((dialect) =>
      [false, true].map((vectors) => snippet(kind, { base: 'http://127.0.0.1:8080/v1', model: ODD, vectors, dialect }))
    )
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

t.test('Codex is given the address with /v1, and Claude Code without', async (t) => {
  t.match(snippet('codex', chatOf('http://gate.example', 'm')), 'base_url = "http://gate.example/v1"')
  t.match(snippet('claude-code', chatOf('http://gate.example', 'm')), "ANTHROPIC_BASE_URL='http://gate.example'")
})

function chatOf(base: string, model: string, dialect: DialectName = 'chat'): SnippetInput {
  return { base: `${base}/v1`, model, vectors: false, dialect }
}
