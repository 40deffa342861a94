import type { Test } from 'tap'
import { type StandinOptions, startStandin } from '../../src/standin/server.ts'
import { KEY } from '../helper.ts'
import { ask, freePort, start } from '../process.ts'
import type { Health } from './probe.ts'

const PRELOAD = new URL('probe.ts', import.meta.url).href

export interface WatchedOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Variables of the stand-in's environment that the gateway does not get. */
  readonly without?: readonly string[]
  readonly standin?: StandinOptions
  /** Status of `/ready` to wait for. */
  readonly ready?: 200 | 503
}

/** The gateway as a process of its own before a stand-in, with a way to look into it; both end with the test. */
export async function startWatched(t: Test, options: WatchedOptions = {}) {
  const standin = await startStandin(options.standin)
  t.teardown(() => standin.close())
  const [port, probePort] = await Promise.all([freePort(), freePort()])
  const given = Object.entries(standin.env).filter(([name]) => !options.without?.includes(name))
  const gateway = start(t, 'src/server.ts', {
    ...Object.fromEntries(given),
    HOST: '127.0.0.1',
    PORT: String(port),
    API_KEY: KEY,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    PROBE_PORT: String(probePort),
    ...options.env
  })
  const base = `http://127.0.0.1:${port}`
  await ask(`${base}/ready`, options.ready ?? 200)
  return {
    gateway,
    standin,
    base,
    port,
    health: async () => (await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as Health,
    post: (body: string | object) =>
      fetch(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body)
      })
  }
}

export type Watched = Awaited<ReturnType<typeof startWatched>>
