import { spawn } from 'node:child_process'
import t, { type Test } from 'tap'
import { CONFIG_FILE, type Config, readConfig, settings } from '../../src/config.ts'
import { startStandin } from '../../src/standin/server.ts'
import { freePort, start } from '../support/process.ts'
import { balancerEvent, startRuntimeApi, urlEvent } from './lambda-runtime.ts'
import { ofType, propertiesOf, statementsOf } from './parts.ts'
import { type JsonObject, LAMBDA_TEMPLATE, LEAST, refusals, resolve, type Values } from './template.ts'

const ZIP = { SourceArchive: 'sources/adit/0.1.0.zip' }
const BY_URL: Values = { ApiKeyParam: '/adit/api-key', ...ZIP }
const BALANCED: Values = {
  ...BY_URL,
  Front: 'load-balancer',
  VpcId: 'vpc-1',
  LoadBalancerSubnetIds: 'subnet-1,subnet-2',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
  AllowedCidr: '10.0.0.0/8'
}
const MORE: Values = {
  AllowedModels: 'anthropic.claude-*,amazon.nova-*',
  AllowCustomModels: 'true',
  GuardrailId: 'abc123',
  DefaultModelId: 'us.amazon.nova-lite-v1:0',
  S3MediaBuckets: 'media',
  ConfigParam: '/adit/config',
  ReservedConcurrency: '50',
  AlarmEmail: 'ops@example.com',
  CpuArchitecture: 'X86_64'
}
const VARIANTS = [BY_URL, BALANCED, { ...BY_URL, ...MORE }, { ...BALANCED, ...MORE }]
const at = (values: Values) => resolve(values, {}, LAMBDA_TEMPLATE)
const variablesOf = (values: Values) =>
  (propertiesOf(at(values).resources, 'Function').Environment as { Variables: Record<string, string> }).Variables
const stripped = (env: Record<string, string>) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_LWA_')))

t.test('the template takes its main variants, and refuses halves', async (t) => {
  for (const variant of VARIANTS) {
    t.strictSame(refusals(variant, LAMBDA_TEMPLATE), [])
    at(variant)
  }
  t.match(refusals({ ...BY_URL, SourceArchive: '' }, LAMBDA_TEMPLATE).join(), /To build the image/)
  t.match(refusals({ ...BALANCED, VpcId: '' }, LAMBDA_TEMPLATE).join(), /A load balancer needs VpcId/)
  t.match(refusals({ ...BY_URL, AllowedCidr: '10.0.0.0/8' }, LAMBDA_TEMPLATE).join(), /are for a load balancer/)
  t.match(refusals({ ...BY_URL, ApiKeyParam: '' }, LAMBDA_TEMPLATE).join(), /Give ApiKeyParam/)
})

t.test('every parameter is in one group of the console, labelled, explained and used', async (t) => {
  const { ParameterGroups, ParameterLabels } = LAMBDA_TEMPLATE.Metadata['AWS::CloudFormation::Interface']
  const names = Object.keys(LAMBDA_TEMPLATE.Parameters).sort()
  t.strictSame(ParameterGroups.flatMap(({ Parameters }) => Parameters).sort(), names)
  t.strictSame(Object.keys(ParameterLabels).sort(), names)
  const body = JSON.stringify([LAMBDA_TEMPLATE.Conditions, LAMBDA_TEMPLATE.Resources, LAMBDA_TEMPLATE.Outputs])
  for (const name of names) t.ok(body.includes(`"${name}"`) || body.includes(`\${${name}}`), name)
  for (const name of Object.keys(LAMBDA_TEMPLATE.Conditions)) t.ok(body.split(`"${name}"`).length > 2, name)
})

