import type { Json } from '../../core/json.ts'
import type { GatewayError } from '../../errors.ts'
import { createFrameReader, type Frame, FrameError } from '../transport/event-stream.ts'
import type { HttpBody } from '../transport/http-body.ts'
import { type FrameOrigin, frameError } from './frame-error.ts'
import { type PassedUsage, startDetails, streamUsage } from './passed-usage.ts'

/** Every frame begins with its length, which is at least that of its fixed parts; none is longer than the format allows. Bytes. */
const WORD = 4
const LEAST = 16
const MOST = 24 * 1024 * 1024

/**
 * An event stream that is handed on as it comes. Of its frames only the lengths are read, so that at the end the last one is known,
 * which tells what the answer has cost or why it broke. A class, because a gateway holds one for each open answer.
 */
export class PassedStream implements HttpBody {
  /** Frames that have begun. */
  frames = 0
  /** Hears once of how it ended, when that is asked for. */
  onOver: ((used: PassedUsage | undefined, error: GatewayError | undefined) => void) | undefined = undefined
  private readonly body: HttpBody
  private readonly origin: FrameOrigin
  private readonly inputHoldsCache: boolean
  /** What `open` has read, and nobody has taken. */
  private ready: readonly Buffer[] | undefined
  private over = false
  /** The bytes of the frame that began last, how many of them are still to come, and a length that is not whole yet. */
  private last: Buffer[] = []
  private left = 0
  private cut: Buffer | undefined
  /** Its bytes are no frames: nothing is looked at any more. */
  private lost = false
  /** What its beginning has told of how long writes are kept. */
  private details: Json | undefined

  /** `inputHoldsCache`: its input tokens count what was read from and written to the cache too. */
  constructor(body: HttpBody, origin: FrameOrigin, inputHoldsCache: boolean) {
    this.body = body
    this.origin = origin
    this.inputHoldsCache = inputHoldsCache
  }

  /** Resolves with the first frame once it is whole; with nothing where the stream ends or is broken before. Throws GatewayError. */
  async open(): Promise<Frame | undefined> {
    const pieces: Buffer[] = []
    while (!this.over && !this.lost && (this.frames === 0 || (this.frames === 1 && this.left > 0))) {
      const waiting = this.body.wait()
      if (waiting !== undefined) await waiting
      pieces.push(...(this.read() ?? []))
    }
    this.ready = pieces
    const first = firstFrame(pieces)
    this.details = startDetails(first)
    return first
  }

  wait(): Promise<void> | undefined {
    return this.ready !== undefined || this.over ? undefined : this.body.wait()
  }

  take(): readonly Buffer[] | undefined {
    const { ready } = this
    this.ready = undefined
    return ready !== undefined && ready.length > 0 ? ready : this.read()
  }

  leave(): void {
    this.body.leave()
  }

  /** Asked for when it is over: what it has cost, and why it is no answer where Bedrock said so. */
  outcome(): { readonly used: PassedUsage | undefined; readonly error: GatewayError | undefined } {
    const last = this.lost || this.left > 0 ? undefined : firstFrame(this.last)
    const isBroken = last !== undefined && last.messageType !== 'event'
    const used = streamUsage(last, { inputHoldsCache: this.inputHoldsCache, details: this.details })
    const outcome = { used, error: isBroken ? frameError(last, this.origin) : undefined }
    this.onOver?.(outcome.used, outcome.error)
    this.onOver = undefined
    return outcome
  }

  private read(): readonly Buffer[] | undefined {
    if (this.over) return undefined
    const pieces = this.body.take()
    if (pieces === undefined) this.over = true
    else if (!this.lost) for (const piece of pieces) this.walk(piece)
    return pieces
  }

  private walk(piece: Buffer): void {
    const bytes = this.cut === undefined ? piece : Buffer.concat([this.cut, piece])
    this.cut = undefined
    let at = Math.min(this.left, bytes.length)
    if (at > 0) this.last.push(bytes.subarray(0, at))
    this.left -= at
    let start = -1
    while (bytes.length - at >= WORD) {
      const length = bytes.readUInt32BE(at)
      if (length < LEAST || length > MOST) {
        this.lost = true
        return
      }
      this.frames++
      start = at
      at += length
    }
    if (start >= 0) {
      this.last = [bytes.subarray(start, at)]
      this.left = Math.max(0, at - bytes.length)
    }
    if (at < bytes.length) this.cut = bytes.subarray(at)
  }
}

/** The first frame of some bytes; undefined where they hold none. */
function firstFrame(pieces: readonly Buffer[]): Frame | undefined {
  let first: Frame | undefined
  try {
    createFrameReader().push([Buffer.concat(pieces)], (frame) => {
      first ??= frame
    })
  } catch (error) {
    if (!(error instanceof FrameError)) throw error
  }
  return first
}
