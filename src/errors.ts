/** Every way a request can fail, with what the caller gets for it. Kinds, never statuses, are thrown. */
export const ERROR_KINDS = {
  // the caller's own doing
  invalid_request: { status: 400, type: 'invalid_request_error', code: null },
  invalid_json: { status: 400, type: 'invalid_request_error', code: null },
  invalid_value: { status: 400, type: 'invalid_request_error', code: 'invalid_value' },
  array_too_long: { status: 400, type: 'invalid_request_error', code: 'array_above_max_length' },
  invalid_type: { status: 400, type: 'invalid_request_error', code: 'invalid_type' },
  missing_parameter: { status: 400, type: 'invalid_request_error', code: 'missing_required_parameter' },
  unsupported_parameter: { status: 400, type: 'invalid_request_error', code: 'unsupported_parameter' },
  unsupported_value: { status: 400, type: 'invalid_request_error', code: 'unsupported_value' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  invalid_image: { status: 400, type: 'invalid_request_error', code: 'invalid_image_format' },
  media_fetch_failed: { status: 400, type: 'invalid_request_error', code: 'failed_to_download_image' },
  invalid_api_key: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  model_not_allowed: { status: 403, type: 'invalid_request_error', code: 'model_not_allowed' },
  access_denied: { status: 403, type: 'invalid_request_error', code: 'access_denied' },
  not_found: { status: 404, type: 'invalid_request_error', code: null },
  model_not_found: { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', code: 'method_not_supported' },
  request_timeout: { status: 408, type: 'invalid_request_error', code: 'request_timeout' },
  body_too_large: { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error', code: 'unsupported_media_type' },
  headers_too_large: { status: 431, type: 'invalid_request_error', code: 'headers_too_large' },
  client_closed: { status: 499, type: 'invalid_request_error', code: 'client_closed_request' },
  // limits
  rate_limited: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  quota_exceeded: { status: 429, type: 'rate_limit_error', code: 'insufficient_quota' },
  // Bedrock's or ours
  internal: { status: 500, type: 'server_error', code: null },
  upstream_auth: { status: 502, type: 'server_error', code: 'upstream_auth' },
  upstream_error: { status: 502, type: 'server_error', code: 'upstream_error' },
  upstream_stream_error: { status: 502, type: 'server_error', code: 'upstream_stream_error' },
  unavailable: { status: 503, type: 'server_error', code: 'server_is_overloaded' },
  draining: { status: 503, type: 'server_error', code: 'server_is_shutting_down' },
  not_ready: { status: 503, type: 'server_error', code: 'server_not_ready' },
  upstream_timeout: { status: 504, type: 'server_error', code: 'upstream_timeout' }
} as const satisfies Record<string, ErrorShape>

export type ErrorKind = keyof typeof ERROR_KINDS

export interface ErrorShape {
  readonly status: number
  readonly type: string
  readonly code: string | null
}

export interface ErrorOptions {
  /** The request field to change, e.g. `messages[0].content`. */
  readonly param?: string
  /** Seconds after which a retry may succeed. */
  readonly retryAfterS?: number
  /** Kept for the log; never shown to the caller. */
  readonly cause?: unknown
  /** Bedrock's request id, for the log and `x-amzn-requestid`. */
  readonly upstreamRequestId?: string
}

/** The last place that a failed request was sent to, and how many calls were made in all. */
export interface Tried {
  readonly model: string
  readonly region: string
  readonly attempts: number
}

/** The one error of the gateway. Its message goes to the caller: it says what to change and holds no secret and no prompt text. */
export class GatewayError extends Error {
  readonly kind: ErrorKind
  readonly param: string | null
  readonly retryAfterS: number | undefined
  readonly upstreamRequestId: string | undefined
  /** For the log; set by who gave up trying. */
  tried: Tried | undefined

  constructor(kind: ErrorKind, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatewayError'
    this.kind = kind
    this.param = options.param ?? null
    this.retryAfterS = options.retryAfterS
    this.upstreamRequestId = options.upstreamRequestId
    this.tried = undefined
  }

  /** HTTP status of this kind. */
  get status(): number {
    return ERROR_KINDS[this.kind].status
  }
}
