import { connect, constants } from 'node:http2'
import {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeGuardrailChecksCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import t, { type Test } from 'tap'
import { GUARDRAIL } from '../../src/standin/guardrail.ts'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { type Built, build, eventually, KEY, lastCall } from '../support/helper.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const CLAUDE = 'us.anthropic.claude-sonnet-4-6'
const BASE_CLAUDE = 'anthropic.claude-haiku-4-5-20251001-v1:0'
const TITAN = 'amazon.titan-embed-text-v2:0'
const ARN = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/f6e5d4c3b2a1'

const user = (text: string) => ({ role: 'user' as const, content: [{ text }] })
const messages = [user('Why is slate flat?')]
const nativeBody = JSON.stringify({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 200,
  messages: [{ role: 'user', content: 'Hi' }]
})

/** The AWS SDK, pointed at the stand-in itself and at the gateway, with the gateway's key. */
function clients(t: Test, { base, standin }: Built, path = '') {
  const common: BedrockRuntimeClientConfig = { region: 'us-east-1', maxAttempts: 1, requestHandler: new NodeHttpHandler({}) }
  const { accessKeyId, secretAccessKey } = CREDENTIALS
  const direct = new BedrockRuntimeClient({ ...common, endpoint: standin.url, credentials: { accessKeyId, secretAccessKey } })
  const through = new BedrockRuntimeClient({
    ...common,
    endpoint: base + path,
    token: async () => ({ token: KEY }),
    authSchemePreference: ['httpBearerAuth']
  })
  t.teardown(() => {
    direct.destroy()
    through.destroy()
  })
  return { direct, through }
}

/** One answer of the SDK without what names the connection that it came by. */
function plain(answer: object): unknown {
  const { $metadata: _metadata, ...rest } = answer as { $metadata?: unknown }
  return JSON.parse(
    JSON.stringify(rest, (_name, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value))
  )
}

async function eventsOf(stream: AsyncIterable<object> | undefined): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const event of stream ?? []) events.push(plain(event))
  return events
}

type Ask = (client: BedrockRuntimeClient) => Promise<unknown>

const SAME: readonly (readonly [what: string, ask: Ask])[] = [
  ['Converse', async (client) => plain(await client.send(new ConverseCommand({ modelId: NOVA, messages })))],
  ['Converse by ARN', async (client) => plain(await client.send(new ConverseCommand({ modelId: ARN, messages })))],
  [
    'Converse with a guardrail, a trace, and tools',
    async (client) =>
      plain(
        await client.send(
          new ConverseCommand({
            modelId: CLAUDE,
            messages: [user('GUARDRAIL-BLOCK')],
            guardrailConfig: { guardrailIdentifier: 'gr1standin99', guardrailVersion: '1', trace: 'enabled' }
          })
        )
      )
  ],
  [
    'ConverseStream',
    async (client) => eventsOf((await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages }))).stream)
  ],
  [
    'InvokeModel',
    async (client) =>
      plain(await client.send(new InvokeModelCommand({ modelId: CLAUDE, body: nativeBody, contentType: 'application/json' })))
  ],
  [
    'InvokeModel of an embedding model, without a type',
    async (client) => plain(await client.send(new InvokeModelCommand({ modelId: TITAN, body: '{"inputText":"rock"}' })))
  ],
  [
    'InvokeModelWithResponseStream',
    async (client) =>
      eventsOf((await client.send(new InvokeModelWithResponseStreamCommand({ modelId: CLAUDE, body: nativeBody }))).body)
  ],
  [
    'CountTokens',
    async (client) =>
      plain(await client.send(new CountTokensCommand({ modelId: BASE_CLAUDE, input: { converse: { messages } } })))
  ],
  [
    'ApplyGuardrail',
    async (client) =>
      plain(
        await client.send(
          new ApplyGuardrailCommand({
            guardrailIdentifier: GUARDRAIL.id,
            guardrailVersion: '1',
            source: 'INPUT',
            content: [{ text: { text: 'They are vermin' } }]
          })
        )
      )
  ],
  [
    'InvokeGuardrailChecks',
    async (client) =>
      plain(
        await client.send(
          new InvokeGuardrailChecksCommand({
            messages: [{ role: 'user', content: [{ text: 'you idiot' }] }],
            checks: { contentFilter: { categories: [{ category: 'INSULTS' }] } }
          })
        )
      )
  ]
]

