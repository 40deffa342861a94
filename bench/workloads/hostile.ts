import { HOSTILE_BODIES } from '../../test/reliability/hostile-bodies.ts'
import type { Health } from '../../test/reliability/probe.ts'
import { stopChild } from '../measure/child.ts'
import { freePort, startGatewayPart, startStandinPart } from '../measure/parts.ts'
import { API_KEY } from '../requests.ts'
import type { BenchRun } from './bench-run.ts'

const PROBE = new URL('../../test/reliability/probe.ts', import.meta.url).href
/** Tries of one body; the least counts, since another process of the machine may hold up any of them. */
const TRIES = 7
const SHOWN = 3

/** How long one request may keep all others waiting: the longest hold of the event loop by any body of the hostile-input test. */
export async function hostile(run: BenchRun): Promise<void> {
  if (!run.subjects.some(({ name }) => name === 'adit')) return
  const [standin, probePort] = [await startStandinPart(), await freePort()]
  const env = { PROBE_PORT: String(probePort), MAX_EVENT_LOOP_DELAY_MS: '0' }
  const gateway = await startGatewayPart(standin.port, { nodeArgs: [`--import=${PROBE}`], env })
  const heldUp = async () => ((await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as Health).heldUpMs
  try {
    const held: { name: string; ms: number }[] = []
    for (const { name, body } of HOSTILE_BODIES) {
      let ms = Number.POSITIVE_INFINITY
      for (let tries = 0; tries < TRIES; tries++) {
        await heldUp()
        await (await post(gateway.port, body)).arrayBuffer()
        ms = Math.min(ms, await heldUp())
      }
      held.push({ name, ms })
    }
    const worst = held.toSorted((a, b) => b.ms - a.ms)
    run.figures.add('adit', 'hostile.held', worst[0]!.ms)
    run.say(
      `  adit: ${worst
        .slice(0, SHOWN)
        .map(({ name, ms }) => `${name} ${ms.toFixed(0)} ms`)
        .join(' · ')}`
    )
  } finally {
    await stopChild(gateway.child)
    await stopChild(standin.child)
  }
}

function post(port: number, body: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body
  })
}
