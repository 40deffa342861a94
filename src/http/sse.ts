import type { FastifyReply } from 'fastify'

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no'
} as const

/** A started event stream. Text is written as it is given, so it must be whole SSE frames. */
export interface SseWriter {
  /** Returns a promise when the client cannot take more for now; it resolves when it can, or has left. Never rejects. */
  write(frames: string): Promise<void> | undefined
  /** Writes the last frames and ends the response. */
  end(frames: string): void
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
  (text: string): boolean
  /** What ends the body on the wire. */
  readonly last: string
}

/**
 * Frames HTTP chunks here, so that a write is one piece: Node writes a chunk as three, which costs a `writev` and a tick
 * for each batch, half of what a paced stream costs in all. HTTP/1.0 clients get the bare text, as Node would give them.
 */
function takeOverChunking(raw: Raw): Put {
  if (!raw.chunkedEncoding) return Object.assign((text: string) => raw.write(text), { last: '' })
  raw.chunkedEncoding = false
  return Object.assign((text: string) => putChunk(raw, text), { last: '0\r\n\r\n' })
}

/** From this many characters on, filling a buffer is cheaper than joining strings once more. */
const LONG = 4096

// Text that is all ASCII has the same bytes in Latin-1, which are copied without being looked at.
function putChunk(raw: Raw, text: string): boolean {
  const size = Buffer.byteLength(text)
  const encoding = size === text.length ? 'latin1' : 'utf8'
  const head = `${size.toString(16)}\r\n`
  if (text.length < LONG) return raw.write(`${head}${text}\r\n`, encoding)
  const bytes = Buffer.allocUnsafe(head.length + size + 2)
  bytes.write(head, 0, 'latin1')
  bytes.write(text, head.length, encoding)
  bytes.write('\r\n', head.length + size, 'latin1')
  return raw.write(bytes)
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
