import type { JsonObject } from '../../core/json.ts'
import { type Encoding, isWithout } from './encoding.ts'

const MOST_METADATA = 16
const LONGEST = 256

/** What is said about the call and not to the model: guardrail, tier, latency, metadata. */
export function encodeSettings(encoding: Encoding, streaming: boolean): JsonObject {
  return { ...guardrail(encoding, streaming), ...serviceTier(encoding), ...latency(encoding), ...metadata(encoding) }
}

function guardrail({ request }: Encoding, streaming: boolean): JsonObject {
  if (request.guardrail === undefined) return {}
  const { identifier, version, trace, streamProcessingMode } = request.guardrail
  return {
    guardrailConfig: {
      guardrailIdentifier: identifier,
      guardrailVersion: version,
      ...(trace === undefined ? {} : { trace }),
      // Converse refuses what only its stream knows.
      ...(streaming && streamProcessingMode !== undefined ? { streamProcessingMode } : {})
    }
  }
}

function serviceTier(encoding: Encoding): JsonObject {
  const tier = encoding.request.serviceTier
  if (tier === undefined) return {}
  if (!isWithout(encoding, 'serviceTier')) return { serviceTier: { type: tier } }
  if (tier !== 'default') encoding.warn('service_tier', 'the model refused it before')
  return {}
}

function latency(encoding: Encoding): JsonObject {
  const wish = encoding.request.latency
  if (wish === undefined) return {}
  if (!isWithout(encoding, 'latency')) return { performanceConfig: { latency: wish } }
  if (wish !== 'standard') encoding.warn('performance_config', 'the model refused it before')
  return {}
}

/** Pairs for the invocation log, made to fit: they must never fail a request. */
function metadata({ request, warn }: Encoding): JsonObject {
  const pairs = Object.entries(request.metadata ?? {}).map(([key, value]) => [fit(key), fit(value)] as const)
  const named = pairs.filter(([key]) => key !== '')
  if (named.length > MOST_METADATA) warn('metadata', `Bedrock takes at most ${MOST_METADATA} pairs`)
  const kept = named.slice(0, MOST_METADATA)
  return kept.length === 0 ? {} : { requestMetadata: Object.fromEntries(kept) }
}

function fit(text: string): string {
  return text.replace(/[^a-zA-Z0-9\s:_@$#=/+,.-]/g, '_').slice(0, LONGEST)
}
