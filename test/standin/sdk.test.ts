import {
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  ListCustomModelDeploymentsCommand,
  ListCustomModelsCommand,
  ListFoundationModelsCommand,
  ListImportedModelsCommand,
  ListInferenceProfilesCommand,
  ListMarketplaceModelEndpointsCommand,
  ListPromptRoutersCommand,
  ListProvisionedModelThroughputsCommand,
  paginateListInferenceProfiles
} from '@aws-sdk/client-bedrock'
import { ConverseCommand, CountTokensCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import t from 'tap'
import { OWNED } from '../../src/standin/resolve.ts'
import { build, CLAUDE, collect, NOVA, textOf, until, user } from './clients.ts'

t.test('answers the SDK over HTTP/2 and HTTP/1.1 alike, unary and streamed alike', async (t) => {
  const { http2, runtime, standin } = await build(t)
  for (const client of [http2, runtime]) {
    const unary = await client.send(new ConverseCommand({ modelId: CLAUDE, messages: [user('Good morning')] }))
    const text = unary.output?.message?.content?.[0]?.text
    t.match(text, /synthetic.*Good morning/)
    t.equal(textOf(await collect(client, CLAUDE, 'Good morning')), text)
  }
  t.equal(standin.requests.length, 4)
  t.ok(await until(() => standin.requests.every((request) => request.finished && !request.aborted)))
  t.equal(standin.inFlight(), 0)
})

t.test('lists profiles page by page and misses none', async (t) => {
  const { control } = await build(t, { pageSize: 7 })
  const ids = new Set<string>()
  let pages = 0
  for await (const page of paginateListInferenceProfiles({ client: control }, {})) {
    pages += 1
    for (const profile of page.inferenceProfileSummaries ?? []) ids.add(`${profile.inferenceProfileId}`)
  }
  t.ok(pages > 5)
  t.ok(
    ids.has('us.anthropic.claude-opus-5-5') &&
      !ids.has('eu.amazon.nova-pro-v1:0') &&
      ids.has('global.anthropic.claude-sonnet-4-6')
  )
})

t.test('tells application profiles apart from system ones, and finds one by ARN', async (t) => {
  const { control } = await build(t)
  const own = await control.send(new ListInferenceProfilesCommand({ typeEquals: 'APPLICATION' }))
  t.strictSame(
    own.inferenceProfileSummaries?.map((profile) => profile.inferenceProfileName),
    ['team-claude', 'team-nova', 'team-opus', 'team-global']
  )
  const one = await control.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: OWNED.applicationProfile.arn }))
  t.match(one.models?.[0]?.modelArn, /foundation-model\/anthropic\.claude-sonnet-4-6$/)
})

t.test('lists foundation models with their lifecycle, and gives one by id', async (t) => {
  const { control } = await build(t)
  const { modelSummaries = [] } = await control.send(new ListFoundationModelsCommand({}))
  const lifecycle = (id: string) => modelSummaries.find((model) => model.modelId === id)?.modelLifecycle
  t.ok(lifecycle('anthropic.claude-sonnet-4-5-20250929-v1:0')?.endOfLifeTime instanceof Date)
  t.equal(lifecycle('amazon.nova-lite-v1:0')?.status, 'ACTIVE')
  const embeddings = await control.send(new ListFoundationModelsCommand({ byOutputModality: 'EMBEDDING' }))
  t.ok(embeddings.modelSummaries?.every((model) => model.outputModalities?.includes('EMBEDDING')))
  const { modelDetails } = await control.send(new GetFoundationModelCommand({ modelIdentifier: NOVA }))
  t.equal(modelDetails?.providerName, 'Amazon')
})