t.test('the AWS SDK gets the same through the gateway as from Bedrock itself, under / and /bedrock', async (t) => {
  const built = await build(t)
  for (const path of ['', '/bedrock']) {
    const { direct, through } = clients(t, built, path)
    for (const [what, ask] of SAME) t.strictSame(await ask(through), await ask(direct), `${what} under ${path}/`)
  }
})

const REFUSED: readonly (readonly [what: string, name: string, ask: Ask])[] = [
  [
    'an unknown model',
    'ValidationException',
    (client) => client.send(new ConverseCommand({ modelId: 'nobody.nothing-v1', messages }))
  ],
  ['no message', 'ValidationException', (client) => client.send(new ConverseCommand({ modelId: NOVA, messages: [] }))],
  [
    'an end of life',
    'ResourceNotFoundException',
    (client) => client.send(new ConverseCommand({ modelId: 'amazon.nova-canvas-v1:0', messages }))
  ],
  [
    'a profile that cannot count',
    'ValidationException',
    (client) => client.send(new CountTokensCommand({ modelId: `us.${BASE_CLAUDE}`, input: { converse: { messages } } }))
  ],
  [
    'an unknown guardrail',
    'ResourceNotFoundException',
    (client) =>
      client.send(
        new ApplyGuardrailCommand({ guardrailIdentifier: 'nobody', guardrailVersion: '1', source: 'INPUT', content: [] })
      )
  ],
  [
    'a body of no model',
    'ValidationException',
    (client) => client.send(new InvokeModelCommand({ modelId: CLAUDE, body: '{"a":1}' }))
  ],
  ['no JSON', 'SerializationException', (client) => client.send(new InvokeModelCommand({ modelId: CLAUDE, body: '{' }))]
]

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  const thrown = error as Error & { $metadata: { httpStatusCode?: number } }
  const { name, message, $metadata } = thrown
  return { name, message, status: $metadata.httpStatusCode, type: thrown.constructor.name }
}

t.test('a refusal of Bedrock is thrown as the same exception, with the same words', async (t) => {
  const built = await build(t, { MAX_ATTEMPTS: '1' })
  const { direct, through } = clients(t, built)
  for (const [what, name, ask] of REFUSED) {
    const found = await refusal(ask(through))
    t.equal(found.name, name, what)
    t.strictSame(found, await refusal(ask(direct)), what)
  }
})

async function streamOutcome(client: BedrockRuntimeClient, modelId: string) {
  const events: unknown[] = []
  try {
    for await (const event of (await client.send(new ConverseStreamCommand({ modelId, messages }))).stream ?? [])
      events.push(event)
    return { events }
  } catch (error) {
    const { name, message } = error as Error
    return { events, name, message }
  }
}

/** Faults that a caller sees whoever it asked. */
const FAULTS = [
  'throttling-tokens',
  'input-too-long',
  'model-timeout',
  'model-error',
  'first-frame-throttling',
  'first-frame-validation',
  'mid-stream-throttling',
  'mid-stream-internal',
  'mid-stream-model-error',
  'mid-stream-error-message',
  'eof-no-stop',
  'eof-mid-frame',
  'bad-message-crc',
  'reset-mid-stream',
  'unknown-event',
  'event-64k'
] as const

