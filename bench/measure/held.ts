import type { Health } from '../../test/reliability/probe.ts'
import { API_KEY } from '../requests.ts'
import { stopChild } from './child.ts'
import { freePort, startGatewayPart, startStandinPart } from './parts.ts'

/** What one body did to the gateway. */
export interface Held {
  readonly status: number
  /** The longest turn of its event loop, milliseconds of processor time. */
  readonly ms: number
}

export interface HeldOptions {
  readonly tries?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A gateway before the stand-in whose event loop is watched. */
export interface HeldGateway {
  /** Sends a body, and says how long it held the event loop: the least of some tries, since the first one compiles code. */
  ask(path: string, body: string, options?: HeldOptions): Promise<Held>
  stop(): Promise<void>
}

/** Preloaded into a gateway, it tells of its event loop. */
export const PROBE = new URL('../../test/reliability/probe.ts', import.meta.url).href
/** A body that takes longer hangs. */
const PATIENCE_MS = 120_000

/** Starts the gateway with a probe in its process, and the stand-in. */
export async function startHeldGateway(env: Readonly<Record<string, string>> = {}): Promise<HeldGateway> {
  const [standin, probePort] = [await startStandinPart(), await freePort()]
  const gateway = await startGatewayPart(standin.port, {
    nodeArgs: [`--import=${PROBE}`],
    env: { PROBE_PORT: String(probePort), MAX_EVENT_LOOP_DELAY_MS: '0', FETCH_REMOTE_MEDIA: 'false', ...env }
  })
  const heldUp = async () => ((await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as Health).heldUpMs

  /** The loop is asked after each body: what it was held before is known by then. */
  async function once(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Held> {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS)
    })
    await answer.arrayBuffer()
    return { status: answer.status, ms: await heldUp() }
  }

  await heldUp()
  return {
    async ask(path, body, { tries = 1, headers = {} } = {}) {
      let least = await once(path, body, headers)
      for (let more = 1; more < tries; more++) {
        const again = await once(path, body, headers)
        if (again.ms < least.ms) least = again
      }
      return least
    },
    async stop() {
      await stopChild(gateway.child)
      await stopChild(standin.child)
    }
  }
}

/** Milliseconds that `JSON.parse` takes for a text in this process, warm. */
export function parseMs(text: string): number {
  const began = process.threadCpuUsage()
  try {
    JSON.parse(text)
  } catch {
    // a text that is none is refused as soon as that is seen
  }
  const { user, system } = process.threadCpuUsage(began)
  return (user + system) / 1000
}
