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

/** Reads a whole body as text. Throws GatewayError when it breaks, or is longer than `mostBytes`; then the connection is closed. */
export async function readText(body: HttpBody, mostBytes: number): Promise<string> {
  return (await readBytes(body, mostBytes)).toString('utf8')
}

/** The same, as bytes. */
export async function readBytes(body: HttpBody, mostBytes: number): Promise<Buffer> {
  const all: Buffer[] = []
  let size = 0
  for (;;) {
    const waiting = body.wait()
    if (waiting !== undefined) await waiting
    const pieces = body.take()
    if (pieces === undefined) break
    for (const piece of pieces) {
      all.push(piece)
      size += piece.length
    }
    if (size > mostBytes) {
      body.leave()
      throw new GatewayError('upstream_error', 'Bedrock answered with more than the gateway reads')
    }
  }
  return all.length === 1 ? all[0]! : Buffer.concat(all, size)
}
