import type { FastifyInstance } from 'fastify'
import OpenAI from 'openai'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type RecordedRequest, type Standin, type StandinOptions, startStandin } from '../../src/standin/server.ts'

export const KEY = 'sk-test-0123456789'

export interface Built {
  readonly app: FastifyInstance
  readonly standin: Standin
  /** `http://127.0.0.1:port` */
  readonly base: string
  readonly openai: OpenAI
  /** The lines of its log; none unless `LOG_LEVEL` is set. */
  readonly log: readonly string[]
  /** A request with the key and a JSON body. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
}

/**
 * The gateway on port 0 before a stand-in on port 0, over real sockets; both close with the test.
 * The AWS SDK reads the process's environment, so it is pointed at the stand-in there, as an operator would.
 */
export async function build(
  t: Pick<Test, 'teardown'>,
  env: Record<string, string> = {},
  options: StandinOptions = {}
): Promise<Built> {
  const standin = await startStandin(options)
  t.teardown(() => standin.close())
  return buildBefore(t, standin, env)
}

/** One more gateway before a stand-in that is there. */
export async function buildBefore(t: Pick<Test, 'teardown'>, standin: Standin, env: Record<string, string> = {}): Promise<Built> {
  const before = { ...process.env }
  Object.assign(process.env, standin.env)
  t.teardown(() => {
    process.env = before
  })
  const keys =
    'API_KEY' in env || Object.keys(env).some((name) => name.startsWith('API_KEY')) || env.AUTH === 'off' ? {} : { API_KEY: KEY }
  const log: string[] = []
  const output = { dropped: 0, end() {}, write: (line: string) => void log.push(line) }
  const app = await buildApp(readConfig({ ...standin.env, HOST: '127.0.0.1', LOG_LEVEL: 'silent', ...keys, ...env }), output)
  t.teardown(() => app.close())
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  await untilReady(base)
  const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: KEY, maxRetries: 0 })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body)
    })
  return { app, standin, base, openai, log, post }
}

async function untilReady(base: string): Promise<void> {
  for (let i = 0; i < 250; i++) {
    const response = await fetch(`${base}/ready`)
    await response.body?.cancel()
    if (response.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`not ready: ${await (await fetch(`${base}/ready`)).text()}`)
}

/** The data of every frame of an event stream, in order; comments are left out. */
export function sseData(text: string): string[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => frame.slice('data: '.length))
}

/** Waits until `condition` holds, at most `ms`. */
export async function eventually(condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    if (await condition()) return true
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return condition()
}

/** The last call of a model that the stand-in saw. */
export function lastCall(standin: Standin): RecordedRequest | undefined {
  return standin.requests.findLast(({ operation }) => MODEL_CALLS.has(operation))
}

const MODEL_CALLS = new Set([
  'Converse',
  'ConverseStream',
  'InvokeModel',
  'InvokeModelWithResponseStream',
  'CreateResponse',
  'CreateChatCompletion'
])
