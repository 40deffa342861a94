import { crc32 } from 'node:zlib'
import { type Chunk, FrameError, type FrameLabel, readLabel } from './frame-label.ts'

export { FrameError } from './frame-label.ts'

/** One message of an `application/vnd.amazon.eventstream` body. */
export interface Frame {
  readonly messageType: FrameLabel['messageType']
  readonly name: string
  /** Where its payload lies; valid as long as nobody writes to the bytes that were pushed. */
  readonly chunk: Chunk
  readonly start: number
  readonly end: number
  /** `:error-message` of an `error` message. */
  readonly errorMessage?: string
}

/** The payload of a frame: a view, not a copy. */
export function payloadOf({ chunk, start, end }: Frame): Buffer {
  return chunk.bytes.subarray(start, end)
}

/** Turns bytes, cut anywhere, into frames. Synchronous, and bounded: it holds at most one unfinished frame. */
export interface FrameReader {
  /**
   * Takes bytes that came together and gives every frame that ends within them to `take`, in order. Throws `FrameError` at the first
   * broken one, after those before it were given, so that what is given does not depend on the cut; the reader is of no use then.
   */
  push(pieces: readonly Uint8Array[], take: (frame: Frame) => void): void
  /** The bytes are over. Throws `FrameError` when they end inside a frame. */
  end(): void
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
  let lastLabel: FrameLabel | undefined

  /** Gives the begun frame the bytes it lacks, and no others, so that nothing else is copied. Returns where it stopped. */
  function complete(bytes: Buffer, start: number, end: number, take: (frame: Frame) => void): number {
    let at = start
    while (at < end) {
      const piece = bytes.subarray(at, Math.min(end, at + wanted - held))
      pieces.push(piece)
      held += piece.length
      at += piece.length
      if (held < wanted) return at
      const joined = Buffer.concat(pieces, held)
      const total = wanted === PRELUDE_BYTES ? frameLength(joined, 0, most) : wanted
      if (held === total) {
        forget()
        give(chunkOf(joined), 0, total, take)
        return at
      }
      pieces = [joined]
      wanted = total
    }
    return at
  }

  function walk(chunk: Chunk, start: number, end: number, take: (frame: Frame) => void): void {
    const { bytes } = chunk
    let at = held === 0 ? start : complete(bytes, start, end, take)
    while (at < end) {
      const left = end - at
      const total = left < PRELUDE_BYTES ? PRELUDE_BYTES : frameLength(bytes, at, most)
      if (left < total) {
        pieces = [bytes.subarray(at, end)]
        held = left
        wanted = total
        return
      }
      give(chunk, at, total, take)
      at += total
    }
  }

  function give(chunk: Chunk, at: number, total: number, take: (frame: Frame) => void): void {
    const { bytes } = chunk
    const end = at + total - CRC_BYTES
    // The checksum of the whole goes on from that of its first eight bytes, which the prelude holds and `frameLength` proved.
    const sum = crc32(bytes.subarray(at + 8, end), bytes.readUInt32BE(at + 8))
    if (sum !== bytes.readUInt32BE(end)) throw new FrameError('the checksum of a frame is wrong')
    const start = at + PRELUDE_BYTES + bytes.readUInt32BE(at + 4)
    lastLabel = readLabel(chunk, at + PRELUDE_BYTES, start, lastLabel)
    const { messageType, name, errorMessage } = lastLabel
    take(
      errorMessage === undefined
        ? { messageType, name, chunk, start, end }
        : { messageType, name, chunk, start, end, errorMessage }
    )
  }

  function forget(): void {
    pieces = []
    held = 0
    wanted = PRELUDE_BYTES
  }

  return {
    push(arrived, take) {
      let chunk: Chunk | undefined
      for (const piece of arrived) {
        if (chunk === undefined || !isWithin(piece, chunk.bytes)) chunk = chunkAround(piece)
        const start = piece.byteOffset - chunk.bytes.byteOffset
        walk(chunk, start, start + piece.length, take)
      }
    },
    end() {
      if (held > 0) throw new FrameError(`the stream ended inside a frame, after ${held} of its bytes`)
    }
  }
}

/** Pieces of one network read are views of its memory, one for each HTTP chunk, which Bedrock ends after every frame. */
const READ_BYTES = 65_536

function isWithin(piece: Uint8Array, bytes: Buffer): boolean {
  const start = piece.byteOffset - bytes.byteOffset
  return piece.buffer === bytes.buffer && start >= 0 && start + piece.length <= bytes.length
}

/** The whole read that a piece is a part of, so that all its pieces share one string; the piece alone where its memory is larger. */
function chunkAround({ buffer, byteOffset, length }: Uint8Array): Chunk {
  const isOneRead = buffer.byteLength <= READ_BYTES
  return chunkOf(isOneRead ? Buffer.from(buffer) : Buffer.from(buffer, byteOffset, length))
}

function chunkOf(bytes: Buffer): Chunk {
  return { bytes, text: bytes.toString('latin1') }
}

/** Reads and proves the prelude at `at`. A length is believed only once its checksum holds, so a lie cannot make us wait. */
function frameLength(bytes: Buffer, at: number, most: number): number {
  if (bytes.readUInt32BE(at + 8) !== preludeSum(bytes, at)) throw new FrameError('the checksum of a frame prelude is wrong')
  const total = bytes.readUInt32BE(at)
  if (total < LEAST_BYTES || total > most) throw new FrameError(`a frame claims ${total} bytes`)
  if (bytes.readUInt32BE(at + 4) > total - LEAST_BYTES) throw new FrameError('the headers of a frame are longer than the frame')
  return total
}

// Calling zlib for eight bytes costs many times what eight steps of the table do.
function preludeSum(bytes: Buffer, at: number): number {
  let sum = 0xffff_ffff
  for (let i = at; i < at + 8; i++) sum = (sum >>> 8) ^ CRC_TABLE[(sum ^ bytes[i]!) & 0xff]!
  return (sum ^ 0xffff_ffff) >>> 0
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1
  return sum
})
