import type { CoreField } from '../../core/field.ts'
import { type ErrorKind, GatewayError, type UpstreamAnswer } from '../../errors.ts'
import { type ThrottleKind, throttleKind } from '../../quota/throttle-kind.ts'

/** A refusal of Bedrock, from an HTTP answer or from an exception frame. */
export interface AwsRefusal {
  /** HTTP status; of an exception frame the status its type stands for, or 0. */
  readonly status: number
  /** `ThrottlingException`, also as `throttlingException` or with a namespace; absent when nothing told. */
  readonly type?: string
  /** Bedrock's sentence; absent when the body was no JSON of Bedrock's (a proxy's page, an empty body). */
  readonly message?: string
  readonly requestId?: string
  readonly retryAfterS?: number
  /** The model as it was called. */
  readonly model: string
  /** The field that holds what the model reads; default `turns`. */
  readonly input?: CoreField
  /** The answer itself. */
  readonly said?: UpstreamAnswer
}

/** Bedrock's exceptions, in our words. A type that is not here is read by its status. */
const KIND_OF_TYPE: Readonly<Record<string, ErrorKind>> = {
  ValidationException: 'invalid_request',
  ConflictException: 'invalid_request',
  AccessDeniedException: 'access_denied',
  FTUFormNotFilled: 'access_denied',
  ResourceNotFoundException: 'model_not_found',
  ThrottlingException: 'rate_limited',
  TooManyRequestsException: 'rate_limited',
  ServiceQuotaExceededException: 'quota_exceeded',
  ModelNotReadyException: 'unavailable',
  ServiceUnavailableException: 'unavailable',
  OverloadedException: 'unavailable',
  ModelTimeoutException: 'upstream_timeout',
  ModelErrorException: 'upstream_error',
  ModelStreamErrorException: 'upstream_error',
  InternalServerException: 'upstream_error',
  InternalFailure: 'upstream_error',
  ExpiredToken: 'upstream_auth',
  ExpiredTokenException: 'upstream_auth',
  IncompleteSignatureException: 'upstream_auth',
  InvalidClientTokenId: 'upstream_auth',
  InvalidSignatureException: 'upstream_auth',
  MissingAuthenticationTokenException: 'upstream_auth',
  RequestExpired: 'upstream_auth',
  SignatureDoesNotMatch: 'upstream_auth',
  UnrecognizedClientException: 'upstream_auth'
}

/** By the table's own rows alone: `__proto__` is a type that a broken or hostile service may send. */
function kindOfType(type: string): ErrorKind | undefined {
  return Object.hasOwn(KIND_OF_TYPE, type) ? KIND_OF_TYPE[type] : undefined
}

const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid_request',
  401: 'upstream_auth',
  403: 'access_denied',
  404: 'model_not_found',
  408: 'upstream_timeout',
  413: 'body_too_large',
  429: 'rate_limited',
  503: 'unavailable',
  504: 'upstream_timeout',
  529: 'unavailable'
}

/** Sentences that say more than their type does. The first that fits wins; all are matched within their kind only. */
const KIND_OF_SENTENCE: readonly { readonly within: ErrorKind; readonly says: RegExp; readonly kind: ErrorKind }[] = [
  {
    within: 'invalid_request',
    says: /model identifier is invalid|end of its life|model .*could not be found/i,
    kind: 'model_not_found'
  },
  {
    within: 'invalid_request',
    says: /(?:input|prompt|request) is too long|too many (?:input|prompt) tokens|too many total text bytes|context (?:window|length|limit)|maximum (?:input|prompt) (?:length|tokens)|input tokens? .*exceed|exceeds? .*(?:input tokens?|number of input)/i,
    kind: 'context_length_exceeded'
  },
  // A bad Bedrock API key comes back as AccessDenied, though it is the gateway's own credential and no matter of the model.
  {
    within: 'access_denied',
    says: /authentication failed|api key is (?:not )?valid|security token|bearer token/i,
    kind: 'upstream_auth'
  }
]

/** What the caller reads where Bedrock's own words are not for them. */
const OWN_WORDS: Partial<Record<ErrorKind, string>> = {
  upstream_auth: "Bedrock did not accept the gateway's own AWS credentials; this is for the operator of the gateway to mend",
  upstream_error: 'Bedrock failed to answer; please try again',
  unavailable: 'The model is not available at the moment; please try again in a few seconds',
  upstream_timeout: 'The model took too long to answer; try a shorter request, or streaming'
}

/** Seconds that a refused caller is told to wait when Bedrock names no time. */
const DEFAULT_RETRY_AFTER_S: Partial<Record<ErrorKind, number>> = { rate_limited: 5, unavailable: 5, quota_exceeded: 60 }

/** Characters of what Bedrock says that are read at all. */
const LONGEST_SENTENCE = 1000

