import type { ErrorKind, GatewayError } from '../../errors.ts'
import { encodeError } from '../openai/encode-error.ts'
import type { FailureBody } from './envelope.ts'

const INVALID = 'invalid_prompt'
const SERVER = 'server_error'
const BUSY = 'server_is_overloaded'

/** The code by which clients tell in a stream whether to try again (Codex CLI 0.171: `codex-api`, 2026-11). */
const CODES = {
  invalid_request: INVALID,
  invalid_json: INVALID,
  invalid_value: INVALID,
  array_too_long: INVALID,
  empty_array: INVALID,
  invalid_type: INVALID,
  missing_parameter: INVALID,
  unsupported_parameter: INVALID,
  unsupported_value: INVALID,
  context_length_exceeded: 'context_length_exceeded',
  previous_response_not_found: INVALID,
  exclusive_parameters: INVALID,
  invalid_encrypted_content: INVALID,
  image_filtered: INVALID,
  invalid_image: INVALID,
  media_fetch_failed: INVALID,
  invalid_api_key: INVALID,
  model_not_allowed: INVALID,
  access_denied: INVALID,
  not_found: INVALID,
  model_not_found: INVALID,
  method_not_allowed: INVALID,
  upgrade_required: INVALID,
  request_timeout: INVALID,
  body_too_large: INVALID,
  unsupported_media_type: INVALID,
  expectation_failed: INVALID,
  headers_too_large: INVALID,
  client_closed: SERVER,
  rate_limited: 'rate_limit_exceeded',
  quota_exceeded: 'insufficient_quota',
  internal: SERVER,
  upstream_auth: SERVER,
  upstream_error: SERVER,
  upstream_stream_error: SERVER,
  unavailable: BUSY,
  draining: BUSY,
  not_ready: BUSY,
  upstream_timeout: SERVER
} as const satisfies Record<ErrorKind, string>

/** Why a response failed. A wait is told in the words that Codex reads it from. */
export function failureOf({ kind, message, retryAfterS }: GatewayError): FailureBody {
  const wait = kind === 'rate_limited' && retryAfterS !== undefined ? ` Please try again in ${retryAfterS}s.` : ''
  return { code: CODES[kind], message: message + wait }
}

/** The event before the failed response: flat as OpenAI has it, and nested as its older clients read it. */
export function errorEvent(error: GatewayError, param: string | null, sequence: number): object {
  const { code, message } = failureOf(error)
  const { type } = encodeError(error, param).error
  return { type: 'error', sequence_number: sequence, code, message, param, error: { type, code, message, param } }
}
