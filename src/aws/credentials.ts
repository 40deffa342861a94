import { readProfile } from '../config.ts'
import { within } from '../core/within.ts'
import { GatewayError } from '../errors.ts'
import type { SdkHandler } from './sdk-http.ts'

/** What a signature is made with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** When they end; absent: never. */
  readonly expiration?: Date
}

/** Credentials that are kept, and renewed before they end. */
export interface CredentialSource {
  /** The credentials at hand; a promise only when there are none yet or they have ended. Throws GatewayError `upstream_auth`. */
  get(): Credentials | Promise<Credentials>
  /** Bedrock refused `credentials`: the next `get` loads new ones. Of no effect when others are in use already. */
  refuse(credentials: Credentials): void
  /** Why calls cannot be signed at the moment, in words that any caller may read; undefined while nothing is known to be wrong. */
  readonly trouble: string | undefined
}

export interface CredentialOptions {
  /** Loads credentials, or fails in a time of its own; `fresh` asks to pass over every cache. */
  readonly load: (fresh: boolean) => Promise<Credentials>
  /** They are those of a role that is taken for the calls. */
  readonly isRole?: boolean
  /** Hears of the first failure after what went well, not of each. */
  readonly onTrouble?: (error: GatewayError) => void
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

const REFUSED =
  "the role that Bedrock is to be called with cannot be taken: its trust policy must let the gateway's own role in, with the external id that it asks for, and the gateway's own role needs sts:AssumeRole for it"

const LATE =
  'the AWS credentials do not come: their endpoint does not answer; look at the task or instance role, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_PROFILE and the way to STS'
const WAITING = 'the AWS credentials are being waited for'

/** Why there are none, for whoever asks: the SDK's own words may name accounts, and stand in the log only. */
function missingWhy(cause: unknown, isRole: boolean): string {
  if (cause instanceof LateCredentials) return LATE
  // What STS itself says no to; with nothing to ask it with the SDK fails before.
  if (isRole && cause instanceof Error && '$fault' in cause) return REFUSED
  const profile = readProfile()
  if (profile === undefined) return MISSING
  if (cause instanceof Error && /aws sso login/i.test(cause.message))
    return `the SSO login of the profile ${profile} has ended or was never made: aws sso login --profile ${profile}`
  return `the profile ${profile} of AWS_PROFILE is not in the shared config files, or has no credentials that hold`
}

/** Whoever gives the credentials has not answered in time. */
class LateCredentials extends Error {
  constructor(ms: number) {
    super(`no credentials came within ${ms} ms`)
    this.name = 'LateCredentials'
  }
}

/** Keeps one set of credentials. At most one load is under way at a time, and nobody waits for a renewal while the old set holds. */
export function createCredentialSource({ load, isRole = false, onTrouble, now = Date.now }: CredentialOptions): CredentialSource {
  let current: Credentials | undefined
  let loading: Promise<Credentials> | undefined
  let notBefore = 0
  let failure: GatewayError | undefined
  let fresh = false

  function renew(): Promise<Credentials> {
    loading ??= load(fresh)
      .then(
        (loaded) => {
          fresh = false
          current = loaded
          failure = undefined
          return loaded
        },
        (cause: unknown) => {
          notBefore = now() + RETRY_MS
          const isNew = failure === undefined
          failure = new GatewayError('upstream_auth', missingWhy(cause, isRole), { cause })
          if (isNew) onTrouble?.(failure)
          throw failure
        }
      )
      .finally(() => {
        loading = undefined
      })
    return loading
  }

  function leftMs(at: number): number {
    if (current === undefined) return 0
    return current.expiration === undefined ? Number.POSITIVE_INFINITY : current.expiration.getTime() - at
  }

  return {
    get() {
      const at = now()
      const left = leftMs(at)
      if (current === undefined || left < TOO_LATE_MS) return renew()
      if (left < RENEW_MS && at >= notBefore) renew().catch(() => {}) // told by the next get that has to wait
      return current
    },
    refuse(credentials) {
      if (current !== credentials) return
      current = undefined
      fresh = true
    },
    get trouble() {
      if (leftMs(now()) >= TOO_LATE_MS) return undefined
      return failure?.message ?? (loading === undefined ? undefined : WAITING)
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
  /** A load fails with `LateCredentials` after this; default: 10 seconds. Milliseconds. */
  readonly waitMs?: number
}

const WAIT_MS = 10_000

/**
 * Loads by the AWS SDK's default chain, and takes the role where one is named. A chain that hangs is given up and replaced by a new one:
 * it keeps a lock of its own, so that all who ask it later would hang with the first.
 */
export function sdkCredentials(options: RoleOptions): CredentialOptions['load'] {
  let provider: ((input?: { forceRefresh?: boolean }) => Promise<Credentials>) | undefined
  const { waitMs = WAIT_MS } = options

  async function load(fresh: boolean): Promise<Credentials> {
    provider ??= await makeProvider(options)
    return provider(fresh ? { forceRefresh: true } : undefined)
  }

  return async (fresh) => {
    try {
      return await within(load(fresh), { ms: waitMs, late: () => new LateCredentials(waitMs) })
    } catch (error) {
      if (error instanceof LateCredentials) provider = undefined
      throw error
    }
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
