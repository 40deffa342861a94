import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ChatRequest, Guardrail, ServiceTier } from '../../core/request.ts'
import type { Warning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { badValue, missing, wrongType } from '../openai-error/refuse.ts'
import { decodeAutoCache } from './decode-cache.ts'
import { decodeGuardrail } from './decode-guardrail.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeOutput } from './decode-output.ts'
import { decodeReasoning, excludesReasoning } from './decode-reasoning.ts'
import { decodeToolChoice } from './decode-tool-choice.ts'
import { type DecodedTools, decodeTools } from './decode-tools.ts'
import { FIELDS, type FieldName, type FieldRow } from './fields.ts'
import type { ChatOptions, ReasoningFormat } from './options.ts'
import { present } from './present.ts'
import { type Fields, readFields } from './read-fields.ts'
import { optionalBoolean, optionalChoice } from './read-value.ts'
import { createReport, type Report } from './report.ts'
import type { ChatBody } from './schema.ts'

export type { ChatOptions, ReasoningFormat } from './options.ts'

export interface ChatDefaults {
  readonly reasoningFormat: ReasoningFormat
  /** From the request's headers; the body wins. */
  readonly guardrail?: Guardrail
}

export interface DecodedChat {
  readonly request: ChatRequest
  readonly options: ChatOptions
  readonly warnings: readonly Warning[]
}

/** Reads a chat request. Throws a 400 that names the field; what is lost on the way is in `warnings` or `request.unmapped`. */
export function decodeChatRequest(body: ChatBody, defaults: ChatDefaults): DecodedChat {
  if (!isJsonObject(body)) throw wrongType('body', 'an object', body)
  const fields = readFields(body)
  const { report, warnings } = createReport()
  refuseOtherOutputs(fields)
  for (const path of fields.unknown) {
    if (/^[\w.-]{1,64}$/.test(path)) report(path, 'not a field that the gateway knows')
  }
  const tools = decodeTools(fields, report)
  return { request: decodeRequest(fields, tools, defaults, report), options: decodeOptions(fields, tools, defaults), warnings }
}

function decodeRequest(
  fields: Fields,
  { tools: given, legacy }: DecodedTools,
  defaults: ChatDefaults,
  report: Report
): ChatRequest {
  const model = fields.get('model')
  if (!model) throw missing('model')
  const messages = fields.get('messages')
  if (messages === undefined) throw missing('messages')
  const { choice, tools } = decodeToolChoice(fields, given, legacy)
  return present({
    model,
    ...decodeMessages(messages, fields.path('messages'), report),
    ...decodeLimits(fields),
    tools,
    toolChoice: choice,
    // `function_call` has room for one call only.
    parallelToolCalls: legacy ? false : fields.get('parallel_tool_calls'),
    output: decodeOutput(fields),
    reasoning: decodeReasoning(fields),
    stream: fields.get('stream') ?? false,
    serviceTier: decodeServiceTier(fields),
    guardrail: decodeGuardrail(fields) ?? defaults.guardrail,
    metadata: decodeMetadata(fields),
    autoCache: decodeAutoCache(fields, report),
    webSearch: fields.get('web_search_options') === undefined ? undefined : true,
    ...decodeNative(fields),
    unmapped: decodeUnmapped(fields)
  })
}

function decodeOptions(fields: Fields, { custom, legacy }: DecodedTools, defaults: ChatDefaults): ChatOptions {
  const path = `${fields.path('stream_options')}.include_usage`
  return present({
    count: fields.get('n') ?? 1,
    includeUsage: optionalBoolean(fields.get('stream_options')?.include_usage, path) ?? false,
    legacyFunctions: legacy,
    reasoningFormat: excludesReasoning(fields) ? 'none' : defaults.reasoningFormat,
    serviceTier: decodeServiceTier(fields),
    customTools: custom.size === 0 ? undefined : custom,
    responseFields: fields.get('additional_model_response_field_paths') === undefined ? undefined : true
  })
}

function decodeLimits(fields: Fields) {
  const topK = fields.get('top_k')
  return {
    maxTokens: fields.get('max_completion_tokens') ?? fields.get('max_tokens'),
    temperature: fields.get('temperature'),
    topP: fields.get('top_p'),
    topK: topK !== undefined && topK > 0 ? topK : undefined,
    stop: decodeStop(fields)
  }
}

// Converse takes no more; what a model itself takes is in its traits.
const MOST_STOPS = 2500

function decodeStop(fields: Fields): readonly string[] | undefined {
  const value = fields.get('stop')
  const path = fields.path('stop')
  if (value === undefined) return undefined
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list)) throw wrongType(path, 'a string or an array of strings', list)
  const stops = list.filter((each: Json, index): each is string => {
    if (typeof each !== 'string') throw wrongType(`${path}[${index}]`, 'a string', each)
    return each !== ''
  })
  if (stops.length > MOST_STOPS) throw badValue(path, `Invalid '${path}': expected at most ${MOST_STOPS} strings.`)
  return stops.length === 0 ? undefined : stops
}

