import { crc32 } from 'node:zlib'
import { type Chunk, chunkOf, FrameError, type FrameLabel, readLabel } from './frame-label.ts'

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

/** AWS's binary event stream, or server-sent events. */
export type Framing = 'event-stream' | 'sse'

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
  return new Reader(options.maxFrameBytes ?? MOST_BYTES)
}

const NO_PIECES: Buffer[] = []

/** A class, because a gateway holds one for each open answer. */
class Reader implements FrameReader {
  private readonly most: number
  /** What has come of a frame whose end has not, its bytes, and how many it must have to be looked at again. */
  private pieces = NO_PIECES
  private held = 0
  private wanted = PRELUDE_BYTES
  private lastLabel: FrameLabel | undefined

  constructor(most: number) {
    this.most = most
  }

  push(arrived: readonly Uint8Array[], take: (frame: Frame) => void): void {
    let chunk: Chunk | undefined
    for (const piece of arrived) {
      if (chunk === undefined || !isWithin(piece, chunk)) chunk = chunkAround(piece)
      const start = piece.byteOffset - chunk.offset
      this.walk(chunk, start, start + piece.length, take)
    }
  }

  end(): void {
    if (this.held > 0) throw new FrameError(`the stream ended inside a frame, after ${this.held} of its bytes`)
  }

  private walk(chunk: Chunk, start: number, end: number, take: (frame: Frame) => void): void {
    const { bytes } = chunk
    let at = this.held === 0 ? start : this.complete(bytes, start, end, take)
    while (at < end) {
      const left = end - at
      const total = left < PRELUDE_BYTES ? PRELUDE_BYTES : frameLength(bytes, at, this.most)
      if (left < total) {
        this.pieces = [bytes.subarray(at, end)]
        this.held = left
        this.wanted = total
        return
      }
      this.give(chunk, at, total, take)
      at += total
    }
  }

  /** Gives the begun frame the bytes it lacks, and no others, so that nothing else is copied. Returns where it stopped. */
  private complete(bytes: Buffer, start: number, end: number, take: (frame: Frame) => void): number {
    let at = start
    while (at < end) {
      const piece = bytes.subarray(at, Math.min(end, at + this.wanted - this.held))
      this.pieces.push(piece)
      this.held += piece.length
      at += piece.length
      if (this.held < this.wanted) return at
      const joined = Buffer.concat(this.pieces, this.held)
      const total = this.wanted === PRELUDE_BYTES ? frameLength(joined, 0, this.most) : this.wanted
      if (this.held === total) {
        this.pieces = NO_PIECES
        this.held = 0
        this.wanted = PRELUDE_BYTES
        this.give(chunkOf(joined), 0, total, take)
        return at
      }
      this.pieces = [joined]
      this.wanted = total
    }
    return at
  }

  private give(chunk: Chunk, at: number, total: number, take: (frame: Frame) => void): void {
    const { bytes, buffer, offset } = chunk
    const end = at + total - CRC_BYTES
    // The checksum of the whole goes on from that of its first eight bytes, which the prelude holds and `frameLength` proved.
    const sum = crc32(new Uint8Array(buffer, offset + at + 8, end - at - 8), wordAt(bytes, at + 8))
    if (sum !== wordAt(bytes, end)) throw new FrameError('the checksum of a frame is wrong')
    const start = at + PRELUDE_BYTES + wordAt(bytes, at + 4)
    this.lastLabel = readLabel(chunk, at + PRELUDE_BYTES, start, this.lastLabel)
    const { messageType, name, errorMessage } = this.lastLabel
    take(
      errorMessage === undefined
        ? { messageType, name, chunk, start, end }
        : { messageType, name, chunk, start, end, errorMessage }
    )
  }
}

/** Pieces of one network read are views of its memory, one for each HTTP chunk, which Bedrock ends after every frame. */
const READ_BYTES = 65_536

function isWithin(piece: Uint8Array, { bytes, buffer, offset }: Chunk): boolean {
  const start = piece.byteOffset - offset
  return piece.buffer === buffer && start >= 0 && start + piece.length <= bytes.length
}

/** The whole read that a piece is a part of, so that all its pieces share one string; the piece alone where its memory is larger. */
function chunkAround({ buffer, byteOffset, length }: Uint8Array): Chunk {
  const isOneRead = buffer.byteLength <= READ_BYTES
  return chunkOf(isOneRead ? Buffer.from(buffer) : Buffer.from(buffer, byteOffset, length))
}

/** Reads and proves the prelude at `at`. A length is believed only once its checksum holds, so a lie cannot make us wait. */
function frameLength(bytes: Buffer, at: number, most: number): number {
  if (wordAt(bytes, at + 8) !== preludeSum(bytes, at)) throw new FrameError('the checksum of a frame prelude is wrong')
  const total = wordAt(bytes, at)
  if (total < LEAST_BYTES || total > most) throw new FrameError(`a frame claims ${total} bytes`)
  if (wordAt(bytes, at + 4) > total - LEAST_BYTES) throw new FrameError('the headers of a frame are longer than the frame')
  return total
}

/** A big-endian word. Node's own reader looks at its arguments first, which takes longer than the reading; these are within the bytes. */
function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
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
