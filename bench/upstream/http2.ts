import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { isSilent, openCalls, readPath } from './calls.ts'
import { playStream } from './play.ts'

/** HTTP/2 without TLS, for the AWS SDK's default handler; a connection is handed over once its first bytes say so. */
export function createHttp2(): Http2Server {
  const server = createServer()
  server.on('stream', (stream, headers) => {
    // A peer that leaves resets the stream; that is no fault here.
    stream.on('error', () => {})
    stream.resume()
    stream.once('end', () => answer(stream, String(headers[':path'])))
  })
  server.on('sessionError', () => {})
  return server
}

function answer(stream: ServerHttp2Stream, path: string): void {
  const asked = readPath(path)
  if (asked === undefined) {
    stream.respond({ ':status': 403, 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' })
    return void stream.end('{"message":"not here"}')
  }
  const call = { drop: () => stream.close() }
  openCalls.add(call)
  stream.once('close', () => openCalls.delete(call))
  if (isSilent(asked)) return
  if (!asked.streaming) {
    stream.respond({ ':status': 200, 'content-type': 'application/json' })
    return void stream.end(asked.answer.whole)
  }
  stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' })
  playStream(asked.answer, {
    write: (bytes) => stream.write(bytes),
    onDrain: (go) => void stream.once('drain', go),
    end: () => void stream.end(),
    get closed() {
      return stream.destroyed
    }
  })
}
