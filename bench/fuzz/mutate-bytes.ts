import { crc32 } from 'node:zlib'
import type { Random } from '../../src/standin/random.ts'

/** A way to damage the frames of a stream; what it returns is sent instead. */
type Mutation = (frames: Buffer[], random: Random) => Buffer[]

const PRELUDE_BYTES = 12
const CRC_BYTES = 4

/** Damage to the bytes, whatever they mean. */
const DAMAGE: readonly Mutation[] = [
  (frames, random) => onByte(frames, random, (byte) => byte ^ (1 << random.between(0, 7))),
  (frames, random) => onByte(frames, random, () => random.between(0, 255)),
  (frames, random) => splice(frames, random, (at) => ({ from: at, to: at + random.between(1, 40) })),
  (frames, random) => splice(frames, random, (at) => ({ from: at, to: at, more: noise(random) })),
  (frames, random) => splice(frames, random, (at) => ({ from: at, to: Number.POSITIVE_INFINITY })),
  (frames, random) => splice(frames, random, (at) => ({ from: at, to: Math.max(0, at - random.between(1, 400)) })),
  (frames, random) => onFrame(frames, random, (frame) => lie(frame, random.between(0, 0xffff_ffff))),
  (frames, random) => onFrame(frames, random, (frame) => lie(frame, frame.length + random.between(-20, 20)))
]

/** Whole frames with right checksums, in a place where none belongs, or with a changed byte. */
const DISORDER: readonly Mutation[] = [
  (frames, random) => frames.toSpliced(placeIn(frames, random), 1),
  (frames, random) => frames.toSpliced(placeIn(frames, random), 0, anyOf(frames, random)),
  (frames, random) => frames.toSpliced(placeIn(frames, random), 1, anyOf(frames, random)),
  (frames, random) => frames.slice(0, placeIn(frames, random)),
  (frames) => frames.toReversed(),
  (frames, random) => onFrame(frames, random, (frame) => resealed(frame, random))
]

/** Damages a stream in one to three ways; one in ten is left alone. */
export function mutateBytes(frames: readonly Buffer[], random: Random): Buffer {
  let made: Buffer[] = frames.map((frame) => Buffer.from(frame))
  if (random.next() < 0.1) return Buffer.concat(made)
  for (let left = random.between(1, 3); left > 0 && made.length > 0; left--) {
    made = anyOf(random.next() < 0.6 ? DAMAGE : DISORDER, random)(made, random)
  }
  return Buffer.concat(made)
}

function placeIn(items: { readonly length: number }, random: Random): number {
  return random.between(0, Math.max(0, items.length - 1))
}

function anyOf<T>(items: readonly T[], random: Random): T {
  return items[placeIn(items, random)]!
}

function onByte(frames: readonly Buffer[], random: Random, change: (byte: number) => number): Buffer[] {
  const bytes = Buffer.concat(frames)
  const at = placeIn(bytes, random)
  if (bytes.length > 0) bytes.writeUInt8(change(bytes[at]!), at)
  return [bytes]
}

type Cut = { readonly from: number; readonly to: number; readonly more?: Buffer }

/** What is before `from`, then `more`, then what is from `to` on; bytes between them come twice when `to` is the smaller. */
function splice(frames: readonly Buffer[], random: Random, choose: (at: number) => Cut): Buffer[] {
  const bytes = Buffer.concat(frames)
  const { from, to, more } = choose(placeIn(bytes, random))
  return [Buffer.concat([bytes.subarray(0, from), ...(more === undefined ? [] : [more]), bytes.subarray(to)])]
}

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.between(1, 40) }, () => random.between(0, 255)))
}

function onFrame(frames: Buffer[], random: Random, change: (frame: Buffer) => Buffer): Buffer[] {
  const at = placeIn(frames, random)
  const frame = frames[at]
  return frame === undefined || frame.length <= PRELUDE_BYTES + CRC_BYTES ? frames : frames.with(at, change(Buffer.from(frame)))
}

/** A length that is not true, under a prelude checksum that is. */
function lie(frame: Buffer, length: number): Buffer {
  frame.writeUInt32BE(Math.max(0, length), 0)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  return frame
}

/** A changed byte in headers or payload, under a checksum that is right again: what a broken service could send. */
function resealed(frame: Buffer, random: Random): Buffer {
  const at = random.between(PRELUDE_BYTES, frame.length - CRC_BYTES - 1)
  frame.writeUInt8(random.next() < 0.5 ? frame[at]! ^ (1 << random.between(0, 6)) : random.between(32, 126), at)
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - CRC_BYTES)), frame.length - CRC_BYTES)
  return frame
}