t.test('faults before, at and behind the first event are thrown as they are directly', async (t) => {
  const built = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  const { direct, through } = clients(t, built)
  for (const fault of FAULTS) {
    const modelId = `standin.fault-${fault}`
    const found = await streamOutcome(through, modelId)
    t.strictSame(found, await streamOutcome(direct, modelId), fault)
    t.ok(found.name !== undefined || found.events.length > 0, fault)
  }
})

/** One raw exchange. */
async function raw(url: string, path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, { method: 'POST', headers, body })
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
}

const KEYED = { authorization: `Bearer ${KEY}` }
const OPERATIONS: readonly (readonly [path: string, body: string])[] = [
  [`/model/${encodeURIComponent(NOVA)}/converse`, JSON.stringify({ messages })],
  [`/model/${NOVA}/converse`, `{"messages" : ${JSON.stringify(messages)}, "inferenceConfig":{"temperature":1.0}}`],
  [`/model/${ARN}/converse-stream`, JSON.stringify({ messages })],
  [`/model/${encodeURIComponent(ARN)}/converse-stream`, JSON.stringify({ messages })],
  [`/model/${CLAUDE}/invoke`, nativeBody],
  [`/model/${CLAUDE}/invoke-with-response-stream`, nativeBody],
  [`/model/${BASE_CLAUDE}/count-tokens`, JSON.stringify({ input: { converse: { messages } } })],
  [`/model/${NOVA}/converse`, '{"messages":[]}'],
  [`/guardrail/${GUARDRAIL.id}/version/DRAFT/apply`, '{"source":"INPUT","content":[{"text":{"text":"\u00e9"}}]}']
]

t.test('no byte of a body changes, either way, and headers of Bedrock stay', async (t) => {
  const { base, standin } = await build(t, {}, { auth: 'off' })
  const bedrocks = { 'content-type': 'application/json', accept: '*/*', 'x-amzn-bedrock-trace': 'ENABLED' }
  for (const [path, body] of OPERATIONS) {
    const there = await raw(standin.url, path, body, bedrocks)
    const here = await raw(base, path, body, { ...bedrocks, ...KEYED, 'x-amz-date': '19990101T000000Z' })
    t.equal(here.status, there.status, path)
    t.ok(here.body.equals(there.body), `${path} ${here.body.toString('latin1').slice(0, 300)}`)
    const seen = standin.requests.at(-1)
    t.equal(seen?.bodyText, body, path)
    t.match(seen?.headers, { accept: '*/*', 'x-amzn-bedrock-trace': 'ENABLED', 'content-type': 'application/json' })
    for (const name of ['content-type', 'x-amzn-errortype', 'x-amzn-bedrock-input-token-count'])
      t.equal(here.headers.get(name), there.headers.get(name), `${path} ${name}`)
    t.equal(here.headers.get('x-amzn-requestid'), seen?.id)
  }
})

t.test('names and numbers of the operator’s account are taken out of a refusal', async (t) => {
  const { base, standin } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  standin.deny('InvokeModel', true)
  const { status, headers, body } = await raw(base, `/model/${NOVA}/converse`, JSON.stringify({ messages }), KEYED)
  t.equal(status, 403)
  t.match(headers.get('x-amzn-errortype'), /^AccessDeniedException/)
  t.match(body.toString(), /User: \[resource\] is not authorized/)
  t.notMatch(body.toString(), /123456789012/)
  standin.deny('InvokeModel', false)
  const own = await raw(base, '/model/standin.fault-unrecognized-client/converse', JSON.stringify({ messages }), KEYED)
  t.match(own.body.toString(), /own AWS credentials/, 'what is wrong with them is for the operator')
  t.match(own.headers.get('x-amzn-errortype'), /^InternalServerException/)
})

