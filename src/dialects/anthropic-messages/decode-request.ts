import { byLength, estimateTokens } from '../../core/estimate-tokens.ts'
import type { CoreField, Spell } from '../../core/field.ts'
import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { AnthropicFields, ChatRequest, ServiceTier } from '../../core/request.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { createLostFields } from '../openai/lost-fields.ts'
import { put } from '../openai/present.ts'
import { createSpelling, givenAmong, type SpeltField, USUAL_WORDS } from '../openai/spelling.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { decodeMessages, decodeSystem, referredTools } from './decode-messages.ts'
import { decodeOutput, decodeReasoning } from './decode-thinking.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { FIELDS, fieldsOf } from './fields.ts'
import {
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  optionalWord
} from './read-value.ts'
import { missing, tooMany, unsupported, wrongType } from './refuse.ts'
import { createReport, type Report } from './report.ts'

/** What of a Messages request concerns only the shape of its answer. */
export interface MessagesOptions {
  /** Tokens of the prompt as far as can be told before the model has; a stream begins with it. */
  readonly inputTokens: number
}

export interface DecodedMessages {
  readonly request: ChatRequest
  readonly options: MessagesOptions
  readonly warnings: readonly SpeltWarning[]
  readonly spell: Spell
}

export interface MessagesContext {
  /** The header `anthropic-beta`, as it came. */
  readonly betas?: string | readonly string[] | undefined
  /** Only the prompt is asked about: no limit of the answer is needed. */
  readonly isCount?: true
}

/** Reads a Messages request. Throws a 400 that names the field; what is lost on the way is in `warnings`. */
export function decodeMessagesRequest(body: unknown, context: MessagesContext = {}): DecodedMessages {
  if (!isJsonObject(body)) throw new GatewayError('invalid_type', 'The request body must be a JSON object.')
  const { report, warnings } = createReport()
  refuseForeign(body)
  for (const name in body) {
    if (!Object.hasOwn(FIELDS, name) && body[name] !== null && /^[\w.-]{1,64}$/.test(name))
      report(name, 'not a field that the gateway knows')
  }
  const request = decodeRequest(body, context, report)
  const inputTokens = request.stream ? estimateTokens(request, byLength) : 0
  return { request, options: { inputTokens }, warnings, spell: messagesSpelling(body, context.betas) }
}

const REFUSED = fieldsOf('refused')

/** Fields whose leaving out would change what is meant; null and empty ones mean nothing. */
function refuseForeign(body: JsonObject): void {
  for (const name of REFUSED) {
    const value = body[name]
    const isNothing = value === undefined || value === null || (typeof value === 'object' && isEmpty(value))
    if (!isNothing) throw unsupported(name, `Not supported on Bedrock: ${FIELDS[name].note || 'leave it out'}`)
  }
}

function decodeRequest(body: JsonObject, context: MessagesContext, report: Report): ChatRequest {
  const model = optionalString(body.model, 'model')
  if (!model) throw missing('model')
  const maxTokens = optionalInteger(body.max_tokens, 'max_tokens', FIELDS.max_tokens)
  if (maxTokens === undefined && context.isCount !== true) throw missing('max_tokens')
  const turns = decodeMessages(body.messages, report)
  const tools = decodeTools(body.tools, () => referredTools(body.messages, turns), report)
  const { choice, parallel } = decodeToolChoice(body.tool_choice, tools, report)
  const request: Mutable<ChatRequest> = {
    model,
    system: decodeSystem(body.system, report),
    turns,
    tools,
    output: decodeOutput(body, report),
    stream: context.isCount === true ? false : (optionalBoolean(body.stream, 'stream') ?? false),
    anthropic: anthropicFields(body)
  }
  put(request, 'maxTokens', maxTokens)
  put(request, 'temperature', optionalNumber(body.temperature, 'temperature', FIELDS.temperature))
  put(request, 'topP', optionalNumber(body.top_p, 'top_p', FIELDS.top_p))
  put(request, 'topK', optionalInteger(body.top_k, 'top_k', FIELDS.top_k) || undefined)
  put(request, 'stop', decodeStops(body))
  put(request, 'toolChoice', choice)
  put(request, 'parallelToolCalls', parallel)
  put(request, 'reasoning', decodeReasoning(body, report))
  put(request, 'serviceTier', decodeTier(body))
  put(request, 'metadata', decodeMetadata(body, report))
  put(request, 'betas', decodeBetas(body, context.betas))
  const mark = decodeCacheMark(body, '', report)
  put(
    request,
    'autoCache',
    mark === undefined ? undefined : { system: false, tools: false, messages: true, mark, path: 'cache_control' }
  )
  reportLost({ get: (name) => body[name], path: (name) => name }, report)
  return request
}

