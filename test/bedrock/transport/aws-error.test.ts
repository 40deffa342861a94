import t from 'tap'
import { type AwsRefusal, awsError, redact, remedyFor, withRetryAfter } from '../../../src/bedrock/transport/aws-error.ts'
import type { ErrorKind } from '../../../src/errors.ts'

const LINK = ':http://internal.amazon.com/coral/com.amazon.bedrock/'
const NOT_ALLOWED =
  'User: arn:aws:sts::123456789012:assumed-role/app/session is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/x because no identity-based policy allows the bedrock:InvokeModel action'

const ROWS: readonly (readonly [string, Omit<AwsRefusal, 'model'>, ErrorKind, number])[] = [
  [
    'an unknown id',
    { status: 400, type: `ValidationException${LINK}`, message: 'The provided model identifier is invalid.' },
    'model_not_found',
    404
  ],
  [
    'a model at its end',
    { status: 404, type: 'ResourceNotFoundException', message: 'This model version has reached the end of its life.' },
    'model_not_found',
    404
  ],
  [
    'an input that is too long',
    { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' },
    'context_length_exceeded',
    400
  ],
  [
    'a prompt that is too long',
    { status: 400, type: 'ValidationException', message: 'prompt is too long: 213456 tokens > 200000 maximum' },
    'context_length_exceeded',
    400
  ],
  [
    'input and output over the window',
    {
      status: 400,
      type: 'ValidationException',
      message:
        'The model returned the following errors: input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'
    },
    'context_length_exceeded',
    400
  ],
  [
    'too high an output limit',
    { status: 400, type: 'ValidationException', message: 'The maximum tokens you requested exceeds the model limit of 4096.' },
    'invalid_request',
    400
  ],
  [
    'on-demand throughput',
    { status: 400, type: 'ValidationException', message: "Invocation of model ID x with on-demand throughput isn't supported." },
    'invalid_request',
    400
  ],
  ['a denied model', { status: 403, type: 'AccessDeniedException', message: NOT_ALLOWED }, 'access_denied', 403],
  [
    'a bad Bedrock API key',
    { status: 403, type: 'AccessDeniedException', message: 'Authentication failed: Please make sure your API Key is valid.' },
    'upstream_auth',
    502
  ],
  [
    'an expired token',
    { status: 403, type: 'ExpiredTokenException', message: 'The security token included in the request is expired' },
    'upstream_auth',
    502
  ],
  [
    'an unknown key',
    { status: 403, type: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' },
    'upstream_auth',
    502
  ],
  [
    'a wrong signature',
    { status: 403, type: 'InvalidSignatureException', message: 'The request signature we calculated does not match' },
    'upstream_auth',
    502
  ],
  [
    'a throttle',
    { status: 429, type: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.' },
    'rate_limited',
    429
  ],
  [
    'the tokens of a day',
    { status: 429, type: 'ThrottlingException', message: 'Too many tokens per day, please wait before trying again.' },
    'quota_exceeded',
    429
  ],
  ['a quota', { status: 400, type: 'ServiceQuotaExceededException', message: 'quota' }, 'quota_exceeded', 429],
  ['a cold model', { status: 429, type: 'ModelNotReadyException', message: 'Model is not ready' }, 'unavailable', 503],
  ['no capacity', { status: 503, type: 'ServiceUnavailableException', message: 'zone use1-az4 is full' }, 'unavailable', 503],
  ['an overload', { status: 529 }, 'unavailable', 503],
  ['a model that timed out', { status: 408, type: 'ModelTimeoutException', message: 'too slow' }, 'upstream_timeout', 504],
  ['a gateway timeout', { status: 504 }, 'upstream_timeout', 504],
  ['a model that failed', { status: 424, type: 'ModelErrorException', message: 'broken' }, 'upstream_error', 502],
  ['an internal failure', { status: 500, type: 'InternalServerException', message: 'secret detail' }, 'upstream_error', 502],
  ["a proxy's page", { status: 502 }, 'upstream_error', 502],
  ["a proxy's 403 page", { status: 403 }, 'upstream_error', 502],
  ['an exception frame', { status: 500, type: 'throttlingException', message: 'Too many requests' }, 'rate_limited', 429],
  ['a frame nobody knows', { status: 500, type: 'somethingNewException', message: 'new' }, 'upstream_error', 502],
  [
    'a type with a namespace',
    { status: 400, type: 'com.amazon.bedrock#ThrottlingException', message: 'slow down' },
    'rate_limited',
    429
  ]
]
for (const [name, refusal, kind, status] of ROWS)
  t.test(`${name} is ${kind}`, async (t) => {
    const error = awsError({ ...refusal, model: 'the-model' })
    t.equal(error.kind, kind)
    t.equal(error.status, status)
    if (status >= 500 && refusal.message !== undefined) t.notMatch(error.message, refusal.message)
  })

t.test("4xx keep Bedrock's sentence", async (t) => {
  const message = 'The model returned the following errors: temperature: range: 0..1'
  t.equal(awsError({ status: 400, type: 'ValidationException', message, model: 'x' }).message, message)
})

t.test('neither ARNs nor account ids reach the caller', async (t) => {
  const { message } = awsError({ status: 403, type: 'AccessDeniedException', message: NOT_ALLOWED, model: 'x' })
  t.notMatch(message, /arn:aws|123456789012/)
  t.match(message, /is not authorized to perform: bedrock:InvokeModel/)
  t.equal(redact('account 123456789012 (arn:aws-us-gov:iam::123456789012:role/x).'), 'account [account] ([resource]).')
})

t.test('a message cannot grow without end', async (t) => {
  t.ok(awsError({ status: 400, type: 'ValidationException', message: 'x'.repeat(1e6), model: 'x' }).message.length <= 1000)
})

t.test('a throttle always says when to come back, in the words of Bedrock where it has some', async (t) => {
  const told = awsError({ status: 429, type: 'ThrottlingException', message: 'no', retryAfterS: 7, model: 'x' })
  t.equal(withRetryAfter(told).retryAfterS, 7)
  const untold = withRetryAfter(awsError({ status: 429, type: 'ThrottlingException', message: 'no', model: 'x', requestId: 'r' }))
  t.match(untold, { kind: 'rate_limited', retryAfterS: 5, upstreamRequestId: 'r', message: 'no' })
})

t.test('only what may pass is tried again', async (t) => {
  const remedy = (refusal: Omit<AwsRefusal, 'model'>) => remedyFor(awsError({ ...refusal, model: 'x' }))
  t.equal(remedy({ status: 429 }), 'again')
  t.equal(remedy({ status: 500 }), 'again')
  t.equal(remedy({ status: 400, type: 'ValidationException', message: 'no' }), 'none')
  t.equal(remedy({ status: 403, type: 'ExpiredTokenException', message: 'no' }), 'credentials')
  t.equal(remedy({ status: 403, type: 'AccessDeniedException', message: 'no' }), 'elsewhere')
})
