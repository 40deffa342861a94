import type { ExceptionName } from './refusal.ts'
import type { UsageFault } from './usage.ts'

/** A fault answered with an HTTP status instead of an answer. */
export interface HttpFault {
  readonly kind: 'http'
  readonly exception?: ExceptionName
  readonly status?: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
  /** A body that is not the service's JSON. */
  readonly raw?: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** An exception inside a stream that began with 200; without streaming it is an HTTP error of the same name. */
export interface FrameFault {
  readonly kind: 'frame'
  readonly at: 'first' | 'middle'
  readonly exception: ExceptionName
  /** The name on the frame; `error` frames have no modelled name, and a `chunk` holds Claude's own `error` event. */
  readonly frame: string
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Damage done to the bytes, the connection or the clock. */
export interface WireFault {
  readonly kind: 'wire'
  readonly damage:
    | 'eof-no-stop'
    | 'eof-mid-frame'
    | 'bad-prelude-crc'
    | 'bad-message-crc'
    | 'lying-length'
    | 'reset-before-headers'
    | 'reset-after-headers'
    | 'reset-mid-stream'
    | 'hang-before-headers'
    | 'hang-after-headers'
    | 'hang-mid-stream'
    | 'slow-first-event'
}

/** A well-formed answer of an unusual shape. */
export interface ShapeFault {
  readonly kind: 'shape'
  readonly shape: 'unknown-event' | 'unknown-fields' | 'event-64k' | 'event-16m' | 'stream-200m' | 'no-output'
}

/** An answer that tells less of its usage, or something else, than it is billed for. */
export interface ToldUsageFault {
  readonly kind: 'usage'
  readonly usage: UsageFault
}

/** Everything that the prompt cache has kept is gone when the call comes. */
export interface CacheFault {
  readonly kind: 'cache'
}

/** 429 once the tokens that calls reserve in a minute exceed a small bucket. */
export interface BucketFault {
  readonly kind: 'bucket'
  readonly capacity: number
}

export type Fault = HttpFault | FrameFault | WireFault | ShapeFault | ToldUsageFault | CacheFault | BucketFault

const TOO_MANY_TOKENS = 'Too many tokens, please wait before trying again.'
const INTERNAL = 'The system encountered an unexpected error during processing. Try your request again.'
const MODEL_FAILED = 'The system encountered an unexpected error during processing. Try your request again.'
const HTML =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n'
const NOT_ALLOWED =
  'User: arn:aws:sts::123456789012:assumed-role/standin/session is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/standin because no identity-based policy allows the bedrock:InvokeModel action'

/** The role may call the model, and not the tool that the model itself runs. */
const SEARCH_DENIED =
  'User: arn:aws:sts::123456789012:assumed-role/standin/session is not authorized to perform: bedrock:InvokeTool on resource: arn:aws:bedrock::123456789012:system-tool/amazon.nova_grounding because no identity-based policy allows the bedrock:InvokeTool action'

const http = (exception: ExceptionName, message: string, more: Partial<HttpFault> = {}): HttpFault => ({
  kind: 'http',
  exception,
  message,
  ...more
})
const frame = (at: FrameFault['at'], exception: ExceptionName, name: string, message: string): FrameFault => ({
  kind: 'frame',
  at,
  exception,
  frame: name,
  message
})
const wire = (damage: WireFault['damage']): WireFault => ({ kind: 'wire', damage })
const shape = (name: ShapeFault['shape']): ShapeFault => ({ kind: 'shape', shape: name })

/** Every fault by name; the same name always does the same thing. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  throttling: http('ThrottlingException', 'Too many requests, please wait before trying again.'),
  'throttling-tokens': http('ThrottlingException', TOO_MANY_TOKENS),
  'throttling-day': http('ThrottlingException', 'Too many tokens per day, please wait before trying again.'),
  'throttling-retry-after': http('ThrottlingException', 'Too many requests, please wait before trying again.', {
    headers: { 'retry-after': '1' }
  }),
  validation: http('ValidationException', 'The model returned the following errors: synthetic validation failure'),
  'input-too-long': http('ValidationException', 'Input is too long for requested model.'),
  'access-denied': http('AccessDeniedException', NOT_ALLOWED),
  'search-denied': http('AccessDeniedException', SEARCH_DENIED),
  'expired-token': http('ExpiredTokenException', 'The security token included in the request is expired'),
  'unrecognized-client': http('UnrecognizedClientException', 'The security token included in the request is invalid.'),
  'not-found': http(
    'ResourceNotFoundException',
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.'
  ),
  'model-timeout': http('ModelTimeoutException', 'Model has timed out in processing the request. Try your request again.'),
  quota: http('ServiceQuotaExceededException', 'Too many tokens per day, please wait before trying again.'),
  'model-error': http('ModelErrorException', MODEL_FAILED, { fields: { originalStatusCode: 500, resourceName: 'standin' } }),
  'model-not-ready': http('ModelNotReadyException', 'Model is not ready for inference. Wait and try your request again.'),
  internal: http('InternalServerException', INTERNAL),
  unavailable: http('ServiceUnavailableException', 'Bedrock is unable to process your request.'),
  'bad-gateway-html': { kind: 'http', status: 502, message: '', raw: HTML, headers: { 'content-type': 'text/html' } },
  'overloaded-529': {
    kind: 'http',
    status: 529,
    message: 'Overloaded',
    raw: '{"error":{"message":"Overloaded","type":"overloaded_error"},"type":"error"}',
    headers: { 'retry-after': '1' }
  },
  'first-frame-throttling': frame('first', 'ThrottlingException', 'throttlingException', TOO_MANY_TOKENS),
  'first-frame-validation': frame(
    'first',
    'ValidationException',
    'validationException',
    'Input is too long for requested model.'
  ),
  'first-frame-internal': frame('first', 'InternalServerException', 'internalServerException', INTERNAL),
  'mid-stream-throttling': frame('middle', 'ThrottlingException', 'throttlingException', TOO_MANY_TOKENS),
  'mid-stream-internal': frame('middle', 'InternalServerException', 'internalServerException', INTERNAL),
  'mid-stream-model-error': {
    ...frame('middle', 'ModelErrorException', 'modelStreamErrorException', MODEL_FAILED),
    fields: { originalMessage: 'synthetic model failure', originalStatusCode: 500 }
  },
  'mid-stream-unavailable': frame(
    'middle',
    'ServiceUnavailableException',
    'serviceUnavailableException',
    'Bedrock is unable to process your request.'
  ),
  // Only a stream in Claude's own words has events that can say it (reported for InvokeModelWithResponseStream).
  'in-band-overloaded': {
    ...frame('middle', 'ServiceUnavailableException', 'chunk', 'Overloaded'),
    fields: { type: 'overloaded_error' }
  },
  'mid-stream-error-message': frame('middle', 'InternalServerException', 'error', INTERNAL),
  'eof-no-stop': wire('eof-no-stop'),
  'eof-mid-frame': wire('eof-mid-frame'),
  'bad-prelude-crc': wire('bad-prelude-crc'),
  'bad-message-crc': wire('bad-message-crc'),
  'lying-length': wire('lying-length'),
  'reset-before-headers': wire('reset-before-headers'),
  'reset-after-headers': wire('reset-after-headers'),
  'reset-mid-stream': wire('reset-mid-stream'),
  'hang-before-headers': wire('hang-before-headers'),
  'hang-after-headers': wire('hang-after-headers'),
  'hang-mid-stream': wire('hang-mid-stream'),
  'slow-first-event': wire('slow-first-event'),
  'unknown-event': shape('unknown-event'),
  'unknown-fields': shape('unknown-fields'),
  'event-64k': shape('event-64k'),
  'event-16m': shape('event-16m'),
  'stream-200m': shape('stream-200m'),
  'no-output': shape('no-output'),
  'cache-drop': { kind: 'cache' },
  'double-count': { kind: 'usage', usage: 'double-count' },
  'no-details': { kind: 'usage', usage: 'no-details' },
  'no-usage': { kind: 'usage', usage: 'no-usage' },
  'token-bucket': { kind: 'bucket', capacity: 10_000 }
}

/** Finds a fault by name; a name that is not in the table is a mistake of whoever wrote the test. */
export function findFault(name: string): Fault {
  const fault = FAULTS[name]
  if (fault === undefined) throw new RangeError(`The stand-in has no fault named ${name}`)
  return fault
}
