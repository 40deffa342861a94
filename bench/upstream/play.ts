import { findStamp, machineNow, stamp } from '../clock.ts'
import { type Answer, stampedDelta } from './answers.ts'
import { sealFrame } from './frames.ts'

/** Where an answer goes, whatever the protocol. */
export interface Sink {
  /** Sends bytes; `false`: wait for `onDrain`. */
  write(bytes: Buffer): boolean
  onDrain(go: () => void): void
  end(): void
  readonly closed: boolean
}

/** Plays a streamed answer that is more than one precomputed write. */
export function playStream(answer: Answer, sink: Sink): void {
  for (const frame of answer.opening) sink.write(frame)
  if (answer.paced !== undefined) return pace(answer, sink)
  if (answer.repeated !== undefined) return repeat(answer, sink, 0)
  finish(answer, sink)
}

function finish(answer: Answer, sink: Sink): void {
  if (answer.closing === undefined) return
  for (const frame of answer.closing) sink.write(frame)
  sink.end()
}

function repeat(answer: Answer, sink: Sink, from: number): void {
  const { frames, times } = answer.repeated!
  for (let round = from; round < times; round++) {
    if (sink.closed) return
    let room = true
    for (const frame of frames) room = sink.write(frame)
    if (!room) return sink.onDrain(() => repeat(answer, sink, round + 1))
  }
  finish(answer, sink)
}

interface Paced {
  readonly answer: Answer
  readonly sink: Sink
  readonly everyMs: number
  left: number
  due: number
}

const TICK_MS = 1
const frame = stampedDelta(3)
const stampAt = findStamp(frame, 0)
const running = new Set<Paced>()
let ticker: NodeJS.Timeout | undefined

function pace(answer: Answer, sink: Sink): void {
  const { events, everyMs } = answer.paced!
  running.add({ answer, sink, everyMs, left: events, due: machineNow() })
  ticker ??= setInterval(tick, TICK_MS)
}

/** One timer for all streams: a timer for each would cost more than what is measured. */
function tick(): void {
  const now = machineNow()
  for (const stream of running) {
    if (stream.due > now) continue
    stream.due += stream.everyMs
    if (stream.sink.closed) running.delete(stream)
    else if (stream.left-- > 0) stream.sink.write(stampedNow())
    else {
      running.delete(stream)
      finish(stream.answer, stream.sink)
    }
  }
  if (running.size > 0) return
  clearInterval(ticker)
  ticker = undefined
}

function stampedNow(): Buffer {
  const bytes = Buffer.from(frame)
  bytes.write(stamp(machineNow()), stampAt, 'latin1')
  sealFrame(bytes)
  return bytes
}
