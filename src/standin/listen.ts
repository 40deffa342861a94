import { createServer as createHttp1 } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { AnyRequest, AnyResponse } from './exchange.ts'

/** A listening port and the way to end it, open sockets included. */
export interface Listener {
  readonly port: number
  close(): Promise<void>
}

export type Handler = (request: AnyRequest, response: AnyResponse) => void

const PREFACE = Buffer.from('PRI * HTTP/2.0')

/** Listens on one cleartext port for HTTP/1.1 and for HTTP/2 with prior knowledge, told apart by the first bytes. */
export async function listen(host: string, port: number, handler: Handler): Promise<Listener> {
  // Longer than the 60 seconds after which balancers drop an idle connection, so that the client side ends it first.
  const http1 = createHttp1({ keepAliveTimeout: 75_000, headersTimeout: 80_000, requestTimeout: 0, noDelay: true }, handler)
  const http2 = createHttp2({}, handler)
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    sniff(socket, (isHttp2) => (isHttp2 ? http2 : http1).emit('connection', socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: (server.address() as AddressInfo).port, close }
}

function sniff(socket: Socket, decide: (isHttp2: boolean) => void): void {
  socket.once('data', (chunk: Buffer) => {
    const length = Math.min(3, chunk.length)
    const startsAlike = chunk.subarray(0, length).equals(PREFACE.subarray(0, length))
    socket.pause()
    socket.unshift(chunk)
    if (startsAlike && length < 3) return setImmediate(() => sniff(socket, decide))
    decide(startsAlike)
    // The HTTP/2 session takes the pushed back bytes and then the socket's handle; a resumed socket would steal them.
    if (!startsAlike) socket.resume()
  })
}
