import { isJsonObject, type Json, member } from '../../core/json.ts'

/** How a call is asked to be served and guarded, as far as that has a price. */
export interface AskedTerms {
  readonly tier?: string
  readonly isOptimized: boolean
  readonly isGuarded: boolean
}

/** Reads it from a body, or from the headers of InvokeModel. */
export function askedTerms(body: Json | undefined, headers: Readonly<Record<string, string | string[] | undefined>>): AskedTerms {
  const tier = member(member(body, 'serviceTier'), 'type') ?? headers['x-amzn-bedrock-service-tier']
  const latency = member(member(body, 'performanceConfig'), 'latency') ?? headers['x-amzn-bedrock-performanceconfig-latency']
  return {
    ...(typeof tier === 'string' ? { tier } : {}),
    isOptimized: latency === 'optimized',
    isGuarded: isJsonObject(member(body, 'guardrailConfig')) || headers['x-amzn-bedrock-guardrailidentifier'] !== undefined
  }
}
