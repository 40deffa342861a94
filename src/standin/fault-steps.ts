import { crc32 } from 'node:zlib'
import type { StreamEvent } from './converse-events.ts'
import type { FrameFault, ShapeFault, WireFault } from './faults.ts'
import { errorFrame, exceptionFrame } from './frames.ts'
import type { Step } from './framing.ts'
import { chunkFrame } from './native-events.ts'
import { wireJson } from './wire-json.ts'

/** Frames that pass before a fault in the middle of a stream strikes. */
const FRAMES_BEFORE = 4
// A reset destroys what the client has not read yet: give it the time to read what came before.
const BREATH_MS = 25

/** Failures that are no exception frames: an error without a modelled name, and Claude's own event inside a chunk. */
const FRAMES: Readonly<Record<string, (fault: FrameFault) => Uint8Array>> = {
  error: ({ message }) => errorFrame('internalServerError', message),
  chunk: ({ message, fields }) => chunkFrame({ type: 'error', payload: { error: { ...fields, message } } })
}

/** Puts an exception into a stream: alone in it, or after some answer. */
export function* withException(steps: Iterable<Step>, fault: FrameFault, said?: Uint8Array): Generator<Step> {
  const payload = wireJson({ message: fault.message, ...fault.fields })
  const bytes = said ?? FRAMES[fault.frame]?.(fault) ?? exceptionFrame(fault.frame, payload)
  if (fault.at === 'middle') yield* firstFrames(steps, FRAMES_BEFORE)
  yield { do: 'write', bytes }
}

/** The first frames of an answer, and never its end: `messageStop` and `metadata` stay away from a short one too. */
function* firstFrames(steps: Iterable<Step>, count: number): Generator<Step> {
  const all = [...steps]
  const frames = all.filter((step) => step.do === 'write').length
  let left = Math.min(count, frames - 2)
  for (const step of all) {
    if (step.do === 'write' && left-- <= 0) return
    yield step
  }
}

type Damage = (steps: Iterable<Step>) => Iterable<Step>

const DAMAGES: Readonly<Record<WireFault['damage'], Damage>> = {
  'eof-no-stop': (steps) => firstFrames(steps, FRAMES_BEFORE),
  'eof-mid-frame': (steps) => damageFrame(steps, (frame) => frame.subarray(0, Math.floor(frame.length / 2)), true),
  'bad-prelude-crc': (steps) => damageFrame(steps, (frame) => flip(frame, 8)),
  'bad-message-crc': (steps) => damageFrame(steps, (frame) => flip(frame, frame.length - 1)),
  'lying-length': (steps) => damageFrame(steps, tooLong),
  'reset-before-headers': () => [{ do: 'reset' }],
  'reset-after-headers': () => [{ do: 'wait', ms: BREATH_MS }, { do: 'reset' }],
  'reset-mid-stream': (steps) => thenEnd(steps, { do: 'reset' }),
  'hang-before-headers': () => [{ do: 'hang' }],
  'hang-after-headers': () => [{ do: 'hang' }],
  'hang-mid-stream': (steps) => thenEnd(steps, { do: 'hang' }),
  'slow-first-event': (steps) => steps
}

/** Damages the steps of a stream as the fault says. */
export function withDamage(steps: Iterable<Step>, fault: WireFault): Iterable<Step> {
  return DAMAGES[fault.damage](steps)
}

function* thenEnd(steps: Iterable<Step>, end: Step): Generator<Step> {
  yield* firstFrames(steps, FRAMES_BEFORE)
  yield { do: 'wait', ms: BREATH_MS }
  yield end
}

function* damageFrame(steps: Iterable<Step>, damage: (frame: Buffer) => Uint8Array, last = false): Generator<Step> {
  let index = 0
  for (const step of steps) {
    const hit = step.do === 'write' && index++ === FRAMES_BEFORE - 1
    yield hit ? { do: 'write', bytes: damage(Buffer.from(step.bytes)) } : step
    if (hit && last) return
  }
}

function flip(frame: Buffer, at: number): Buffer {
  frame.writeUInt8((frame[at] ?? 0) ^ 0xff, at)
  return frame
}

// The prelude's checksum is right, so that only a limit on the length can find the lie.
function tooLong(frame: Buffer): Buffer {
  frame.writeUInt32BE(0x7fff_ffff, 0)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  return frame
}

const STRANGE = { nested: { list: [1, 'two', null] }, note: 'no model of the API knows this' }

/** Adds an event type that no model knows, in the middle; or unknown members to every event. */
export function* withStrangers(events: Iterable<StreamEvent>, what: 'unknown-event' | 'unknown-fields'): Generator<StreamEvent> {
  let index = 0
  for (const event of events) {
    yield what === 'unknown-fields' ? { ...event, payload: { ...event.payload, zzUnknown: STRANGE } } : event
    if (what === 'unknown-event' && index++ === 1) yield { type: 'modelHeartbeat', payload: STRANGE }
  }
}

const MEGABYTES = 200
const PIECE = 'standin '.repeat(8192)

/** A stream of 200 MB, made while it is read. */
export function* endlessEvents(): Generator<StreamEvent> {
  yield { type: 'messageStart', payload: { p: 'abc', role: 'assistant' } }
  for (let sent = 0; sent < MEGABYTES * 1_000_000; sent += PIECE.length) {
    yield { type: 'contentBlockDelta', payload: { contentBlockIndex: 0, delta: { text: PIECE }, p: 'a' } }
  }
  yield { type: 'contentBlockStop', payload: { contentBlockIndex: 0, p: 'ab' } }
  yield { type: 'messageStop', payload: { p: 'ab', stopReason: 'end_turn' } }
  const usage = { inputTokens: 1, outputTokens: (MEGABYTES * 1_000_000) / 4, totalTokens: (MEGABYTES * 1_000_000) / 4 + 1 }
  yield { type: 'metadata', payload: { metrics: { latencyMs: 1 }, p: 'a', usage } }
}

const BIG = { 'event-64k': 65_536, 'event-16m': 16 * 1024 * 1024 - 1024 } as const

/** The text of one oversized delta, or undefined for the other shapes. */
export function bigText(shape: ShapeFault['shape']): string | undefined {
  return shape === 'event-64k' || shape === 'event-16m' ? 'x'.repeat(BIG[shape]) : undefined
}
