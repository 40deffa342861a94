import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { build, KEY } from '../support/helper.ts'

const run = promisify(execFile)

/** Runs one of the scripts beside this file against a gateway; each prints an object, one member per step. */
async function runScript(base: string, script: string): Promise<unknown> {
  const env = {
    ...process.env,
    OPENAI_BASE_URL: `${base}/v1`,
    OPENAI_API_KEY: KEY,
    AZURE_OPENAI_API_KEY: KEY,
    GATEWAY: base,
    AWS_BEARER_TOKEN_BEDROCK: KEY
  }
  const { stdout } = await run('python3', [`test/clients/python/${script}`], { env, timeout: 90_000 })
  return JSON.parse(stdout)
}

function missing(module: string): string | false {
  try {
    execFileSync('python3', ['-c', `import ${module}`], { stdio: 'ignore' })
    return false
  } catch {
    return `python3 has no ${module} here: pip install ${module.replace('_', '-')} to run these`
  }
}

t.test(
  'openai for Python: chat, streams, tools, parse, embeddings, models, Azure, errors',
  { skip: missing('openai') },
  async (t) => {
    const { base } = await build(t)
    t.match(await runScript(base, 'openai_client.py'), {
      chat: /rock/,
      streamed: /rock/,
      stream_helper: /rock/,
      tools: /22 degrees/,
      parsed: { city: String, population: Number },
      embeddings: [1024, 1024],
      models: true,
      completions: /rock/,
      azure: /rock/,
      errors: [
        ['AuthenticationError', 'invalid_api_key'],
        ['NotFoundError', 'model_not_found']
      ],
      asynchronous: /rock/
    })
  }
)

t.test(
  'langchain-openai for Python: chat, stream, tools, structured, embeddings',
  { skip: missing('langchain_openai') },
  async (t) => {
    const { base } = await build(t)
    t.match(await runScript(base, 'langchain_client.py'), {
      chat: /rock/,
      streamed: /rock/,
      tools: /22 degrees in Paris/,
      structured: { city: String, population: Number },
      embeddings: [1024, 1024]
    })
  }
)

t.test('boto3: Converse, InvokeModel, streams, counts, guardrails, exceptions', { skip: missing('boto3') }, async (t) => {
  const { base } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  const answers = (await runScript(base, 'bedrock_client.py')) as { native_stream: string[] }
  t.match(answers, {
    converse: /rock/,
    streamed: /rock/,
    invoked: /rock/,
    counted: Number,
    guardrail: 'GUARDRAIL_INTERVENED',
    refused: [
      ['ValidationException', 'ValidationException'],
      ['ModelTimeoutException', 'ModelTimeoutException']
    ]
  })
  t.equal(answers.native_stream[0], 'message_start')
  t.equal(answers.native_stream.at(-1), 'message_stop')
})
