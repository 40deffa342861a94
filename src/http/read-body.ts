import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { GatewayError } from '../errors.ts'
import type { BodyHold } from './body-budget.ts'
import { bodyDecoders, decoded } from './body-encoding.ts'

/** What a body is read within. */
export interface BodyLimits {
  /** Bytes, as they come and when they are unpacked. */
  readonly maxBytes: number
  readonly hold: BodyHold
}

/**
 * Reads the body of a request, unpacked. Its bytes count from the first one on. Throws 413 where it is too large, packed or unpacked,
 * 415 where its encoding is unknown, 400 where it is not what its headers say, and whatever the hold throws.
 */
export function readBody(message: IncomingMessage, { maxBytes, hold }: BodyLimits): Promise<Buffer> {
  const declared = Number(message.headers['content-length'] ?? Number.NaN)
  if (declared > maxBytes) return Promise.reject(tooLarge())
  const decoders = bodyDecoders(message.headers['content-encoding'])
  return new Promise((resolve, reject) => {
    const body = decoded(message, decoders)
    const pieces: Buffer[] = []
    let length = 0

    function fail(error: unknown): void {
      body.off('data', take)
      body.off('end', end)
      for (const stream of decoders) stream.destroy()
      reject(error)
    }
    function take(piece: Buffer): void {
      length += piece.length
      if (length > maxBytes) return fail(tooLarge())
      try {
        hold.add(piece.length)
      } catch (error) {
        return fail(error)
      }
      pieces.push(piece)
    }
    function end(): void {
      if (decoders.length === 0 && !Number.isNaN(declared) && declared !== length) return fail(wrongLength())
      resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length))
    }

    body.on('data', take)
    body.once('end', end)
    body.once('error', (cause: Error) => fail(broken(body, message, cause)))
    message.once('aborted', () => fail(new GatewayError('client_closed', 'The client closed the connection.')))
  })
}

function broken(body: Readable, message: Readable, cause: Error): GatewayError {
  if (body === message) return new GatewayError('client_closed', 'The client closed the connection.', { cause })
  return new GatewayError('invalid_request', 'The request body is not what its content-encoding says.', { cause })
}

function tooLarge(): GatewayError {
  return new GatewayError(
    'body_too_large',
    'The request body is larger than this gateway takes. Send less, or refer to media by URL.'
  )
}

function wrongLength(): GatewayError {
  return new GatewayError('invalid_request', 'The request body does not have the length its header says.')
}
