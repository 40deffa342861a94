import { isJsonObject, isSameJson, type Json, type JsonObject, mergeDeep } from '../../core/json.ts'
import type { SamplingName } from '../../core/request.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import { REASONING_NAMES } from '../prepare/native-wish.ts'
import { wishOf } from '../prepare/reasoning-wish.ts'
import type { ReasoningPlan } from './encode-reasoning.ts'
import type { SamplingPlan } from './encode-sampling.ts'
import type { ToolPlan } from './encode-tools.ts'
import { nested } from './nested.ts'

export interface NativeParts {
  readonly reasoning: ReasoningPlan
  readonly sampling: SamplingPlan
  readonly tools: ToolPlan
}

/** The native fields of a request: the caller's below, the gateway's above, merged deeply. What of the caller's lies below is reported. */
export function encodeAdditionalFields(encoding: EncodeScope, { reasoning, sampling, tools }: NativeParts): JsonObject {
  const own = [nativeFields(encoding), sampling.fields, reasoning.fields, tools.fields].reduce(mergeDeep, {})
  const given = encoding.request.extraFields
  if (given === undefined) return withBetas(own, encodeBetas(encoding, reasoning.betas, undefined))
  const extra = callerFields(encoding, given, { ...own, inferenceConfig: { ...sampling.inferenceConfig, ...ownConfig(own) } })
  return withBetas(mergeDeep(extra, own), encodeBetas(encoding, reasoning.betas, extra.anthropic_beta))
}

function withBetas(fields: JsonObject, betas: readonly string[]): JsonObject {
  return mergeDeep(fields, betas.length === 0 ? {} : { anthropic_beta: betas })
}

function ownConfig({ inferenceConfig }: JsonObject): JsonObject {
  return isJsonObject(inferenceConfig) ? inferenceConfig : {}
}

/** What Converse writes into every native body by itself, under the names that families have for it. */
const CONVERSE_SETS = new Set([
  'anthropic_version',
  'max_gen_len',
  'max_new_tokens',
  'max_tokens',
  'max_tokens_to_sample',
  'messages',
  'model',
  'modelId',
  'prompt',
  'stream',
  'system'
])

/** The caller's fields but for those that the gateway or Converse sets, and those that the model has refused; `set`: the former. */
function callerFields(encoding: EncodeScope, given: JsonObject, set: JsonObject): JsonObject {
  const kept: [string, Json][] = []
  for (const [name, value] of Object.entries(given)) {
    const isRefused = isOmitted(encoding, `extra field ${name}`)
    // A native thinking was read as a wish and is sent by the plan; both merged would mix two kinds of thinking.
    const isWish = REASONING_NAMES.includes(name) && wishOf(encoding) !== undefined && isJsonObject(value)
    const isSet = CONVERSE_SETS.has(name)
    if (isRefused) encoding.warn(`extraFields.${name}`, 'the model has no such field')
    else if (isSet || (isWish && encoding.request.reasoning !== undefined)) encoding.warn(`extraFields.${name}`, SET_BY_US)
    else if (!isWish) kept.push(...without(encoding, [name, value], set))
  }
  return Object.fromEntries(kept)
}

const SET_BY_US = 'the gateway sets this itself'

/** A member without what lies below a different value of the gateway's. */
function without({ warn }: EncodeScope, [name, value]: readonly [string, Json], set: JsonObject): readonly [string, Json][] {
  const walk = (under: Json, over: Json | undefined, path: string): Json | undefined => {
    if (over === undefined || isSameJson(under, over)) return under
    if (!isJsonObject(under) || !isJsonObject(over)) {
      warn(`extraFields.${path}`, SET_BY_US)
      return undefined
    }
    return Object.fromEntries(
      Object.entries(under).flatMap(([key, inner]) => {
        const left = walk(inner, Object.hasOwn(over, key) ? over[key] : undefined, `${path}.${key}`)
        return left === undefined ? [] : [[key, left] as const]
      })
    )
  }
  const left = walk(value, name === 'anthropic_beta' || !Object.hasOwn(set, name) ? undefined : set[name], name)
  return left === undefined ? [] : [[name, left]]
}

const NO_SUCH_FIELD = 'Bedrock has no such field'

/** Settings that Converse does not have: into the native body where the model's traits name a place, else reported. */
function nativeFields({ request, traits, warn }: EncodeScope): JsonObject {
  if (request.anthropic?.contextManagement !== undefined) warn('contextManagement', NO_SUCH_FIELD)
  if (request.sampling === undefined) return {}
  return Object.entries(request.sampling).reduce<JsonObject>((fields, [name, value]) => {
    const path = traits.nativeFields[name as SamplingName]
    if (path !== undefined) return mergeDeep(fields, nested(path, value))
    warn(`sampling.${name as SamplingName}`, NO_SUCH_FIELD)
    return fields
  }, {})
}

export interface ResponseFieldParts {
  readonly streaming: boolean
  readonly stops: boolean
  readonly reasoning: boolean
}

const MOST_PATHS = 10

/** Asks for what the caller wants of the native answer, and for the stop string and the reasoning tokens where the model tells them. */
export function encodeResponseFieldPaths(
  encoding: EncodeScope,
  { streaming, stops, reasoning }: ResponseFieldParts
): readonly string[] {
  const { request, traits, warn } = encoding
  if (request.responseFieldPaths === undefined && !stops && !reasoning) return []
  const asked = (request.responseFieldPaths ?? []).filter((path) => path !== '')
  if (asked.length > MOST_PATHS) warn('responseFieldPaths', `Bedrock takes at most ${MOST_PATHS}`)
  const tells = traits.responseFields && !isOmitted(encoding, 'responseFields')
  const stop = tells && stops ? [streaming ? '/delta/stop_sequence' : '/stop_sequence'] : []
  const tokens = tells && reasoning ? ['/usage/output_tokens_details'] : []
  return [...new Set([...asked, ...stop, ...tokens])].slice(0, MOST_PATHS)
}

/** Names under which newer clients ask for an older flag. */
const ALIASES: Readonly<Record<string, string>> = { 'advanced-tool-use-2025-11-20': 'tool-search-tool-2025-10-19' }

/**
 * The beta flags to send. Only flags known to be accepted pass, since one unknown flag fails the whole request;
 * flags in the caller's native fields are the caller's own risk and pass as they are.
 */
function encodeBetas(encoding: EncodeScope, own: readonly string[], native: Json | undefined): readonly string[] {
  const { request, target, traits, warn } = encoding
  const context = target.longContext === true ? traits.longContextBeta : ''
  if (request.betas === undefined && own.length === 0 && native === undefined && context === '') return own
  const refusesAll = isOmitted(encoding, 'betas')
  const asked = (request.betas ?? []).map((flag) => (Object.hasOwn(ALIASES, flag) ? ALIASES[flag]! : flag))
  const known = asked.filter((flag) => !refusesAll && traits.betas.includes(flag))
  if (known.length < asked.length) warn('betas', 'the model does not take every flag given')
  const given = Array.isArray(native) ? native.filter((flag: Json) => typeof flag === 'string') : []
  return [...new Set([...(refusesAll ? [] : [...given, ...own, ...(context === '' ? [] : [context])]), ...known])]
}