t.test('lists everything else the account owns', async (t) => {
  const { control } = await build(t)
  t.equal((await control.send(new ListImportedModelsCommand({}))).modelSummaries?.length, 1)
  t.equal((await control.send(new ListCustomModelsCommand({}))).modelSummaries?.length, 1)
  t.equal((await control.send(new ListProvisionedModelThroughputsCommand({}))).provisionedModelSummaries?.length, 1)
  t.equal((await control.send(new ListPromptRoutersCommand({}))).promptRouterSummaries?.length, 1)
  t.equal((await control.send(new ListMarketplaceModelEndpointsCommand({}))).marketplaceModelEndpoints?.length, 1)
  t.equal((await control.send(new ListCustomModelDeploymentsCommand({}))).modelDeploymentSummaries?.length, 1)
})

t.test('answers by the ARN of everything that can be called', async (t) => {
  const { runtime } = await build(t)
  const { applicationProfile, provisioned, imported, deployment, router, endpoint } = OWNED
  for (const { arn } of [applicationProfile, provisioned, imported, deployment, router, endpoint]) {
    const answer = await runtime.send(new ConverseCommand({ modelId: arn, messages: [user('hi')] }))
    t.equal(answer.stopReason, 'end_turn', arn)
  }
})

t.test('a denied operation is refused alone', async (t) => {
  const { control, standin } = await build(t, { deny: ['ListInferenceProfiles'] })
  await t.rejects(control.send(new ListInferenceProfilesCommand({})), {
    name: 'AccessDeniedException',
    message: /not authorized to perform/
  })
  t.ok((await control.send(new ListFoundationModelsCommand({}))).modelSummaries)
  standin.deny('ListInferenceProfiles', false)
  t.ok((await control.send(new ListInferenceProfilesCommand({}))).inferenceProfileSummaries)
})

t.test('gives parameters by name, ARN and version, in clear only when asked to decrypt', async (t) => {
  const { ssm, standin } = await build(t, { parameters: { '/team/adit/key': 'one' } })
  standin.setParameter('/team/adit/key', 'two')
  const value = async (Name: string, WithDecryption = true) =>
    (await ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter?.Value
  t.equal(await value('/team/adit/key'), 'two')
  t.equal(await value('/team/adit/key:1'), 'one')
  t.equal(await value('arn:aws:ssm:us-east-1:123456789012:parameter/team/adit/key'), 'two')
  t.not(await value('/team/adit/key', false), 'two')
  await t.rejects(value('/nobody'), { name: 'ParameterNotFound' })
  await t.rejects(value('/team/adit/key:9'), { name: 'ParameterVersionNotFound' })
})

t.test('gives secrets by name and ARN', async (t) => {
  const { secrets } = await build(t, { secrets: { 'adit/keys': '{"api_key":"sk-1"}' } })
  const { ARN, SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: 'adit/keys' }))
  t.equal(SecretString, '{"api_key":"sk-1"}')
  t.equal((await secrets.send(new GetSecretValueCommand({ SecretId: `${ARN}` }))).SecretString, SecretString)
  await t.rejects(secrets.send(new GetSecretValueCommand({ SecretId: 'none' })), { name: 'ResourceNotFoundException' })
})

t.test('embeds equal text to equal unit vectors', async (t) => {
  const { runtime } = await build(t)
  const embed = async (inputText: string) => {
    const body = JSON.stringify({ inputText, dimensions: 256 })
    const answer = await runtime.send(
      new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', body, contentType: 'application/json' })
    )
    return (JSON.parse(answer.body.transformToString()) as { embedding: number[] }).embedding
  }
  const [first, second, other] = [await embed('rock'), await embed('rock'), await embed('stone')]
  t.equal(first.length, 256)
  t.strictSame(first, second)
  t.notSame(first, other)
  t.ok(Math.abs(Math.hypot(...first) - 1) < 1e-9)
})

t.test('counts tokens of a base id and refuses a profile', async (t) => {
  const { runtime } = await build(t)
  const base = 'anthropic.claude-haiku-4-5-20251001-v1:0'
  const input = { converse: { messages: [user('12345678')] } }
  t.equal((await runtime.send(new CountTokensCommand({ modelId: base, input }))).inputTokens, 2)
  await t.rejects(runtime.send(new CountTokensCommand({ modelId: `us.${base}`, input })), {
    message: /doesn't support counting tokens/
  })
})
