import { ERROR_STATUS, type ErrorKind } from '../../errors.ts'
import type { ErrorWords } from '../dialect.ts'

/** Exceptions of Bedrock's runtime (service model of 2026-11), and of the front end that all of AWS's services share. */
type Exception =
  | 'AccessDeniedException'
  | 'InternalServerException'
  | 'ModelStreamErrorException'
  | 'ModelTimeoutException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'ServiceUnavailableException'
  | 'ThrottlingException'
  | 'UnknownOperationException'
  | 'ValidationException'

/** The exception that every kind is thrown as, with its status where that is another than ours. */
const WORDS = {
  invalid_request: ['ValidationException'],
  invalid_json: ['SerializationException'],
  invalid_value: ['ValidationException'],
  array_too_long: ['ValidationException'],
  empty_array: ['ValidationException'],
  invalid_type: ['SerializationException'],
  missing_parameter: ['ValidationException'],
  unsupported_parameter: ['ValidationException'],
  unsupported_value: ['ValidationException'],
  context_length_exceeded: ['ValidationException'],
  previous_response_not_found: ['ValidationException'],
  exclusive_parameters: ['ValidationException'],
  invalid_encrypted_content: ['ValidationException'],
  invalid_image: ['ValidationException'],
  image_filtered: ['ValidationException'],
  media_fetch_failed: ['ValidationException'],
  // What a wrong key of Bedrock's is told as; the SDKs know no exception of their own for 401.
  invalid_api_key: ['AccessDeniedException'],
  model_not_allowed: ['AccessDeniedException'],
  access_denied: ['AccessDeniedException'],
  not_found: ['UnknownOperationException'],
  model_not_found: ['ResourceNotFoundException'],
  method_not_allowed: ['UnknownOperationException'],
  request_timeout: ['ModelTimeoutException'],
  body_too_large: ['ValidationException'],
  unsupported_media_type: ['SerializationException'],
  expectation_failed: ['ValidationException'],
  upgrade_required: ['UnknownOperationException'],
  headers_too_large: ['ValidationException'],
  client_closed: ['ValidationException'],
  rate_limited: ['ThrottlingException'],
  quota_exceeded: ['ThrottlingException'],
  internal: ['InternalServerException'],
  upstream_auth: ['InternalServerException'],
  upstream_error: ['InternalServerException'],
  upstream_stream_error: ['ModelStreamErrorException', 424],
  unavailable: ['ServiceUnavailableException'],
  draining: ['ServiceUnavailableException'],
  not_ready: ['ServiceUnavailableException'],
  upstream_timeout: ['ModelTimeoutException', 408]
} as const satisfies Record<ErrorKind, readonly [Exception, number?]>

/**
 * How Bedrock says errors, so that the AWS SDKs throw what they throw when they call it themselves: the name of the exception stands in
 * a header, its sentence in the body. What Bedrock itself has said is sent as it came.
 */
export const BEDROCK_ERRORS: ErrorWords = {
  status: (kind) => WORDS[kind][1] ?? ERROR_STATUS[kind],
  body: ({ message }) => ({ message }),
  headers: ({ kind }) => ({ 'x-amzn-errortype': WORDS[kind][0] }),
  asSaid: true,
  idHeader: 'x-amzn-requestid'
}
