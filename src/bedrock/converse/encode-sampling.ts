import type { JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import type { ReasoningPlan } from './encode-reasoning.ts'
import { nested } from './nested.ts'

/** The sampling part of a request. */
export interface SamplingPlan {
  readonly inferenceConfig: JsonObject
  /** Fields of the native body. */
  readonly fields: JsonObject
  /** Stop strings are set. */
  readonly stops: boolean
}

/** Sends the sampling parameters the model takes now, clamped to Bedrock's ranges; reports the others unless they ask for nothing. */
export function encodeSampling(encoding: EncodeScope, reasoning: ReasoningPlan): SamplingPlan {
  const { topP, ...temperature } = heat(encoding, reasoning)
  const stopSequences = stops(encoding)
  return {
    inferenceConfig: {
      ...(reasoning.maxTokens === undefined ? {} : { maxTokens: reasoning.maxTokens }),
      ...temperature,
      ...(topP === undefined ? {} : { topP }),
      ...(stopSequences.length === 0 ? {} : { stopSequences })
    },
    fields: topK(encoding, reasoning),
    stops: stopSequences.length > 0
  }
}

function heat(encoding: EncodeScope, reasoning: ReasoningPlan): { temperature?: number; topP?: number } {
  const temperature = temperatureOf(encoding, reasoning)
  const topP = topPOf(encoding, reasoning)
  if (temperature === undefined) return topP === undefined ? {} : { topP }
  if (topP === undefined) return { temperature }
  if (encoding.traits.temperatureWithTopP && !isOmitted(encoding, 'topPWithTemperature')) return { temperature, topP }
  // Both together are refused. A value of 1 asks for nothing, so the other one stays; else the temperature, as most callers mean it.
  if (topP === 1) return { temperature }
  if (temperature === 1) return { topP }
  encoding.warn('topP', 'the model takes temperature or top_p, not both')
  return { temperature }
}

function temperatureOf(encoding: EncodeScope, reasoning: ReasoningPlan): number | undefined {
  const { request, traits, warn } = encoding
  if (request.temperature === undefined) return undefined
  if (!traits.temperature || isOmitted(encoding, 'temperature') || isBarred(encoding, reasoning)) {
    if (request.temperature !== 1) warn('temperature', 'the model does not take it here')
    return undefined
  }
  if (request.temperature > 1) warn('temperature', 'the model takes 0 to 1; 1 was sent')
  return Math.max(0, Math.min(1, request.temperature))
}

function topPOf(encoding: EncodeScope, reasoning: ReasoningPlan): number | undefined {
  const { request, traits, warn } = encoding
  if (request.topP === undefined) return undefined
  if (traits.topP && !isOmitted(encoding, 'topP') && !isBarred(encoding, reasoning)) return Math.max(0, Math.min(1, request.topP))
  if (request.topP !== 1) warn('topP', 'the model does not take it here')
  return undefined
}

/** Nova at high effort and Claude while it thinks take no sampling at all. */
function isBarred({ traits }: EncodeScope, reasoning: ReasoningPlan): boolean {
  return reasoning.unlimited || (reasoning.active && !traits.samplingWithReasoning)
}

function topK(encoding: EncodeScope, reasoning: ReasoningPlan): JsonObject {
  const { request, traits, warn } = encoding
  if (request.topK === undefined) return {}
  if (traits.topKField === '' || isOmitted(encoding, 'topK') || isBarred(encoding, reasoning)) {
    warn('topK', 'the model does not take it here')
    return {}
  }
  return nested(traits.topKField, request.topK)
}

function stops(encoding: EncodeScope): readonly string[] {
  const { request, traits, target, warn } = encoding
  const given = (request.stop ?? []).filter((stop) => stop !== '')
  const usable = traits.blankStops ? given : given.filter((stop) => stop.trim() !== '')
  if (usable.length === 0 && given.length === 0) return []
  if (traits.maxStops === 0 || isOmitted(encoding, 'stopSequences')) {
    warn('stop', 'the model takes no stop strings')
    return []
  }
  if (usable.length < given.length) warn('stop', 'the model takes no stop string of white space only')
  if (usable.length > traits.maxStops) {
    throw new GatewayError('invalid_value', `${target.id} takes at most ${traits.maxStops} stop strings`, { field: 'stop' })
  }
  return usable
}
