import { createServer } from 'node:http'

/**
 * Preloaded into the gateway of a soak, which runs with `--expose-gc`: tells over `PROBE_PORT` what the process holds after garbage
 * has been collected.
 */
export interface Held {
  /** Bytes. */
  readonly heap: number
  readonly rss: number
  /** Sockets, connections in the making, and timers, by libuv's names. */
  readonly resources: Readonly<Record<string, number>>
}

const server = createServer((_request, response) => {
  globalThis.gc?.()
  const resources: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
  const held: Held = { heap: process.memoryUsage().heapUsed, rss: process.memoryUsage.rss(), resources }
  response.setHeader('connection', 'close').end(JSON.stringify(held))
})
server.listen(Number(process.env.PROBE_PORT), '127.0.0.1').unref()
