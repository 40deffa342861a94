import { CATALOG, type CatalogModel, MANTLE_ONLY } from './catalog.ts'
import { speak, type Voice } from './converse.ts'
import type { Exchange } from './exchange.ts'
import type { FrameFault } from './faults.ts'
import { completionEvents, completionFrame, wholeCompletion } from './openai-chat.ts'
import { asConverse, CHAT_FIELDS, checkFields, RESPONSES_FIELDS, type SurfaceBody } from './openai-request.ts'
import { responseEvents, responseFrame, wholeResponse } from './openai-responses.ts'
import { parseBody } from './parse-body.ts'
import { Refusal } from './refusal.ts'
import { resolveModel } from './resolve.ts'
import { checkConversation } from './rules-conversation.ts'
import { checkModel } from './rules-model.ts'
import { checkThinking } from './rules-thinking.ts'
import type { World } from './world.ts'

/** One of OpenAI's APIs on one of Bedrock's hosts. Mantle is played below the path `/mantle`. */
export interface Surface {
  readonly host: 'runtime' | 'mantle'
  readonly prefix: '/openai/v1' | '/v1'
  readonly api: 'responses' | 'chat/completions'
}

/** Finds the surface of a path. The runtime knows one prefix alone; AWS's page of endpoints, 2026-09-26. */
export function findSurface(path: string): Surface | undefined {
  const [, mantle, prefix, api] = /^(\/mantle)?(\/openai\/v1|\/v1)\/(responses|chat\/completions)$/.exec(path) ?? []
  if (prefix === undefined || (mantle === undefined && prefix === '/v1')) return undefined
  return {
    host: mantle === undefined ? 'runtime' : 'mantle',
    prefix: prefix as Surface['prefix'],
    api: api as Surface['api']
  }
}

const VOICES: Readonly<Record<Surface['api'], Voice>> = {
  responses: {
    contentType: 'text/event-stream',
    events: responseEvents,
    frame: responseFrame,
    broken: (fault) => responseFrame({ type: 'error', payload: errorOf(fault) }),
    whole: wholeResponse,
    headers: () => ({})
  },
  'chat/completions': {
    contentType: 'text/event-stream',
    events: completionEvents,
    frame: completionFrame,
    broken: (fault) => Buffer.from(`data: ${JSON.stringify({ error: errorOf(fault) })}\n\n`),
    whole: wholeCompletion,
    headers: () => ({})
  }
}

const CODES: Readonly<Record<string, string>> = {
  ThrottlingException: 'rate_limit_exceeded',
  ServiceUnavailableException: 'server_is_overloaded',
  ValidationException: 'context_length_exceeded'
}

const errorOf = ({ exception, message }: FrameFault) => ({ code: CODES[exception] ?? 'server_error', message, param: null })

/** Answers a call of one of OpenAI's surfaces: checks it, then speaks. Refusals are written in OpenAI's form. */
export async function callSurface(exchange: Exchange, world: World, surface: Surface): Promise<void> {
  try {
    const { call, voice } = admit(exchange, world, surface)
    await speak(exchange, world, call, voice)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    exchange.sendJson(error.status, JSON.stringify(openaiBody(error)))
  }
}

/** A refusal in OpenAI's form. */
function openaiBody({ status, exception, message, fields }: Refusal): Readonly<Record<string, unknown>> {
  const type = status === 429 ? 'rate_limit_exceeded' : status >= 500 ? 'server_error' : 'invalid_request_error'
  const code = exception === 'ResourceNotFoundException' ? 'model_not_found' : status === 429 ? type : null
  return { error: { message, type, param: null, code, ...fields } }
}

