import { EventStreamCodec } from '@smithy/core/event-streams'
import fc from 'fast-check'
import t from 'tap'
import {
  createFrameReader,
  type Frame,
  FrameError,
  type FrameReader,
  payloadOf
} from '../../../src/bedrock/transport/event-stream.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8')
)

type CodecHeaders = Parameters<typeof codec.encode>[0]['headers']

function encode(headers: CodecHeaders, body: Uint8Array | string): Buffer {
  return Buffer.from(codec.encode({ headers, body: typeof body === 'string' ? Buffer.from(body) : body }))
}

function eventFrame(name: string, payload: string): Buffer {
  return encode(
    {
      ':event-type': { type: 'string', value: name },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: 'event' }
    },
    payload
  )
}

/** What both sides can be compared by. */
function plain(frames: readonly Frame[]): { messageType: string; name: string; payload: string }[] {
  return frames.map((frame) => ({
    messageType: frame.messageType,
    name: frame.name,
    payload: payloadOf(frame).toString('base64')
  }))
}

/** Pushes bytes and collects what comes. */
function push(reader: FrameReader, bytes: Uint8Array): Frame[] {
  const frames: Frame[] = []
  reader.push([bytes], (frame) => frames.push(frame))
  return frames
}

function readCut(bytes: Buffer, cuts: readonly number[]): Frame[] {
  const reader = createFrameReader()
  const frames: Frame[] = []
  let at = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    frames.push(...push(reader, bytes.subarray(at, cut)))
    at = cut
  }
  frames.push(...push(reader, bytes.subarray(at)))
  reader.end()
  return frames
}

/** Headers of every type the format knows, beside the three that name a frame. */
const extraHeader = fc.oneof(
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('byte' as const), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ type: fc.constant('short' as const), value: fc.integer({ min: -32768, max: 32767 }) }),
  fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
  fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'binary', maxLength: 20 }) }),
  fc.record({
    type: fc.constant('timestamp' as const),
    value: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  }),
  fc.record({ type: fc.constant('uuid' as const), value: fc.uuid() })
)

const message = fc
  .record({
    messageType: fc.constantFrom('event', 'exception', 'error'),
    name: fc.string({ minLength: 1, maxLength: 30 }),
    extra: fc.dictionary(fc.stringMatching(/^[a-z:-]{1,15}$/), extraHeader, { maxKeys: 4, noNullPrototype: true }),
    payload: fc.uint8Array({ maxLength: 300 })
  })
  .map(({ messageType, name, extra, payload }) => {
    const key = messageType === 'event' ? ':event-type' : messageType === 'exception' ? ':exception-type' : ':error-code'
    const headers = {
      ...extra,
      [key]: { type: 'string', value: name },
      ':message-type': { type: 'string', value: messageType }
    } as CodecHeaders
    return { messageType, name, payload: Buffer.from(payload).toString('base64'), bytes: encode(headers, payload) }
  })

t.test('any cut of the bytes gives the frames that the AWS SDK encoded', async (t) => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (messages, points) => {
      const bytes = Buffer.concat(messages.map((one) => one.bytes))
      const cuts = points.map((point) => point % (bytes.length + 1))
      t.strictSame(
        plain(readCut(bytes, cuts)),
        messages.map(({ messageType, name, payload }) => ({ messageType, name, payload }))
      )
    }),
    { numRuns: 300 }
  )
})

t.test('bytes given one at a time give the same frames', async (t) => {
  const bytes = Buffer.concat([
    eventFrame('messageStart', '{"role":"assistant"}'),
    eventFrame('contentBlockDelta', '{"p":"é😀"}')
  ])
  const cuts = Array.from({ length: bytes.length }, (_, i) => i)
  t.strictSame(plain(readCut(bytes, cuts)), plain(readCut(bytes, [])))
})

t.test('the known bytes of a delta are read', async (t) => {
  const hex =
    '0000009700000057f30be03e0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d74797065070010' +
    '6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e646578223a302c' +
    '2264656c7461223a7b2274657874223a2248656c6c6f227d7d67623831'
  const [frame] = push(createFrameReader(), Buffer.from(hex, 'hex'))
  t.equal(frame?.name, 'contentBlockDelta')
  t.equal(payloadOf(frame!).toString(), '{"contentBlockIndex":0,"delta":{"text":"Hello"}}')
})

t.test('a whole frame is a view into the bytes that came, not a copy', async (t) => {
  const bytes = Buffer.concat([eventFrame('a', '{}'), eventFrame('b', '{}').subarray(0, 20)])
  const [frame] = push(createFrameReader(), bytes)
  t.equal(payloadOf(frame!).buffer, bytes.buffer)
})

t.test('pieces that lie apart in one memory, as HTTP chunks do, are read like pieces of their own', async (t) => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.boolean(),
      (messages, cuts, isBig) => {
        const bytes = Buffer.concat(messages.map((one) => one.bytes))
        const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b)
        const parts = [0, ...places].map((at, index) => bytes.subarray(at, places[index] ?? bytes.length))
        const memory = new Uint8Array(isBig ? 100_000 : bytes.length + 5 * parts.length)
        let at = 0
        const apart = parts.map((part) => {
          memory.set(Buffer.from('\r\nff\r'), at)
          memory.set(part, at + 5)
          at += 5 + part.length
          return memory.subarray(at - part.length, at)
        })
        const frames: Frame[] = []
        createFrameReader().push(apart, (frame) => frames.push(frame))
        t.strictSame(plain(frames), plain(readCut(bytes, places)))
      }
    ),
    { numRuns: 200 }
  )
})

