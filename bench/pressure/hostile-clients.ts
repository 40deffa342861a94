import { setTimeout as sleep } from 'node:timers/promises'
import { makeRandom } from '../../src/standin/random.ts'
import { HOSTILE_KEY } from '../requests.ts'
import { LARGE_BODIES, SMALL_BODIES } from './bodies.ts'

/** Arguments: the gateway's port, milliseconds, clients, seed. Tells its parent at the end what came of each kind of body. */
const [port, ms, clients, seed] = process.argv.slice(2).map(Number) as [number, number, number, number]
const { next } = makeRandom(seed, 'hostile')
const url = `http://127.0.0.1:${port}/v1/chat/completions`
const headers = { authorization: `Bearer ${HOSTILE_KEY}`, 'content-type': 'application/json' }
const until = performance.now() + ms
const outcomes = new Map<string, number>()
const LARGEST_MB = 31
const PAUSE_MS = 200

await Promise.all(Array.from({ length: clients }, client))
process.send?.([...outcomes])
process.disconnect?.()

async function client(): Promise<void> {
  while (performance.now() < until) {
    const large = next() < 0.5 ? LARGE_BODIES[Math.floor(next() * LARGE_BODIES.length)] : undefined
    const body = large?.make(1 + Math.floor(next() * LARGEST_MB)) ?? SMALL_BODIES[Math.floor(next() * SMALL_BODIES.length)]!
    const outcome = await ask(body)
    const name = `${large?.name ?? 'small'}: ${outcome}`
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
    await sleep(PAUSE_MS)
  }
}

async function ask(body: string): Promise<string> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body })
    await response.arrayBuffer()
    return String(response.status)
  } catch (error) {
    return (error as Error).message // an upload that is cut off is an outcome like any other
  }
}
