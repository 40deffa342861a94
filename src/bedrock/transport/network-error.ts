import type { Cancel } from '../../core/cancel.ts'
import { GatewayError } from '../../errors.ts'

/** Failures that say Bedrock cannot be reached at all. */
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
  const message = UNREACHABLE.has(code) ? unreachable(code, hostOf(error)) : 'The connection to Bedrock broke'
  return new GatewayError('upstream_error', message, { cause: error })
}

/** AWS's own public names of Bedrock: they tell a caller the region, and nothing of the operator's network. */
const PUBLIC_HOST = /^bedrock[a-z-]*\.[a-z]+(-[a-z]+)+-\d+\.(amazonaws\.(com(\.cn)?|eu)|api\.aws)$/

/** For callers too, so that a wrong region and a network without a way to AWS look different; other hosts are told in the log only. */
function unreachable(code: string, host: string | undefined): string {
  const isPublic = host !== undefined && PUBLIC_HOST.test(host)
  return `Bedrock cannot be reached (${isPublic ? `${host}, ` : ''}${code}): is the region right, and is there a NAT route or a VPC endpoint to it?`
}

function hostOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('hostname' in error && typeof error.hostname === 'string') return error.hostname
  // undici tells the host of a connection that took too long in its sentence only
  return /attempted address(?:es)?: ([^:,]+)/.exec(error.message)?.[1]
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
