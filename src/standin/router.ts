import { controlCall } from './control-plane.ts'
import { converse, sendRefusal } from './converse.ts'
import { countTokensCall } from './count-tokens.ts'
import type { Exchange } from './exchange.ts'
import { applyGuardrail, invokeGuardrailChecks } from './guardrail.ts'
import { invoke } from './invoke.ts'
import { invokeNative } from './native.ts'
import { containerCredentials, jsonRefusal, TARGETS } from './neighbours.ts'
import { callSurface, findSurface, mantleModels } from './openai-surface.ts'
import { parseBody } from './parse-body.ts'
import { placeOf } from './place.ts'
import { Refusal } from './refusal.ts'
import { checkRegion, signedRegion } from './regions.ts'
import { answerS3, S3Refusal, type S3Target, s3Operation, s3Target, sendS3Refusal } from './s3.ts'
import { checkSignature } from './sigv4.ts'
import { wireJson } from './wire-json.ts'
import type { World } from './world.ts'

/** What a request asks for: the operation's name, who signs it, and how it is answered. */
export interface Route {
  readonly operation: string
  readonly modelId?: string
  /** The service in the signature's scope; undefined: the operation needs no signature. */
  readonly service: 'bedrock' | 'bedrock-mantle' | 'ssm' | 'secretsmanager' | 'servicequotas' | 's3' | undefined
  /** Model calls use the permission of InvokeModel, the rest their own. */
  readonly permission: string
  answer(exchange: Exchange, world: World): Promise<void> | void
}

const MODEL_CALLS = {
  converse: { operation: 'Converse', permission: 'InvokeModel' },
  'converse-stream': { operation: 'ConverseStream', permission: 'InvokeModelWithResponseStream' },
  invoke: { operation: 'InvokeModel', permission: 'InvokeModel' },
  'invoke-with-response-stream': { operation: 'InvokeModelWithResponseStream', permission: 'InvokeModelWithResponseStream' },
  'count-tokens': { operation: 'CountTokens', permission: 'CountTokens' }
} as const

/** Finds the route of a request by method, path and target header. */
export function findRoute(exchange: Exchange): Route {
  const object = s3Target(exchange)
  if (object !== undefined) return s3Route(exchange, object)
  const url = new URL(`http://standin${exchange.target}`)
  const path = exchange.target.split('?')[0] ?? '/'
  if (exchange.method === 'POST')
    return modelRoute(path) ?? guardrailRoute(path) ?? surfaceRoute(path, exchange) ?? targetRoute(exchange) ?? unknownRoute()
  if (exchange.method !== 'GET') return unknownRoute()
  if (path.startsWith('/v2/credentials/')) return credentialsRoute()
  if (path === '/mantle/v1/models') return mantleListRoute()
  const call = controlCall(path, url.searchParams)
  if (call === undefined) return unknownRoute()
  return {
    operation: call.operation,
    permission: call.operation,
    service: 'bedrock',
    answer: (reply, world) =>
      reply.sendJson(200, wireJson(call.answer(world.options.pageSize, signedRegion(reply.headers.authorization))))
  }
}

function modelRoute(path: string): Route | undefined {
  // The id may hold slashes when a client does not encode an ARN.
  const [, id, call] =
    /^\/model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/.exec(path) ?? []
  if (id === undefined || call === undefined) return undefined
  const modelId = decodeURIComponent(id)
  const kind = MODEL_CALLS[call as keyof typeof MODEL_CALLS]
  return {
    ...kind,
    modelId,
    service: 'bedrock',
    answer(exchange, world) {
      checkRegion(modelId, signedRegion(exchange.headers.authorization))
      if (kind.operation === 'InvokeModel') return invoke(exchange, world, modelId)
      if (kind.operation === 'InvokeModelWithResponseStream') return invokeNative(exchange, world, { modelId, streaming: true })
      if (kind.operation === 'CountTokens') return countTokensCall(exchange, modelId)
      return converse(exchange, world, { modelId, streaming: kind.operation === 'ConverseStream' })
    }
  }
}

