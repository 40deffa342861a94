import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * Preloaded into a gateway process (`NODE_OPTIONS=--import=...`): tells over `LOOP_DELAY_PORT` how long its event loop was held up
 * at most since the last question, in milliseconds.
 */
const histogram = monitorEventLoopDelay({ resolution: 1 })
histogram.enable()
const server = createServer((_request, response) => {
  response.setHeader('connection', 'close').end(String(histogram.max / 1e6))
  histogram.reset()
})
server.listen(Number(process.env.LOOP_DELAY_PORT), '127.0.0.1').unref()