t.test('a request without a key of the gateway is refused in AWS’s shape, and told what to set', async (t) => {
  const built = await build(t)
  const { base, standin } = built
  const signed = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: base,
    credentials: { accessKeyId: 'AKIAANY', secretAccessKey: 'any' },
    requestHandler: new NodeHttpHandler({}),
    maxAttempts: 1
  })
  t.teardown(() => signed.destroy())
  for (const command of [
    new ConverseCommand({ modelId: NOVA, messages }),
    new ConverseStreamCommand({ modelId: NOVA, messages })
  ])
    t.match(await refusal(signed.send(command as ConverseCommand)), {
      name: 'AccessDeniedException',
      type: 'AccessDeniedException',
      status: 401,
      message: /AWS_BEARER_TOKEN_BEDROCK/
    })
  const wrong = await raw(base, `/model/${NOVA}/converse`, '{}', { authorization: 'Bearer sk-wrong' })
  t.equal(wrong.status, 401)
  t.match(JSON.parse(wrong.body.toString()), { message: /Incorrect API key/ })
  const unknown = await raw(base, `/model/${NOVA}/sing`, '{}', KEYED)
  t.equal(unknown.status, 404)
  t.equal(unknown.headers.get('x-amzn-errortype'), 'UnknownOperationException')
  t.equal(standin.requests.filter(({ modelId }) => modelId !== undefined).length, 0)
})

t.test('who speaks HTTP/2 without TLS is told so in its own words', async (t) => {
  const { base } = await build(t)
  // the SDK as it is without a handler, at an address without TLS
  const sdk = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: base,
    maxAttempts: 1,
    token: async () => ({ token: KEY })
  })
  t.teardown(() => sdk.destroy())
  await t.rejects(sdk.send(new ConverseCommand({ modelId: NOVA, messages })), { message: /error code 13/ })
  const session = connect(base)
  const told = await new Promise((resolve) => {
    session.on('error', () => undefined)
    session.on('goaway', (code, _last, words) => resolve([code, words?.toString()]))
  })
  t.strictSame(told, [constants.NGHTTP2_HTTP_1_1_REQUIRED, 'This gateway speaks HTTP/1.1 where no TLS is before it.'])
})

t.test('models, aliases and limits of a key hold here too', async (t) => {
  const keys = [
    { name: 'narrow', key: 'sk-narrow-0123456789', models: ['amazon.nova-*'] },
    { name: 'slow', key: 'sk-slow-0123456789', requests_per_minute: 1 },
    { name: 'small', key: 'sk-small-0123456789', tokens_per_minute: 60 }
  ]
  const file = `${t.testdir({ 'keys.json': JSON.stringify({ keys }) })}/keys.json`
  const { base, standin } = await build(t, { API_KEYS_FILE: file, MODEL_ALIASES: '{"quick":"amazon.nova-lite-v1:0"}' })
  const ask = (key: string, model: string, body: object = { messages }) =>
    raw(base, `/model/${model}/converse`, JSON.stringify(body), { authorization: `Bearer ${key}` })
  const refused = await ask('sk-narrow-0123456789', CLAUDE)
  t.equal(refused.status, 403)
  t.equal(refused.headers.get('x-amzn-errortype'), 'AccessDeniedException')
  const aliased = await ask('sk-narrow-0123456789', 'quick')
  t.equal(aliased.status, 200)
  t.equal(aliased.headers.get('x-adit-model'), NOVA)
  t.equal(lastCall(standin)?.modelId, NOVA)
  t.equal((await ask('sk-slow-0123456789', NOVA)).status, 200)
  const late = await ask('sk-slow-0123456789', NOVA)
  t.equal(late.status, 429)
  t.equal(late.headers.get('x-amzn-errortype'), 'ThrottlingException')
  t.ok(Number(late.headers.get('retry-after')) > 0)
  const small = { messages: [user('a '.repeat(200))] }
  t.equal((await ask('sk-small-0123456789', NOVA, small)).status, 200)
  t.equal((await ask('sk-small-0123456789', NOVA, small)).status, 429, 'the tokens of the answer were counted')
})

