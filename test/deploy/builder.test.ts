import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { setEnv } from '../bedrock/build.ts'
import { propertiesOf } from './parts.ts'
import { LEAST, resolve } from './template.ts'

/** What the function tells CloudFormation. */
interface Told {
  Status: string
  Reason?: string
  PhysicalResourceId: string
  RequestId: string
  StackId: string
  LogicalResourceId: string
  Data?: { Uri?: string }
}
type Handler = (event: object, context: { getRemainingTimeInMillis(): number }) => Promise<void>
interface Build {
  readonly statuses: string[]
  readonly phases?: object[]
}

const DIGEST = `sha256:${'d'.repeat(64)}`
const BUILDING = { ...LEAST, ContainerImageUri: '', SourceRepository: 'https://git.example.com/adit', SourceVersion: 'v0.1.0' }
const CODE = String((propertiesOf(resolve(BUILDING).resources, 'Builder').Code as Record<string, string>).ZipFile)

/** CodeBuild, ECR, CloudWatch Logs and CloudFormation's answer address, on one port, as strict as this code needs them to be. */
async function startAws(t: Test, build: Build) {
  const calls: { what: string; input: Record<string, unknown> }[] = []
  const told: Told[] = []
  const pushed = new Set<string>()
  const refusals: number[] = []
  let tag = ''
  let statuses: string[] = []
  const answers: Record<string, (input: Record<string, unknown>) => object | undefined> = {
    'CodeBuild_20161006.StartBuild': (input) => {
      const [variable] = input.environmentVariablesOverride as { name: string; value: string }[]
      if (variable?.name !== 'IMAGE_TAG' || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(variable.value)) return undefined
      tag = variable.value
      statuses = [...build.statuses]
      return { build: { id: 'adit:1', buildStatus: 'IN_PROGRESS' } }
    },
    'CodeBuild_20161006.BatchGetBuilds': () => {
      const buildStatus = statuses.length > 1 ? statuses.shift() : (statuses[0] ?? 'IN_PROGRESS')
      if (buildStatus === 'SUCCEEDED') pushed.add(tag)
      return { builds: [{ id: 'adit:1', buildStatus, phases: build.phases, logs: { groupName: 'builds', streamName: 's1' } }] }
    },
    'CodeBuild_20161006.ListBuildsForProject': () => ({ ids: ['adit:1'] }),
    'CodeBuild_20161006.StopBuild': () => ({ build: { id: 'adit:1', buildStatus: 'STOPPED' } }),
    'AmazonEC2ContainerRegistry_V20150921.DescribeImages': (input) => {
      const [{ imageTag = '' } = {}] = input.imageIds as { imageTag?: string }[]
      return pushed.has(imageTag) ? { imageDetails: [{ imageDigest: DIGEST }] } : undefined
    },
    'Logs_20140328.GetLogEvents': () => ({
      events: [{ message: 'npm error code E404\n' }, { message: `${'x'.repeat(3000)} no space left` }]
    })
  }
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request)
    if (request.method === 'PUT') {
      // CloudFormation's addresses are signed for no content type; with one, S3 answers 403
      const status = request.headers['content-type'] ? 403 : (refusals.shift() ?? 200)
      if (status === 200 && text.length <= 4096) told.push(JSON.parse(text) as Told)
      return response.writeHead(status).end()
    }
    const what = String(request.headers['x-amz-target'])
    const input = JSON.parse(text) as Record<string, unknown>
    calls.push({ what: what.replace(/^.*\./, ''), input })
    const answer = answers[what]?.(input)
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(
      JSON.stringify(
        answer ?? { __type: /Describe/.test(what) ? 'ImageNotFoundException' : 'InvalidInputException', message: 'refused' }
      )
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  setEnv(t, { AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', POLL_MS: '1' })
  return { url, calls, told, pushed, refusals }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** The text of the template, as Lambda would load it. */
function loadHandler(): Handler {
  const module = { exports: {} as { handler: Handler } }
  new Function('require', 'exports', 'module', CODE)(createRequire(import.meta.url), module.exports, module)
  return module.exports.handler
}

/** One call by CloudFormation; `leftMs` is what Lambda says is left of its fifteen minutes. */
async function invoke(aws: Awaited<ReturnType<typeof startAws>>, RequestType: string, properties: object = {}, leftMs = 800_000) {
  const event = {
    RequestType,
    RequestId: `${RequestType}-1`,
    StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/adit/1',
    LogicalResourceId: 'Image',
    ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'image' }),
    ResponseURL: `${aws.url}/answer`,
    ResourceProperties: {
      ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:b',
      Project: 'adit',
      Repository: 'adit',
      RepositoryUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/adit',
      Version: 'v0.1.0',
      SourceRepository: 'https://git.example.com/adit',
      ...properties
    }
  }
  await loadHandler()(event, { getRemainingTimeInMillis: () => leftMs })
  return aws.told.at(-1)
}

t.test('a build that succeeds gives the image by its digest', async (t) => {
  const aws = await startAws(t, { statuses: ['IN_PROGRESS', 'IN_PROGRESS', 'SUCCEEDED'] })
  aws.refusals.push(503)
  t.match(await invoke(aws, 'Create'), {
    Status: 'SUCCESS',
    RequestId: 'Create-1',
    LogicalResourceId: 'Image',
    PhysicalResourceId: 'image',
    Data: { Uri: `123456789012.dkr.ecr.us-east-1.amazonaws.com/adit@${DIGEST}` }
  })
  t.equal(
    aws.calls.find(({ what }) => what === 'StartBuild')?.input.idempotencyToken,
    'Create-1',
    'a repeated event is one build'
  )
})

t.test('an update to another source builds anew, its rollback and a change elsewhere build nothing', async (t) => {
  const aws = await startAws(t, { statuses: ['SUCCEEDED'] })
  const builds = () => aws.calls.filter(({ what }) => what === 'StartBuild').length
  await invoke(aws, 'Create')
  for (const properties of [{ Version: 'v0.2.0' }, { BuildNumber: '2' }, { Architecture: 'X86_64' }]) {
    const before = builds()
    t.match(await invoke(aws, 'Update', properties), { Status: 'SUCCESS', PhysicalResourceId: 'image' })
    t.equal(builds(), before + 1, JSON.stringify(properties))
  }
  const before = builds()
  t.match(await invoke(aws, 'Update'), { Status: 'SUCCESS' })
  t.match(await invoke(aws, 'Update', { ServiceToken: 'arn:another' }), { Status: 'SUCCESS' })
  t.equal(builds(), before)
  t.equal(aws.pushed.size, 4)
  for (const tag of aws.pushed) t.match(tag, /^v0\.[12]\.0-[0-9a-f]{12}$/)
})

t.test('why a build failed reaches the events of the stack', async (t) => {
  const aws = await startAws(t, {
    statuses: ['IN_PROGRESS', 'FAILED'],
    phases: [
      { phaseType: 'PRE_BUILD', phaseStatus: 'SUCCEEDED', contexts: [{ message: '' }] },
      {
        phaseType: 'BUILD',
        phaseStatus: 'FAILED',
        contexts: [{ message: 'Error while executing command: docker build. Reason: exit status 1' }]
      }
    ]
  })
  const answer = await invoke(aws, 'Create')
  t.match(answer, { Status: 'FAILED', PhysicalResourceId: 'image' })
  t.match(answer?.Reason, /^The build adit:1 ended with FAILED\. BUILD: Error while executing command: docker build/)
  t.match(answer?.Reason, /no space left$/, 'the end of its log is there, within the 4 KB that CloudFormation takes')
})

t.test('a build that does not end is stopped before the function is, and CloudFormation is told', async (t) => {
  const aws = await startAws(t, { statuses: ['IN_PROGRESS'] })
  t.match(await invoke(aws, 'Create', {}, 29_000), { Status: 'FAILED', Reason: /did not end in time/ })
  t.match(aws.calls.at(-1), { what: 'StopBuild', input: { id: 'adit:1' } })
})

for (const [name, properties, said] of [
  ['a build that cannot be started', { Version: '/not a tag' }, /refused/],
  ['a stopped build', {}, /ended with STOPPED/],
  ['a build that its project gave up', {}, /ended with TIMED_OUT/]
] as const)
  t.test(`${name} fails the stack with its reason`, async (t) => {
    const status = /STOPPED|TIMED_OUT/.exec(said.source)?.[0]
    const aws = await startAws(t, { statuses: [status ?? 'SUCCEEDED'] })
    t.match(await invoke(aws, 'Create', properties), { Status: 'FAILED', Reason: said })
  })

t.test('deletion stops what still builds, deletes no image itself, and never keeps the stack', async (t) => {
  const aws = await startAws(t, { statuses: [] })
  t.match(await invoke(aws, 'Delete'), { Status: 'SUCCESS', PhysicalResourceId: 'image' })
  t.strictSame(
    aws.calls.map(({ what }) => what),
    ['ListBuildsForProject', 'BatchGetBuilds', 'StopBuild']
  )
  setEnv(t, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' })
  t.match(await invoke(aws, 'Delete'), { Status: 'SUCCESS' })
})

t.test('the function waits longer than its builds may take, and CloudFormation longer than the function', async (t) => {
  const { resources } = resolve(BUILDING)
  const builder = propertiesOf(resources, 'Builder')
  t.ok(60 * Number(propertiesOf(resources, 'BuildProject').TimeoutInMinutes) + 60 <= Number(builder.Timeout))
  t.ok(Number(builder.Timeout) < Number(propertiesOf(resources, 'Image').ServiceTimeout))
  t.ok(Number(builder.Timeout) <= 900, 'the most that Lambda has')
})

t.test('what is built goes with the stack, keeps a few images to go back to, and takes its base from AWS', async (t) => {
  const { resources } = resolve(BUILDING)
  const repository = propertiesOf(resources, 'Repository')
  t.match(repository, { EmptyOnDelete: true, ImageTagMutability: 'IMMUTABLE' })
  const { rules } = JSON.parse(String((repository.LifecyclePolicy as Record<string, string>).LifecyclePolicyText)) as {
    rules: object[]
  }
  t.match(rules, [{ selection: { countType: 'imageCountMoreThan', countNumber: 5 }, action: { type: 'expire' } }])
  t.match(JSON.stringify(propertiesOf(resources, 'BuildProject').Source), /public\.ecr\.aws\/docker\/library\/\$base/)
  t.notOk(resolve(LEAST).resources.Repository, 'nothing of it where an image is named')
})
