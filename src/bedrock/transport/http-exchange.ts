import type { Dispatcher } from 'undici'
import type { Cancel } from '../../core/cancel.ts'
import { GatewayError } from '../../errors.ts'
import type { HttpBody } from './http-body.ts'
import { leftError, networkError } from './network-error.ts'

/** One HTTP request, ready to be sent. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly origin: string
  /** With the query, percent-encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
}

/** How long a peer may be silent. Milliseconds. */
export interface Timeouts {
  /** From sending until the first byte of a body, waiting for a connection included. */
  readonly firstByteMs: number
  /** Between two bytes of a body, while somebody waits for them. */
  readonly idleMs: number
}

export interface HttpAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: HttpBody
}

/** What is held before the peer is paused, bytes. A network read is at most this long. */
const HOLD_BYTES = 65_536
const NOTHING: readonly Buffer[] = []

/**
 * Sends a request and resolves with the head of its answer. Aborting the signal ends it at once, whether it waits for a
 * connection, for the head or for the body, and closes the connection. Throws GatewayError only.
 */
export function exchange(dispatcher: Dispatcher, request: HttpRequest, timeouts: Timeouts, signal: Cancel): Promise<HttpAnswer> {
  if (signal.aborted) return Promise.reject(leftError(signal))
  return new Promise((resolve, reject) => {
    const one = new Exchange(timeouts, signal, { resolve, reject })
    try {
      dispatcher.dispatch({ ...request, headersTimeout: 0, bodyTimeout: 0 }, one)
    } catch (error) {
      one.onResponseError(undefined, error)
    }
  })
}

interface Asker {
  readonly resolve: (answer: HttpAnswer) => void
  readonly reject: (error: GatewayError) => void
}

/**
 * One exchange: undici's handler on one side, the body on the other. It speaks undici's dispatch interface, because a Node stream
 * per answer costs more than all the rest of a request; and it is a class, because a gateway holds one for each open answer.
 */
class Exchange implements HttpBody, Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined
  private failure: GatewayError | undefined
  private ended = false
  private begun = false
  private pieces: Buffer[] | undefined
  private held = 0
  private wake: (() => void) | undefined
  private silentSince = performance.now()
  private watch: NodeJS.Timeout
  private readonly timeouts: Timeouts
  private readonly signal: Cancel
  private readonly asker: Asker
  private readonly onAbort = () => this.fail(leftError(this.signal))

  constructor(timeouts: Timeouts, signal: Cancel, asker: Asker) {
    this.timeouts = timeouts
    this.signal = signal
    this.asker = asker
    this.watch = this.watchFor(Math.min(timeouts.firstByteMs, timeouts.idleMs))
    signal.addEventListener('abort', this.onAbort)
  }

  wait(): Promise<void> | undefined {
    if (this.ended || this.pieces !== undefined || this.failure !== undefined) return undefined
    if (this.begun) this.silentSince = performance.now()
    return new Promise<void>((done) => {
      this.wake = done
    })
  }

  take(): readonly Buffer[] | undefined {
    if (this.failure !== undefined) throw this.failure
    const taken = this.pieces
    if (taken === undefined) return this.ended ? undefined : NOTHING
    this.pieces = undefined
    this.held = 0
    if (this.controller?.paused) this.controller.resume()
    return taken
  }

  leave(): void {
    if (!this.ended) this.fail(new GatewayError('client_closed', 'nobody waits for this answer any more'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.failure !== undefined) controller.abort(this.failure)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpAnswer['headers']): void {
    // Informational answers such as 100 come before the real one.
    if (status >= 200) this.asker.resolve({ status, headers, body: this })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.begun = true
    if (this.pieces === undefined) this.pieces = [chunk]
    else this.pieces.push(chunk)
    this.held += chunk.length
    if (this.wake !== undefined) this.wakeUp()
    else if (this.held >= HOLD_BYTES) this.controller?.pause()
  }

  onResponseEnd(): void {
    this.ended = true
    this.release()
    this.wakeUp()
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.fail(networkError(error))
  }

  private wakeUp(): void {
    const waiting = this.wake
    this.wake = undefined
    waiting?.()
  }

  private release(): void {
    clearTimeout(this.watch)
    this.signal.removeEventListener('abort', this.onAbort)
  }

  private fail(error: GatewayError): void {
    if (this.failure !== undefined || this.ended) return
    this.failure = error
    this.pieces = undefined
    this.release()
    this.controller?.abort(error)
    this.asker.reject(error)
    this.wakeUp()
  }

  private watchFor(ms: number): NodeJS.Timeout {
    return setTimeout(onSilence, ms, this)
  }

  /** The time is over; a reader that is busy elsewhere is no fault of the peer's, and the clock starts anew when it waits again. */
  lookForSilence(): void {
    const { begun, timeouts } = this
    const allowed = begun ? timeouts.idleMs : timeouts.firstByteMs
    const left = begun && this.wake === undefined ? allowed : this.silentSince + allowed - performance.now()
    if (left > 0) this.watch = this.watchFor(left)
    else this.fail(new GatewayError('upstream_timeout', `Bedrock sent nothing for ${Math.round(allowed / 1000)} seconds`))
  }
}

function onSilence(one: Exchange): void {
  one.lookForSilence()
}
