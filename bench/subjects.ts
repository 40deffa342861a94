import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild, stopChild, untilAnswers } from './measure/child.ts'
import { freePort } from './measure/parts.ts'
import { fileOf } from './measure/stage.ts'
import { START_FLAGS } from './measure/start-flags.ts'
import type { Options } from './options.ts'
import { installPortkey } from './portkey.ts'
import { API_KEY, type Dialect } from './requests.ts'

export type SubjectName =
  | 'direct'
  | 'pass-through'
  | 'parts'
  | 'plain'
  | 'plain-http2'
  | 'portkey'
  | 'adit'
  | 'responses'
  | 'messages'
  | 'native'
  | 'economy'

/** One that is measured, and how it is started and asked. */
export interface Subject {
  readonly name: SubjectName
  readonly title: string
  readonly dialect: Dialect
  readonly headers?: Readonly<Record<string, string>>
  /** A request header that tells the subject where the upstream is. */
  readonly upstreamHeader?: string
  /** Absent: the upstream itself is asked. */
  readonly command?: (place: Place) => Command
}

export interface Place {
  readonly port: number
  readonly metricsPort: number
  readonly upstream: string
}

export interface Command {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Answers once it can be asked. */
  readonly readyPath: string
  readonly anyStatus?: boolean
}

export interface Running {
  readonly subject: Subject
  readonly port: number
  /** Absent for the upstream itself. */
  readonly pid?: number
  stop(): Promise<void>
}

const ROOT = new URL('..', import.meta.url).pathname
const CREDENTIALS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIDBENCH', AWS_SECRET_ACCESS_KEY: 'secret-of-no-account' }

/** All subjects of a run, cheapest first. */
export async function chooseSubjects(options: Options): Promise<Subject[]> {
  const portkey = options.peers ? await installPortkey() : undefined
  const all: Subject[] = [
    { name: 'direct', title: 'upstream asked directly', dialect: 'bedrock' },
    { name: 'pass-through', title: 'Node pass-through', dialect: 'bedrock', command: passThrough },
    { name: 'parts', title: 'the parts alone', dialect: 'openai', command: partsAlone },
    { name: 'adit', title: 'Adit', dialect: 'openai', command: (place) => aditCommand(place, options) },
    {
      name: 'economy',
      title: 'Adit, all economy on',
      dialect: 'openai',
      command: (place) => withEnv(aditCommand(place, options), ECONOMY)
    },
    { name: 'responses', title: 'Adit, `/responses`', dialect: 'responses', command: (place) => aditCommand(place, options) },
    { name: 'messages', title: 'Adit, `/messages`', dialect: 'anthropic', command: (place) => aditCommand(place, options) },
    { name: 'native', title: 'Adit, Bedrock handed on', dialect: 'bedrock', command: (place) => aditCommand(place, options) },
    { name: 'plain', title: 'Fastify + AWS SDK, keep-alive', dialect: 'openai', command: (place) => plain(place, 'keep-alive') },
    { name: 'plain-http2', title: 'Fastify + AWS SDK, defaults', dialect: 'openai', command: (place) => plain(place, 'http2') },
    ...(portkey === undefined ? [] : [portkey])
  ]
  return all.filter(({ name }) => !options.without.includes(name))
}

/** Starts a subject and waits until it can be asked. `nodeFlags` come before the script. */
export async function startSubject(subject: Subject, upstreamPort: number, nodeFlags: readonly string[] = []): Promise<Running> {
  if (subject.command === undefined) return { subject, port: upstreamPort, stop: async () => {} }
  for (let tries = 1; ; tries++) {
    try {
      return await tryStart(subject, subject.command, upstreamPort, nodeFlags)
    } catch (error) {
      // A port that was free may be taken by the time it is listened on.
      if (tries === START_TRIES) throw error
    }
  }
}

const START_TRIES = 3

async function tryStart(
  subject: Subject,
  command: NonNullable<Subject['command']>,
  upstreamPort: number,
  nodeFlags: readonly string[]
): Promise<Running> {
  const [port, metricsPort] = await Promise.all([freePort(), freePort()])
  const { args, env, readyPath, anyStatus = false } = command({ port, metricsPort, upstream: `http://127.0.0.1:${upstreamPort}` })
  // What it prints goes to a file, as it would on a server; a log line is part of the cost.
  const log = join(tmpdir(), `adit-bench-${process.pid}-${subject.name}.log`)
  const output = openSync(log, 'w')
  const child = startChild({ core: 'subject', args: [...nodeFlags, ...args], env, output, cwd: ROOT })
  closeSync(output)
  const stop = async () => {
    await stopChild(child)
    rmSync(log, { force: true })
  }
  try {
    await untilAnswers(child, `http://127.0.0.1:${port}${readyPath}`, anyStatus)
  } catch (cause) {
    const said = readFileSync(log, 'utf8').slice(-2000)
    await stop()
    throw new Error(`${subject.title} did not start; it said:\n${said}`, { cause })
  }
  return { subject, port, pid: child.pid!, stop }
}

/** Adit with everything on: key, validation, log line, metrics; with the flags of `npm start` and of the image. */
export function aditCommand({ port, metricsPort, upstream }: Place, { built }: Pick<Options, 'built'>): Command {
  const env = {
    ...CREDENTIALS,
    PORT: String(port),
    HOST: '127.0.0.1',
    API_KEY,
    METRICS_PORT: String(metricsPort),
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: upstream,
    AWS_ENDPOINT_URL_BEDROCK: upstream,
    SHUTDOWN_GRACE_MS: '1000'
  }
  return { args: [...START_FLAGS, built ? 'dist/server.js' : 'src/server.ts'], env, readyPath: '/ready' }
}

/**
 * All that watches over the bill and the quota: the queue, planned cache points, fitted limits, a budget; for a model with a price that caches
 * from 1,024 tokens on, as Claude does. The bench's question is shorter, as most are that come without a conversation.
 */
const ECONOMY = {
  QUEUE_MS: '2000',
  ENABLE_PROMPT_CACHING: 'auto',
  RIGHT_SIZE_LIMITS: 'unset',
  BUDGET_USD_PER_DAY: '1000000',
  ADIT_CONFIG: JSON.stringify({
    models: {
      traits: [{ match: 'bench.*', cache: ['tools', 'system', 'messages'], cacheMinimum: 1024, cacheLongTtl: true }]
    },
    prices: { rows: [{ ids: ['bench.*'], input: 3, output: 15, cache_read: 0.3, cache_write_5m: 3.75, cache_write_1h: 6 }] }
  })
}

function withEnv(command: Command, env: Readonly<Record<string, string>>): Command {
  return { ...command, env: { ...command.env, ...env } }
}

function passThrough({ port, upstream }: Place): Command {
  return { args: [fileOf('pass-through.ts')], env: { PORT: String(port), UPSTREAM: upstream }, readyPath: '/', anyStatus: true }
}

function partsAlone({ port, upstream }: Place): Command {
  const env = { ...CREDENTIALS, PORT: String(port), UPSTREAM: upstream, API_KEY }
  return { args: [fileOf('parts-alone.ts')], env, readyPath: '/health' }
}

function plain({ port, upstream }: Place, handler: string): Command {
  const env = { ...CREDENTIALS, PORT: String(port), HANDLER: handler, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: upstream }
  return { args: [fileOf('plain.ts')], env, readyPath: '/health' }
}
