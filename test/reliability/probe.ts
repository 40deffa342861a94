import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Preloaded into a gateway process by `startWatched`: tells over `PROBE_PORT` how the process is. */
export interface Health {
  /** How long one turn of its event loop computed at most since the last question, milliseconds of processor time. */
  readonly heldUpMs: number
  /** Memory in use, bytes. */
  readonly rss: number
  /** Objects that the garbage collector has moved among the old ones, dead or alive until it looks through all of them. Bytes. */
  readonly old: number
  /** What is not garbage, buffers included; only where the question's path is `/held`, since all of it is looked for then. Bytes. */
  readonly held?: number
}

const TICK_MS = 1
let before = computed()
let most = 0

// Processor time of this thread: what other processes of the machine do is no part of it. A turn that is longer than a tick is followed by
// a tick at once, so that two of them are never taken for one.
setInterval(() => {
  const now = computed()
  most = Math.max(most, now - before)
  before = now
}, TICK_MS).unref()

const server = createServer((request, response) => {
  // Answered behind the next ticks: the turn before this one is not counted until then.
  setTimeout(async () => {
    const held = request.url === '/held' ? { held: await heldBytes() } : {}
    const health: Health = { heldUpMs: most, rss: process.memoryUsage.rss(), old: oldBytes(), ...held }
    most = 0
    response.setHeader('connection', 'close').end(JSON.stringify(health))
  }, 3 * TICK_MS)
})
server.listen(Number(process.env.PROBE_PORT), '127.0.0.1').unref()

function computed(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size
}

/** Twice: what ends with an object that the first time has found dead is freed a little later. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  await sleep(100)
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
