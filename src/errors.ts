import type { CoreField } from './core/field.ts'
import type { ThrottleKind } from './quota/throttle-kind.ts'

/** Every way a request can fail, with its HTTP status. Kinds, never statuses, are thrown; how a kind is said is the dialects' matter. */
export const ERROR_STATUS = {
  // the caller's own doing
  invalid_request: 400,
  invalid_json: 400,
  invalid_value: 400,
  array_too_long: 400,
  empty_array: 400,
  invalid_type: 400,
  missing_parameter: 400,
  unsupported_parameter: 400,
  unsupported_value: 400,
  context_length_exceeded: 400,
  previous_response_not_found: 400,
  exclusive_parameters: 400,
  invalid_encrypted_content: 400,
  invalid_image: 400,
  image_filtered: 400,
  media_fetch_failed: 400,
  invalid_api_key: 401,
  model_not_allowed: 403,
  access_denied: 403,
  not_found: 404,
  model_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_large: 413,
  unsupported_media_type: 415,
  expectation_failed: 417,
  upgrade_required: 426,
  headers_too_large: 431,
  client_closed: 499,
  // limits
  rate_limited: 429,
  quota_exceeded: 429,
  // Bedrock's or ours
  internal: 500,
  upstream_auth: 502,
  upstream_error: 502,
  upstream_stream_error: 502,
  unavailable: 503,
  draining: 503,
  not_ready: 503,
  upstream_timeout: 504
} as const satisfies Record<string, number>

export type ErrorKind = keyof typeof ERROR_STATUS

/** An answer of Bedrock's as it came, but for names and numbers of the operator's account. */
export interface UpstreamAnswer {
  readonly status: number
  /** Those that are the caller's business; lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface ErrorOptions {
  /** What to change, as the caller wrote it, e.g. `messages[0].content`. */
  readonly param?: string
  /** The same by its core name, where only the dialect knows how the caller wrote it. */
  readonly field?: CoreField
  /** Seconds after which a retry may succeed. */
  readonly retryAfterS?: number
  /** What Bedrock is short of, where that is why it refused. */
  readonly throttle?: ThrottleKind
  /** What the caller's own limits are, as headers of the error. */
  readonly headers?: Readonly<Record<string, string>>
  /** Kept for the log; never shown to the caller. */
  readonly cause?: unknown
  /** Bedrock's request id, for the log and `x-amzn-requestid`. */
  readonly upstreamRequestId?: string
  /** What Bedrock said, for dialects whose callers read its own words; absent where it is nothing for them. */
  readonly said?: UpstreamAnswer
}

/** When the ledger of the pool that refused a call expects room for the same again. */
export interface Room {
  /** Seconds, at least 1. */
  readonly inS: number
  /** In the time that the request may wait for it. */
  readonly isSoon: boolean
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
  readonly field: CoreField | undefined
  readonly retryAfterS: number | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly upstreamRequestId: string | undefined
  readonly said: UpstreamAnswer | undefined
  readonly throttle: ThrottleKind | undefined
  /** Set by who keeps the ledger, where it has learnt from this refusal. */
  room: Room | undefined
  /** For the log; set by who gave up trying. */
  tried: Tried | undefined

  constructor(kind: ErrorKind, message: string, options: ErrorOptions = {}) {
    super(shortened(message, LONGEST_MESSAGE), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatewayError'
    this.kind = kind
    this.param = options.param === undefined ? null : shortened(options.param, LONGEST_PARAM)
    this.field = options.field
    this.retryAfterS = options.retryAfterS
    this.headers = options.headers
    this.upstreamRequestId = options.upstreamRequestId
    this.said = options.said
    this.throttle = options.throttle
    this.room = undefined
    this.tried = undefined
  }

  /** HTTP status of this kind. */
  get status(): number {
    return ERROR_STATUS[this.kind]
  }
}

/** An error is no place to send a caller's own megabyte back. Characters. */
const LONGEST_MESSAGE = 1200
const LONGEST_PARAM = 200
const LONGEST_QUOTE = 200

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`
}

/** A name that a caller gave, as an error repeats it. */
export function quoted(name: string): string {
  return `"${shortened(name, LONGEST_QUOTE)}"`
}
