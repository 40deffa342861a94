import type { Credentials } from '../bedrock/transport/sign.ts'
import { GatewayError } from '../errors.ts'
import type { SdkHandler } from './sdk-http.ts'

/** Credentials that are kept, and renewed before they end. */
export interface CredentialSource {
  /** The credentials at hand; a promise only when there are none yet or they have ended. Throws GatewayError `upstream_auth`. */
  get(): Credentials | Promise<Credentials>
  /** Bedrock refused `credentials`: the next `get` loads new ones. Of no effect when others are in use already. */
  refuse(credentials: Credentials): void
}

export interface CredentialOptions {
  /** Loads credentials; `fresh` asks to pass over every cache. */
  readonly load: (fresh: boolean) => Promise<Credentials>
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** Credentials are renewed in the background when this little is left of them, and waited for when less than the second. Milliseconds. */
const RENEW_MS = 300_000
const TOO_LATE_MS = 5000
/** After a failed renewal the next one waits this long, while the old ones still hold. */
const RETRY_MS = 10_000

const MISSING =
  'the gateway has no AWS credentials: give it a task or instance role, AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK'

/** Keeps one set of credentials. At most one load is under way at a time, and nobody waits for a renewal while the old set holds. */
export function createCredentialSource({ load, now = Date.now }: CredentialOptions): CredentialSource {
  let current: Credentials | undefined
  let loading: Promise<Credentials> | undefined
  let notBefore = 0
  let fresh = false

  function renew(): Promise<Credentials> {
    loading ??= load(fresh)
      .then(
        (loaded) => {
          fresh = false
          current = loaded
          return loaded
        },
        (cause: unknown) => {
          notBefore = now() + RETRY_MS
          throw new GatewayError('upstream_auth', MISSING, { cause })
        }
      )
      .finally(() => {
        loading = undefined
      })
    return loading
  }

  return {
    get() {
      const at = now()
      const left = current?.expiration === undefined ? Number.POSITIVE_INFINITY : current.expiration.getTime() - at
      if (current === undefined || left < TOO_LATE_MS) return renew()
      if (left < RENEW_MS && at >= notBefore) renew().catch(() => {}) // told by the next get that has to wait
      return current
    },
    refuse(credentials) {
      if (current !== credentials) return
      current = undefined
      fresh = true
    }
  }
}

/** A role to use for the calls, instead of the credentials found. */
export interface RoleOptions {
  readonly roleArn?: string
  readonly externalId?: string
  /** Region of the STS call; absent: the SDK's own rule. */
  readonly region?: string
  /** How STS is reached; undefined: in the SDK's own way. */
  readonly handler?: () => SdkHandler | undefined
}

/** Loads by the AWS SDK's default chain, and takes the role where one is named. */
export function sdkCredentials(options: RoleOptions): CredentialOptions['load'] {
  let provider: ((input?: { forceRefresh?: boolean }) => Promise<Credentials>) | undefined
  return async (fresh) => {
    provider ??= await makeProvider(options)
    return provider(fresh ? { forceRefresh: true } : undefined)
  }
}

async function makeProvider({ roleArn, externalId, region, handler }: RoleOptions) {
  const requestHandler = handler?.()
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
  const clientConfig = { ...(region === undefined ? {} : { region }), ...(requestHandler && { requestHandler }) }
  if (roleArn === undefined) return fromNodeProviderChain({ clientConfig })
  return fromTemporaryCredentials({
    params: { RoleArn: roleArn, RoleSessionName: 'adit', ...(externalId === undefined ? {} : { ExternalId: externalId }) },
    clientConfig
  })
}
