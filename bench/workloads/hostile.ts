import { SLOW_BODIES, type SlowBody } from '../hostile/bodies.ts'
import { drawnBodies } from '../hostile/drawn.ts'
import { type HeldGateway, parseMs, startHeldGateway } from '../measure/held.ts'
import type { BenchRun } from './bench-run.ts'

/** Tries of one body; the least counts, since the first one compiles code. */
const TRIES = 3
const DRAWN = 60
const SEED = 1
const SHOWN = 8
/** So many bytes may take as long as any small body. */
const PER_BYTES = 10_000_000

/**
 * How long one request may keep all others waiting: the longest turn of the event loop by any body that is made for it, those of the
 * hostile-input test, what has been found since, and some that are drawn. Of large ones beyond `JSON.parse`, and for each 10 MB.
 */
export async function hostile(run: BenchRun): Promise<void> {
  if (!run.subjects.some(({ name }) => name === 'adit')) return
  const gateway = await startHeldGateway()
  try {
    const held: { name: string; ms: number }[] = []
    for (const body of [...SLOW_BODIES, ...drawnBodies(DRAWN, SEED)]) held.push(await measure(gateway, body))
    const worst = held.toSorted((a, b) => b.ms - a.ms)
    run.figures.add('adit', 'hostile.held', worst[0]!.ms)
    run.say(`  adit, ${held.length} bodies:`)
    for (const { name, ms } of worst.slice(0, SHOWN)) run.say(`    ${ms.toFixed(0)} ms: ${name}`)
  } finally {
    await gateway.stop()
  }
}

async function measure(
  gateway: HeldGateway,
  { name, path, headers = {}, make }: SlowBody
): Promise<{ name: string; ms: number }> {
  const body = make()
  const { status, ms } = await gateway.ask(path, body, { tries: TRIES, headers })
  if (status >= 500) throw new Error(`${name}: ${status}`)
  const beyond = body.length < PER_BYTES / 100 ? ms : Math.max(0, ms - parseMs(body))
  return { name, ms: beyond / Math.max(1, body.length / PER_BYTES) }
}
