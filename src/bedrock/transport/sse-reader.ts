import type { Frame, FrameReader } from './event-stream.ts'
import { type Chunk, chunkOf, FrameError } from './frame-label.ts'

/** What one event may be long. Bytes. */
const MOST_BYTES = 24 * 1024 * 1024
const NEWLINE = 0x0a
const RETURN = 0x0d

/** Makes a reader of one `text/event-stream` body, whose events become frames: the name is `event`, the payload `data`. */
export function createSseReader(): FrameReader {
  return new SseReader()
}

/** A class, because a gateway holds one for each open answer. */
class SseReader implements FrameReader {
  /** The beginning of an event whose end has not come. */
  private held: Buffer | undefined

  push(pieces: readonly Uint8Array[], take: (frame: Frame) => void): void {
    const bytes = Buffer.concat(this.held === undefined ? pieces : [this.held, ...pieces])
    let start = 0
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      // An empty line ends an event; lines end with LF or CRLF.
      const next = bytes[at + 1] === RETURN ? at + 2 : at + 1
      if (bytes[next] !== NEWLINE) continue
      give(bytes.subarray(start, at), take)
      start = next + 1
      at = next
    }
    this.held = start === bytes.length ? undefined : bytes.subarray(start)
    if (this.held !== undefined && this.held.length > MOST_BYTES) throw new FrameError('an event is longer than an event may be')
  }

  end(): void {
    if (this.held?.some((byte) => byte !== NEWLINE && byte !== RETURN)) throw new FrameError('the stream ended inside an event')
  }
}

/** The event of some lines; comments and fields that say nothing here make none. */
function give(lines: Buffer, take: (frame: Frame) => void): void {
  let name = 'message'
  const data: string[] = []
  for (const line of lines.toString('utf8').split(/\r?\n/)) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
  }
  if (data.length === 0) return
  const chunk: Chunk = chunkOf(Buffer.from(data.join('\n'), 'utf8'))
  take({ messageType: 'event', name, chunk, start: 0, end: chunk.bytes.length })
}
