import t from 'tap'
import { LEAST, refusals, type Values } from './template.ts'

const HTTPS: Values = {
  AllowHttp: 'false',
  AllowedCidr: '',
  DomainName: 'llm.example.com',
  HostedZoneId: 'Z0123456789ABCDEFGHIJ'
}
const EXISTING: Values = {
  VpcId: 'vpc-1',
  Egress: 'existing',
  TaskSubnetIds: 'subnet-1,subnet-2',
  LoadBalancerSubnetIds: 'subnet-3,subnet-4'
}
const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:adit-AbCdEf'

const ACCEPTED: [string, Values][] = [
  ['the least: an image, a key, HTTP for one address', {}],
  ['HTTPS for everybody with a hosted zone', HTTPS],
  ['a parameter by its ARN', { ApiKeyParam: 'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/team/adit/key' }],
  ['a parameter without a slash', { ApiKeyParam: 'adit-key' }],
  ['a secret instead of a parameter', { ApiKeyParam: '', ApiKeySecretArn: SECRET }],
  [
    'an image by digest in a nested repository',
    { ContainerImageUri: `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/adit@sha256:${'0'.repeat(64)}` }
  ],
  ['an image of another registry, with a port', { ContainerImageUri: 'registry.example.com:5000/adit:1' }],
  ['an internal load balancer in a network without Internet', { ...HTTPS, LoadBalancerScheme: 'internal', Egress: 'endpoints' }],
  ['an existing VPC', EXISTING],
  [
    'no image, with a tag of a repository',
    { ContainerImageUri: '', SourceRepository: 'https://git.example.com/adit', SourceVersion: 'v0.1.0' }
  ],
  ['no image, with a zip in S3', { ContainerImageUri: '', SourceArchive: 'my-bucket/adit/source-0123456789ab.zip' }],
  [
    'endpoints in an existing VPC, with who else uses them',
    { ...EXISTING, Egress: 'endpoints', EndpointClientCidr: '10.0.0.0/16' }
  ],
  ['a Valkey of its own', { CreateValkey: 'true' }],
  [
    "the incumbent's parameters",
    {
      ApiKeyParam: '',
      ApiKeySecretArn: SECRET,
      DefaultModelId: 'anthropic.claude-3-sonnet-20240229-v1:0',
      EnablePromptCaching: 'true'
    }
  ]
]

