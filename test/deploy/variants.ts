import { LEAST, refusals, type Values } from './template.ts'

const { ContainerImageUri = '' } = LEAST

const KEYS: Values[] = [
  { ApiKeyParam: '/adit/api-key' },
  {
    ApiKeySecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:adit-AbCdEf',
    ApiKeyKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd'
  }
]
const ADDRESSES: Values[] = [
  { AllowHttp: 'true', AllowedCidr: '203.0.113.7/32' },
  { DomainName: 'llm.example.com', HostedZoneId: 'Z0123456789ABCDEFGHIJ', AllowedCidr: '10.0.0.0/8' },
  { DomainName: 'llm.example.com', CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1', AllowedCidr: '10.0.0.0/8' }
]
const SCHEMES: Values[] = [{ LoadBalancerScheme: 'internet-facing' }, { LoadBalancerScheme: 'internal' }]
const EXISTING: Values = { VpcId: 'vpc-1', TaskSubnetIds: 'subnet-1,subnet-2', LoadBalancerSubnetIds: 'subnet-3,subnet-4' }
const NETWORKS: Values[] = [
  { Egress: 'nat', BedrockPoolRoleArns: 'arn:aws:iam::210987654321:role/bedrock,arn:aws:iam::999988887777:role/bedrock' },
  { Egress: 'nat-per-zone', EnableFlowLogs: 'false' },
  { Egress: 'endpoints' },
  { ...EXISTING, Egress: 'existing' },
  { ...EXISTING, Egress: 'endpoints', EndpointClientCidr: '10.9.0.0/16' },
  { ...EXISTING, Egress: 'endpoints', EndpointClientCidr: '10.9.0.0/16', TaskRouteTableIds: 'rtb-1' }
]
const OPTIONS: Values[] = [
  {},
  {
    ContainerImageUri: '',
    SourceArchive: 'sources/adit/0.1.0.zip',
    CreateValkey: 'true',
    ConfigParam: '/adit/config',
    ConfigKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd',
    EnvironmentFileArn: 'arn:aws:s3:::settings/adit/more.env',
    HttpsProxy: 'http://proxy.example.internal:3128',
    EgressPort: '3128',
    DefaultMaxTokens: '4096'
  },
  {
    UseSpot: 'true',
    BedrockRoleArn: 'arn:aws:iam::210987654321:role/bedrock',
    BedrockExternalId: 'adit',
    AlarmEmail: 'ops@example.com',
    WebAclArn: 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/adit/1',
    PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
    KeepResponses: 'true',
    EnableApplicationInferenceProfiles: 'false',
    EnableCrossRegionInference: 'false'
  },
  {
    AllowedModels: 'anthropic.claude-*,amazon.nova-*',
    BedrockPools: '[{"region":"us-east-1","profile":"geo"},{"region":"us-east-1","profile":"global"}]',
    AllowCustomModels: 'true',
    AllowModelSubscription: 'true',
    GuardrailId: 'abc123',
    DefaultModelId: 'us.amazon.nova-lite-v1:0',
    ModelAliases: '{"fast":["us.amazon.nova-lite-v1:0"]}',
    AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
    AccessLogsBucket: 'logs-of-adit',
    LogKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd',
    RedisUrl: 'rediss://cache.example.internal:6379',
    RedisSecurityGroupId: 'sg-1',
    OtlpEndpoint: 'https://collector.example.internal/otlp',
    CpuArchitecture: 'X86_64'
  }
]

/** Every combination of the main parameters that the template accepts. */
export const VARIANTS: Values[] = [{ ...LEAST }]
for (const keys of KEYS)
  for (const address of ADDRESSES)
    for (const scheme of SCHEMES)
      for (const network of NETWORKS)
        for (const options of OPTIONS)
          VARIANTS.push({ ContainerImageUri, ...keys, ...address, ...scheme, ...network, ...options })

for (const variant of VARIANTS) {
  const [refusal] = refusals(variant)
  if (refusal !== undefined) throw new Error(`${refusal} ${JSON.stringify(variant)}`)
}
