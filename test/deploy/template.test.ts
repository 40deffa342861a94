import t from 'tap'
import { CONFIG_FILE, readConfig, settings } from '../../src/config.ts'
import { environmentOf, ofType, propertiesOf, statementsOf, taskDefinition } from './parts.ts'
import { type JsonObject, LEAST, resolve, TEMPLATE, TEMPLATE_TEXT } from './template.ts'
import { VARIANTS } from './variants.ts'

const VARIABLES = new Set([...settings().flatMap(({ variable }) => variable ?? []), CONFIG_FILE])
const NAMES = Object.keys(TEMPLATE.Parameters)
const VISIBLE = TEMPLATE.Metadata['AWS::CloudFormation::Interface']

t.test('every parameter is in one group of the console, labelled and explained', async (t) => {
  t.strictSame(VISIBLE.ParameterGroups.flatMap(({ Parameters }) => Parameters).sort(), [...NAMES].sort())
  t.strictSame(Object.keys(VISIBLE.ParameterLabels).sort(), [...NAMES].sort())
  for (const [name, { Description }] of Object.entries(TEMPLATE.Parameters)) t.ok(Description?.length > 4, name)
})

t.test('every parameter and condition is used, and not only by rules', async (t) => {
  const body = JSON.stringify([TEMPLATE.Conditions, TEMPLATE.Resources, TEMPLATE.Outputs])
  for (const name of NAMES) if (name !== 'AllowHttp') t.ok(body.includes(`"${name}"`) || body.includes(`\${${name}}`), name)
  for (const name of Object.keys(TEMPLATE.Conditions)) t.ok(body.split(`"${name}"`).length > 2, name)
})

t.test("every parameter has a default, and the incumbent's names are there", async (t) => {
  t.strictSame(
    NAMES.filter((name) => TEMPLATE.Parameters[name]?.Default === undefined),
    []
  )
  for (const name of ['ApiKeySecretArn', 'ContainerImageUri', 'DefaultModelId', 'EnablePromptCaching'])
    t.ok(NAMES.includes(name), name)
})

t.test('the template stays within what CloudFormation takes from S3', async (t) =>
  t.ok(TEMPLATE_TEXT.length < 1_000_000 && NAMES.length <= 200)
)

t.test(`all ${VARIANTS.length} variants refer only to what is there`, async () => {
  for (const variant of VARIANTS) resolve(variant)
})

t.test('in every variant the gateway accepts the environment it is given, without a key in it', async (t) => {
  for (const variant of VARIANTS) {
    const env = environmentOf(resolve(variant).resources)
    const { auth, telemetry } = readConfig(env)
    t.equal(auth.apiKey, undefined)
    t.equal(telemetry.emf, true, 'scaling and alarms live on its metrics')
    if (Object.values(env).includes('')) t.fail('an empty variable')
    const unknown = Object.keys(env).filter((name) => !VARIABLES.has(name))
    if (unknown.length > 0) t.fail(`the gateway does not read ${unknown.join()}`)
    if (/AKIA|ABSK|SECRET_ACCESS|PASSWORD/.test(JSON.stringify(env))) t.fail('a secret in the environment')
  }
})

t.test('in every variant tasks are private, without rights in the container, and logged', async (t) => {
  for (const variant of VARIANTS) {
    const { resources } = resolve(variant)
    const { task, container } = taskDefinition(resources)
    const { NetworkConfiguration } = propertiesOf(resources, 'Service') as {
      NetworkConfiguration: { AwsvpcConfiguration: JsonObject }
    }
    t.equal(NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp, 'DISABLED')
    t.match(container, {
      ReadonlyRootFilesystem: true,
      User: '1000:1000',
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': '<LogGroup>', mode: 'non-blocking' } }
    })
    t.match(task, {
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      ExecutionRoleArn: '<ExecutionRole.Arn>',
      TaskRoleArn: '<TaskRole.Arn>'
    })
    for (const group of ofType(resources, 'AWS::Logs::LogGroup')) t.equal(group.RetentionInDays, '30')
    for (const subnet of ofType(resources, 'AWS::EC2::Subnet')) t.equal(subnet.MapPublicIpOnLaunch, false)
  }
})

t.test('in every variant service, container, target group and security groups agree on the port', async (t) => {
  for (const variant of VARIANTS) {
    const { resources } = resolve(variant)
    const { container } = taskDefinition(resources)
    const [balancer] = propertiesOf(resources, 'Service').LoadBalancers as JsonObject[]
    t.match(balancer, { ContainerName: container.Name, ContainerPort: 8080, TargetGroupArn: '<TargetGroup>' })
    t.match(container.PortMappings, [{ ContainerPort: 8080 }])
    t.match(propertiesOf(resources, 'TargetGroup'), { Port: 8080, TargetType: 'ip' })
    t.match(propertiesOf(resources, 'TaskIngress'), {
      FromPort: 8080,
      ToPort: 8080,
      SourceSecurityGroupId: '<LoadBalancerSecurityGroup.GroupId>'
    })
    t.match(propertiesOf(resources, 'LoadBalancerSecurityGroup').SecurityGroupEgress, [
      { FromPort: 8080, DestinationSecurityGroupId: '<TaskSecurityGroup.GroupId>' }
    ])
    t.equal(environmentOf(resources).PORT, '8080')
  }
})