const REFUSED: [string, Values, RegExp][] = [
  ['no key', { ApiKeyParam: '' }, /Give ApiKeyParam/],
  ['neither an image nor a source', { ContainerImageUri: '' }, /To build the image give SourceRepository with SourceVersion/],
  [
    'two sources',
    {
      ContainerImageUri: '',
      SourceRepository: 'https://git.example.com/adit',
      SourceVersion: 'v1',
      SourceArchive: 'my-bucket/a.zip'
    },
    /only one of SourceRepository/
  ],
  [
    'a repository without a tag',
    { ContainerImageUri: '', SourceRepository: 'https://git.example.com/adit' },
    /needs SourceVersion/
  ],
  [
    'a repository with a password',
    { SourceRepository: 'https://me:secret@git.example.com/adit' },
    /SourceRepository does not fit/
  ],
  ['a tag that is shell', { SourceVersion: 'v1;id' }, /SourceVersion does not fit/],
  ['endpoints that would cut off neighbours', { ...EXISTING, Egress: 'endpoints' }, /so that nobody is cut off/],
  [
    'two Valkeys',
    { CreateValkey: 'true', RedisUrl: 'rediss://a.example:6379', RedisSecurityGroupId: 'sg-1' },
    /only one of CreateValkey/
  ],
  ['two keys', { ApiKeySecretArn: SECRET }, /only one of ApiKeyParam/],
  ['HTTP that nobody asked for', { AllowHttp: 'false' }, /HTTPS needs DomainName/],
  ['HTTP for an unnamed range', { AllowedCidr: '' }, /AllowHttp needs AllowedCidr/],
  ['HTTP for the whole Internet', { AllowedCidr: '0.0.0.0/0' }, /refused for 0\.0\.0\.0/],
  ['HTTP and HTTPS', { ...HTTPS, AllowHttp: 'true', AllowedCidr: '203.0.113.7/32' }, /contradicts/],
  ['a certificate without a name', { ...HTTPS, DomainName: '' }, /HTTPS needs DomainName/],
  ['existing egress without a VPC', { Egress: 'existing' }, /needs VpcId/],
  ['existing subnets without a VPC', { TaskSubnetIds: 'subnet-1,subnet-2' }, /need VpcId/],
  ['a NAT gateway in an existing VPC', { ...EXISTING, Egress: 'nat' }, /must be 'existing'/],
  ['an existing VPC without subnets', { ...EXISTING, TaskSubnetIds: '' }, /needs TaskSubnetIds/],
  ['subnets in one zone', { ...EXISTING, TaskSubnetIds: 'subnet-1' }, /TaskSubnetIds does not fit/],
  [
    'an internal load balancer in an existing VPC for an unnamed range',
    { ...HTTPS, ...EXISTING, LoadBalancerScheme: 'internal' },
    /needs AllowedCidr/
  ],
  [
    'failing over to regions that endpoints do not reach',
    { Egress: 'endpoints', BedrockRegions: 'us-west-2' },
    /BedrockRegions must be empty/
  ],
  ['an external id without a role', { BedrockExternalId: 'x1' }, /needs BedrockRoleArn/],
  [
    'pools beside regions',
    { BedrockPools: '[{"region":"us-east-1"}]', BedrockRegions: 'us-east-1' },
    /takes the place of BedrockRegions/
  ],
  ['pools that are no list', { BedrockPools: 'us-east-1' }, /BedrockPools does not fit/],
  [
    'roles of pools with a blank',
    { BedrockPoolRoleArns: 'arn:aws:iam::210987654321:role/a, arn:aws:iam::210987654321:role/b' },
    /BedrockPoolRoleArns does not fit/
  ],
  [
    'other accounts behind endpoints',
    { Egress: 'endpoints', BedrockPoolRoleArns: 'arn:aws:iam::210987654321:role/a' },
    /BedrockPoolRoleArns must be empty/
  ],
  ['Redis without its security group', { RedisUrl: 'redis://cache:6379' }, /go together/],
  [
    'a password in the URL of Redis',
    { RedisUrl: 'redis://user:secret@cache:6379', RedisSecurityGroupId: 'sg-1' },
    /RedisUrl does not fit/
  ],
  [
    'two targets of alarms',
    { AlarmEmail: 'a@example.com', AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:x' },
    /only one of AlarmEmail/
  ],
  ['memory that Fargate does not offer with the CPU', { TaskCpu: '1024', TaskMemory: '512' }, /With TaskCpu 1024/],
  ['seven model patterns', { AllowedModels: 'a,b,c,d,e,f,g' }, /AllowedModels does not fit/],
  ['a collector without TLS', { OtlpEndpoint: 'http://collector.example.internal:4318' }, /OtlpEndpoint does not fit/],
  ['a scheme in the image', { ContainerImageUri: 'https://example.com/adit' }, /ContainerImageUri does not fit/]
]

for (const [name, values] of ACCEPTED)
  t.test(`the template accepts ${name}`, async (t) => t.strictSame(refusals({ ...LEAST, ...values }), []))
for (const [name, values, sentence] of REFUSED)
  t.test(`the template refuses ${name}`, async (t) => t.match(refusals({ ...LEAST, ...values }).join('\n'), sentence))

t.test('every pair of CPU and memory that Fargate has among ours is accepted, and no other', async (t) => {
  const offered: Record<string, number[]> = {
    256: [512, 1024, 2048],
    512: [1024, 2048, 3072, 4096],
    1024: [2048, 3072, 4096, 8192],
    2048: [4096, 8192]
  }
  for (const TaskCpu of ['256', '512', '1024', '2048'])
    for (const TaskMemory of [512, 1024, 2048, 3072, 4096, 8192]) {
      const accepted = refusals({ ...LEAST, TaskCpu, TaskMemory: String(TaskMemory) }).length === 0
      t.equal(accepted, offered[TaskCpu]?.includes(TaskMemory), `${TaskCpu} with ${TaskMemory}`)
    }
})