t.test('the gateway accepts the environment it is given, which has no key and no empty value in it', async (t) => {
  const known = new Set([...settings().flatMap(({ variable }) => variable ?? []), CONFIG_FILE])
  for (const variant of VARIANTS) {
    const env = stripped(variablesOf(variant))
    const config: Config = readConfig(env)
    t.equal(config.auth.apiKey, undefined)
    t.equal(config.telemetry.emf, false, 'its timer stands still between requests')
    t.ok(config.upstream.totalTimeoutMs < 900_000, 'ends before Lambda does')
    t.strictSame(
      Object.keys(env).filter((name) => !known.has(name) || env[name] === ''),
      []
    )
  }
})

t.test("the function may do what the tasks may, and the image's build is the same", async (t) => {
  const shared = { ...MORE, ReservedConcurrency: undefined } as unknown as Values
  delete shared.ReservedConcurrency
  for (const extra of [{}, shared]) {
    const fargate = { ...LEAST, ContainerImageUri: '', ...ZIP, ...extra }
    const of = (list: ReturnType<typeof statementsOf>, role: string) =>
      list.filter((statement) => statement.role === role && statement.Sid !== 'WriteLogs').map(({ role: _, ...rest }) => rest)
    t.strictSame(
      of(statementsOf(at({ ...BY_URL, ...extra }).resources), 'FunctionRole'),
      of(statementsOf(resolve(fargate).resources), 'TaskRole')
    )
    for (const name of ['Builder', 'BuilderRole', 'BuildRole', 'Image'])
      t.strictSame(
        propertiesOf(at({ ...BY_URL, ...extra }).resources, name),
        propertiesOf(resolve(fargate).resources, name),
        name
      )
  }
})

