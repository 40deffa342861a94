import type { FastifyReply } from 'fastify'
import type { ByteString } from '../core/byte-string.ts'
import { NOWHERE, type OpenSet } from '../core/open-set.ts'
import type { ConversationStream } from '../dialects/dialect.ts'
import type { Beating } from './heartbeats.ts'

const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no'
} as const

/** A started event stream. Bytes are written as they are given, so they must be whole SSE frames. */
export interface SseWriter {
  /** Returns a promise when the client cannot take more for now; it resolves when it can, or has left. Never rejects. */
  write(frames: ByteString): Promise<void> | undefined
  /** From now on a silent stream says what the dialect says; until then, a comment. */
  speaks(dialect: Pick<ConversationStream, 'heartbeat'>): void
  /** Writes the last frames and ends the response. */
  end(frames: ByteString): void
}

/**
 * Sends status 200 and the headers of an event stream, and begins to send something while the stream is silent.
 */
export function startSse(reply: FastifyReply): SseWriter {
  const { raw, server } = reply
  reply.hijack()
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...SSE_HEADERS })
  const stream = new Stream(raw, server.heartbeats)
  raw.once('close', () => server.heartbeats.remove(stream))
  return stream
}

/** Before the first event only a comment is safe with every client. */
const COMMENT = ': ping\n\n'

/** What ends the body on the wire. */
const LAST_CHUNK = '0\r\n\r\n'

/**
 * It frames HTTP chunks itself, so that a write is one piece: Node writes a chunk as three, which costs a `writev` and a tick
 * for each batch, half of what a paced stream costs in all. HTTP/1.0 clients get the bare text, as Node would give them.
 */
class Stream implements SseWriter, Beating {
  place = NOWHERE
  private readonly raw: FastifyReply['raw']
  private readonly open: OpenSet<Beating>
  private readonly isChunked: boolean
  private spoke = true
  private draining: Promise<void> | undefined
  private dialect: Pick<ConversationStream, 'heartbeat'> | undefined

  constructor(raw: FastifyReply['raw'], open: OpenSet<Beating>) {
    this.raw = raw
    this.open = open
    this.isChunked = raw.chunkedEncoding
    raw.chunkedEncoding = false
    open.add(this)
  }

  speaks(dialect: Pick<ConversationStream, 'heartbeat'>): void {
    this.dialect = dialect
  }

  write(frames: ByteString): Promise<void> | undefined {
    if (frames === '' || this.raw.writableEnded || this.raw.destroyed) return undefined
    this.spoke = true
    return this.put(frames) ? undefined : this.drain()
  }

  end(frames: ByteString): void {
    this.open.remove(this)
    if (this.raw.destroyed) return
    this.raw.end(`${frames === '' ? '' : this.framed(frames)}${this.isChunked ? LAST_CHUNK : ''}`, 'latin1')
  }

  beat(): void {
    if (!this.spoke && !this.raw.writableNeedDrain) this.put(this.dialect?.heartbeat() ?? COMMENT)
    this.spoke = false
  }

  /** Tells whether the client can take more. */
  private put(bytes: ByteString): boolean {
    return this.raw.write(this.framed(bytes), 'latin1')
  }

  private framed(bytes: ByteString): ByteString {
    return this.isChunked ? `${bytes.length.toString(16)}\r\n${bytes}\r\n` : bytes
  }

  /** One for all who wait: the choices of an answer share the client. */
  private drain(): Promise<void> {
    this.draining ??= drained(this.raw).finally(() => {
      this.draining = undefined
    })
    return this.draining
  }
}

/** Resolves when the client can take more, or has left. */
export function drained(raw: FastifyReply['raw']): Promise<void> {
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