function anthropicFields(body: JsonObject): AnthropicFields {
  const contextManagement = optionalObject(body.context_management, 'context_management')
  return contextManagement === undefined || isEmpty(contextManagement) ? { body } : { body, contextManagement }
}

const MOST_STRINGS = 1000

function stringsAt(value: Json | undefined, path: string): readonly string[] {
  return (optionalArray(value, path, MOST_STRINGS) ?? []).map((each, index) => {
    if (typeof each !== 'string') throw wrongType(`${path}.${index}`, 'a valid string')
    return each
  })
}

function decodeStops(body: JsonObject): readonly string[] | undefined {
  const stops = stringsAt(body.stop_sequences, 'stop_sequences').filter((stop) => stop !== '')
  return stops.length === 0 ? undefined : stops
}

const TIERS: Readonly<Record<(typeof FIELDS.service_tier.values)[number], ServiceTier | undefined>> = {
  auto: undefined,
  standard_only: undefined,
  default: 'default',
  priority: 'priority',
  flex: 'flex',
  reserved: 'reserved'
}

function decodeTier(body: JsonObject): ServiceTier | undefined {
  const tier = optionalWord(body.service_tier, 'service_tier', FIELDS.service_tier.values)
  return tier === undefined ? undefined : TIERS[tier]
}

/** `user_id` alone is defined; Claude Code's is JSON, of which Bedrock's alphabet keeps what it can. */
function decodeMetadata(body: JsonObject, report: Report): Record<string, string> | undefined {
  const metadata = optionalObject(body.metadata, 'metadata')
  if (metadata === undefined) return undefined
  for (const name of Object.keys(metadata))
    if (name !== 'user_id' && /^\w{1,64}$/.test(name)) report(`metadata.${name}`, 'only `user_id` is defined')
  const user = optionalString(metadata.user_id, 'metadata.user_id')
  return user === undefined || user === '' ? undefined : { user_id: user }
}

/** Flags of the header and of the body, each once. */
function decodeBetas(body: JsonObject, header: MessagesContext['betas']): readonly string[] | undefined {
  const said = [
    ...(typeof header === 'string' ? [header] : (header ?? [])),
    ...stringsAt(body.betas, 'betas'),
    ...(typeof body.anthropic_beta === 'string' ? [body.anthropic_beta] : stringsAt(body.anthropic_beta, 'anthropic_beta'))
  ]
  if (said.length === 0) return undefined
  const flags: string[] = []
  for (const list of said) {
    flags.push(...list.split(',', MOST_STRINGS + 1).map((flag) => flag.trim()))
    if (flags.length > MOST_STRINGS) throw tooMany('betas', MOST_STRINGS, flags.length)
  }
  const some = [...new Set(flags.filter((flag) => flag !== ''))]
  return some.length === 0 ? undefined : some
}

/** Reports the fields that nothing at Bedrock stands for. */
const reportLost = createLostFields(FIELDS)

const WORDS: Readonly<Record<SpeltField, string>> = {
  ...USUAL_WORDS,
  stop: 'stop_sequences',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  output: 'output_config.format',
  'output.strict': 'output_config.format',
  reasoning: 'thinking',
  latency: 'latency',
  metadata: 'metadata',
  betas: 'anthropic-beta',
  extraFields: 'output_config',
  responseFieldPaths: 'stop_sequences',
  webSearch: 'tools',
  finish: 'stop_reason'
}

const usual = createSpelling(WORDS)

const PARTS_OF_OUTPUT = ['effort', 'format']

/** Where a caller can have written a field, where there are several places. */
const PLACES: Readonly<Partial<Record<CoreField, readonly string[]>>> = {
  reasoning: ['thinking', 'output_config.effort'],
  output: ['output_config.format', 'output_format'],
  'output.strict': ['output_config.format', 'output_format'],
  betas: ['betas', 'anthropic_beta']
}

/** Apart from what spells with them, so that the body is not held as long as its names are; of them those of fields alone. */
function givenNames(body: JsonObject): ReadonlySet<string> {
  const given = new Set<string>()
  for (const name in FIELDS) if ((body[name] ?? null) !== null) given.add(name)
  const { output_config: output } = body
  if (!isJsonObject(output)) return given
  for (const name of PARTS_OF_OUTPUT) if ((output[name] ?? null) !== null) given.add(`output_config.${name}`)
  return given
}

/** How the caller of this request wrote the core's fields; `betas`: flags came in the header. It keeps the names alone. */
function messagesSpelling(body: JsonObject, betas: MessagesContext['betas']): Spell {
  const given = givenNames(body)
  const hasHeader = betas !== undefined
  return (field) => {
    const [word] = usual(field)
    const [first, ...others] = givenAmong(PLACES[field] ?? [], word, (path) => given.has(path))
    return field === 'betas' && hasHeader && first !== word ? [word, first, ...others] : [first, ...others]
  }
}
