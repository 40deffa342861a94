import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../../errors.ts'
import { type ApiKey, keyMatcher } from '../../keys/key-set.ts'
import { keySourceOf } from '../../keys/key-source.ts'
import { createKeyStore } from '../../keys/key-store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For `onRequest`: refuses a request without a key in force, else sets `request.apiKey`. A promise only when keys must be read first. */
    authenticate(request: FastifyRequest): void | Promise<void>
    /** The same for what only operators may see: refuses all but `ADMIN_KEY` and keys of the set that are `admin`. */
    authenticateAdmin(request: FastifyRequest): void | Promise<void>
    /** Where the requests of a key may go, by the name of a key that has been admitted; undefined: anywhere. */
    residencyOf(owner: string): ApiKey['residency']
  }
  interface FastifyRequest {
    /** The key that was presented; undefined when `AUTH=off`. */
    apiKey: ApiKey | undefined
  }
}

/** A request waits no longer for its key to be read. Milliseconds. */
const LONGEST_WAIT_MS = 5000

/** Keys from the configured source. They are read at start in the background: the process listens meanwhile and says why it is not ready. */
export const auth = fp(
  async (app: FastifyInstance) => {
    app.decorateRequest('apiKey', undefined)
    /** By name, of keys that have any: what is done for a key finds it however it came about. */
    const residencies = new Map<string, ApiKey['residency']>()
    app.decorate('residencyOf', (owner) => (residencies.size === 0 ? undefined : residencies.get(owner)))
    const isAdminKey = keyMatcher(app.config.auth.adminKey)
    app.decorate('authenticateAdmin', (request) => {
      const presented = presentedKey(request)
      if (presented === undefined) throw new GatewayError('invalid_api_key', NO_ADMIN_KEY)
      if (isAdminKey(presented)) return
      const admitted = app.authenticate(request)
      return admitted instanceof Promise ? admitted.then(() => refuseOthers(request)) : refuseOthers(request)
    })
    const source = keySourceOf(app.config)
    if (source === undefined) {
      app.decorate('authenticate', () => {})
      return
    }
    const store = createKeyStore({
      source,
      waitMs: Math.min(app.config.upstream.firstEventTimeoutMs, LONGEST_WAIT_MS),
      onError: (error) => app.log.warn({ err: error }, 'API keys could not be read')
    })
    // Anybody may ask: names and AWS's own words are for the log.
    app.readiness.add(() =>
      store.reason === undefined ? undefined : `there are no API keys yet: look at ${source.variable}; the log says why`
    )
    app.addHook('onReady', () => {
      void store.load()
    })
    app.addHook('onClose', async () => store.close())

    app.decorate('authenticate', (request) => {
      const presented = presentedKey(request)
      if (presented === undefined) throw new GatewayError('invalid_api_key', isSigned(request) ? SIGNED : NO_KEY)
      const key = store.find(presented)
      return key instanceof Promise ? key.then((found) => admit(request, presented, found)) : admit(request, presented, key)
    })

    function admit(request: FastifyRequest, presented: string, key: ApiKey | undefined): void {
      if (key === undefined) {
        if (store.reason !== undefined)
          throw new GatewayError('not_ready', 'The gateway has no API keys yet; try again shortly.', { retryAfterS: 5 })
        throw new GatewayError('invalid_api_key', looksLikeBedrockKey(presented) ? BEDROCK_KEY : WRONG_KEY)
      }
      if (key.residency !== undefined) residencies.set(key.name, key.residency)
      else if (residencies.size > 0) residencies.delete(key.name)
      request.apiKey = key
      request.record.key = key.name
    }
  },
  { name: 'auth', dependencies: ['readiness', 'request-record'] }
)

const NO_KEY =
  "You didn't provide an API key. Send it as 'Authorization: Bearer YOUR_KEY' (or in an 'api-key' or 'x-api-key' header)."
const SIGNED =
  'This request is signed with AWS credentials, which this gateway does not know. Set AWS_BEARER_TOKEN_BEDROCK to a key that the operator of this gateway gave you (and take AWS_AUTH_SCHEME_PREFERENCE away), so that the SDK sends it as a bearer token.'
const WRONG_KEY = 'Incorrect API key provided. Use a key that the operator of this gateway gave you.'
const BEDROCK_KEY =
  'Incorrect API key provided: this looks like an Amazon Bedrock API key. Use a key that the operator of this gateway gave you; Bedrock keys belong to the gateway itself.'

const NO_ADMIN_KEY = 'This is for the operator of the gateway: send an admin key.'

/** With `AUTH=off` there is no key but `ADMIN_KEY`. */
function refuseOthers({ apiKey }: FastifyRequest): void {
  if (apiKey?.isAdmin !== true)
    throw new GatewayError(
      'access_denied',
      "This API key may not see the operator's view; it needs ADMIN_KEY, or a key that is admin."
    )
}

function presentedKey(request: FastifyRequest): string | undefined {
  return bearerKey(request) ?? single(request.headers['api-key']) ?? single(request.headers['x-api-key'])
}

function bearerKey({ headers: { authorization } }: FastifyRequest): string | undefined {
  return authorization === undefined ? undefined : /^bearer +(.+)$/i.exec(authorization)?.[1]?.trim()
}

/** By Signature Version 4 or its kin, in a header or in the query. */
function isSigned({ headers, url }: FastifyRequest): boolean {
  return /^aws4-/i.test(headers.authorization ?? '') || /[?&]x-amz-signature=/i.test(url)
}

function single(header: string | string[] | undefined): string | undefined {
  const value = Array.isArray(header) ? header[0] : header
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}

function looksLikeBedrockKey(key: string): boolean {
  return key.startsWith('bedrock-api-key-') || key.startsWith('ABSK')
}
