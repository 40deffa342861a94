import type { ChatRequest } from '../core/request.ts'
import type { CacheMark } from '../core/turn.ts'

/** What makes a request dearer than its tokens: how it is asked to be served, kept and guarded. */
export interface PaidTerms {
  /** The tier that is asked for, in Bedrock's words; another may answer. */
  readonly tier?: string | undefined
  /** Optimized latency is asked for. */
  readonly isOptimized?: boolean
  /** What it writes to the cache may be kept for an hour. */
  readonly keepsHour?: boolean
  /** A guardrail reads along. */
  readonly isGuarded?: boolean
}

/** What finds the terms of conversations. `plansHours`: the gateway itself may set cache points that last. */
export function paidTerms(requests: readonly ChatRequest[], plansHours: boolean): () => PaidTerms {
  return () => termsOf(requests, plansHours)
}

function termsOf(requests: readonly ChatRequest[], plansHours: boolean): PaidTerms {
  let tier: string | undefined
  let [isOptimized, keepsHour, isGuarded] = [false, plansHours, false]
  for (const request of requests) {
    tier ??= request.serviceTier
    isOptimized ||= request.latency === 'optimized'
    keepsHour ||= marksHour(request)
    isGuarded ||= request.guardrail !== undefined
  }
  return { tier, isOptimized, keepsHour, isGuarded }
}

function marksHour({ autoCache, system, tools, turns }: ChatRequest): boolean {
  const isHour = ({ cache }: { readonly cache?: CacheMark }) => cache?.ttl === '1h'
  if (autoCache?.mark?.ttl === '1h' || system.some(isHour)) return true
  return tools.some((tool) => 'cache' in tool && isHour(tool)) || turns.some(({ content }) => content.some(isHour))
}
