import type { ModelTarget } from '../../models/model-target.ts'
import { percentEncode } from '../transport/sign.ts'
import { modelPath } from '../transport/transport.ts'

/** Bedrock's operations on a model. `inOwnWords`: the body is in the model's own, and means nothing to another one. */
export const MODEL_OPERATIONS = {
  converse: { streams: false, inOwnWords: false, counts: false },
  'converse-stream': { streams: true, inOwnWords: false, counts: false },
  invoke: { streams: false, inOwnWords: true, counts: false },
  'invoke-with-response-stream': { streams: true, inOwnWords: true, counts: false },
  'count-tokens': { streams: false, inOwnWords: false, counts: true }
} as const

export type ModelOperation = keyof typeof MODEL_OPERATIONS

/** An operation of Bedrock's runtime, and what its path says beside the target. */
export type PassCall =
  | { readonly of: 'model'; readonly operation: ModelOperation; readonly asked: string }
  | { readonly of: 'guardrail'; readonly version: string }
  | { readonly of: 'guardrail-checks' }

/** The path of a call for one target, percent-encoded. A guardrail is a target by its id, as a model is. */
export function passPath(call: PassCall, { id, baseId }: ModelTarget): string {
  switch (call.of) {
    case 'model':
      // Bedrock counts for base ids alone (AWS 2026-09); what the caller named itself is called as it stands.
      return modelPath(MODEL_OPERATIONS[call.operation].counts && id !== call.asked ? baseId : id, call.operation)
    case 'guardrail':
      return `/guardrail/${percentEncode(id)}/version/${percentEncode(call.version)}/apply`
    case 'guardrail-checks':
      return '/guardrail-checks/invoke'
  }
}
