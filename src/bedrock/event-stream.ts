import { crc32 } from 'node:zlib'

/** One message of an `application/vnd.amazon.eventstream` body. */
export interface Frame {
  readonly messageType: 'event' | 'exception' | 'error'
  /** `:event-type`, `:exception-type` or `:error-code`, whichever belongs to the message type. */
  readonly name: string
  /** A view into the bytes that were pushed; it is valid as long as nobody writes to them. */
  readonly payload: Buffer
  /** `:error-message` of an `error` message. */
  readonly errorMessage?: string
}

/** Turns bytes, cut anywhere, into frames. Synchronous, and bounded: it holds at most one unfinished frame. */
export interface FrameReader {
  /**
   * Gives every frame that ends within these bytes to `take`, in order. Throws `FrameError` at the first broken one, after
   * those before it were given, so that what is given does not depend on the cut; the reader is of no use then.
   */
  push(chunk: Uint8Array, take: (frame: Frame) => void): void
  /** The bytes are over. Throws `FrameError` when they end inside a frame. */
  end(): void
}

/** The bytes are no event stream, or were damaged on the way. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** total length, headers length and their CRC: three big-endian 32-bit words. */
const PRELUDE_BYTES = 12
const CRC_BYTES = 4
const LEAST_BYTES = PRELUDE_BYTES + CRC_BYTES
/** What the format allows one message. */
const MOST_BYTES = 24 * 1024 * 1024

/** Makes a reader for one body. `maxFrameBytes` (default 24 MiB) bounds the memory a single frame may claim. */
export function createFrameReader(options: { readonly maxFrameBytes?: number } = {}): FrameReader {
  const most = options.maxFrameBytes ?? MOST_BYTES
  let pieces: Buffer[] = []
  let held = 0
  let wanted = PRELUDE_BYTES

  /** Gives the begun frame the bytes it lacks, and no others, so that nothing else is copied. Returns where it stopped. */
  function complete(chunk: Buffer, take: (frame: Frame) => void): number {
    let at = 0
    while (at < chunk.length) {
      const piece = chunk.subarray(at, at + wanted - held)
      pieces.push(piece)
      held += piece.length
      at += piece.length
      if (held < wanted) return at
      const joined = Buffer.concat(pieces, held)
      const total = wanted === PRELUDE_BYTES ? frameLength(joined, 0, most) : wanted
      if (held === total) {
        forget()
        take(readFrame(joined, 0, total))
        return at
      }
      pieces = [joined]
      wanted = total
    }
    return at
  }

  function forget(): void {
    pieces = []
    held = 0
    wanted = PRELUDE_BYTES
  }

  return {
    push(bytes, take) {
      const chunk = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let at = held === 0 ? 0 : complete(chunk, take)
      while (at < chunk.length) {
        const left = chunk.length - at
        const total = left < PRELUDE_BYTES ? PRELUDE_BYTES : frameLength(chunk, at, most)
        if (left < total || left < PRELUDE_BYTES) {
          pieces = [chunk.subarray(at)]
          held = left
          wanted = total
          break
        }
        take(readFrame(chunk, at, total))
        at += total
      }
    },
    end() {
      if (held > 0) throw new FrameError(`the stream ended inside a frame, after ${held} of its bytes`)
    }
  }
}

/** Reads and proves the prelude at `at`. A length is believed only once its checksum holds, so a lie cannot make us wait. */
function frameLength(bytes: Buffer, at: number, most: number): number {
  if (bytes.readUInt32BE(at + 8) !== crc32(bytes.subarray(at, at + 8)))
    throw new FrameError('the checksum of a frame prelude is wrong')
  const total = bytes.readUInt32BE(at)
  if (total < LEAST_BYTES || total > most) throw new FrameError(`a frame claims ${total} bytes`)
  if (bytes.readUInt32BE(at + 4) > total - LEAST_BYTES) throw new FrameError('the headers of a frame are longer than the frame')
  return total
}

function readFrame(bytes: Buffer, at: number, total: number): Frame {
  const end = at + total - CRC_BYTES
  // The checksum of the whole goes on from that of its first eight bytes, which the prelude holds and `frameLength` proved.
  const sum = crc32(bytes.subarray(at + 8, end), bytes.readUInt32BE(at + 8))
  if (sum !== bytes.readUInt32BE(end)) throw new FrameError('the checksum of a frame is wrong')
  const payloadAt = at + PRELUDE_BYTES + bytes.readUInt32BE(at + 4)
  return nameFrame(readHeaders(bytes, at + PRELUDE_BYTES, payloadAt), bytes.subarray(payloadAt, end))
}

function nameFrame(headers: Headers, payload: Buffer): Frame {
  const { ':message-type': messageType, ':event-type': event, ':exception-type': exception, ':error-code': code } = headers
  if (messageType === 'event' && event !== undefined) return { messageType, name: event, payload }
  if (messageType === 'exception' && exception !== undefined) return { messageType, name: exception, payload }
  if (messageType !== 'error') throw new FrameError('a frame does not say what it is')
  const errorMessage = headers[':error-message']
  return { messageType, name: code ?? 'UnknownError', payload, ...(errorMessage === undefined ? {} : { errorMessage }) }
}

const HEADER_NAMES = [':message-type', ':event-type', ':exception-type', ':error-code', ':error-message'] as const
type Headers = { [name in (typeof HEADER_NAMES)[number]]?: string }
const KNOWN_HEADERS = HEADER_NAMES.map((name) => ({ name, bytes: Buffer.from(name) }))

const STRING_TYPE = 7
/** Bytes of a value by header type: true, false, byte, short, int, long, bytes, string, timestamp, uuid; -1: a length comes first. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16] as const

function readHeaders(bytes: Buffer, start: number, end: number): Headers {
  const headers: Headers = {}
  let at = start
  while (at < end) {
    const nameAt = at + 1
    const typeAt = nameAt + bytes[at]!
    if (typeAt >= end) throw new FrameError('a header ends outside its frame')
    const type = bytes[typeAt]!
    const size = VALUE_BYTES[type]
    if (size === undefined) throw new FrameError(`a header has the unknown type ${type}`)
    const valueAt = typeAt + (size < 0 ? 3 : 1)
    at = valueAt + (size < 0 ? valueLength(bytes, typeAt + 1, end) : size)
    if (at > end) throw new FrameError('a header ends outside its frame')
    if (type !== STRING_TYPE) continue
    const known = knownHeader(bytes, nameAt, typeAt)
    if (known !== undefined) headers[known] = bytes.toString('utf8', valueAt, at)
  }
  return headers
}

function valueLength(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) throw new FrameError('a header ends outside its frame')
  return bytes.readUInt16BE(at)
}

function knownHeader(bytes: Buffer, start: number, end: number): (typeof HEADER_NAMES)[number] | undefined {
  for (const known of KNOWN_HEADERS) if (sameBytes(known.bytes, bytes, start, end)) return known.name
  return undefined
}

function sameBytes(wanted: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== wanted.length) return false
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== bytes[start + i]) return false
  return true
}
