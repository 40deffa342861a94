import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'

/** Preloaded into a gateway process by `startWatched`: tells over `PROBE_PORT` how the process is. */
export interface Health {
  /** How long its event loop was held up at most since the last question, milliseconds. */
  readonly heldUpMs: number
  /** Memory in use, bytes. */
  readonly rss: number
  /** Objects that the garbage collector has moved among the old ones, dead or alive until it looks through all of them. Bytes. */
  readonly old: number
}

const histogram = monitorEventLoopDelay({ resolution: 1 })
histogram.enable()
const server = createServer((_request, response) => {
  const health: Health = { heldUpMs: histogram.max / 1e6, rss: process.memoryUsage.rss(), old: oldBytes() }
  response.setHeader('connection', 'close').end(JSON.stringify(health))
  histogram.reset()
})
server.listen(Number(process.env.PROBE_PORT), '127.0.0.1').unref()

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size
}
