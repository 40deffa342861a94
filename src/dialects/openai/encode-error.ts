import { type ByteString, jsonBytes } from '../../core/byte-string.ts'
import type { ErrorKind, GatewayError } from '../../errors.ts'
import { frame } from './frames.ts'

export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
  }
}

const INVALID = 'invalid_request_error'
const LIMIT = 'rate_limit_error'
const SERVER = 'server_error'

/** OpenAI's `type` and `code` of every kind. */
const WORDS = {
  invalid_request: { type: INVALID, code: null },
  invalid_json: { type: INVALID, code: null },
  invalid_value: { type: INVALID, code: 'invalid_value' },
  array_too_long: { type: INVALID, code: 'array_above_max_length' },
  empty_array: { type: INVALID, code: 'empty_array' },
  invalid_type: { type: INVALID, code: 'invalid_type' },
  missing_parameter: { type: INVALID, code: 'missing_required_parameter' },
  unsupported_parameter: { type: INVALID, code: 'unsupported_parameter' },
  unsupported_value: { type: INVALID, code: 'unsupported_value' },
  context_length_exceeded: { type: INVALID, code: 'context_length_exceeded' },
  previous_response_not_found: { type: INVALID, code: 'previous_response_not_found' },
  exclusive_parameters: { type: INVALID, code: 'mutually_exclusive_parameters' },
  invalid_encrypted_content: { type: INVALID, code: 'invalid_encrypted_content' },
  invalid_image: { type: INVALID, code: 'invalid_image_format' },
  image_filtered: { type: 'image_generation_user_error', code: 'moderation_blocked' },
  media_fetch_failed: { type: INVALID, code: 'failed_to_download_image' },
  invalid_api_key: { type: INVALID, code: 'invalid_api_key' },
  model_not_allowed: { type: INVALID, code: 'model_not_allowed' },
  access_denied: { type: INVALID, code: 'access_denied' },
  not_found: { type: INVALID, code: null },
  model_not_found: { type: INVALID, code: 'model_not_found' },
  method_not_allowed: { type: INVALID, code: 'method_not_supported' },
  request_timeout: { type: INVALID, code: 'request_timeout' },
  body_too_large: { type: INVALID, code: 'request_too_large' },
  unsupported_media_type: { type: INVALID, code: 'unsupported_media_type' },
  expectation_failed: { type: INVALID, code: 'expectation_failed' },
  upgrade_required: { type: INVALID, code: 'websocket_not_supported' },
  headers_too_large: { type: INVALID, code: 'headers_too_large' },
  client_closed: { type: INVALID, code: 'client_closed_request' },
  rate_limited: { type: LIMIT, code: 'rate_limit_exceeded' },
  quota_exceeded: { type: LIMIT, code: 'insufficient_quota' },
  internal: { type: SERVER, code: null },
  upstream_auth: { type: SERVER, code: 'upstream_auth' },
  upstream_error: { type: SERVER, code: 'upstream_error' },
  upstream_stream_error: { type: SERVER, code: 'upstream_stream_error' },
  unavailable: { type: SERVER, code: 'server_is_overloaded' },
  draining: { type: SERVER, code: 'server_is_shutting_down' },
  not_ready: { type: SERVER, code: 'server_not_ready' },
  upstream_timeout: { type: SERVER, code: 'upstream_timeout' }
} as const satisfies Record<ErrorKind, { readonly type: string; readonly code: string | null }>

/** An error as OpenAI's clients read it: all four fields, always. */
export function encodeError({ kind, message }: GatewayError, param: string | null): ErrorBody {
  const { type, code } = WORDS[kind]
  return { error: { message, type, param, code } }
}

/**
 * The error as the last frame of a broken stream; nothing may follow it, not even `[DONE]`.
 * `error` is an object: openai-python shows a string error only as "An error occurred during streaming".
 */
export function encodeErrorFrame(error: GatewayError, param: string | null): ByteString {
  return frame(jsonBytes(encodeError(error, param)))
}
