import type { Socket } from 'node:net'
import { type Asked, type Call, isSilent, openCalls, readPath } from './calls.ts'
import { playStream, type Sink } from './play.ts'

const HEAD_END = Buffer.from('\r\n\r\n')
const EMPTY = Buffer.alloc(0)
const ID = 'x-amzn-requestid: 0b6f7f4a-9a1c-4f0e-8c1d-5d2f7a3e9b10\r\n'
const STREAM_HEAD = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n${ID}transfer-encoding: chunked\r\n\r\n`
)
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const REFUSED = wholeAnswer('403 Forbidden', Buffer.from('{"message":"not here"}'), 'AccessDeniedException')

/** Speaks HTTP/1.1 by hand on one connection: as much of it as keep-alive clients with a content-length need, and no more. */
export function serveHttp1(socket: Socket, first: Buffer): void {
  let pending = first
  let call: Call | undefined
  /** Of a body that has not come whole: the head it belongs to, and the bytes that are still to come. None of them are kept. */
  let unread: { readonly head: string; left: number } | undefined
  socket.on('close', () => call !== undefined && openCalls.delete(call))
  socket.on('data', (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
    read()
  })
  read()

  function read(): void {
    while (pending.length > 0) {
      if (unread !== undefined) {
        const taken = Math.min(unread.left, pending.length)
        pending = pending.subarray(taken)
        unread.left -= taken
        if (unread.left > 0) return
        const { head } = unread
        unread = undefined
        answer(head)
        continue
      }
      const headEnd = pending.indexOf(HEAD_END)
      if (headEnd < 0) return
      const head = pending.toString('latin1', 0, headEnd)
      const total = headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      if (pending.length < total) {
        unread = { head, left: total - pending.length }
        pending = EMPTY
        return
      }
      pending = pending.subarray(total)
      answer(head)
    }
  }

  function answer(head: string): void {
    const pathAt = head.indexOf(' ') + 1
    const asked = readPath(head.slice(pathAt, head.indexOf(' ', pathAt)))
    if (asked === undefined) return void socket.write(REFUSED)
    const fast = precomputed(asked)
    if (fast !== undefined) return void socket.write(fast)
    const opened = { drop: () => socket.destroy() }
    call = opened
    openCalls.add(opened)
    if (isSilent(asked)) return
    socket.write(STREAM_HEAD)
    playStream(
      asked.answer,
      chunkedSink(socket, () => openCalls.delete(opened))
    )
  }
}

const bytesOf = new Map<Asked, Buffer>()

/** The whole response in one buffer, for answers that wait for nothing. */
function precomputed(asked: Asked): Buffer | undefined {
  const known = bytesOf.get(asked)
  if (known !== undefined) return known
  const { opening, paced, repeated, closing, whole } = asked.answer
  if (isSilent(asked)) return undefined
  if (asked.streaming && (paced !== undefined || repeated !== undefined || closing === undefined)) return undefined
  const made = asked.streaming
    ? Buffer.concat([STREAM_HEAD, ...[...opening, ...closing!].map(chunk), LAST_CHUNK])
    : wholeAnswer('200 OK', whole)
  bytesOf.set(asked, made)
  return made
}

function chunkedSink(socket: Socket, ended: () => void): Sink {
  return {
    write: (bytes) => socket.write(chunk(bytes)),
    onDrain: (go) => void socket.once('drain', go),
    end() {
      socket.write(LAST_CHUNK)
      ended()
    },
    get closed() {
      return socket.destroyed
    }
  }
}

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

function wholeAnswer(status: string, body: Buffer, error?: string): Buffer {
  const type = error === undefined ? '' : `x-amzn-errortype: ${error}\r\n`
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${ID}${type}content-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}
