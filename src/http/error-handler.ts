import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { ErrorWords } from '../dialects/dialect.ts'
import { type ErrorKind, GatewayError } from '../errors.ts'
import { paramOf } from './spelling.ts'
import { endpointTwice, unknownRoute } from './unknown-route.ts'
import { type Tongues, wordsOf } from './words-of.ts'

/** Fastify's own refusals, in our kinds. */
const FASTIFY_ERRORS: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    "Send the body as JSON, with the header 'content-type: application/json'."
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'The request body is empty; it must be a JSON object.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'We could not parse the JSON body of your request.'],
  FST_ERR_BAD_URL: ['invalid_request', 'The path of the request is not valid.']
}

/**
 * Makes every failure, also Fastify's own and panics, an error in the words of the route's dialect, or of its caller's where no route
 * has been found; tells the log what the caller does not see.
 */
export const errorHandler = fp(
  async (app: FastifyInstance, { tongues }: { readonly tongues: Tongues }) => {
    app.setErrorHandler((thrown: FastifyError, request, reply) => {
      const error = toGatewayError(thrown)
      noteError(request, error)
      return sendError(reply, error, wordsOf(request, tongues))
    })
    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? ''
      const allowed = ['GET', 'POST'].filter(
        (method) => method !== request.method && app.findRoute({ method, url: path }) !== null
      )
      const error = unservedRoute(request.method, path, allowed)
      noteError(request, error)
      if (error.kind === 'method_not_allowed') reply.header('allow', allowed.join(', '))
      return sendError(reply, error, wordsOf(request, tongues))
    })
  },
  { name: 'error-handler', dependencies: ['request-record', 'spelling'] }
)

function unservedRoute(method: string, path: string, allowed: readonly string[]): GatewayError {
  const isUnknown = allowed.length === 0 || method === 'HEAD' || endpointTwice(path) !== undefined
  if (isUnknown) return new GatewayError('not_found', unknownRoute(method, path))
  return new GatewayError('method_not_allowed', `Not allowed to ${method} on ${path}; use ${allowed.join(' or ')}.`)
}

/** Answers what Fastify refuses before any hook has run, such as a path that does not decode. */
export function frameworkErrors(tongues: Tongues) {
  return (thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    reply.header('x-request-id', request.id).header('access-control-allow-origin', '*')
    sendError(reply, toGatewayError(thrown), wordsOf(request, tongues))
  }
}

/** Any thrown thing as a GatewayError. What is not ours becomes a plain 500 whose cause only the log sees. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const code = errorCode(thrown)
  const known = code === undefined ? undefined : FASTIFY_ERRORS[code]
  if (known !== undefined) return new GatewayError(known[0], known[1], { cause: thrown })
  if (thrown instanceof SyntaxError && statusCode(thrown) === 400) {
    return new GatewayError('invalid_json', 'We could not parse the JSON body of your request.', { cause: thrown })
  }
  const status = statusCode(thrown)
  if (status !== undefined && status >= 400 && status < 500) {
    return new GatewayError('invalid_request', 'The request could not be read.', { cause: thrown })
  }
  return new GatewayError('internal', 'The gateway failed on this request; it has been logged.', { cause: thrown })
}

function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

function statusCode(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number'
    ? thrown.statusCode
    : undefined
}

/** Notes a failure for the request's log line; a failure of ours is logged with its cause too. */
export function noteError(request: FastifyRequest, error: GatewayError): void {
  const { record } = request
  record.error = error.kind
  if (error.upstreamRequestId !== undefined) record.upstreamRequestId = error.upstreamRequestId
  if (error.tried !== undefined) {
    record.model ??= error.tried.model
    record.region ??= error.tried.region
    record.attempts ??= error.tried.attempts
  }
  // a refusal or a cut of Bedrock's has words of its own; what the network says stands in the cause alone, and names the host
  if (error.kind === 'upstream_error' && error.cause instanceof Error && 'code' in error.cause)
    request.log.warn({ reqId: request.id, err: error.cause }, error.message)
  if (error.kind === 'internal') request.log.error({ reqId: request.id, err: error.cause }, 'a request failed')
}

/** Seconds beyond which official clients misread `retry-after` and hammer instead. */
const LONG_WAIT_S = 60

function sendError(reply: FastifyReply, error: GatewayError, errors: ErrorWords): FastifyReply {
  // Fastify would have the connection closed over a body that still comes, and its client would read of a broken connection, not of this.
  if (reply.hasHeader('connection') && reply.server.lifecycle?.draining !== true) reply.removeHeader('connection')
  if (errors.idHeader !== undefined) reply.header(errors.idHeader, reply.request.id)
  // Claude Code asks again and again with a key that is wrong, unless it is told.
  if (error.kind === 'invalid_api_key') reply.header('www-authenticate', 'Bearer').header('x-should-retry', 'false')
  if (error.headers !== undefined) reply.headers(error.headers).headers(errors.limitHeaders?.(error.headers) ?? {})
  if (error.upstreamRequestId !== undefined) reply.header('x-amzn-requestid', error.upstreamRequestId)
  const retryAfterS = error.retryAfterS ?? (error.status === 429 || error.status === 503 ? 1 : undefined)
  if (retryAfterS !== undefined) {
    reply.header('retry-after', String(Math.ceil(retryAfterS)))
    if (retryAfterS > LONG_WAIT_S || error.kind === 'quota_exceeded') reply.header('x-should-retry', 'false')
  }
  if (errors.asSaid && error.said !== undefined)
    return reply.code(error.said.status).headers(error.said.headers).send(error.said.body)
  if (errors.headers !== undefined) reply.headers(errors.headers(error))
  const body = errors.body(error, paramOf(error, reply.request), reply.request.id)
  return reply.code(errors.status(error.kind)).type('application/json; charset=utf-8').send(body)
}
