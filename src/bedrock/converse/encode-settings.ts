import type { Json, JsonObject } from '../../core/json.ts'
import type { Guardrail } from '../../core/request.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'

const MOST_METADATA = 16
const LONGEST = 256

/** What is said about the call and not to the model: guardrail, tier, latency, metadata. Adds it to `body`. */
export function encodeSettings(encoding: EncodeScope, streaming: boolean, body: Record<string, Json>): void {
  const { guardrail, serviceTier, latency } = encoding.request
  if (guardrail !== undefined) body.guardrailConfig = encodeGuardrail(guardrail, streaming)
  if (serviceTier !== undefined) {
    if (!isOmitted(encoding, 'serviceTier')) body.serviceTier = { type: serviceTier }
    else if (serviceTier !== 'default') encoding.warn('serviceTier', 'the model refused it before')
  }
  if (latency !== undefined) {
    if (!isOmitted(encoding, 'latency')) body.performanceConfig = { latency }
    else if (latency !== 'standard') encoding.warn('latency', 'the model refused it before')
  }
  const pairs = encodeMetadata(encoding)
  if (pairs !== undefined) body.requestMetadata = pairs
}

function encodeGuardrail({ identifier, version, trace, streamProcessingMode }: Guardrail, streaming: boolean): JsonObject {
  return {
    guardrailIdentifier: identifier,
    guardrailVersion: version,
    ...(trace === undefined ? {} : { trace }),
    // Converse refuses what only its stream knows.
    ...(streaming && streamProcessingMode !== undefined ? { streamProcessingMode } : {})
  }
}

type Pairs = Readonly<Record<string, string>>

/** Those of a key, as they are sent where its caller has none: the same for all of its requests. */
const fitted = new WeakMap<Pairs, JsonObject>()

/** Pairs for the invocation log, the operator's first, made to fit: they must never fail a request. */
function encodeMetadata({ request: { metadata, keyPairs }, warn }: EncodeScope): JsonObject | undefined {
  if (metadata !== undefined) return fittedPairs(keyPairs, metadata, warn)
  if (keyPairs === undefined) return undefined
  const known = fitted.get(keyPairs)
  if (known !== undefined) return known
  const made = fittedPairs(keyPairs, {}, warn)
  if (made !== undefined) fitted.set(keyPairs, made)
  return made
}

function fittedPairs(keyPairs: Pairs = {}, metadata: Pairs, warn: EncodeScope['warn']): JsonObject | undefined {
  const kept = new Map<string, string>()
  for (const [key, value] of Object.entries(keyPairs)) {
    if (kept.size < MOST_METADATA && fit(key) !== '') kept.set(fit(key), fit(value))
  }
  for (const [key, value] of Object.entries(metadata)) {
    const name = fit(key)
    const taken = kept.get(name)
    if (name === '' || (taken !== undefined && taken !== fit(value))) warn('metadata', 'a pair without a name of its own')
    else if (taken === undefined && kept.size === MOST_METADATA) warn('metadata', `Bedrock takes at most ${MOST_METADATA} pairs`)
    else kept.set(name, fit(value))
  }
  return kept.size === 0 ? undefined : Object.fromEntries(kept)
}

function fit(text: string): string {
  return text.slice(0, LONGEST).replace(/[^a-zA-Z0-9\s:_@$#=/+,.-]/g, '_')
}
