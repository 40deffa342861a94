import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import type { BodyHold } from './body-budget.ts'
import { bodyDecoders, decoded } from './body-encoding.ts'

/** What a body is read within. */
interface BodyLimits {
  /** Bytes, as they come and when they are unpacked. */
  readonly maxBytes: number
  readonly hold: BodyHold
}

/** Called once, with the bytes of a body or with why there are none. */
export type BodyDone = (error: Error | null, bytes?: Buffer) => void

/**
 * Reads the body of a request, unpacked. Its bytes count from the first one on. Tells 413 where it is too large, packed or unpacked,
 * 415 where its encoding is unknown, 400 where it is not what its headers say, and whatever the hold throws. Without a promise: the
 * bytes of nearly every body are there in one piece, and each step that waits for another costs more than reading them.
 */
function readBody(message: IncomingMessage, { maxBytes, hold }: BodyLimits, done: BodyDone): void {
  const declared = Number(message.headers['content-length'] ?? Number.NaN)
  if (declared > maxBytes) return done(tooLarge())
  const packed = message.headers['content-encoding']
  const decoders = packed === undefined ? NO_DECODERS : bodyDecoders(packed)
  const body = decoded(message, decoders)
  let pieces: Buffer[] = []
  let length = 0
  let isOver = false

  function finish(error: Error | null, bytes?: Buffer): void {
    if (isOver) return
    isOver = true
    if (error !== null) {
      body.off('data', take)
      for (const stream of decoders) stream.destroy()
    }
    pieces = [] // the listeners stay with the message, which lasts as long as its answer
    done(error, bytes)
  }
  function take(piece: Buffer): void {
    length += piece.length
    if (length > maxBytes) return finish(tooLarge())
    try {
      hold.add(piece.length)
    } catch (error) {
      return finish(error as Error)
    }
    pieces.push(piece)
  }
  function end(): void {
    if (decoders.length === 0 && !Number.isNaN(declared) && declared !== length) return finish(wrongLength())
    finish(null, pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length))
  }

  body.on('data', take)
  body.on('end', end)
  body.on('error', (cause: Error) => finish(broken(body, message, cause)))
  message.on('aborted', () => finish(new GatewayError('client_closed', 'The client closed the connection.')))
}

/**
 * Reads the body of a request within what its key may hold, which is the request's from then on. Tells what `readBody` tells, and what
 * the budget of bodies throws.
 */
export function receiveBody(request: FastifyRequest, message: IncomingMessage, done: BodyDone): void {
  const { bodyBudget, config } = request.server
  try {
    const hold = bodyBudget.admit(request.apiKey?.name ?? '', Number(message.headers['content-length'] ?? 0))
    request.bodyHold = hold
    readBody(message, { maxBytes: config.server.maxBodyBytes, hold }, done)
  } catch (error) {
    done(error as Error)
  }
}

const NO_DECODERS: ReturnType<typeof bodyDecoders> = []

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
