import { keepNewest } from '../../core/bounded.ts'
import { type ByteString, compact } from '../../core/byte-string.ts'

/** The bytes are no event stream, or were damaged on the way. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/** Bytes that came together, and once more as a byte string: comparing and cutting strings needs no call into native code. */
export interface Chunk {
  readonly bytes: Buffer
  readonly text: ByteString
  /** Where the bytes lie: kept, since a Buffer is asked for these by a call into native code. */
  readonly buffer: ArrayBufferLike
  readonly offset: number
}

/** The chunk of bytes that came together. */
export function chunkOf(bytes: Buffer): Chunk {
  return { bytes, text: bytes.toString('latin1'), buffer: bytes.buffer, offset: bytes.byteOffset }
}

/** What the headers of a frame say. */
export interface FrameLabel {
  readonly messageType: 'event' | 'exception' | 'error'
  /** `:event-type`, `:exception-type` or `:error-code`, whichever belongs to the message type. */
  readonly name: string
  readonly errorMessage?: string
  /** The very bytes of the headers. */
  readonly text: ByteString
}

/**
 * Reads the headers from `start` to `end`. Throws `FrameError` when they are broken or do not say what the frame is.
 * `last` is the label of the frame before: nearly all frames of an answer repeat its headers byte for byte, and are not read again.
 */
export function readLabel({ bytes, text }: Chunk, start: number, end: number, last: FrameLabel | undefined): FrameLabel {
  const headers = text.slice(start, end) // comparing two strings is one step; `startsWith` goes byte by byte
  if (last?.text === headers) return last
  const known = labels.get(headers)
  if (known !== undefined) return known
  const made = label(readHeaders(bytes, start, end), compact(headers))
  if (made.messageType === 'event') keepNewest(labels, made.text, made, MOST_LABELS)
  return made
}

/** Labels of events by their bytes: all answers use the same few. */
const labels = new Map<ByteString, FrameLabel>()
const MOST_LABELS = 64

function label(headers: Headers, text: ByteString): FrameLabel {
  const { ':message-type': messageType, ':event-type': event, ':exception-type': exception, ':error-code': code } = headers
  if (messageType === 'event' && event !== undefined) return { messageType, name: event, text }
  if (messageType === 'exception' && exception !== undefined) return { messageType, name: exception, text }
  if (messageType !== 'error') throw new FrameError('a frame does not say what it is')
  const errorMessage = headers[':error-message']
  return { messageType, name: code ?? 'UnknownError', text, ...(errorMessage === undefined ? {} : { errorMessage }) }
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