function admit(exchange: Exchange, world: World, surface: Surface) {
  const body = parseBody(exchange.body) as SurfaceBody
  checkFields(body, surface.api === 'responses' ? RESPONSES_FIELDS : CHAT_FIELDS)
  const model = surfaceModel(body.model, surface)
  if (surface.api === 'responses') refuseKept(body, surface)
  const request = asConverse(body, surface.api)
  const streaming = body.stream === true
  checkModel(request, { ...model, converse: true }, streaming)
  checkConversation(request, model)
  checkThinking(request, model, world.reasoning)
  const call = { modelId: `${body.model}`, model, request, streaming, bodyText: exchange.body.toString('utf8') }
  return { call, voice: VOICES[surface.api] }
}

/** Background and stored responses are mantle's; items of Codex's own kind are the runtime's. */
function refuseKept({ background, input }: SurfaceBody, { host }: Surface): void {
  if (background === true && host === 'runtime') refuse('background mode is not supported')
  if (host === 'mantle' && Array.isArray(input) && input.some((item) => item?.type === 'additional_tools'))
    refuse("Invalid value: 'additional_tools'.")
}

const refuse = (message: string): never => {
  throw new Refusal('ValidationException', message)
}

/** The model of a call; each host has names of its own, and not every API for every model. */
function surfaceModel(named: unknown, { host, prefix, api }: Surface): CatalogModel {
  if (typeof named !== 'string' || named === '') return refuse('you must provide a model parameter')
  const model = host === 'mantle' ? mantleModel(named) : runtimeModel(named)
  if (!apisOf(model, host).includes(api)) return refuse(`The model '${named}' does not support the '/v1/${api}' API`)
  if (host === 'mantle' && prefix !== mantlePrefix(model)) return refuse(`model \`${named}\` isn't supported on this route`)
  return model
}

function runtimeModel(named: string): CatalogModel {
  if (named.includes(':application-inference-profile/')) return refuse('application inference profiles are not supported')
  return resolveModel(named)
}

/** Bare ids alone: a profile, an ARN or a version behind the name is nobody's. */
function mantleModel(named: string): CatalogModel {
  const model = ON_MANTLE.find(({ id }) => mantleId(id) === named)
  if (model === undefined) throw new Refusal('ResourceNotFoundException', `The model '${named}' does not exist`)
  return model
}

const BOTH = ['responses', 'chat/completions'] as const
const CHAT = ['chat/completions'] as const
/** Families of open weights that Bedrock serves in OpenAI's words. */
const OPEN =
  /^(?:openai\.gpt-oss-|deepseek\.v3|google\.gemma|qwen\.|mistral\.(?:devstral|magistral|ministral|mistral-large-3|voxtral)|zai\.glm)/

/** The APIs that a host has for a model; cards of the models, 2026-09. */
function apisOf({ id }: CatalogModel, host: Surface['host']): readonly Surface['api'][] {
  if (/^openai\.gpt-5\.[45]/.test(id)) return host === 'mantle' ? ['responses'] : []
  if (/^openai\.gpt-(?:5\.6|[6-9])/.test(id)) return BOTH
  if (id.startsWith('moonshotai.kimi-k3')) return host === 'runtime' ? BOTH : []
  if (id.startsWith('openai.gpt-oss-safeguard')) return host === 'mantle' ? CHAT : []
  if (id.startsWith('openai.gpt-oss-')) return host === 'mantle' ? BOTH : CHAT
  if (id === 'acme.mantle-only') return host === 'mantle' ? CHAT : []
  return OPEN.test(id) ? CHAT : []
}

const ON_MANTLE = [...CATALOG, ...MANTLE_ONLY].filter((model) => apisOf(model, 'mantle').length > 0)

const mantleId = (id: string) => id.replace(/-\d+:\d+$/, '')

const mantlePrefix = ({ family }: CatalogModel): Surface['prefix'] => (family === 'gpt' ? '/openai/v1' : '/v1')

/** What mantle's `GET /v1/models` tells. */
export function mantleModels(): Readonly<Record<string, unknown>> {
  const data = ON_MANTLE.map(({ id, provider }) => ({
    id: mantleId(id),
    object: 'model',
    created: 1_780_272_000,
    owned_by: provider.toLowerCase()
  }))
  return { object: 'list', data }
}
