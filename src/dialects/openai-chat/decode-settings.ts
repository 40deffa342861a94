import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ServiceTier } from '../../core/request.ts'
import { badValue, wrongType } from '../openai-error/refuse.ts'
import { FIELDS, type FieldName, type FieldRow } from './fields.ts'
import type { Fields } from './read-fields.ts'
import { atMost, optionalChoice } from './read-value.ts'

/** Reads the limits and sampling fields, which go to the core as they are. */
export function decodeLimits(fields: Fields) {
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
export function decodeServiceTier(fields: Fields): ServiceTier | undefined {
  const tier = fields.get('service_tier')
  return tier === undefined ? undefined : TIERS[tier]
}

/** Reads the caller's pairs, with `user` and `safety_identifier` among them. */
export function decodeMetadata(fields: Fields): Record<string, string> | undefined {
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

/** Reads the fields that are Bedrock's own. */
export function decodeNative(fields: Fields) {
  const latencyPath = `${fields.path('performance_config')}.latency`
  return {
    latency: optionalChoice(fields.get('performance_config')?.latency, latencyPath, ['standard', 'optimized']),
    betas: decodeBetas(fields),
    extraFields: fields.get('additional_model_request_fields'),
    responseFieldPaths: decodePointers(fields)
  }
}

/** JSON pointers into the native answer; Bedrock refuses anything else. */
function decodePointers(fields: Fields): readonly string[] | undefined {
  const path = fields.path('additional_model_response_field_paths')
  const pointers = stringsOf(fields.get('additional_model_response_field_paths'), path)
  const wrong = pointers?.findIndex((pointer) => pointer !== '' && !/^\/.{0,255}$/s.test(pointer)) ?? -1
  if (wrong < 0) return pointers
  throw badValue(`${path}[${wrong}]`, `Invalid '${path}[${wrong}]': expected a JSON pointer such as '/stop_sequence'.`)
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

const MOST_STRINGS = 1000

/** A list of strings, or absent. */
export function stringsOf(list: readonly Json[] | undefined, path: string): readonly string[] | undefined {
  return (
    list &&
    atMost(list, MOST_STRINGS, path).map((each, index) => {
      if (typeof each !== 'string') throw wrongType(`${path}[${index}]`, 'a string', each)
      return each
    })
  )
}

/** Fields that no Converse request can carry, unless they ask for nothing. */
export function decodeUnmapped(fields: Fields): JsonObject {
  const names = (Object.keys(FIELDS) as FieldName[]).filter((name) => (FIELDS[name] as FieldRow).outcome === 'reported')
  const pairs = names.flatMap((name): [string, Json][] => {
    const value = fields.get(name)
    if (value === undefined || value === (FIELDS[name] as FieldRow).neutral) return []
    return isJsonObject(value) && Object.keys(value).length === 0 ? [] : [[name, value]]
  })
  return Object.fromEntries(pairs)
}
