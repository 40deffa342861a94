import { isJsonObject, type Json, toJson } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { ChatRequest, ServiceTier } from '../../core/request.ts'
import { createLostFields } from '../openai/lost-fields.ts'
import { put } from '../openai/present.ts'
import { atMost, optionalChoice } from '../openai/read-value.ts'
import { badValue, wrongType } from '../openai/refuse.ts'
import { createSamplingReader } from '../openai/sampling.ts'
import type { ChatFields } from './fields.ts'
import { FIELDS } from './fields.ts'
import type { Report } from './report.ts'

/** Reads the limits and sampling fields, which go to the core as they are. */
export function decodeLimits(fields: ChatFields, request: Mutable<ChatRequest>): void {
  const topK = fields.get('top_k')
  put(request, 'maxTokens', fields.get('max_completion_tokens') ?? fields.get('max_tokens'))
  put(request, 'temperature', fields.get('temperature'))
  put(request, 'topP', fields.get('top_p'))
  put(request, 'topK', topK !== undefined && topK > 0 ? topK : undefined)
  put(request, 'stop', decodeStop(fields))
}

// Converse takes no more; what a model itself takes is in its traits.
const MOST_STOPS = 2500

function decodeStop(fields: ChatFields): readonly string[] | undefined {
  const value = fields.get('stop')
  const path = fields.path('stop')
  if (value === undefined) return undefined
  const list = typeof value === 'string' ? [value] : value
  if (!Array.isArray(list)) throw wrongType(path, 'a string or an array of strings', list)
  const stops = atMost<Json>(list, MOST_STOPS, path).filter((each, index): each is string => {
    if (typeof each !== 'string') throw wrongType(`${path}[${index}]`, 'a string', each)
    return each !== ''
  })
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

/** Reads the tier in Bedrock's words. */
export function decodeServiceTier(fields: ChatFields): ServiceTier | undefined {
  const tier = fields.get('service_tier')
  return tier === undefined ? undefined : TIERS[tier]
}

/** Reads the caller's pairs, with `user` and `safety_identifier` among them. */
export function decodeMetadata(fields: ChatFields): Record<string, string> | undefined {
  const given = fields.get('metadata')
  const isNamed = fields.get('user') !== undefined || fields.get('safety_identifier') !== undefined
  if (given === undefined && !isNamed) return undefined
  const path = fields.path('metadata')
  const pairs = Object.entries(given ?? {}).flatMap(([key, value]): [string, string][] => {
    if (value === null) return []
    if (Array.isArray(value) || isJsonObject(value)) throw wrongType(`${path}.${key}`, 'a string', value)
    return [[key, typeof value === 'string' ? value : toJson(value)]]
  })
  const named = (['user', 'safety_identifier'] as const).flatMap((field): [string, string][] => {
    const value = fields.get(field)
    return value === undefined || value === '' ? [] : [[field, value]]
  })
  const all = [...named, ...pairs]
  return all.length === 0 ? undefined : Object.fromEntries(all)
}

/** Reads the fields that are Bedrock's own. */
export function decodeNative(fields: ChatFields, request: Mutable<ChatRequest>, report: Report): void {
  put(request, 'latency', decodeLatency(fields))
  put(request, 'betas', decodeBetas(fields))
  decodeExtra(fields, request, report)
  put(request, 'responseFieldPaths', decodePointers(fields))
}

const NATIVE = 'additional_model_request_fields'
/** Native bodies have a few dozen. */
const MOST_NATIVE = 1000

/** What a literal `extra_body` holds and no field is named by goes to the model, below what is named as the model's. */
function decodeExtra(fields: ChatFields, request: Mutable<ChatRequest>, report: Report): void {
  const named = fields.get('additional_model_request_fields')
  if (named !== undefined && Object.keys(named).length > MOST_NATIVE)
    throw badValue(NATIVE, `Invalid '${NATIVE}': more than ${MOST_NATIVE} fields for the model.`)
  const isNamed = (name: string) => named !== undefined && Object.hasOwn(named, name)
  const given = Object.entries(fields.extra ?? {})
  const loose = given.filter(([name]) => !isNamed(name))
  for (const [name] of given)
    if (isNamed(name)) report(`extra_body.${name}`, 'it stands in `additional_model_request_fields` too, which wins')
  put(request, 'extraFields', loose.length === 0 ? named : { ...named, ...Object.fromEntries(loose) })
  put(request, 'looseFields', loose.length === 0 ? undefined : new Set(loose.map(([name]) => name)))
}

function decodeLatency(fields: ChatFields) {
  const given = fields.get('performance_config')
  return given && optionalChoice(given.latency, `${fields.path('performance_config')}.latency`, ['standard', 'optimized'])
}

/** JSON pointers into the native answer; Bedrock refuses anything else. */
function decodePointers(fields: ChatFields): readonly string[] | undefined {
  const given = fields.get('additional_model_response_field_paths')
  if (given === undefined) return undefined
  const path = fields.path('additional_model_response_field_paths')
  const pointers = stringsOf(given, path)
  const wrong = pointers.findIndex((pointer) => pointer !== '' && !/^\/.{0,255}$/s.test(pointer))
  if (wrong < 0) return pointers
  throw badValue(`${path}[${wrong}]`, `Invalid '${path}[${wrong}]': expected a JSON pointer such as '/stop_sequence'.`)
}

function decodeBetas(fields: ChatFields): readonly string[] | undefined {
  const value = fields.get('anthropic_beta')
  if (value === undefined) return undefined
  const path = fields.path('anthropic_beta')
  const list = typeof value === 'string' ? value.split(',', MOST_STRINGS + 1) : value
  if (!Array.isArray(list)) throw wrongType(path, 'a string or an array of strings', list)
  const betas = stringsOf(list, path)
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '')
  return betas.length === 0 ? undefined : [...new Set(betas)]
}

const MOST_STRINGS = 1000

/** A list of strings. */
export function stringsOf(list: readonly Json[], path: string): readonly string[] {
  return atMost(list, MOST_STRINGS, path).map((each, index) => {
    if (typeof each !== 'string') throw wrongType(`${path}[${index}]`, 'a string', each)
    return each
  })
}

/** Reads the settings that only some models have; undefined: none asks for anything. */
export const decodeSampling = createSamplingReader(FIELDS, [
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'min_p',
  'logit_bias',
  'verbosity'
])

/** Reports the fields that nothing at Bedrock stands for. */
export const reportLost = createLostFields(FIELDS)
