import t from 'tap'
import { type Statement, statementsOf } from './parts.ts'
import { LAMBDA_TEMPLATE, LEAST, refusals, resolve, type Values } from './template.ts'
import { VARIANTS } from './variants.ts'

const DIGEST = `sha256:${'0'.repeat(64)}`
const statements = (values: Values = {}, pseudo: Values = {}) => statementsOf(resolve({ ...LEAST, ...values }, pseudo).resources)
const bySid = (list: Statement[], sid: string) => list.find(({ Sid }) => Sid === sid)

/** Does one of the role's statements allow this? As IAM matches: `*` stands for any text, also none. */
function allows(list: Statement[], action: string, resource: string): boolean {
  const matches = (pattern: string, text: string) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`
    ).test(text)
  return list.some(({ Action, Resource }) => Action.includes(action) && Resource.some((pattern) => matches(pattern, resource)))
}

/** Converse on a profile needs the profile and its model in the destination. */
function mayInvoke(list: Statement[], ...resources: string[]): boolean {
  return resources.every((resource) => allows(list, 'bedrock:InvokeModelWithResponseStream', resource))
}

// AWS gives these no resource-level rights
const WITHOUT_RESOURCE =
  /^(ecr:GetAuthorizationToken|bedrock:List\w+|bedrock:InvokeGuardrailChecks|servicequotas:ListServiceQuotas|aws-marketplace:(Subscribe|ViewSubscriptions))$/

t.test('in no variant a role has "*" where AWS takes a resource, or a wildcard in an action', async (t) => {
  for (const variant of VARIANTS)
    for (const { Action, Resource, Sid } of statementsOf(resolve(variant).resources)) {
      if (Action.some((action) => action.includes('*'))) t.fail(`${Sid}: ${Action}`)
      if (Resource.includes('*') && !Action.every((action) => WITHOUT_RESOURCE.test(action))) t.fail(`${Sid}: ${Action} on *`)
      if (Resource.length === 0 || Action.length === 0) t.fail(`${Sid} is empty`)
    }
})

for (const [partition, suffix, region] of [
  ['aws', 'amazonaws.com', 'eu-central-1'],
  ['aws-us-gov', 'amazonaws.com', 'us-gov-west-1'],
  ['aws-cn', 'amazonaws.com.cn', 'cn-north-1'],
  ['aws-eusc', 'amazonaws.eu', 'eusc-de-east-1']
] as const)
  t.test(`every right belongs to the partition ${partition}, and the image is found under ${suffix}`, async (t) => {
    const pseudo = { 'AWS::Partition': partition, 'AWS::URLSuffix': suffix, 'AWS::Region': region }
    const ContainerImageUri = `111122223333.dkr.ecr.${region}.${suffix}/team/adit:1@${DIGEST}`
    const list = statements({ ContainerImageUri, AllowCustomModels: 'true', GuardrailId: '*' }, pseudo)
    for (const arn of list.flatMap(({ Resource }) => Resource).filter((arn) => arn.startsWith('arn:')))
      t.ok(arn.startsWith(`arn:${partition}:`), arn)
    t.strictSame(bySid(list, 'PullImage')?.Resource, [`arn:${partition}:ecr:${region}:111122223333:repository/team/adit`])
  })

for (const [name, image, repository] of [
  ['a tag', 'adit:0.1.0', 'adit'],
  ['a nested repository', 'team/llm/adit:0.1.0', 'team/llm/adit'],
  ['a digest', `team/adit@${DIGEST}`, 'team/adit'],
  ['nothing', 'adit', 'adit']
] as const)
  t.test(`the right to pull names the repository of an image with ${name}`, async (t) => {
    const list = statements({ ContainerImageUri: `999988887777.dkr.ecr.eu-west-1.amazonaws.com/${image}` })
    t.strictSame(bySid(list, 'PullImage')?.Resource, [`arn:aws:ecr:eu-west-1:999988887777:repository/${repository}`])
  })

t.test('an image of another registry brings no right to ECR', async (t) => {
  const list = statements({ ContainerImageUri: 'public.ecr.aws/example/adit:1' })
  t.notOk(list.some(({ Action }) => Action.some((action) => action.startsWith('ecr:'))))
})

for (const [ApiKeyParam, arn] of [
  ['/adit/api-key', 'arn:aws:ssm:us-east-1:123456789012:parameter/adit/api-key'],
  ['/team/adit/key', 'arn:aws:ssm:us-east-1:123456789012:parameter/team/adit/key'],
  ['adit-key', 'arn:aws:ssm:us-east-1:123456789012:parameter/adit-key'],
  ['arn:aws:ssm:eu-west-1:999988887777:parameter/shared/key', 'arn:aws:ssm:eu-west-1:999988887777:parameter/shared/key']
] as const)
  t.test(`the parameter ${ApiKeyParam} may be read, and no other`, async (t) => {
    t.strictSame(bySid(statements({ ApiKeyParam }), 'ReadKeyParameter')?.Resource, [arn])
  })

t.test('a customer key may be used only through the service that holds the API key', async (t) => {
  const ApiKeyKmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd'
  const { Resource, Condition } = bySid(statements({ ApiKeyKmsKeyArn }), 'DecryptKeys') ?? {}
  t.strictSame(Resource, [ApiKeyKmsKeyArn])
  t.strictSame(Condition, { StringLike: { 'kms:ViaService': 'ssm.us-east-1.*' } })
  t.notOk(bySid(statements(), 'DecryptKeys'), 'the key aws/ssm needs no right')

  const elsewhere = {
    ApiKeyParam: 'arn:aws:ssm:eu-west-1:999988887777:parameter/shared/key',
    ApiKeyKmsKeyArn: 'arn:aws:kms:eu-west-1:999988887777:key/1234abcd'
  }
  t.strictSame(bySid(statements(elsewhere), 'DecryptKeys')?.Condition, { StringLike: { 'kms:ViaService': 'ssm.eu-west-1.*' } })
})

for (const [ConfigParam, arn] of [
  ['/adit/config', 'arn:aws:ssm:us-east-1:123456789012:parameter/adit/config'],
  ['adit-config', 'arn:aws:ssm:us-east-1:123456789012:parameter/adit-config'],
  ['arn:aws:ssm:eu-west-1:999988887777:parameter/shared/config', 'arn:aws:ssm:eu-west-1:999988887777:parameter/shared/config']
] as const)
  t.test(`the document ${ConfigParam} may be read, and decrypted by its own key alone`, async (t) => {
    const ConfigKmsKeyArn = 'arn:aws:kms:eu-west-1:999988887777:key/1234abcd'
    const ApiKeySecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:adit-AbCdEf'
    const ApiKeyKmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/5678dcba'
    for (const template of [undefined, LAMBDA_TEMPLATE]) {
      const of = (values: Values) => statementsOf(resolve({ ...LEAST, ...values }, {}, template).resources)
      t.notOk(bySid(of({ ConfigParam }), 'DecryptConfig'), 'the key aws/ssm needs no right')
      const list = of({ ConfigParam, ConfigKmsKeyArn, ApiKeyParam: '', ApiKeySecretArn, ApiKeyKmsKeyArn })
      t.strictSame(bySid(list, 'ReadConfigParameter')?.Resource, [arn])
      const { Resource, Condition } = bySid(list, 'DecryptConfig') ?? {}
      t.strictSame(Resource, [ConfigKmsKeyArn])
      t.strictSame(Condition, { StringLike: { 'kms:ViaService': 'ssm.eu-west-1.*' } })
      t.strictSame(bySid(list, 'DecryptKeys')?.Resource, [ApiKeyKmsKeyArn])
      t.ok(refusals({ ...LEAST, ConfigKmsKeyArn }, template).includes('ConfigKmsKeyArn belongs to ConfigParam.'))
    }
  })

const MODEL = 'foundation-model/anthropic.claude-sonnet-4-6'
const US_PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6'
const GLOBAL_PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-6'
const ELSEWHERE = `arn:aws:bedrock:us-west-2::${MODEL}`
const NOWHERE = `arn:aws:bedrock:::${MODEL}`

t.test('a profile may be called through the regions it leads to, a global one too', async (t) => {
  const list = statements()
  t.ok(mayInvoke(list, US_PROFILE, ELSEWHERE))
  t.ok(mayInvoke(list, GLOBAL_PROFILE, NOWHERE))
  t.ok(allows(list, 'bedrock:CountTokens', `arn:aws:bedrock:us-east-1::${MODEL}`), 'tokens are counted by the base id')
  t.ok(allows(list, 'bedrock:InvokeGuardrailChecks', '*'), 'moderations need no guardrail')
  t.ok(allows(list, 'servicequotas:ListServiceQuotas', '*'), 'quotas are read')
  t.notOk(mayInvoke(list, US_PROFILE.replace('123456789012', '999988887777')), 'not of another account')
  t.notOk(mayInvoke(list, US_PROFILE.replace('us-east-1', 'us-west-2')), 'not from a region the gateway does not call')
  t.ok(mayInvoke(statements({ BedrockRegions: 'us-east-1,us-west-2' }), US_PROFILE.replace('us-east-1', 'us-west-2')))
})

t.test('AllowedModels holds for direct calls and through profiles', async (t) => {
  const list = statements({ AllowedModels: 'amazon.nova-*,cohere.embed-*' })
  t.notOk(mayInvoke(list, US_PROFILE, ELSEWHERE))
  t.ok(mayInvoke(list, 'arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0'))
  t.ok(mayInvoke(list, 'arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-v4:0'))
  t.notOk(mayInvoke(list, 'arn:aws:bedrock:us-east-1::foundation-model/mistral.large'))
})

t.test('mantle’s models are called within AllowedModels too, and listed', async (t) => {
  const project = 'arn:aws:bedrock-mantle:us-east-1:123456789012:project/default'
  for (const template of [undefined, LAMBDA_TEMPLATE]) {
    const of = (values: Values) => statementsOf(resolve({ ...LEAST, ...values }, {}, template).resources)
    const open = of({})
    t.ok(allows(open, 'bedrock-mantle:CreateInference', project))
    t.ok(allows(open, 'bedrock-mantle:ListModels', project))
    t.equal(bySid(open, 'CallMantle')?.Condition, undefined)
    const some = of({ AllowedModels: 'openai.gpt-5.4,qwen.*' })
    t.strictSame(bySid(some, 'CallMantle')?.Condition, { StringLike: { 'bedrock-mantle:Model': ['openai.gpt-5.4', 'qwen.*'] } })
    const buying = bySid(of({ AllowModelSubscription: 'true' }), 'SubscribeToModels')
    const from = { 'aws:CalledViaLast': ['bedrock.amazonaws.com', 'bedrock-mantle.amazonaws.com'] }
    t.strictSame(buying?.Condition, { StringEquals: from })
  }
})

t.test('six patterns all get through', async (t) => {
  const list = statements({ AllowedModels: 'a.*,b.*,c.*,d.*,e.*,f.*' })
  for (const family of 'abcdef') t.ok(mayInvoke(list, `arn:aws:bedrock:us-east-1::foundation-model/${family}.x`), family)
})

t.test('without cross-region inference no other region is reached', async (t) => {
  const list = statements({ EnableCrossRegionInference: 'false' })
  t.notOk(mayInvoke(list, US_PROFILE))
  t.notOk(mayInvoke(list, ELSEWHERE))
  t.ok(mayInvoke(list, `arn:aws:bedrock:us-east-1::${MODEL}`))
})

t.test('with a role for Bedrock the tasks may assume it and call nothing themselves', async (t) => {
  const BedrockRoleArn = 'arn:aws:iam::210987654321:role/bedrock'
  const list = statements({ BedrockRoleArn })
  t.ok(allows(list, 'sts:AssumeRole', BedrockRoleArn))
  t.notOk(list.some(({ Action }) => Action.some((action) => action.startsWith('bedrock:'))))
})

t.test('with pools their roles may be assumed beside what the tasks call themselves, in every region', async (t) => {
  const roles = ['arn:aws:iam::210987654321:role/bedrock', 'arn:aws:iam::999988887777:role/bedrock']
  const list = statements({ BedrockPools: '[{"region":"us-west-2"}]', BedrockPoolRoleArns: roles.join(',') })
  for (const role of roles) t.ok(allows(list, 'sts:AssumeRole', role))
  t.notOk(allows(list, 'sts:AssumeRole', 'arn:aws:iam::999988887777:role/other'))
  t.ok(mayInvoke(list, US_PROFILE.replace('us-east-1', 'us-west-2')))
  t.notOk(
    statements().some(({ Action }) => Action.includes('sts:AssumeRole')),
    'nobody else may'
  )
})

t.test('guardrails, custom models and subscriptions are allowed only when asked for', async (t) => {
  const asked = /ApplyGuardrail|InvokeEndpoint|Subscribe/
  t.notOk(statements().some(({ Action }) => asked.test(Action.join())))
  const list = statements({ GuardrailId: 'abc123', AllowCustomModels: 'true', AllowModelSubscription: 'true' })
  t.ok(allows(list, 'bedrock:ApplyGuardrail', 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123'))
  t.notOk(allows(list, 'bedrock:ApplyGuardrail', 'arn:aws:bedrock:us-east-1:123456789012:guardrail/other'))
  t.ok(mayInvoke(list, 'arn:aws:bedrock:us-east-1:123456789012:imported-model/x'))
  t.ok(mayInvoke(list, 'arn:aws:sagemaker:us-east-1:123456789012:endpoint/x'), 'a Marketplace endpoint by its ARN')
})

t.test('the role that starts tasks reads no key and calls no model', async (t) => {
  const services = new Set(
    statements()
      .filter(({ role }) => role === 'ExecutionRole')
      .flatMap(({ Action }) => Action.map((action) => action.split(':')[0]))
  )
  t.strictSame([...services].sort(), ['ecr', 'logs'])
})

t.test('S22: the role reads media in the named places of S3 and nothing else there', async (t) => {
  t.notOk(
    statements().some(({ Action }) => Action.some((action) => action.startsWith('s3:'))),
    'none by default'
  )
  const read = (list: Statement[], bucket: string) => allows(list, 's3:GetObject', `arn:aws:s3:::${bucket}`)
  const list = statements({ S3MediaBuckets: 'reports,pictures/team' })
  for (const object of ['reports/a.png', 'reports/x/a.png', 'pictures/team/a.png']) t.ok(read(list, object), object)
  for (const object of ['reports', 'payroll/a.png', 'pictures/other/a.png', 'pictures/teams/a.png', 'none/a.png'])
    t.notOk(read(list, object), object)
  const elsewhere = statements({ S3MediaBuckets: 'reports', BedrockRoleArn: 'arn:aws:iam::999988887777:role/bedrock' })
  t.notOk(read(elsewhere, 'reports/a.png'), 'the other role has it where there is one')
})

t.test('the role keeps responses under their prefix of their bucket, and nowhere else', async (t) => {
  t.notOk(
    statements().some(({ Action }) => Action.some((action) => action.startsWith('s3:'))),
    'nothing by default'
  )
  const { resources } = resolve({ ...LEAST, KeepResponses: 'true' })
  const list = statementsOf(resources)
  const [bucket = ''] = bySid(list, 'FindResponses')?.Resource ?? []
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
    t.ok(allows(list, action, `${bucket}/responses/0f/resp_1.json`), action)
    for (const object of [`${bucket}/x`, `${bucket}/responses`, 'arn:aws:s3:::another/responses/x'])
      t.notOk(allows(list, action, object), `${action} ${object}`)
  }
  t.strictSame(bySid(list, 'FindResponses')?.Action, ['s3:ListBucket'])
  t.match(resources.ResponsesBucket?.properties, {
    BucketEncryption: { ServerSideEncryptionConfiguration: [{}] },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true
    },
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] }
  })
  t.match(JSON.stringify(resources.ResponsesBucketPolicy), /"Deny".*"aws:SecureTransport":"false"/)
  const told = (values: Values) => JSON.stringify(resolve({ ...LEAST, ...values }).resources.TaskDefinition)
  t.match(told({}), /"RESPONSES_STORE","Value":"off"/, 'the memory of a task is never the store of several')
  t.match(told({ KeepResponses: 'true' }), /"RESPONSES_STORE","Value":"s3:\/\/[^"/]+\/responses"/)
})
