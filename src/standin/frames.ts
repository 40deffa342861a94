import { EventStreamCodec } from '@smithy/core/event-streams'

const codec = new EventStreamCodec(
  (input) => (typeof input === 'string' ? input : Buffer.from(input).toString('utf8')),
  (input) => new Uint8Array(Buffer.from(input, 'utf8'))
)

type Headers = readonly (readonly [string, string])[]

function encode(headers: Headers, body: string): Uint8Array {
  const typed = Object.fromEntries(headers.map(([name, value]) => [name, { type: 'string' as const, value }]))
  return codec.encode({ headers: typed, body: Buffer.from(body, 'utf8') })
}

/** One event as the service frames it, header order included, encoded by the AWS SDK's codec. */
export function eventFrame(type: string, payload: string): Uint8Array {
  return encode(
    [
      [':event-type', type],
      [':content-type', 'application/json'],
      [':message-type', 'event']
    ],
    payload
  )
}

/** A modelled exception inside a stream that began with 200. */
export function exceptionFrame(type: string, payload: string): Uint8Array {
  return encode(
    [
      [':exception-type', type],
      [':content-type', 'application/json'],
      [':message-type', 'exception']
    ],
    payload
  )
}

/** An error no model of the API describes: it has headers and no payload. */
export function errorFrame(code: string, message: string): Uint8Array {
  return encode(
    [
      [':message-type', 'error'],
      [':error-code', code],
      [':error-message', message]
    ],
    ''
  )
}
