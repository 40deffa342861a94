import { ACCOUNT, CREDENTIALS, REGION } from './options.ts'
import type { Place } from './place.ts'
import { type ExceptionName, Refusal } from './refusal.ts'
import { listDefaultQuotas, listServiceQuotas } from './service-quotas.ts'
import type { World } from './world.ts'

const WRITTEN = 1_763_798_400.123

type Input = Readonly<Record<string, unknown>>

/** SSM GetParameter: by name, hierarchical name or ARN, each with an optional `:version` selector. */
function getParameter(input: Input, world: World): unknown {
  const asked = `${input.Name}`.replace(/^arn:aws:ssm:[a-z0-9-]+:\d{12}:parameter\/?/, '')
  const [bare = '', selector] = asked.split(':')
  const name = [bare, `/${bare}`, bare.replace(/^\//, '')].find((candidate) => world.parameters.has(candidate))
  const versions = name === undefined ? undefined : world.parameters.get(name)
  if (versions === undefined || name === undefined) throw new Refusal('ParameterNotFound', '')
  const version = selector === undefined ? versions.length : Number(selector)
  const value = versions[version - 1]
  if (value === undefined)
    throw new Refusal('ParameterVersionNotFound', `Systems Manager could not find version ${selector} of ${name}.`)
  const shown = input.WithDecryption === true ? value : Buffer.from(`standin-ciphertext:${value}`).toString('base64')
  const ARN = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name.startsWith('/') ? '' : '/'}${name}`
  const selected = selector === undefined ? {} : { Selector: `:${selector}` }
  const common = { ARN, DataType: 'text', LastModifiedDate: WRITTEN, Name: name, Type: 'SecureString' }
  return { Parameter: { ...common, ...selected, Value: shown, Version: version } }
}

/** Secrets Manager GetSecretValue: by name, full ARN, or ARN without its random end. */
function getSecretValue(input: Input, world: World): unknown {
  const asked = `${input.SecretId}`
  const name = [...world.secrets.keys()].find((candidate) =>
    [candidate, secretArn(candidate), secretArn(candidate).slice(0, -7)].includes(asked)
  )
  const SecretString = name === undefined ? undefined : world.secrets.get(name)
  if (SecretString === undefined || name === undefined) {
    throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
  }
  const VersionId = '00000000-0000-4000-8000-000000000001'
  return { ARN: secretArn(name), CreatedDate: WRITTEN, Name: name, SecretString, VersionId, VersionStages: ['AWSCURRENT'] }
}

const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-StAnDi`

/** The credentials a container's role would get. */
export function containerCredentials(ttlMs: number, now: number): unknown {
  return {
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/standin-task`,
    AccessKeyId: CREDENTIALS.containerAccessKeyId,
    SecretAccessKey: CREDENTIALS.secretAccessKey,
    Token: CREDENTIALS.sessionToken,
    Expiration: new Date(now + ttlMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
  }
}

/** The operations that are called by an `x-amz-target` header, each with the name its service signs under. */
export const TARGETS = {
  'AmazonSSM.GetParameter': { operation: 'GetParameter', service: 'ssm', answer: getParameter },
  'secretsmanager.GetSecretValue': { operation: 'GetSecretValue', service: 'secretsmanager', answer: getSecretValue },
  'ServiceQuotasV20190624.ListServiceQuotas': {
    operation: 'ListServiceQuotas',
    service: 'servicequotas',
    answer: listServiceQuotas
  },
  'ServiceQuotasV20190624.ListAWSDefaultServiceQuotas': {
    operation: 'ListAWSDefaultServiceQuotas',
    service: 'servicequotas',
    answer: listDefaultQuotas
  }
} as const satisfies Record<
  string,
  { operation: string; service: string; answer: (input: Input, world: World, place: Place) => unknown }
>

/** The error body of the JSON protocols; these services answer 400 to nearly everything. */
export function jsonRefusal(exception: ExceptionName, message: string): string {
  return JSON.stringify(message === '' ? { __type: exception } : { __type: exception, message })
}
