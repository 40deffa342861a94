import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { API_KEY } from '../requests.ts'
import { type Core, startChild, untilAnswers } from './child.ts'
import { START_FLAGS } from './start-flags.ts'

/** A gateway or a stand-in as a process of its own. */
export interface Part {
  readonly child: ChildProcess
  readonly port: number
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

const ROOT = new URL('../..', import.meta.url).pathname

/** Starts the stand-in and waits until it answers. What it prints goes to `log`, a file, or is dropped. */
export async function startStandinPart(log?: string): Promise<Part> {
  const port = await freePort()
  const output = log === undefined ? undefined : openSync(log, 'a')
  const args = ['src/standin/main.ts', '--port', String(port)]
  const child = startChild({ core: 'any', args, cwd: ROOT, ...(output === undefined ? {} : { output }) })
  if (output !== undefined) closeSync(output)
  await untilAnswers(child, `http://127.0.0.1:${port}/v2/credentials/task`, true)
  return { child, port }
}

export interface GatewayPartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** A file for what it prints; absent: dropped. */
  readonly log?: string
  readonly nodeArgs?: readonly string[]
  /** Default: any. */
  readonly core?: Core
  /** What starts the gateway in place of Node, with the environment that it gets: a container's own program, say. */
  readonly command?: readonly string[] | undefined
}

/** Starts the gateway before a stand-in, or what takes its place, as `npm start` does, and waits until it is ready. */
export async function startGatewayPart(standinPort: number, options: GatewayPartOptions = {}): Promise<Part> {
  const port = await freePort()
  const standin = `http://127.0.0.1:${standinPort}`
  const output = options.log === undefined ? undefined : openSync(options.log, 'a')
  const child = startChild({
    core: options.core ?? 'any',
    args: [...START_FLAGS, ...(options.nodeArgs ?? []), 'src/server.ts'],
    ...(options.command === undefined ? {} : { command: options.command }),
    cwd: ROOT,
    ...(output === undefined ? {} : { output }),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      API_KEY,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: standin,
      AWS_ENDPOINT_URL_BEDROCK: standin,
      ...options.env
    }
  })
  if (output !== undefined) closeSync(output)
  await untilAnswers(child, `http://127.0.0.1:${port}/ready`, false)
  return { child, port }
}