function surfaceRoute(path: string, exchange: Exchange): Route | undefined {
  const surface = findSurface(path)
  if (surface === undefined) return undefined
  const named = (looseBody(exchange.body) as { model?: unknown } | undefined)?.model
  const mantle = surface.host === 'mantle'
  return {
    operation: surface.api === 'responses' ? 'CreateResponse' : 'CreateChatCompletion',
    permission: mantle ? 'CreateInference' : 'InvokeModel',
    ...(typeof named === 'string' ? { modelId: named } : {}),
    service: mantle ? 'bedrock-mantle' : 'bedrock',
    answer: (reply, world) => callSurface(reply, world, surface)
  }
}

function looseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

const mantleListRoute = (): Route => ({
  operation: 'ListMantleModels',
  permission: 'ListModels',
  service: 'bedrock-mantle',
  answer: (reply) => reply.sendJson(200, JSON.stringify(mantleModels()))
})

function guardrailRoute(path: string): Route | undefined {
  if (path === '/guardrail-checks/invoke') {
    const operation = 'InvokeGuardrailChecks'
    return { operation, permission: operation, service: 'bedrock', answer: (exchange) => invokeGuardrailChecks(exchange) }
  }
  const [, id, version] = /^\/guardrail\/(.+)\/version\/([^/]+)\/apply$/.exec(path) ?? []
  if (id === undefined || version === undefined) return undefined
  const operation = 'ApplyGuardrail'
  const facts = { id: decodeURIComponent(id), version: decodeURIComponent(version) }
  return {
    operation,
    permission: operation,
    service: 'bedrock',
    answer: (exchange, world) => applyGuardrail(exchange, world, facts)
  }
}

function targetRoute(exchange: Exchange): Route | undefined {
  const target = TARGETS[exchange.headers['x-amz-target'] as keyof typeof TARGETS]
  if (target === undefined || exchange.target !== '/') return undefined
  return {
    operation: target.operation,
    permission: target.operation,
    service: target.service,
    answer(reply, world) {
      const answer = target.answer(parseBody(reply.body) as Record<string, unknown>, world, placeOf(reply))
      reply.sendJson(200, JSON.stringify(answer), { 'content-type': 'application/x-amz-json-1.1' })
    }
  }
}

function s3Route({ method }: Exchange, target: S3Target): Route {
  const operation = s3Operation(method, target)
  return { operation, permission: operation, service: 's3', answer: (exchange, world) => answerS3(exchange, world, target) }
}

const credentialsRoute = (): Route => ({
  operation: 'ContainerCredentials',
  permission: 'ContainerCredentials',
  service: undefined,
  answer: (reply, world) => reply.sendJson(200, JSON.stringify(containerCredentials(world.options.credentialsTtlMs, Date.now())))
})

const unknownRoute = (): Route => ({
  operation: 'Unknown',
  permission: 'Unknown',
  service: undefined,
  answer() {
    throw new Refusal('UnknownOperationException', 'The requested operation is not recognized by the service.')
  }
})

/** Checks who calls and what is allowed, then answers; every refusal is written in the protocol of its service. */
export async function answerRoute(route: Route, exchange: Exchange, world: World): Promise<void> {
  try {
    if (world.options.auth === 'check' && route.service !== undefined) checkSignature(exchange, route.service, Date.now())
    checkAllowed(route, world)
    await route.answer(exchange, world)
  } catch (error) {
    if (error instanceof S3Refusal) return sendS3Refusal(exchange, error)
    if (!(error instanceof Refusal)) throw error
    if (route.service === 's3') return sendS3Refusal(exchange, error)
    if (route.service === 'ssm' || route.service === 'secretsmanager' || route.service === 'servicequotas') {
      const headers = { 'content-type': 'application/x-amz-json-1.1' }
      return exchange.sendJson(400, jsonRefusal(error.exception, error.message), headers)
    }
    sendRefusal(exchange, error)
  }
}

function checkAllowed({ operation, permission, service, modelId }: Route, world: World): void {
  if (world.throttled.has(operation))
    throw new Refusal('ThrottlingException', 'Too many requests, please wait before trying again.')
  if (!world.denied.has(operation) && !world.denied.has(permission)) return
  const who = 'arn:aws:sts::123456789012:assumed-role/standin/session'
  const what = modelId === undefined ? '*' : `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`
  throw new Refusal(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: ${service}:${permission} on resource: ${what} because no identity-based policy allows the ${service}:${permission} action`
  )
}