t.test('in every variant a public load balancer either speaks TLS or knows its clients', async (t) => {
  for (const variant of VARIANTS) {
    const { resources, outputs } = resolve(variant)
    const listeners = ofType(resources, 'AWS::ElasticLoadBalancingV2::Listener')
    const forwarding = listeners.filter(({ DefaultActions }) => (DefaultActions as JsonObject[])[0]?.Type === 'forward')
    t.equal(forwarding.length, 1)
    const ingress = propertiesOf(resources, 'LoadBalancerSecurityGroup').SecurityGroupIngress as JsonObject[]
    const secure = forwarding[0]?.Protocol === 'HTTPS'
    if (!secure && ingress.some(({ CidrIp }) => CidrIp === '0.0.0.0/0')) t.fail('HTTP for everybody')
    t.equal(outputs.APIBaseUrl, secure ? 'https://llm.example.com/api/v1' : 'http://<LoadBalancer.DNSName>/api/v1')
  }
})

t.test('no path leads to the Internet from a new network with endpoints and an internal load balancer', async (t) => {
  const { resources } = resolve({ ...LEAST, Egress: 'endpoints', LoadBalancerScheme: 'internal' })
  for (const type of ['AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::Route', 'AWS::EC2::EIP'])
    t.strictSame(ofType(resources, type), [], type)
  const services = ofType(resources, 'AWS::EC2::VPCEndpoint').map(({ ServiceName }) =>
    String(ServiceName).replace('com.amazonaws.us-east-1.', '')
  )
  t.strictSame(services.sort(), ['bedrock', 'bedrock-runtime', 'ecr.api', 'ecr.dkr', 'logs', 's3', 'ssm'])
  t.equal(environmentOf(resources).FETCH_REMOTE_MEDIA, 'false')
})

t.test('every service that a task calls in a network without Internet has an endpoint', async (t) => {
  const needed: Record<string, string[]> = {
    ssm: ['ssm'],
    secretsmanager: ['secretsmanager'],
    kms: ['kms'],
    sts: ['sts'],
    bedrock: ['bedrock', 'bedrock-runtime'],
    logs: ['logs'],
    ecr: ['ecr.api', 'ecr.dkr']
  }
  for (const variant of VARIANTS.filter(({ Egress }) => Egress === 'endpoints')) {
    const { resources } = resolve(variant)
    const endpoints = ofType(resources, 'AWS::EC2::VPCEndpoint').map(({ ServiceName }) =>
      String(ServiceName).replace('com.amazonaws.us-east-1.', '')
    )
    const called = new Set(statementsOf(resources).flatMap(({ Action }) => Action.map((action) => action.split(':')[0] ?? '')))
    for (const service of called)
      for (const endpoint of needed[service] ?? []) if (!endpoints.includes(endpoint)) t.fail(`${endpoint} is missing`)
  }
})

