import { type ChildProcess, spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import type { Test } from 'tap'
import { type Standin, type StandinOptions, startStandin } from '../../src/standin/server.ts'

export interface Running {
  readonly child: ChildProcess
  /** Everything written to both outputs so far. */
  output(): string
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>
}

const { PATH, NODE_COMPILE_CACHE } = process.env

/** What a process of the tests gets beside its own settings: where programs are, and what other processes compiled before it. */
export const PASSED_ON = {
  ...(PATH !== undefined && { PATH }),
  ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE: resolve(NODE_COMPILE_CACHE) })
}

/** Starts a script of the project as its own process; it is ended with the test. Only `env` is passed on, with `PASSED_ON` and HOME. */
export function start(t: Test, script: string, env: Record<string, string>, args: readonly string[] = []): Running {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...PASSED_ON, HOME: t.testdir({}), ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  child.stdout.on('data', (data) => {
    output += data
  })
  child.stderr.on('data', (data) => {
    output += data
  })
  const exited = new Promise<number | null>((exit) => child.once('exit', exit))
  t.teardown(async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await exited
    clearTimeout(timer)
  })
  return { child, output: () => output, exited }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

/** Asks until the answer has this status, at most `ms`; gives the last answer. */
export async function ask(url: string, status: number, ms = 60_000): Promise<Response> {
  for (const end = performance.now() + ms; ; ) {
    try {
      const response = await fetch(url)
      if (response.status === status || performance.now() > end) return response
      await response.body?.cancel()
    } catch (error) {
      if (performance.now() > end) throw error // it does not listen
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export interface Gateway extends Running {
  readonly base: string
  readonly port: number
  readonly standin: Standin
}

export interface GatewayOptions {
  readonly standin?: StandinOptions
  /** Variables of the stand-in's environment that the gateway does not get. */
  readonly without?: readonly string[]
  /** Status of `/ready` to wait for. */
  readonly ready?: 200 | 503
}

/** Starts the gateway as its own process before a stand-in of the test's, and waits until it is ready; both end with the test. */
export async function startGateway(
  t: Test,
  env: Readonly<Record<string, string>>,
  options: GatewayOptions = {}
): Promise<Gateway> {
  const standin = await startStandin(options.standin)
  t.teardown(() => standin.close())
  const port = await freePort()
  const given = Object.fromEntries(Object.entries(standin.env).filter(([name]) => !options.without?.includes(name)))
  const running = start(t, 'src/server.ts', { ...given, HOST: '127.0.0.1', PORT: String(port), ...env })
  const base = `http://127.0.0.1:${port}`
  await ask(`${base}/ready`, options.ready ?? 200)
  return { ...running, base, port, standin }
}
