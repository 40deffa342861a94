import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import { wishOf } from '../prepare/reasoning-wish.ts'
import { encodeBetas } from './encode-betas.ts'
import type { ReasoningPlan } from './encode-reasoning.ts'
import type { SamplingPlan } from './encode-sampling.ts'
import type { ToolPlan } from './encode-tools.ts'
import { nested } from './nested.ts'

export interface NativeParts {
  readonly reasoning: ReasoningPlan
  readonly sampling: SamplingPlan
  readonly tools: ToolPlan
}

/** Values that ask for nothing: clients with fixed request forms always send them. */
const ASKS_NOTHING: Readonly<Record<string, Json>> = { presence_penalty: 0, frequency_penalty: 0, logprobs: false, store: false }

/** The native fields of a request: the caller's below, the gateway's above, merged deeply. */
export function encodeAdditionalFields(encoding: EncodeScope, { reasoning, sampling, tools }: NativeParts): JsonObject {
  const own = [nativeFields(encoding), sampling.fields, reasoning.fields, tools.fields].reduce(mergeDeep, {})
  const extra = callerFields(encoding)
  const betas = encodeBetas(encoding, reasoning.betas, extra.anthropic_beta)
  return mergeDeep(mergeDeep(extra, own), betas.length === 0 ? {} : { anthropic_beta: betas })
}

/** A native `thinking` was read as a wish and is sent by the plan; both merged would mix two kinds of thinking. */
function callerFields(encoding: EncodeScope): JsonObject {
  const { thinking, ...rest } = encoding.request.extraFields ?? {}
  return thinking === undefined || wishOf(encoding) !== undefined ? rest : { thinking, ...rest }
}

/** Fields that Converse does not have: into the native body where the model's traits name a place, else reported. */
function nativeFields({ request, traits, warn }: EncodeScope): JsonObject {
  return Object.entries(request.unmapped).reduce<JsonObject>((fields, [name, value]) => {
    if (value === null || (Object.hasOwn(ASKS_NOTHING, name) && ASKS_NOTHING[name] === value)) return fields
    const path = Object.hasOwn(traits.nativeFields, name) ? traits.nativeFields[name] : undefined
    if (path !== undefined) return mergeDeep(fields, nested(path, value))
    warn(`unmapped.${name}`, 'Bedrock has no such field')
    return fields
  }, {})
}

/** Lays `over` on `under`; objects are merged member by member, anything else is replaced. */
export function mergeDeep(under: JsonObject, over: JsonObject): JsonObject {
  if (isEmpty(over)) return under
  if (isEmpty(under)) return over
  const merged = new Map(Object.entries(under))
  for (const [name, value] of Object.entries(over)) {
    const below = merged.get(name)
    merged.set(name, isJsonObject(below) && isJsonObject(value) ? mergeDeep(below, value) : value)
  }
  return Object.fromEntries(merged)
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