const TIERS: Readonly<Record<string, ServiceTier>> = {
  auto: 'default',
  default: 'default',
  scale: 'default',
  fast: 'priority',
  priority: 'priority',
  flex: 'flex',
  reserved: 'reserved'
}

function decodeServiceTier(fields: Fields): ServiceTier | undefined {
  const tier = fields.get('service_tier')
  return tier === undefined ? undefined : TIERS[tier]
}

function decodeMetadata(fields: Fields): Record<string, string> | undefined {
  const path = fields.path('metadata')
  const pairs = Object.entries(fields.get('metadata') ?? {}).flatMap(([key, value]): [string, string][] => {
    if (value === null) return []
    if (typeof value === 'object') throw wrongType(`${path}.${key}`, 'a string', value)
    return [[key, String(value)]]
  })
  const named = (['user', 'safety_identifier'] as const).flatMap((field): [string, string][] => {
    const value = fields.get(field)
    return value === undefined || value === '' ? [] : [[field, value]]
  })
  const all = [...named, ...pairs]
  return all.length === 0 ? undefined : Object.fromEntries(all)
}

function decodeNative(fields: Fields) {
  const latencyPath = `${fields.path('performance_config')}.latency`
  return {
    latency: optionalChoice(fields.get('performance_config')?.latency, latencyPath, ['standard', 'optimized']),
    betas: decodeBetas(fields),
    extraFields: fields.get('additional_model_request_fields'),
    responseFieldPaths: stringsOf(
      fields.get('additional_model_response_field_paths'),
      fields.path('additional_model_response_field_paths')
    )
  }
}

function decodeBetas(fields: Fields): readonly string[] | undefined {
  const value = fields.get('anthropic_beta')
  const path = fields.path('anthropic_beta')
  const list = typeof value === 'string' ? value.split(',') : value
  if (list !== undefined && !Array.isArray(list)) throw wrongType(path, 'a string or an array of strings', list)
  const betas = stringsOf(list, path)
    ?.map((beta) => beta.trim())
    .filter((beta) => beta !== '')
  return betas === undefined || betas.length === 0 ? undefined : [...new Set(betas)]
}

function stringsOf(list: readonly Json[] | undefined, path: string): readonly string[] | undefined {
  return list?.map((each, index) => {
    if (typeof each !== 'string') throw wrongType(`${path}[${index}]`, 'a string', each)
    return each
  })
}

/** Fields that no Converse request can carry, unless they ask for nothing. */
function decodeUnmapped(fields: Fields): JsonObject {
  const names = (Object.keys(FIELDS) as FieldName[]).filter((name) => (FIELDS[name] as FieldRow).outcome === 'reported')
  const pairs = names.flatMap((name): [string, Json][] => {
    const value = fields.get(name)
    if (value === undefined || value === (FIELDS[name] as FieldRow).neutral) return []
    return isJsonObject(value) && Object.keys(value).length === 0 ? [] : [[name, value]]
  })
  return Object.fromEntries(pairs)
}

function refuseOtherOutputs(fields: Fields): void {
  if (fields.get('logprobs') === true) {
    const path = fields.path('logprobs')
    throw new GatewayError('unsupported_parameter', `Unsupported parameter: 'logprobs' is not supported with this model.`, {
      param: path
    })
  }
  const path = fields.path('modalities')
  for (const modality of stringsOf(fields.get('modalities'), path) ?? []) {
    if (modality === 'text') continue
    throw new GatewayError('unsupported_value', `Unsupported value: '${path}' supports only "text".`, { param: path })
  }
}