t.test('deployments roll back, and scaling knows CPU, requests and streams', async (t) => {
  const { resources } = resolve(LEAST)
  t.match(propertiesOf(resources, 'Service').DeploymentConfiguration, {
    MinimumHealthyPercent: 100,
    DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    Alarms: { Enable: true, Rollback: true }
  })
  t.match(propertiesOf(resources, 'ScalableTarget'), { MinCapacity: '2', MaxCapacity: '10' })
  const policies = ofType(resources, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(({ PolicyName }) => PolicyName)
  t.strictSame(policies.sort(), ['cpu', 'requests', 'streams'])
})

t.test('without Spot every task is on demand; with it the fewest are', async (t) => {
  const weights = (UseSpot: string) =>
    (propertiesOf(resolve({ ...LEAST, UseSpot }).resources, 'Service').CapacityProviderStrategy as JsonObject[]).map(
      ({ Base, Weight }) => [Base, Weight]
    )
  t.strictSame(weights('false'), [
    ['2', 1],
    [0, 0]
  ])
  t.strictSame(weights('true'), [
    ['2', 0],
    [0, 1]
  ])
})

t.test(
  'there is an alarm for errors, throttling, latency, unhealthy tasks and open breakers, all on metrics of this stack',
  async (t) => {
    const { resources } = resolve({ ...LEAST, AlarmEmail: 'ops@example.com' }, { 'AWS::StackName': 'team-a' })
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm')
    const metrics = alarms.map(({ MetricName, AlarmActions, Dimensions, Namespace }) => {
      t.strictSame(AlarmActions, ['<AlarmTopic>'])
      if (Namespace === 'Adit') t.strictSame(Dimensions, [{ Name: 'Service', Value: 'team-a' }])
      return MetricName ?? '5xx rate'
    })
    t.strictSame(metrics.sort(), [
      '5xx rate',
      'BreakerOpen',
      'HTTPCode_ELB_5XX_Count',
      'TargetResponseTime',
      'Throttled',
      'UnHealthyHostCount'
    ])
    t.equal(environmentOf(resources).OTEL_SERVICE_NAME, 'team-a')
  }
)

t.test('the metrics that scaling, alarms and the dashboard read are written by the gateway', async (t) => {
  const { readFile } = await import('node:fs/promises')
  const emf = await readFile(new URL('../../src/telemetry/emf.ts', import.meta.url), 'utf8')
  const read = new Set(
    [...TEMPLATE_TEXT.matchAll(/\["Adit", "(\w+)"|Namespace: Adit\n\s+MetricName: (\w+)/g)].map(([, a, b]) => a ?? b ?? '')
  )
  t.ok(read.size >= 5)
  for (const name of read) t.match(emf, new RegExp(`\\b${name}\\b`), name)
})

t.test("the cost tables of the page are their parts' sums, and Lambda's are its prices", async (t) => {
  const { readFile } = await import('node:fs/promises')
  const page = await readFile(new URL('../../deploy/README.md', import.meta.url), 'utf8')
  const rows = (text: string) => text.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.split('|').slice(1, -1)] : []))
  const dollars = (cell = '') => Number(/\$([\d,.]+)(?!.*\$)/.exec(cell)?.[1]?.replace(',', '') ?? 0)
  const [head = [], ...parts] = rows(page.slice(page.indexOf('## What it costs'), page.indexOf('`CreateValkey=true` adds')))
  const sum = parts.pop() ?? []
  for (const column of [1, 2, 3])
    t.equal(
      parts.reduce((total, row) => total + dollars(row[column]), 0),
      dollars(sum[column]),
      String(head[column])
    )

  const lambda = page.slice(page.indexOf('What it costs in us-east-1 a month'))
  const [, second, million] = /\$([\d.]+) a GB-second,\s+\$([\d.]+) a million/.exec(lambda)?.map(Number) ?? []
  const balancer = 730 * (0.0225 + 2 * 0.005)
  for (const [requests = '', least, smallest, byUrl, balanced] of rows(
    lambda.slice(lambda.indexOf('| 1,000'), lambda.indexOf('Answers of 2 s'))
  )) {
    const count = Number(requests.replace(/,/g, '').replace(' million', '000000'))
    const cost = count * 10 * (second ?? 0) + (count / 1e6) * (million ?? 0)
    t.ok(Math.abs(dollars(byUrl) - cost) <= Math.max(0.005, cost * 0.04), `${requests}: ${cost}`)
    t.ok(Math.abs(dollars(balanced) - cost - balancer) <= Math.max(0.5, cost * 0.004), `${requests}: ${cost + balancer}`)
    t.ok(count > 1e6 || (dollars(least) === dollars(sum[1]) && dollars(smallest) === dollars(sum[2])), requests)
  }
})

const QUESTIONS = ['Is it up?', 'Is it slow, and whose fault is it?', 'Who is throttled?', 'What does it cost?', 'What changed?']

t.test('the dashboard answers five questions, in widgets that do not overlap', async (t) => {
  const body = JSON.parse(String(propertiesOf(resolve(LEAST).resources, 'Dashboard').DashboardBody)) as { widgets: Widget[] }
  const titles = body.widgets.flatMap(({ type, properties }) => (type === 'text' ? String(properties.markdown) : []))
  t.equal(titles.length, QUESTIONS.length)
  for (const [index, question] of QUESTIONS.entries()) t.match(titles[index], question)
  const taken = new Set<string>()
  for (const { x, y, width, height } of body.widgets)
    for (let column = x; column < x + width; column++)
      for (let row = y; row < y + height; row++) {
        if (taken.has(`${column},${row}`) || column >= 24) t.fail(`two widgets at ${column},${row}`)
        taken.add(`${column},${row}`)
      }
})

interface Widget {
  type: string
  x: number
  y: number
  width: number
  height: number
  properties: JsonObject
}

t.test('the searches of the log read members that its lines have', async (t) => {
  const { readFile } = await import('node:fs/promises')
  const line = await readFile(new URL('../../src/telemetry/log.ts', import.meta.url), 'utf8')
  const written = new Set([...line.matchAll(/^ {4}(\w+)[:,]/gm)].map(([, name]) => name))
  const queries = [...TEMPLATE_TEXT.matchAll(/filter msg = .*(?:\n +\|.*)*/g)].map(([text]) => text.replace(/"}}.*$/s, ''))
  t.ok(queries.length >= 5)
  for (const query of queries)
    for (const [, name] of query.matchAll(/\b((?:tokens|ttft|total|bedrock)_\w+|status|key|model|region)\b/g))
      t.ok(written.has(name), String(name))
})
