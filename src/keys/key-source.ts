import { readFile } from 'node:fs/promises'
import { type SdkHandler, sdkHandler } from '../aws/sdk-http.ts'
import type { Config } from '../config.ts'

/** Where API keys come from. `load` reads the text anew; it throws an Error whose message is fit for the log and `/ready`. */
export interface KeySource {
  /** For messages, e.g. `the SSM parameter /adit/api-key (API_KEY_PARAM_NAME)`. */
  readonly name: string
  /** Whether the source can change while the process runs. */
  readonly refreshable: boolean
  load(): Promise<string>
}

/** The one source the configuration names; undefined when auth is off. */
export function keySourceOf(config: Config): KeySource | undefined {
  if (config.auth === 'off') return undefined
  if (config.apiKey !== undefined) return fromText(config.apiKey)
  if (config.apiKeysFile !== undefined) return fromFile(config.apiKeysFile)
  if (config.apiKeyParamName !== undefined) return fromParameterStore(config.apiKeyParamName, config)
  if (config.apiKeySecretArn !== undefined) return fromSecretsManager(config.apiKeySecretArn, config)
  return undefined
}

function fromText(key: string): KeySource {
  return { name: 'API_KEY', refreshable: false, load: async () => key }
}

function fromFile(path: string): KeySource {
  return { name: `the file of API_KEYS_FILE`, refreshable: true, load: () => readFile(path, 'utf8') }
}

/** SSM Parameter Store: a SecureString, a String, a hierarchical name or an ARN. The SDK is loaded on first use only. */
function fromParameterStore(parameter: string, config: Config): KeySource {
  const name = `the SSM parameter ${parameter} (API_KEY_PARAM_NAME)`
  const client = once(async () => {
    const { SSMClient } = await import('@aws-sdk/client-ssm')
    return new SSMClient(clientOptions(parameter, config))
  })
  return {
    name,
    refreshable: true,
    async load() {
      const { GetParameterCommand } = await import('@aws-sdk/client-ssm')
      const found = await readable(name, async () =>
        (await client()).send(new GetParameterCommand({ Name: parameter, WithDecryption: true }), {
          abortSignal: AbortSignal.timeout(10_000)
        })
      )
      if (found.Parameter?.Value === undefined) throw new Error(`${name} has no value`)
      return found.Parameter.Value
    }
  }
}

function fromSecretsManager(secret: string, config: Config): KeySource {
  const name = `the secret ${secret} (API_KEY_SECRET_ARN)`
  const client = once(async () => {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
    return new SecretsManagerClient(clientOptions(secret, config))
  })
  return {
    name,
    refreshable: true,
    async load() {
      const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager')
      const found = await readable(name, async () =>
        (await client()).send(new GetSecretValueCommand({ SecretId: secret }), { abortSignal: AbortSignal.timeout(10_000) })
      )
      if (found.SecretString !== undefined) return found.SecretString
      if (found.SecretBinary !== undefined) return Buffer.from(found.SecretBinary).toString('utf8')
      throw new Error(`${name} has no value`)
    }
  }
}

/** An ARN names its own region, which need not be the one Bedrock is called in. */
function clientOptions(nameOrArn: string, config: Config): { region?: string; requestHandler?: SdkHandler } {
  const region = /^arn:[^:]*:[^:]*:([^:]+):/.exec(nameOrArn)?.[1] ?? config.awsRegion ?? config.awsDefaultRegion
  const requestHandler = sdkHandler(config)
  return { ...(region === undefined ? {} : { region }), ...(requestHandler && { requestHandler }) }
}

async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause))
    throw new Error(
      `${name} cannot be read: ${error.name}${error.message && error.message !== 'UnknownError' ? `: ${error.message}` : ''}`,
      { cause }
    )
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
