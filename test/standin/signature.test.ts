import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes
} from '@aws-sdk/client-bedrock-runtime'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { fromContainerMetadata } from '@aws-sdk/credential-providers'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { FinalizeRequestMiddleware } from '@smithy/types'
import t from 'tap'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { build, NOVA, user } from './clients.ts'

const command = () => new ConverseCommand({ modelId: NOVA, messages: [user('hi')] })

t.test('a wrong secret key gets 403 with the name in the header and the sentence in the body', async (t) => {
  const { common, http2, standin } = await build(t)
  await http2.send(command())
  for (const requestHandler of [undefined, new NodeHttpHandler({})]) {
    const credentials = { accessKeyId: CREDENTIALS.accessKeyId, secretAccessKey: 'wrong' }
    const client = new BedrockRuntimeClient({ ...common, credentials, ...(requestHandler && { requestHandler }) })
    await t.rejects(client.send(command()), {
      name: 'InvalidSignatureException',
      message: /^The request signature we calculated does not match/,
      $metadata: { httpStatusCode: 403 }
    })
    client.destroy()
  }
  t.equal(standin.requests.length, 3)
})

t.test('an unknown access key is an invalid security token', async (t) => {
  const { common } = await build(t)
  const client = new BedrockRuntimeClient({ ...common, credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } })
  await t.rejects(client.send(command()), {
    name: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.'
  })
  client.destroy()
})

t.test('the JSON services name the refusal in the body', async (t) => {
  const { common } = await build(t)
  const client = new SSMClient({ ...common, credentials: { accessKeyId: CREDENTIALS.accessKeyId, secretAccessKey: 'wrong' } })
  await t.rejects(client.send(new GetParameterCommand({ Name: '/adit/api-key' })), { name: 'InvalidSignatureException' })
  client.destroy()
})

t.test('a clock ten minutes off is refused in either direction', async (t) => {
  const { common } = await build(t)
  for (const [offset, sentence] of [
    [-600_000, /^Signature expired/],
    [600_000, /^Signature not yet current/]
  ] as const) {
    const client = new BedrockRuntimeClient({ ...common, systemClockOffset: offset })
    await t.rejects(client.send(command()), { name: 'InvalidSignatureException', message: sentence })
    client.destroy()
  }
})

t.test('the credentials of the container endpoint work, and not without their token', async (t) => {
  const { common, standin } = await build(t)
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${standin.url}/v2/credentials/task`
  t.teardown(() => delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI)
  const credentials = await fromContainerMetadata()()
  const withToken = new BedrockRuntimeClient({ ...common, credentials })
  t.equal((await withToken.send(command())).stopReason, 'end_turn')
  const { accessKeyId, secretAccessKey } = credentials
  const without = new BedrockRuntimeClient({ ...common, credentials: { accessKeyId, secretAccessKey } })
  await t.rejects(without.send(command()), { name: 'UnrecognizedClientException' })
  withToken.destroy()
  without.destroy()
})

t.test('the known bearer key opens Bedrock, another does not', async (t) => {
  const { standin } = await build(t)
  const call = (key: string) =>
    fetch(`${standin.url}/model/${encodeURIComponent(NOVA)}/converse`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [user('hi')] })
    })
  t.equal((await call(CREDENTIALS.bearerKey)).status, 200)
  t.equal((await call('sk-something')).status, 403)
})

t.test('a request without a signature is refused, and an altered body too', async (t) => {
  const { standin, runtime } = await build(t)
  const bare = await fetch(`${standin.url}/foundation-models`)
  t.equal(bare.status, 403)
  t.match(bare.headers.get('x-amzn-errortype'), /^MissingAuthenticationTokenException/)
  t.ok(bare.headers.get('x-amzn-requestid'))
  t.equal(bare.headers.get('x-standin'), '1')
  const tamper: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (args) => {
    const request = args.request as { body: string }
    request.body = request.body.replace('hi', 'HI')
    return next(args)
  }
  runtime.middlewareStack.addRelativeTo(tamper, { relation: 'after', toMiddleware: 'httpSigningMiddleware', name: 'tamper' })
  await t.rejects(runtime.send(command()), { name: 'InvalidSignatureException' })
})

t.test('an unknown path is an unknown operation', async (t) => {
  const { standin } = await build(t)
  const answer = await fetch(`${standin.url}/nothing/here`, { method: 'POST' })
  t.equal(answer.status, 404)
  t.match(answer.headers.get('x-amzn-errortype'), /^UnknownOperationException/)
})
