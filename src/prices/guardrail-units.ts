import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'

/**
 * US dollars for a thousand text units of up to 1,000 characters; each policy that is on is charged apart, for input and for output
 * (G1). Words and patterns of the operator's own are free. The names are those of `invocationMetrics.usage` in Bedrock's trace.
 */
const USD_PER_1000: Readonly<Record<string, number>> = {
  topicPolicyUnits: 0.15,
  contentPolicyUnits: 0.15,
  sensitiveInformationPolicyUnits: 0.1,
  contextualGroundingPolicyUnits: 0.1,
  wordPolicyUnits: 0,
  sensitiveInformationPolicyFreeUnits: 0
}

const NANO_PER_UNIT = 1_000_000
const CHARACTERS_PER_UNIT = 1000

/** Whether usage is counted in units that have a price; Bedrock's own checks count in others. */
export function hasPricedUnits(units: Json | undefined): units is JsonObject {
  return isJsonObject(units) && Object.keys(units).some((name) => USD_PER_1000[name] !== undefined)
}

export interface GuardrailCost {
  /** Whole nano-dollars. */
  readonly nano: number
  /** No unit was counted that has no known price. */
  readonly isWhole: boolean
}

/** What the guardrail of an answer has cost; undefined: its trace does not tell. */
export function guardrailCost(trace: Json): GuardrailCost | undefined {
  const guardrail = isJsonObject(trace) ? trace.guardrail : undefined
  if (!isJsonObject(guardrail)) return undefined
  const usages = usagesIn(guardrail)
  if (usages.length === 0) return undefined
  let [nano, isWhole] = [0, true]
  for (const [name, value] of usages.flatMap((usage) => Object.entries(usage))) {
    const price = USD_PER_1000[name]
    if (price !== undefined) nano += countOf(value) * price * NANO_PER_UNIT
    else if (name.endsWith('Units') && countOf(value) > 0) isWhole = false
  }
  return { nano: Math.round(nano), isWhole }
}

/** What a guardrail may cost at most that reads so many characters: that of all policies, nano-dollars. */
export function mostOfGuardrail(characters: number): number {
  const all = Object.values(USD_PER_1000).reduce((sum, price) => sum + price, 0)
  return Math.round(Math.ceil(characters / CHARACTERS_PER_UNIT) * all * NANO_PER_UNIT)
}

/** Every `invocationMetrics.usage` of the assessments, which stand under the guardrail's id, one or a list of them. */
function usagesIn(value: Json): Readonly<Record<string, Json>>[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(usagesIn)
  if (!isJsonObject(value)) return []
  const { invocationMetrics, ...rest } = value
  const own = isJsonObject(invocationMetrics) && isJsonObject(invocationMetrics.usage) ? [invocationMetrics.usage] : []
  return [...own, ...Object.values(rest).flatMap(usagesIn)]
}

function countOf(value: Json | undefined): number {
  return typeof value === 'number' && value > 0 ? value : 0
}
