import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'iovalkey'
import type { Test } from 'tap'
import { freePort } from './process.ts'

const SERVER = ['/usr/bin/valkey-server', '/usr/bin/redis-server'].find((path) => existsSync(path))

/** Why tests with a store are left out here; `false` when they are not. */
export const noValkey: string | false =
  SERVER === undefined ? 'there is neither valkey-server nor redis-server: apt-get install redis-server to run these' : false

/** A Valkey or Redis of the test's own, on a loopback port; it ends with the test. */
export interface TestValkey {
  readonly url: string
  /** A string, or a hash as JSON; undefined: there is none. */
  get(name: string): Promise<string | undefined>
  names(): Promise<string[]>
  /** Ends the server; what it holds stays. */
  stop(): Promise<void>
  start(): Promise<void>
}

export async function startValkey(t: Test): Promise<TestValkey> {
  const port = await freePort()
  const dir = mkdtempSync(join(tmpdir(), 'adit-valkey-'))
  const url = `redis://127.0.0.1:${port}`
  let server: ChildProcess | undefined

  async function ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => {}) // the command tells it
    try {
      await client.connect()
      return await work(client)
    } finally {
      client.disconnect()
    }
  }

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
    server = spawn(SERVER ?? '', options, { stdio: 'ignore' })
    for (let tries = 0; tries < 500; tries++) {
      const isThere = await ask((client) => client.ping()).catch(() => undefined)
      if (isThere !== undefined) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`${SERVER} does not answer`)
  }

  async function stop(): Promise<void> {
    if (server === undefined || server.exitCode !== null) return
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    await ask((client) => client.call('SHUTDOWN', 'SAVE')).catch(() => {}) // it hangs up instead of answering
    await ended
  }

  t.teardown(async () => {
    await stop()
    rmSync(dir, { recursive: true, force: true })
  })
  await start()
  return {
    url,
    stop,
    start,
    names: () => ask((client) => client.keys('*')),
    get: (name) =>
      ask(async (client) => {
        if ((await client.type(name)) === 'hash') return JSON.stringify(await client.hgetall(name))
        return (await client.get(name)) ?? undefined
      })
  }
}