t.test('answers are streamed through the URL, whole through the balancer, and everybody needs a key', async (t) => {
  const { resources, outputs } = at(BY_URL)
  t.match(propertiesOf(resources, 'Url'), { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' })
  t.equal(variablesOf(BY_URL).AWS_LWA_INVOKE_MODE, 'response_stream')
  t.equal(variablesOf(BALANCED).AWS_LWA_INVOKE_MODE, 'buffered')
  t.equal(outputs.APIBaseUrl, '<Url.FunctionUrl>api/v1')
  t.notOk(resources.LoadBalancer)
  t.notOk(at(BALANCED).resources.Url)
  const actions = ofType(resources, 'AWS::Lambda::Permission').map(({ Action }) => Action)
  t.strictSame(actions, ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'])
  const [listener] = ofType(at(BALANCED).resources, 'AWS::ElasticLoadBalancingV2::Listener') as JsonObject[]
  t.equal(listener?.Protocol, 'HTTPS')
})

/** The gateway with the template's environment, the adapter beside it (the real one where LAMBDA_ADAPTER names it), and Lambda before both. */
async function startFunction(t: Test, values: Values) {
  const runtime = await startRuntimeApi(t)
  const standin = await startStandin({ parameters: { '/adit/api-key': KEY } })
  t.teardown(() => standin.close())
  const port = String(await freePort())
  const env = { ...variablesOf(values), ...standin.env, PORT: port, AWS_LWA_PORT: port }
  const lambda = {
    ...env,
    AWS_LAMBDA_RUNTIME_API: runtime.host,
    AWS_LAMBDA_FUNCTION_NAME: 'adit',
    AWS_LAMBDA_FUNCTION_VERSION: '1',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024'
  }
  const event = values === BALANCED ? balancerEvent : urlEvent
  const ask = (body: object, path = '/api/v1/chat/completions') =>
    runtime.invoke(
      event('POST', path, { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, JSON.stringify(body))
    )
  // asked before anything runs: a cold start
  const first = ask({ model: MODEL, messages: HELLO })
  const adapter = process.env.LAMBDA_ADAPTER
  if (adapter === undefined) start(t, 'test/deploy/lambda-adapter.ts', lambda)
  else {
    const child = spawn(adapter, { env: { PATH: process.env.PATH, ...lambda }, stdio: 'inherit' })
    t.teardown(() => child.kill('SIGKILL'))
  }
  const gateway = start(t, 'src/server.ts', stripped(env))
  return { runtime, standin, ask, first, gateway }
}

const KEY = 'sk-lambda'
const MODEL = 'amazon.nova-lite-v1:0'
const HELLO = [{ role: 'user', content: 'Hello' }]

/** What came before the body of a streamed answer: its status and headers. */
function unpack(pieces: readonly Buffer[]) {
  const all = Buffer.concat(pieces)
  const end = all.indexOf(Buffer.alloc(8))
  return {
    head: JSON.parse(all.subarray(0, end).toString()) as { statusCode: number; headers: Record<string, string> },
    body: all.subarray(end + 8).toString()
  }
}

t.test('behind a Function URL: a cold start, streams, a client that leaves, and what is too large', async (t) => {
  const { runtime, standin, ask, first } = await startFunction(t, BY_URL)
  const cold = await first.answer
  t.match(cold, { mode: 'streaming', type: 'application/vnd.awslambda.http-integration-response', whole: true, error: false })
  t.equal(unpack(cold.pieces).head.statusCode, 200, 'the first event waited for the gateway and its key')
  t.match(JSON.parse(unpack(cold.pieces).body), { object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] })

  standin.answer(MODEL, { content: [{ text: 'one two three four five six seven eight' }], chunkSize: 5, gapMs: 30 })
  const stream = ask({ model: MODEL, stream: true, messages: HELLO })
  const { pieces, whole } = await stream.answer
  const { head, body } = unpack(pieces)
  t.match(head, { statusCode: 200, headers: { 'content-type': /^text\/event-stream/ } })
  t.ok(whole && pieces.length > 4, 'in pieces as they come')
  t.ok(body.trimEnd().endsWith('data: [DONE]'))

  standin.answer(MODEL, { content: [{ text: 'read' }] })
  const large = (size: number) => ask({ model: MODEL, messages: [{ role: 'user', content: 'x'.repeat(size) }] })
  t.equal(unpack((await large(6_000_000).answer).pieces).head.statusCode, 200, 'nearly all that Lambda takes')
  t.throws(() => large(6_400_000), /at most 6 MB/, 'refused by Lambda itself, which the gateway never sees')
  const wrong = runtime.invoke(urlEvent('GET', '/api/v1/models', { authorization: 'Bearer sk-another' }))
  t.equal(unpack((await wrong.answer).pieces).head.statusCode, 401)

  // last, since a runtime whose answer is cut may start anew
  standin.answer(MODEL, { content: [{ text: 'a long answer '.repeat(400) }], chunkSize: 5, gapMs: 30 })
  const left = ask({ model: MODEL, stream: true, messages: HELLO })
  while (!left.soFar().includes('data: {')) await new Promise((resolve) => setTimeout(resolve, 20))
  left.cut()
  t.equal((await left.answer).whole, false)
  while (!standin.requests.some(({ aborted }) => aborted)) await new Promise((resolve) => setTimeout(resolve, 20))
  t.pass('Bedrock is no longer asked for what nobody reads')
})

t.test('behind a load balancer: whole answers, of streams too, within 6 MB', async (t) => {
  const { standin, ask, first } = await startFunction(t, BALANCED)
  const json = async (answer: Promise<{ pieces: readonly Buffer[] }>) =>
    JSON.parse(Buffer.concat((await answer).pieces).toString()) as { statusCode: number; body: string }
  t.match(await json(first.answer), { statusCode: 200 })
  const stream = await json(ask({ model: MODEL, stream: true, messages: HELLO }).answer)
  t.equal(stream.statusCode, 200)
  t.ok(stream.body.trimEnd().endsWith('data: [DONE]'))
  t.match(await json(ask({ model: MODEL, messages: [{ role: 'user', content: 'x'.repeat(1_100_000) }] }).answer), {
    statusCode: 413
  })
  standin.answer(MODEL, { content: [{ text: 'y'.repeat(6_500_000) }] })
  await ask({ model: MODEL, messages: HELLO }).answer
  standin.answer(MODEL, { content: [{ text: 'short' }] })
  t.match(
    await json(ask({ model: MODEL, messages: HELLO }).answer),
    { statusCode: 200 },
    'one answer that Lambda refuses ends nothing else'
  )
})