/** Turns a refusal into the gateway's error. 4xx keep Bedrock's sentence without ARNs and account ids, 5xx text is ours. */
export function awsError(told: AwsRefusal): GatewayError {
  const refusal = shortened(told)
  const throttle = throttleOf(refusal)
  const kind = kindOf(refusal, throttle)
  const { retryAfterS } = refusal
  return new GatewayError(kind, OWN_WORDS[kind] ?? sentence(kind, refusal), {
    ...fieldOf(kind, refusal),
    ...(throttle === undefined ? {} : { throttle }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    ...(refusal.requestId === undefined ? {} : { upstreamRequestId: refusal.requestId }),
    // What is wrong with the gateway's own credentials is not the caller's to read.
    ...(refusal.said === undefined || kind === 'upstream_auth' ? {} : { said: refusal.said }),
    cause: `${refusal.status} ${refusal.type ?? 'no error type'}: ${refusal.message === undefined ? 'no message' : redact(refusal.message)}`
  })
}

/**
 * The refusal with the beginning of its sentence only. Bedrock repeats refused values whole, and patterns over a hundred kilobytes
 * hold everybody up for seconds. Digits at the cut go too: they may be half of an account id.
 */
function shortened(told: AwsRefusal): AwsRefusal {
  if (told.message === undefined || told.message.length <= LONGEST_SENTENCE) return told
  return { ...told, message: told.message.slice(0, LONGEST_SENTENCE).replace(/\d{1,12}$/, '') }
}

function fieldOf(kind: ErrorKind, { input = 'turns' }: AwsRefusal): { readonly field?: CoreField } {
  if (kind === 'model_not_found' || kind === 'access_denied') return { field: 'model' }
  return kind === 'context_length_exceeded' ? { field: input } : {}
}

function throttleOf({ status, type, message }: AwsRefusal): ThrottleKind | undefined {
  return throttleKind({
    status,
    ...(type === undefined ? {} : { type: plainType(type) }),
    ...(message === undefined ? {} : { message })
  })
}

function kindOf(refusal: AwsRefusal, throttle: ThrottleKind | undefined): ErrorKind {
  const typed = refusal.type === undefined ? undefined : kindOfType(plainType(refusal.type))
  // Without a type and a sentence it was not Bedrock that spoke: a 403 or 404 page of a proxy says nothing about the model.
  const silent = typed === undefined && refusal.message === undefined && refusal.status < 408
  const kind = typed ?? (silent ? 'upstream_error' : (KIND_OF_STATUS[refusal.status] ?? 'upstream_error'))
  const said = refusal.message
  if (said === undefined) return kind
  if (kind === 'rate_limited' && throttle === 'day') return 'quota_exceeded' // nothing to wait for
  return KIND_OF_SENTENCE.find((row) => row.within === kind && row.says.test(said))?.kind ?? kind
}

/** `throttlingException` of a frame, `a.b#ThrottlingException` and `ThrottlingException:http://...` of a header: one name. */
function plainType(type: string): string {
  const bare = type.slice(type.lastIndexOf('#') + 1).split(':')[0]!
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

function sentence(kind: ErrorKind, { message, model }: AwsRefusal): string {
  const said = message === undefined ? '' : redact(message).trim()
  if (kind === 'model_not_found')
    return `The model ${redact(model)} does not exist or cannot be called here${said === '' ? '' : `: ${said}`}`
  return said === '' ? 'Bedrock refused the request without saying why' : said
}

/** Takes ARNs and account ids out of a sentence: they are the operator's, not the caller's. */
export function redact(text: string): string {
  return text
    .replace(/arn:aws[\w-]*:[^\s"'<>()[\]]+?(?=[.,;:]?(?:[\s"'<>()[\]]|$))/g, '[resource]')
    .replace(/\b\d{12}\b/g, '[account]')
}

/** The same error, with a time to wait where its kind wants one: Bedrock's or the ledger's, the longer of the two, else a usual one. */
export function withRetryAfter(error: GatewayError): GatewayError {
  const known = Math.max(error.retryAfterS ?? 0, error.room?.inS ?? 0)
  const retryAfterS = known > 0 ? known : DEFAULT_RETRY_AFTER_S[error.kind]
  if (error.retryAfterS !== undefined && known === error.retryAfterS) return error
  if (retryAfterS === undefined) return error
  return new GatewayError(error.kind, error.message, {
    retryAfterS,
    cause: error.cause,
    ...(error.throttle === undefined ? {} : { throttle: error.throttle }),
    ...(error.param === null ? {} : { param: error.param }),
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.upstreamRequestId === undefined ? {} : { upstreamRequestId: error.upstreamRequestId }),
    ...(error.said === undefined ? {} : { said: error.said })
  })
}

/** What may help after an error: the same call again, after refreshed credentials, only another region or model, or nothing. */
export type Remedy = 'again' | 'credentials' | 'elsewhere' | 'none'

const REMEDY: Partial<Record<ErrorKind, Remedy>> = {
  rate_limited: 'again',
  unavailable: 'again',
  upstream_error: 'again',
  upstream_stream_error: 'again',
  upstream_timeout: 'again',
  upstream_auth: 'credentials',
  quota_exceeded: 'elsewhere',
  access_denied: 'elsewhere',
  model_not_found: 'elsewhere'
}

/** Tells what to try before the caller has seen anything of an answer. */
export function remedyFor(error: GatewayError): Remedy {
  return REMEDY[error.kind] ?? 'none'
}
