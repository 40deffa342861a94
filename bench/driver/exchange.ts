import { connect, type Socket } from 'node:net'
import { findStamp, machineNow, readStamp, STAMP_BYTES } from '../clock.ts'

/** What one answer told about itself; times in milliseconds. */
export interface Told {
  readonly ok: boolean
  readonly firstTokenMs: number
  readonly totalMs: number
}

/** A keep-alive connection that carries one request at a time and looks at as little of the answers as it must. */
export interface Connection {
  readonly socket: Socket
  /** Sends a request. `delays` collects the age of each stamp on arrival. */
  send(request: string, delays: number[] | undefined, done: (told: Told) => void): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/** Opens a connection to a port of this machine. */
export function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(makeConnection(socket))
    })
  })
}

function makeConnection(socket: Socket): Connection {
  let sentAt = 0
  let firstTokenMs = 0
  let ok = false
  let begun = false
  let left = 0
  let head: Buffer = EMPTY
  let tail: Buffer = EMPTY
  let stamps: number[] | undefined
  let report: ((told: Told) => void) | undefined

  socket.on('data', (bytes) => {
    if (report === undefined) return
    if (begun) return body(bytes)
    head = head.length === 0 ? bytes : Buffer.concat([head, bytes])
    const end = head.indexOf(HEAD_END)
    if (end < 0) return
    begun = true
    ok = head.toString('latin1', 9, 12) === '200'
    const text = head.toString('latin1', 0, end)
    left = /\r\ntransfer-encoding: *chunked/i.test(text) ? -1 : Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
    // The blank line stays, so that an empty chunked body ends like any other.
    body(head.subarray(left < 0 ? end + 2 : end + 4))
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    ok = false
    finish()
  })

  function body(bytes: Buffer): void {
    if (firstTokenMs === 0 || stamps !== undefined) readStamps(bytes)
    if (left >= 0) {
      left -= bytes.length
      if (left <= 0) finish()
      return
    }
    const end = bytes.length >= LAST_CHUNK.length ? bytes : Buffer.concat([tail, bytes])
    if (end.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)) return finish()
    tail = end.subarray(-LAST_CHUNK.length)
  }

  function readStamps(bytes: Buffer): void {
    let at = findStamp(bytes, 0)
    if (at < 0) return
    const now = machineNow()
    if (firstTokenMs === 0) firstTokenMs = now - sentAt
    for (; stamps !== undefined && at >= 0; at = findStamp(bytes, at + STAMP_BYTES)) stamps.push(now - readStamp(bytes, at))
  }

  function finish(): void {
    const done = report
    report = undefined
    done?.({ ok, firstTokenMs, totalMs: machineNow() - sentAt })
  }

  return {
    socket,
    send(request, delays, done) {
      head = EMPTY
      tail = EMPTY
      begun = false
      firstTokenMs = 0
      stamps = delays
      report = done
      sentAt = machineNow()
      socket.write(request, 'latin1')
    }
  }
}

const EMPTY = Buffer.alloc(0)