t.test('S22: objects of S3 outside the operator’s places are refused in Bedrock’s own words too', async (t) => {
  const { base, standin } = await build(t, { S3_MEDIA_BUCKETS: 'reports' })
  const send = async (content: string, operation = 'converse') => {
    standin.requests.length = 0
    const response = await fetch(`${base}/model/${NOVA}/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: `{"messages":[{"role":"user","content":[{"text":"s3://payroll/a"},${content}]}]}`
    })
    return { status: response.status, text: await response.text(), isSent: lastCall(standin) !== undefined }
  }
  const image = (location: string) => `{"image":{"format":"png","source":{${location}}}}`
  const outside = [
    '"s3Location":{"uri":"s3://payroll/a.png"}',
    '"s3Location":{"uri":"S3://payroll/a.png"}',
    '"s3Location":{"uri":" s3://payroll/a.png"}',
    '"s3Location":{"uri":"\\u00733://payroll/a.png"}',
    '"s3\\u004cocation":{"\\u0075ri":"s\\u0033:\\/\\/payroll/a.png"}',
    '"s3Location" : \n { "bucketOwner":"1", "uri" :\t"s3://reports/../payroll/a.png"}',
    '"s3Location":{"uri":"s3://payroll/a.png","uri":"s3://reports/a.png"}',
    '"s3Location":{"uri":"s3://payroll/a.png"},"s3Location":{"uri":"s3://reports/a.png"}',
    '"a\\\\":"\\"","s3Location":{"uri":"s3://payroll/a.png"}'
  ]
  for (const location of outside)
    for (const operation of ['converse', 'converse-stream', 'invoke', 'count-tokens'])
      t.match(await send(image(location), operation), { status: 400, text: /s3|S3/, isSent: false }, `${operation} ${location}`)
  const deep = `${'['.repeat(1001)}${']'.repeat(1001)}`
  t.match(await send(`{"a":${deep}},${image(outside[0]!)}`), { status: 400, text: /deeper/, isSent: false })
  for (const content of [
    image('"s3Location":{"uri":"s3://reports/a.png"}'),
    '{"toolUse":{"toolUseId":"a","name":"b","input":{"s3Location":{"uri":"s3://payroll/a.png"}}}}',
    '{"text":"\\"s3Location\\":{\\"uri\\":\\"s3://payroll/a.png\\"}"}'
  ])
    t.ok((await send(content)).isSent, content)
})

t.test('a call that fails before its first event is made again, and nobody sees it', async (t) => {
  const { base, standin } = await build(t, { BEDROCK_REGIONS: 'us-east-1,us-west-2' })
  for (const [operation, fault] of [
    ['converse', 'reset-before-headers'],
    ['converse', 'reset-mid-stream'],
    ['converse-stream', 'reset-after-headers'],
    ['converse-stream', 'first-frame-internal']
  ] as const) {
    standin.fail(NOVA, fault)
    const calls = () => standin.requests.filter(({ modelId }) => modelId === NOVA).length
    const before = calls()
    const { status, body } = await raw(base, `/model/${NOVA}/${operation}`, JSON.stringify({ messages }), KEYED)
    t.equal(status, 200, fault)
    t.match(body.toString('latin1'), /end_turn/, fault)
    t.equal(calls() - before, 2, fault)
  }
})

t.test('a caller who leaves ends the call at Bedrock', async (t) => {
  const built = await build(t, {}, { eventGapMs: 50 })
  const { through } = clients(t, built)
  const { standin } = built
  standin.answer(NOVA, { content: [{ text: 'word '.repeat(200) }], chunkSize: 5, gapMs: 50 })
  const leaving = new AbortController()
  const { stream } = await through.send(new ConverseStreamCommand({ modelId: NOVA, messages }), { abortSignal: leaving.signal })
  const seen: unknown[] = []
  await t.rejects(async () => {
    for await (const event of stream ?? []) {
      seen.push(event)
      leaving.abort()
    }
  })
  t.ok(seen.length > 0)
  t.ok(await eventually(() => standin.inFlight() === 0 && standin.requests.some(({ aborted }) => aborted)))
})
