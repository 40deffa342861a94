import { createServer } from 'node:http'
import { type Dispatcher, Pool } from 'undici'

/**
 * A proxy that touches no byte, as lean as Node and undici allow: the floor for anything written in JavaScript.
 * PORT and UPSTREAM come from the environment.
 */
const pool = new Pool(process.env.UPSTREAM!, { connections: 2048, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 240_000 })

const server = createServer({ keepAliveTimeout: 75_000, noDelay: true }, (request, response) => {
  let controller: Dispatcher.DispatchController | undefined
  const { host: _host, connection: _connection, ...headers } = request.headers
  response.once('close', () => {
    if (!response.writableFinished) controller?.abort(new Error('the client left'))
  })
  pool.dispatch(
    {
      method: request.method as Dispatcher.HttpMethod,
      path: request.url!,
      headers,
      body: request.method === 'GET' ? null : request
    },
    {
      onRequestStart(started) {
        controller = started
      },
      onResponseStart(_controller, status, answer) {
        const { connection: _hop, 'keep-alive': _alive, ...kept } = answer
        response.writeHead(status, kept)
      },
      onResponseData(started, chunk) {
        if (response.write(chunk)) return
        started.pause()
        response.once('drain', () => started.resume())
      },
      onResponseEnd() {
        response.end()
      },
      onResponseError() {
        if (!response.headersSent) response.writeHead(502)
        response.end()
      }
    }
  )
})

server.listen(Number(process.env.PORT), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