t.test('an error message carries its code and sentence', async (t) => {
  const bytes = encode(
    {
      ':message-type': { type: 'string', value: 'error' },
      ':error-code': { type: 'string', value: 'InternalError' },
      ':error-message': { type: 'string', value: 'it broke' }
    },
    ''
  )
  const [frame] = push(createFrameReader(), bytes)
  t.match(frame, { messageType: 'error', name: 'InternalError', errorMessage: 'it broke' })
})

const whole = eventFrame('messageStop', '{"stopReason":"end_turn"}')

function changed(at: number, value: number): Buffer {
  const copy = Buffer.from(whole)
  copy[at] = value
  return copy
}

const BROKEN: readonly (readonly [string, Buffer])[] = [
  ['a wrong prelude checksum', changed(9, whole[9]! ^ 1)],
  ['a length that lies', changed(3, whole[3]! ^ 8)],
  ['headers longer than the frame', changed(7, 0xff)],
  ['a wrong message checksum', changed(whole.length - 1, whole[whole.length - 1]! ^ 1)],
  ['a changed payload', changed(whole.length - 8, 0x20)],
  ['text instead of frames', Buffer.from('<html><body>Bad gateway</body></html>')],
  ['a frame without a message type', encode({ ':event-type': { type: 'string', value: 'x' } }, '{}')]
]
for (const [name, bytes] of BROKEN)
  t.test(`refuses ${name}`, async (t) => {
    t.throws(() => push(createFrameReader(), bytes), FrameError)
  })

t.test('refuses a frame over the limit before its bytes are there', async (t) => {
  const big = eventFrame('contentBlockDelta', 'x'.repeat(5000))
  t.throws(() => push(createFrameReader({ maxFrameBytes: 4096 }), big.subarray(0, 12)), /claims/)
})

t.test('frames before a broken one are given, in whatever cut they come', async (t) => {
  const frames: Frame[] = []
  const broken = changed(whole.length - 1, whole[whole.length - 1]! ^ 1)
  t.throws(() => createFrameReader().push([Buffer.concat([whole, broken])], (frame) => frames.push(frame)), FrameError)
  t.equal(frames.length, 1)
})

t.test('an end inside a frame is an error, an end between frames is none', async (t) => {
  const reader = createFrameReader()
  push(reader, whole)
  reader.end()
  push(reader, whole.subarray(0, 5))
  t.throws(() => reader.end(), FrameError)
})

t.test('a frame of 16 MiB in small pieces is read in time that grows with its size only', async (t) => {
  const payload = 'y'.repeat(16 * 1024 * 1024)
  const bytes = eventFrame('contentBlockDelta', payload)
  const reader = createFrameReader()
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; at += 16384) frames.push(...push(reader, bytes.subarray(at, at + 16384)))
  t.equal(frames.length, 1)
  t.equal(payloadOf(frames[0]!).length, payload.length)
})

/** Frames the codec finds one after another, until it throws. */
function codecFrames(bytes: Buffer): number {
  let at = 0
  let count = 0
  try {
    while (bytes.length - at >= 16) {
      const total = bytes.readUInt32BE(at)
      if (total < 16 || at + total > bytes.length) break
      codec.decode(bytes.subarray(at, at + total))
      count++
      at += total
    }
  } catch {}
  return count
}

t.test('hostile bytes end in a FrameError or in no more frames than the codec finds', async (t) => {
  const mutation = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) })
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.array(message, { minLength: 1, maxLength: 4 }), fc.array(mutation, { minLength: 1, maxLength: 5 }))
      .map(([messages, mutations]) => {
        const bytes = Buffer.concat(messages.map((one) => one.bytes))
        for (const { at, value } of mutations) bytes[at % bytes.length] = value
        return bytes
      })
  )
  fc.assert(
    fc.property(hostile, fc.nat(), (bytes, point) => {
      const reader = createFrameReader()
      let count = 0
      try {
        const cut = point % (bytes.length + 1)
        count += push(reader, bytes.subarray(0, cut)).length
        count += push(reader, bytes.subarray(cut)).length
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
      }
      if (count > codecFrames(bytes)) throw new Error(`read ${count} frames`)
    }),
    { numRuns: 1000 }
  )
  t.pass()
})

t.test('header bytes that are broken under a right checksum are refused, never read past their end', async (t) => {
  const { crc32 } = await import('node:zlib')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (headers) => {
      const frame = Buffer.alloc(16 + headers.length + 2)
      frame.writeUInt32BE(frame.length, 0)
      frame.writeUInt32BE(headers.length, 4)
      frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
      frame.set(headers, 12)
      frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4)
      try {
        push(createFrameReader(), frame)
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
      }
    }),
    { numRuns: 1000 }
  )
  t.pass()
})
