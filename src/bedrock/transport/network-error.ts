import type { Cancel } from '../../core/cancel.ts'
import { GatewayError } from '../../errors.ts'

/** Failures that say Bedrock cannot be reached at all, in words for the caller; the code goes to the log with the cause. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS'
])

/** Turns what a socket, DNS or TLS throws into the gateway's error. A GatewayError stays what it is. */
export function networkError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  const code = codeOf(error)
  const message = UNREACHABLE.has(code) ? 'Bedrock cannot be reached' : 'The connection to Bedrock broke'
  return new GatewayError('upstream_error', message, { cause: error })
}

/** Whether Bedrock was not reached at all, which no request can bring about. */
export function isUnreachable(error: GatewayError): boolean {
  return UNREACHABLE.has(codeOf(error.cause))
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // A host with several addresses fails with all their errors at once.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : ''
}

/** The error of a call that its caller no longer waits for: the signal's own reason where it is a GatewayError. */
export function leftError(signal: Cancel): GatewayError {
  const { reason } = signal
  return reason instanceof GatewayError
    ? reason
    : new GatewayError('client_closed', 'the client left before the answer was ready')
}
