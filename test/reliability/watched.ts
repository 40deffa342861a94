import type { Test } from 'tap'
import { KEY } from '../support/helper.ts'
import { freePort, type GatewayOptions, startGateway } from '../support/process.ts'
import type { Health } from './probe.ts'

const PRELOAD = new URL('probe.ts', import.meta.url).href

export interface WatchedOptions extends GatewayOptions {
  readonly env?: Readonly<Record<string, string>>
}

/** The gateway as a process of its own, with a way to look into it. */
export async function startWatched(t: Test, options: WatchedOptions = {}) {
  const probePort = await freePort()
  const probe = { NODE_OPTIONS: `--import=${PRELOAD}`, PROBE_PORT: String(probePort) }
  const gateway = await startGateway(t, { API_KEY: KEY, ...probe, ...options.env }, options)
  const { base } = gateway
  return {
    ...gateway,
    health: async (path: '/' | '/held' = '/') => (await (await fetch(`http://127.0.0.1:${probePort}${path}`)).json()) as Health,
    post: (body: string | object, path = '/v1/chat/completions') =>
      fetch(`${base}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body)
      })
  }
}

export type Watched = Awaited<ReturnType<typeof startWatched>>
