import { readFile } from 'node:fs/promises'
import { type SdkHandler, sdkHandler } from '../aws/sdk-http.ts'
import type { Config } from '../config.ts'
import { within } from '../core/within.ts'

/** Where API keys come from. `load` reads the text anew; it throws an Error whose message is fit for the log. */
export interface KeySource {
  /** For messages, e.g. `the SSM parameter /adit/api-key (API_KEY_PARAM_NAME)`. */
  readonly name: string
  /** The variable that names it, for those who may not know more. */
  readonly variable: string
  /** Whether the source can change while the process runs. */
  readonly refreshable: boolean
  load(): Promise<string>
}

/** The one source the configuration names; undefined when auth is off. */
export function keySourceOf(config: Config): KeySource | undefined {
  if (config.auth.mode === 'off') return undefined
  if (config.auth.apiKey !== undefined) return fromText(config.auth.apiKey)
  if (config.auth.keys !== undefined) return fromList(config.auth.keys)
  if (config.auth.apiKeysFile !== undefined) return fromFile(config.auth.apiKeysFile)
  if (config.auth.apiKeyParamName !== undefined) return fromParameterStore(config.auth.apiKeyParamName, config)
  if (config.auth.apiKeySecretArn !== undefined) return fromSecretsManager(config.auth.apiKeySecretArn, config)
  return undefined
}

function fromText(key: string): KeySource {
  return { name: 'API_KEY', variable: 'API_KEY', refreshable: false, load: async () => key }
}

function fromList(keys: readonly unknown[]): KeySource {
  return {
    name: 'auth.keys of ADIT_CONFIG',
    variable: 'ADIT_CONFIG',
    refreshable: false,
    load: async () => JSON.stringify({ keys })
  }
}

function fromFile(path: string): KeySource {
  return { name: 'the file of API_KEYS_FILE', variable: 'API_KEYS_FILE', refreshable: true, load: () => readFile(path, 'utf8') }
}

/** SSM Parameter Store: a SecureString, a String, a hierarchical name or an ARN. The SDK is loaded on first use only. */
function fromParameterStore(parameter: string, config: Config): KeySource {
  const name = `the SSM parameter ${parameter} (API_KEY_PARAM_NAME)`
  const client = renewable(async () => {
    const { SSMClient } = await import('@aws-sdk/client-ssm')
    return new SSMClient(clientOptions(parameter, config))
  })
  return {
    name,
    variable: 'API_KEY_PARAM_NAME',
    refreshable: true,
    async load() {
      const { GetParameterCommand } = await import('@aws-sdk/client-ssm')
      const found = await readable(name, client, (ssm, abortSignal) =>
        ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }), { abortSignal })
      )
      if (found.Parameter?.Value === undefined) throw new Error(`${name} has no value`)
      return found.Parameter.Value
    }
  }
}

function fromSecretsManager(secret: string, config: Config): KeySource {
  const name = `the secret ${secret} (API_KEY_SECRET_ARN)`
  const client = renewable(async () => {
    const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
    return new SecretsManagerClient(clientOptions(secret, config))
  })
  return {
    name,
    variable: 'API_KEY_SECRET_ARN',
    refreshable: true,
    async load() {
      const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager')
      const found = await readable(name, client, (secrets, abortSignal) =>
        secrets.send(new GetSecretValueCommand({ SecretId: secret }), { abortSignal })
      )
      if (found.SecretString !== undefined) return found.SecretString
      if (found.SecretBinary !== undefined) return Buffer.from(found.SecretBinary).toString('utf8')
      throw new Error(`${name} has no value`)
    }
  }
}

/** An ARN names its own region, which need not be the one Bedrock is called in. */
function clientOptions(nameOrArn: string, config: Config): { region?: string; requestHandler?: SdkHandler } {
  const region = /^arn:[^:]*:[^:]*:([^:]+):/.exec(nameOrArn)?.[1] ?? config.aws.region ?? config.aws.defaultRegion
  const requestHandler = sdkHandler(config)
  return { ...(region === undefined ? {} : { region }), ...(requestHandler && { requestHandler }) }
}

/** A reading takes no longer. Milliseconds. */
const READ_MS = 10_000

/** Reads in time. A client that has failed is replaced by a new one: its credentials may hang, which no signal ends. */
async function readable<C, T>(
  name: string,
  client: Renewable<C>,
  read: (client: C, signal: AbortSignal) => Promise<T>
): Promise<T> {
  try {
    const reading = client.get().then((one) => read(one, AbortSignal.timeout(READ_MS)))
    return await within(reading, { ms: READ_MS, late: () => new Error(`no answer within ${READ_MS / 1000} seconds`) })
  } catch (cause) {
    client.forget()
    const error = cause instanceof Error ? cause : new Error(String(cause))
    throw new Error(
      `${name} cannot be read: ${error.name}${error.message && error.message !== 'UnknownError' ? `: ${error.message}` : ''}`,
      { cause }
    )
  }
}

interface Renewable<T> {
  get(): Promise<T>
  /** The next `get` makes another. */
  forget(): void
}

function renewable<T>(make: () => Promise<T>): Renewable<T> {
  let made: Promise<T> | undefined
  return {
    get() {
      made ??= make()
      return made
    },
    forget() {
      made = undefined
    }
  }
}
