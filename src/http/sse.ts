import type { FastifyReply } from 'fastify'
import type { ByteString } from '../core/byte-string.ts'

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no'
} as const

/** A started event stream. Bytes are written as they are given, so they must be whole SSE frames. */
export interface SseWriter {
  /** Returns a promise when the client cannot take more for now; it resolves when it can, or has left. Never rejects. */
  write(frames: ByteString): Promise<void> | undefined
  /** Writes the last frames and ends the response. */
  end(frames: ByteString): void
}

/**
 * Sends status 200 and the headers of an event stream, and begins to send comments while the stream is silent,
 * because balancers cut a connection that says nothing (an ALB after 60 s) and only comments are safe with every client.
 * `heartbeatMs` is the longest silence, in milliseconds.
 */
export function startSse(reply: FastifyReply, heartbeatMs: number): SseWriter {
  const raw = reply.raw
  reply.hijack()
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...SSE_HEADERS })
  const put = takeOverChunking(raw)
  let draining: Promise<void> | undefined

  /** One for all who wait: the choices of an answer share the client. */
  function drain(): Promise<void> {
    draining ??= drained(raw).finally(() => {
      draining = undefined
    })
    return draining
  }
  let spoke = true
  const heartbeat = setInterval(() => {
    if (!spoke && !raw.writableNeedDrain) put(': ping\n\n')
    spoke = false
  }, heartbeatMs)
  raw.once('close', () => clearInterval(heartbeat))
  return {
    write(frames) {
      if (frames === '' || raw.writableEnded || raw.destroyed) return undefined
      spoke = true
      return put(frames) ? undefined : drain()
    },
    end(frames) {
      clearInterval(heartbeat)
      if (raw.destroyed) return
      if (frames !== '') put(frames)
      raw.end(put.last)
    }
  }
}

type Raw = FastifyReply['raw']

interface Put {
  /** Tells whether the client can take more. */
  (bytes: ByteString): boolean
  /** What ends the body on the wire. */
  readonly last: string
}

/**
 * Frames HTTP chunks here, so that a write is one piece: Node writes a chunk as three, which costs a `writev` and a tick
 * for each batch, half of what a paced stream costs in all. HTTP/1.0 clients get the bare text, as Node would give them.
 */
function takeOverChunking(raw: Raw): Put {
  if (!raw.chunkedEncoding) return Object.assign((bytes: ByteString) => raw.write(bytes, 'latin1'), { last: '' })
  raw.chunkedEncoding = false
  const put = (bytes: ByteString) => raw.write(`${bytes.length.toString(16)}\r\n${bytes}\r\n`, 'latin1')
  return Object.assign(put, { last: '0\r\n\r\n' })
}

function drained(raw: Raw): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.once('drain', done)
    raw.once('close', done)
  })
}
