import { GatewayError } from '../../errors.ts'

/**
 * The body as it arrives. `await wait()`, then `take()` all that has come by then: bytes of one network read arrive together.
 * While nobody waits the peer is held back, so that at most about one read is held in memory.
 */
export interface HttpBody {
  /** Resolves when there is something to take: bytes, the end, or a failure; undefined when there is already. */
  wait(): Promise<void> | undefined
  /** Bytes in order of arrival; `undefined` once the body is over. Throws GatewayError when the connection broke, fell silent or was left. */
  take(): readonly Buffer[] | undefined
  /** Nobody wants the rest: closes the connection unless the body has ended already. */
  leave(): void
}

/**
 * Reads a whole body as text: at once where all of it is there, as nearly always when its head is. Throws GatewayError when it breaks, or is
 * longer than `mostBytes`; then the connection is closed.
 */
export function readText(body: HttpBody, mostBytes: number): string | Promise<string> {
  const bytes = readBytes(body, mostBytes)
  return bytes instanceof Promise ? bytes.then(asText) : asText(bytes)
}

function asText(bytes: Buffer): string {
  return bytes.toString('utf8')
}

/** The same, as bytes. */
export function readBytes(body: HttpBody, mostBytes: number): Buffer | Promise<Buffer> {
  const read: Read = { body, mostBytes, pieces: [], size: 0, isCut: false }
  for (;;) {
    const waiting = body.wait()
    if (waiting !== undefined) return readRest(read, waiting)
    if (!takeSome(read)) return whole(read)
  }
}

/** What has been read so far. */
interface Read {
  readonly body: HttpBody
  readonly mostBytes: number
  readonly pieces: Buffer[]
  size: number
  /** The body is longer: nothing more is read of it. */
  isCut: boolean
}

/** Reads about so many bytes of a body; of a longer one no more, and the connection is closed. Throws GatewayError when it breaks. */
export async function readStart(body: HttpBody, mostBytes: number): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const read: Read = { body, mostBytes, pieces: [], size: 0, isCut: false }
  do await body.wait()
  while (takeSome(read))
  return { bytes: joined(read), isCut: read.isCut }
}

async function readRest(read: Read, begun: Promise<void>): Promise<Buffer> {
  for (let waiting: Promise<void> | undefined = begun; ; waiting = read.body.wait()) {
    if (waiting !== undefined) await waiting
    if (!takeSome(read)) return whole(read)
  }
}

/** Gives whether there may be more. */
function takeSome(read: Read): boolean {
  const taken = read.body.take()
  if (taken === undefined) return false
  for (const piece of taken) {
    read.pieces.push(piece)
    read.size += piece.length
  }
  if (read.size <= read.mostBytes) return true
  read.body.leave()
  read.isCut = true
  return false
}

function whole(read: Read): Buffer {
  if (read.isCut) throw new GatewayError('upstream_error', 'Bedrock answered with more than the gateway reads')
  return joined(read)
}

function joined({ pieces, size }: Read): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size)
}
