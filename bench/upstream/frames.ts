import { crc32 } from 'node:zlib'

const PRELUDE_BYTES = 12
const STRING_TYPE = 7

/** One event as Bedrock frames it: three string headers, JSON, both checksums. Written from the format's description, not from the gateway's reader. */
export function encodeFrame(type: string, payload: string): Buffer {
  const headers = Buffer.concat(
    [
      [':event-type', type],
      [':content-type', 'application/json'],
      [':message-type', 'event']
    ].map(([name, value]) => encodeHeader(name!, value!))
  )
  const body = Buffer.from(payload, 'utf8')
  const bytes = Buffer.alloc(PRELUDE_BYTES + headers.length + body.length + 4)
  bytes.writeUInt32BE(bytes.length, 0)
  bytes.writeUInt32BE(headers.length, 4)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8)
  headers.copy(bytes, PRELUDE_BYTES)
  body.copy(bytes, PRELUDE_BYTES + headers.length)
  sealFrame(bytes)
  return bytes
}

/** Computes the checksum of a frame anew, after its payload was written over. */
export function sealFrame(frame: Buffer): void {
  const end = frame.length - 4
  frame.writeUInt32BE(crc32(frame.subarray(0, end)), end)
}

function encodeHeader(name: string, value: string): Buffer {
  const bytes = Buffer.alloc(1 + name.length + 3 + value.length)
  bytes.writeUInt8(name.length, 0)
  bytes.write(name, 1, 'latin1')
  bytes.writeUInt8(STRING_TYPE, 1 + name.length)
  bytes.writeUInt16BE(value.length, 2 + name.length)
  bytes.write(value, 4 + name.length, 'latin1')
  return bytes
}
