import { type AddressInfo, createServer } from 'node:net'
import { openCalls } from './upstream/calls.ts'
import { serveHttp1 } from './upstream/http1.ts'
import { createHttp2 } from './upstream/http2.ts'

/** What the bench asks of the upstream over IPC. */
export type UpstreamOrder = 'calls' | 'drop'
/** `port` once it listens; `calls`: how many are open now. */
export type UpstreamWord = { readonly port: number } | { readonly calls: number }

/**
 * A Bedrock that costs next to nothing: answers are made once and written whole, HTTP/1.1 is read by hand. It accepts any
 * signature and validates nothing, so it is only good for measuring. The honest one is `src/standin`.
 */
const http2 = createHttp2()
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  // Read by hand: a socket that flows already cannot be handed over to HTTP/2.
  socket.once('readable', () => {
    const first: Buffer | null = socket.read()
    if (first === null) return
    if (!first.subarray(0, 4).equals(Buffer.from('PRI '))) return serveHttp1(socket, first)
    socket.unshift(first)
    http2.emit('connection', socket)
  })
})

server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))
process.on('message', (order: UpstreamOrder) => {
  if (order === 'drop') for (const call of openCalls) call.drop()
  tell({ calls: openCalls.size })
})
process.on('disconnect', () => process.exit(0))

function tell(word: UpstreamWord): void {
  process.send?.(word)
}
