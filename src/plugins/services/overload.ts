import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    overload: {
      /** Whether the event loop has lately been late by more than `MAX_EVENT_LOOP_DELAY_MS`. */
      lagging(): boolean
    }
  }
}

const SAMPLE_MS = 20
const LOOK_EVERY_MS = 500

/** Watches how late the event loop is. New work is refused while it lags; answers that run go on. */
export const overload = fp(
  async (app: FastifyInstance) => {
    const limitMs = app.config.limits.maxEventLoopDelayMs
    let lagging = false
    if (limitMs > 0) {
      const histogram = monitorEventLoopDelay({ resolution: SAMPLE_MS })
      histogram.enable()
      let due = performance.now() + LOOK_EVERY_MS
      let wasLate = false
      const timer = setInterval(() => {
        const now = performance.now()
        // A loop that is held up long enough brings this timer before any sample.
        const lateMs = histogram.count === 0 ? now - due : histogram.mean / 1e6
        const late = lateMs > limitMs
        // One late look may be the process that starts, or another one on the machine; two in a row are too much work.
        lagging = late && wasLate
        wasLate = late
        histogram.reset()
        due = now + LOOK_EVERY_MS
      }, LOOK_EVERY_MS).unref()
      app.addHook('onClose', async () => {
        clearInterval(timer)
        histogram.disable()
      })
    }
    app.decorate('overload', { lagging: () => lagging })
  },
  { name: 'overload' }
)
