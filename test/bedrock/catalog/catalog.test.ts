import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { type Catalog, type CatalogOptions, createCatalog } from '../../../src/bedrock/catalog/catalog.ts'
import { type Standin, type StandinOptions, startStandin } from '../../../src/standin/server.ts'

const MINUTE = 60_000
const CALLS = [
  'ListCustomModelDeployments',
  'ListCustomModels',
  'ListFoundationModels',
  'ListImportedModels',
  'ListInferenceProfiles',
  'ListInferenceProfiles',
  'ListMarketplaceModelEndpoints',
  'ListPromptRouters',
  'ListPromptRouters',
  'ListProvisionedModelThroughputs'
]

interface Made {
  readonly catalog: Catalog
  readonly standin: Standin
  readonly warnings: object[]
  pass(ms: number): void
  operations(): string[]
}

function pointAt(t: Test, env: Record<string, string>): void {
  const before = { ...process.env }
  Object.assign(process.env, env)
  t.teardown(() => {
    process.env = before
  })
}

/** A control plane of the test's own; gives its URL. */
async function listen(t: Test, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function make(t: Test, options: Partial<CatalogOptions> = {}, standinOptions: StandinOptions = {}): Promise<Made> {
  const standin = await startStandin(standinOptions)
  t.teardown(() => standin.close())
  pointAt(t, standin.env)
  let now = Date.parse('2026-10-10T00:00:00Z')
  const warnings: object[] = []
  const catalog = createCatalog({
    crossRegion: true,
    applicationProfiles: true,
    now: () => now,
    log: { warn: (fields) => warnings.push(fields) },
    ...options
  })
  t.teardown(() => catalog.close())
  return {
    catalog,
    standin,
    warnings,
    pass: (ms) => {
      now += ms
    },
    operations: () => standin.requests.map((request) => request.operation).sort()
  }
}

t.test('all lists are read, over all their pages', async (t) => {
  const { catalog, operations } = await make(t, {}, { pageSize: 3 })
  const models = await catalog.list()
  const kinds = new Set(models.map((model) => model.kind))
  t.strictSame([...kinds].sort(), [
    'application-profile',
    'custom',
    'foundation',
    'imported',
    'marketplace',
    'profile',
    'prompt-router',
    'provisioned'
  ])
  t.strictSame([...new Set(operations())], [...new Set(CALLS)])
  t.ok(operations().length > CALLS.length, 'some list had a second page')
})

t.test('100 callers at once cause one refresh', async (t) => {
  const { catalog, operations } = await make(t)
  const lists = await Promise.all(Array.from({ length: 100 }, () => catalog.list()))
  t.equal(new Set(lists.map((models) => models.length)).size, 1)
  t.strictSame(operations(), CALLS)
})

t.test('who asks while the first read is under way waits for all of it', async (t) => {
  const { catalog, standin } = await make(t)
  const whole = catalog.refresh()
  while (!standin.requests.some((request) => request.finished)) await new Promise((resolve) => setImmediate(resolve))
  const models = await catalog.list()
  await whole
  t.strictSame(models, await catalog.list())
})

t.test('the lists are read again after five minutes, in the background, and not before', async (t) => {
  const { catalog, operations, pass } = await make(t)
  await catalog.list()
  pass(4 * MINUTE)
  await catalog.list()
  t.equal(operations().length, CALLS.length)
  pass(MINUTE)
  t.ok((await catalog.list()).length > 0, 'nobody waits')
  t.ok(catalog.known.size > 0)
  await catalog.refresh()
  t.equal(operations().length, 2 * CALLS.length)
})

t.test('a list that fails keeps its last good copy, and hides no other', async (t) => {
  const { catalog, standin, warnings } = await make(t)
  const before = await catalog.list()
  standin.deny('ListFoundationModels', true)
  standin.deny('ListImportedModels', true)
  await catalog.refresh()
  await catalog.refresh()
  t.strictSame(await catalog.list(), before)
  t.match(warnings, [{ reason: 'AccessDeniedException', lists: ['foundation', 'imported'] }], 'told once, and in one line')
  t.equal(warnings.length, 1)
})

t.test('a list that was never allowed hides no other', async (t) => {
  const { catalog } = await make(t, {}, { deny: ['ListFoundationModels', 'ListPromptRouters'] })
  const kinds = new Set((await catalog.list()).map((model) => model.kind))
  t.notOk(kinds.has('foundation'))
  t.notOk(kinds.has('prompt-router'))
  t.ok(kinds.has('profile') && kinds.has('imported'))
})

t.test('when nothing may be listed the caller is told so, and the pace is kept', async (t) => {
  const { catalog, operations } = await make(t, {}, { deny: CALLS })
  await t.rejects(catalog.list(), { kind: 'access_denied', message: /ListFoundationModels/ })
  await t.rejects(catalog.list(), { kind: 'access_denied', message: /ListFoundationModels/ })
  t.equal(operations().length, CALLS.length)
  t.equal(catalog.known.size, 0)
})

t.test('a throttled list changes nothing and is told as throttled', async (t) => {
  let throttled = false
  const server = createServer((request, response) => {
    const limited = throttled && request.url?.startsWith('/foundation-models')
    response.writeHead(limited ? 429 : 200, {
      'content-type': 'application/json',
      ...(limited ? { 'x-amzn-errortype': 'ThrottlingException' } : {})
    })
    response.end(limited ? '{"message":"Too many requests"}' : '{"modelSummaries":[{"modelId":"amazon.nova-lite-v1:0"}]}')
  })
  pointAt(t, {
    AWS_ENDPOINT_URL_BEDROCK: await listen(t, server),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b'
  })
  const warnings: object[] = []
  const catalog = createCatalog({
    crossRegion: false,
    applicationProfiles: false,
    log: { warn: (fields) => warnings.push(fields) }
  })
  t.teardown(() => catalog.close())
  t.ok((await catalog.list()).some((model) => model.id === 'amazon.nova-lite-v1:0'))
  throttled = true
  await catalog.refresh()
  t.ok((await catalog.list()).some((model) => model.id === 'amazon.nova-lite-v1:0'))
  t.match(warnings, [{ lists: ['foundation'], reason: 'ThrottlingException' }])
})

t.test('L4: a model that wants a profile is listed by its profiles, and known by its own id too', async (t) => {
  const { catalog } = await make(t)
  const ids = (await catalog.list()).map((model) => model.id)
  t.notOk(ids.includes('anthropic.claude-sonnet-4-6'))
  t.ok(ids.includes('us.anthropic.claude-sonnet-4-6'))
  t.match(catalog.known.get('anthropic.claude-sonnet-4-6'), { onDemand: false, kind: 'foundation' })
})

t.test('profiles are not asked for when they are switched off', async (t) => {
  const { catalog, operations } = await make(t, { crossRegion: false, applicationProfiles: false })
  const kinds = new Set((await catalog.list()).map((model) => model.kind))
  t.notOk(kinds.has('profile'))
  t.notOk(kinds.has('application-profile'))
  t.notOk(operations().includes('ListInferenceProfiles'))
})

t.test('everything is known by ARN and by the name its account gave it, with the model behind it', async (t) => {
  const { catalog } = await make(t)
  await catalog.list()
  const base = (name: string) => catalog.known.get(name)?.baseId
  t.equal(base('team-claude'), 'anthropic.claude-sonnet-4-6')
  t.equal(base('a1b2c3d4e5f6'), 'anthropic.claude-sonnet-4-6')
  t.equal(
    base('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'),
    'anthropic.claude-sonnet-4-6'
  )
  t.equal(
    base('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6'),
    'anthropic.claude-sonnet-4-6'
  )
  t.equal(base('nova-pro-reserved'), 'amazon.nova-pro-v1:0')
  t.equal(base('tuned-nova-live'), 'amazon.nova-lite-v1:0', 'through the custom model it serves')
  t.equal(base('Nova Prompt Router'), 'amazon.nova-pro-v1:0')
  t.match(catalog.known.get('team-claude'), { owner: 'Anthropic', input: ['text', 'image'], streaming: true })
})

t.test('models past the end of their life, rerankers and speech are left out', async (t) => {
  const { catalog, pass } = await make(t)
  const listed = await catalog.list()
  t.notOk(listed.some((model) => /rerank|sonic/.test(model.id)))
  t.ok(listed.some((model) => model.lifecycle === 'LEGACY'))
  pass(10 * 365 * 24 * 60 * MINUTE)
  t.notOk((await catalog.list()).some((model) => model.lifecycle === 'LEGACY'))
})

t.test('closing ends what is under way, quietly', async (t) => {
  const { catalog, warnings } = await make(t)
  const reading = catalog.refresh()
  catalog.close()
  await reading
  t.strictSame(warnings, [])
})

t.test('a profile that was looked up is known, however many were before it', async (t) => {
  const account = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile'
  // a control plane that has every profile and no list
  const plane = createServer((request, response) => {
    const [, name] = /application-inference-profile%2F(\w+)$/.exec(request.url ?? '') ?? []
    response.writeHead(name === undefined ? 403 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        inferenceProfileArn: `${account}/${name}`,
        inferenceProfileId: name,
        inferenceProfileName: name,
        status: 'ACTIVE',
        type: 'APPLICATION',
        models: [{ modelArn: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0' }]
      })
    )
  })
  const { catalog } = await make(t)
  process.env.AWS_ENDPOINT_URL_BEDROCK = await listen(t, plane)
  const unknown: string[] = []
  for (let i = 0; i < 1010; i++) {
    const arn = `${account}/p${i}`
    await catalog.learn(arn)
    if (catalog.known.get(arn)?.baseId !== 'amazon.nova-lite-v1:0') unknown.push(arn)
  }
  t.strictSame(unknown, [])
  t.notOk(catalog.known.has(`${account}/p0`), 'the oldest is forgotten')
})
