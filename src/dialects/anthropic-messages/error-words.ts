import { ERROR_STATUS, type ErrorKind, type GatewayError } from '../../errors.ts'
import type { ErrorWords } from '../dialect.ts'

export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'api_error'
  | 'overloaded_error'

export interface ErrorBody {
  readonly type: 'error'
  readonly error: { readonly type: ErrorType; readonly message: string; readonly details?: object }
  readonly request_id: string
}

/** Anthropic's word for every kind, with its status where that is another than HTTP's usual one. */
const WORDS = {
  invalid_request: ['invalid_request_error'],
  invalid_json: ['invalid_request_error'],
  invalid_value: ['invalid_request_error'],
  empty_array: ['invalid_request_error'],
  array_too_long: ['invalid_request_error'],
  invalid_type: ['invalid_request_error'],
  missing_parameter: ['invalid_request_error'],
  unsupported_parameter: ['invalid_request_error'],
  unsupported_value: ['invalid_request_error'],
  context_length_exceeded: ['invalid_request_error'],
  previous_response_not_found: ['invalid_request_error'],
  exclusive_parameters: ['invalid_request_error'],
  invalid_encrypted_content: ['invalid_request_error'],
  invalid_image: ['invalid_request_error'],
  image_filtered: ['invalid_request_error'],
  media_fetch_failed: ['invalid_request_error'],
  invalid_api_key: ['authentication_error'],
  model_not_allowed: ['permission_error'],
  access_denied: ['permission_error'],
  not_found: ['not_found_error'],
  model_not_found: ['not_found_error'],
  method_not_allowed: ['invalid_request_error'],
  request_timeout: ['timeout_error'],
  expectation_failed: ['invalid_request_error'],
  body_too_large: ['request_too_large'],
  unsupported_media_type: ['invalid_request_error'],
  upgrade_required: ['invalid_request_error'],
  headers_too_large: ['request_too_large'],
  client_closed: ['api_error'],
  rate_limited: ['rate_limit_error'],
  quota_exceeded: ['rate_limit_error'],
  internal: ['api_error'],
  upstream_auth: ['api_error'],
  upstream_error: ['api_error'],
  upstream_stream_error: ['api_error'],
  // The word and the status by which its clients wait and ask again.
  unavailable: ['overloaded_error', 529],
  draining: ['overloaded_error', 529],
  not_ready: ['overloaded_error', 529],
  upstream_timeout: ['timeout_error']
} as const satisfies Record<ErrorKind, readonly [ErrorType, number?]>

/** How Anthropic says errors (platform.claude.com/docs/en/api/errors, 2026-11). */
export const ANTHROPIC_ERRORS: ErrorWords = {
  status: (kind) => WORDS[kind][1] ?? ERROR_STATUS[kind],
  body: encodeError,
  idHeader: 'request-id',
  limitHeaders: encodeLimits
}

/** An error as Anthropic's clients read it. The field to change stands before the sentence, but for Bedrock's own, which clients match whole. */
export function encodeError(
  { kind, message, upstreamRequestId }: GatewayError,
  param: string | null,
  requestId: string
): ErrorBody {
  const isBedrocks = upstreamRequestId !== undefined || kind === 'context_length_exceeded'
  const said = param === null || isBedrocks || names(message, param) ? message : `${param}: ${message}`
  const details = param === 'thread' ? { details: NO_THREADS } : {}
  return { type: 'error', error: { type: WORDS[kind][0], message: said, ...details }, request_id: requestId }
}

/** Whether a sentence holds the field's name, and not only a word that begins with it. */
function names(sentence: string, field: string): boolean {
  const at = sentence.indexOf(field)
  return at >= 0 && !/\w/.test(sentence.charAt(at + field.length)) && !/[\w.]/.test(sentence.charAt(at - 1))
}

/** By this the SDK's tool runner knows to go on without a stored thread, with the whole history (ThreadState of @anthropic-ai/sdk 1.14.0). */
const NO_THREADS = { error_code: 'thread_unsupported_request', unsupported: ['thread'] }

const LIMIT = /^x-ratelimit-(limit|remaining|reset)-(requests|tokens)$/

/** The limits of a key under Anthropic's names: `anthropic-ratelimit-requests-remaining`; the reset as a time of RFC 3339. */
function encodeLimits(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const [, what = '', kind = ''] = LIMIT.exec(name) ?? []
    if (what === '') continue
    named[`anthropic-ratelimit-${kind}-${what}`] = what === 'reset' ? timeIn(Number.parseFloat(value)) : value
  }
  return named
}

function timeIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
