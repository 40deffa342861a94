import type { Dispatcher } from 'undici'
import { GatewayError } from '../errors.ts'
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
export interface Patience {
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

/**
 * Sends a request and resolves with the head of its answer. Aborting the signal ends it at once, whether it waits for a
 * connection, for the head or for the body, and closes the connection. Throws GatewayError only.
 */
// It speaks undici's dispatch interface, because a Node stream per answer costs more than all the rest of a request.
export function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  patience: Patience,
  signal: AbortSignal
): Promise<HttpAnswer> {
  if (signal.aborted) return Promise.reject(leftError(signal))
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let failure: GatewayError | undefined
    let ended = false
    let begun = false
    let pieces: Buffer[] = []
    let held = 0
    let wake: (() => void) | undefined
    let silentSince = performance.now()
    let watch = setTimeout(onSilence, Math.min(patience.firstByteMs, patience.idleMs))

    const body: HttpBody = {
      wait() {
        if (failure !== undefined) return Promise.reject(failure)
        if (ended || pieces.length > 0) return Promise.resolve()
        if (begun) silentSince = performance.now()
        return new Promise<void>((done) => {
          wake = done
        }).then(check)
      },
      take() {
        if (pieces.length === 0) return ended ? undefined : pieces
        const taken = pieces
        pieces = []
        held = 0
        if (controller?.paused) controller.resume()
        return taken
      },
      leave() {
        if (!ended) fail(new GatewayError('client_closed', 'nobody waits for this answer any more'))
      }
    }

    function check(): void {
      if (failure !== undefined) throw failure
    }

    function wakeUp(): void {
      const waiting = wake
      wake = undefined
      waiting?.()
    }

    function release(): void {
      clearTimeout(watch)
      signal.removeEventListener('abort', onAbort)
    }

    function fail(error: GatewayError): void {
      if (failure !== undefined || ended) return
      failure = error
      pieces = []
      release()
      controller?.abort(error)
      reject(error)
      wakeUp()
    }

    function onAbort(): void {
      fail(leftError(signal))
    }

    function onSilence(): void {
      const allowed = begun ? patience.idleMs : patience.firstByteMs
      // A reader that is busy elsewhere is no fault of the peer's; the clock starts anew when it waits again.
      const left = begun && wake === undefined ? allowed : silentSince + allowed - performance.now()
      if (left > 0) {
        watch = setTimeout(onSilence, left)
        return
      }
      const seconds = Math.round(allowed / 1000)
      fail(new GatewayError('upstream_timeout', `Bedrock sent nothing for ${seconds} seconds`))
    }

    signal.addEventListener('abort', onAbort)
    try {
      dispatcher.dispatch(
        { ...request, headersTimeout: 0, bodyTimeout: 0 },
        {
          onRequestStart(started) {
            controller = started
            if (failure !== undefined) started.abort(failure)
          },
          onResponseStart(_controller, status, headers) {
            // Informational answers such as 100 come before the real one.
            if (status >= 200) resolve({ status, headers, body })
          },
          onResponseData(_controller, chunk) {
            begun = true
            pieces.push(chunk)
            held += chunk.length
            if (wake !== undefined) wakeUp()
            else if (held >= HOLD_BYTES) controller?.pause()
          },
          onResponseEnd() {
            ended = true
            release()
            wakeUp()
          },
          onResponseError(_controller, error) {
            fail(networkError(error))
          }
        }
      )
    } catch (error) {
      fail(networkError(error))
    }
  })
}
