import { createServer } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** `GET /metrics` in Prometheus' text, on a port of its own so that a public balancer never reaches it. Off unless `METRICS_PORT` is set. */
export const metricsServer = fp(
  async (app: FastifyInstance) => {
    const {
      telemetry: { metricsPort },
      server: { host }
    } = app.config
    if (metricsPort === undefined) return
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') return response.writeHead(404).end()
      return app.metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': app.metrics.contentType }).end(text),
        (error: Error) => response.writeHead(500).end(error.message)
      )
    })
    app.addHook('onReady', async () => {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(metricsPort, host, resolve))
      app.log.info({ port: metricsPort }, 'metrics')
    })
    app.addHook('onClose', async () => {
      server.close()
      server.closeAllConnections()
    })
  },
  { name: 'metrics-server', dependencies: ['metrics'] }
)
