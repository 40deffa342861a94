import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorWords } from '../dialects/dialect.ts'
import { GatewayError } from '../errors.ts'
import { newRequestId } from './request-id.ts'

/** The head of a request comes within this, or its connection ends. Milliseconds. */
export const LONGEST_HEADERS_MS = 60_000

/** Answers what Node's HTTP parser refuses before there is a request: broken or endless heads, and requests that do not come in. */
export function clientErrors(errors: ErrorWords) {
  return (thrown: Error & { code?: string }, socket: Socket): void => {
    if (thrown.code === 'ECONNRESET' || socket.destroyed) return
    if (socket.writable) socket.write(speaksHttp2(thrown) ? HTTP_1_1_REQUIRED : answer(clientError(thrown), errors))
    socket.destroy()
  }
}

/** What Node's parser calls the first line of HTTP/2. */
const PREFACE_SEEN = 'HPE_PAUSED_H2_UPGRADE'

function speaksHttp2({ code }: { code?: string }): boolean {
  return code === PREFACE_SEEN
}

/**
 * For who speaks HTTP/2 without TLS, as the AWS SDK for JavaScript does to an `http://` address: settings, and the end of the connection
 * with the error of RFC 9113, 7, that names the reason. In words of HTTP/1.1 such a client reads no more than "Protocol error".
 */
const HTTP_1_1_REQUIRED = Buffer.concat([frame(0x4, Buffer.alloc(0)), frame(0x7, goAway())])

function goAway(): Buffer {
  const last = Buffer.alloc(8)
  last.writeUInt32BE(0xd, 4)
  return Buffer.concat([last, Buffer.from('This gateway speaks HTTP/1.1 where no TLS is before it.')])
}

/** A frame of the connection itself (RFC 9113, 4.1). */
function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  return Buffer.concat([head, payload])
}

function clientError(cause: Error & { code?: string }): GatewayError {
  switch (cause.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request_timeout', 'The request did not come in whole in time; please send it again.', { cause })
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('headers_too_large', 'The headers of the request are larger than this gateway takes.', { cause })
    default:
      return new GatewayError('invalid_request', 'This is not a valid HTTP/1.1 request.', { cause })
  }
}

function answer(error: GatewayError, errors: ErrorWords): string {
  const id = newRequestId()
  const body = JSON.stringify(errors.body(error, error.param, id))
  const status = errors.status(error.kind)
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'access-control-allow-origin: *',
    `x-request-id: ${id}`,
    'connection: close'
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
