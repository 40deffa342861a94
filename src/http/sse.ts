import type { FastifyReply } from 'fastify'

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no'
} as const

/** A started event stream. Text is written as it is given, so it must be whole SSE frames. */
export interface SseWriter {
  /** Resolves once the client can take more; at once when it is keeping up. Never rejects: a client that left is told by the signal. */
  write(frames: string): Promise<void> | undefined
  end(): void
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
  let spoke = true
  const heartbeat = setInterval(() => {
    if (!spoke && !raw.writableNeedDrain) raw.write(': ping\n\n')
    spoke = false
  }, heartbeatMs)
  raw.once('close', () => clearInterval(heartbeat))
  return {
    write(frames) {
      if (frames === '' || raw.destroyed) return undefined
      spoke = true
      return raw.write(frames) ? undefined : drained(raw)
    },
    end() {
      clearInterval(heartbeat)
      raw.end()
    }
  }
}

function drained(raw: FastifyReply['raw']): Promise<void> {
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
