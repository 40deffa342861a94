import { dollars } from '../core/usage.ts'
import { GatewayError } from '../errors.ts'
import type { Span } from './period.ts'

/** The requests that run will soon have told what they cost. Seconds. */
const SOON_S = 10

export interface Reached {
  readonly span: Span
  /** Nano-dollars. */
  readonly limit: number
  /** What was spent alone is less: requests that run hold the rest. */
  readonly isHeld: boolean
  readonly now: number
  /** What the operator adds, such as whom to ask. */
  readonly note: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/**
 * 429 `quota_exceeded`: names the period and when it is over, and tells official clients not to try again by themselves. `retry-after` is
 * the end of the period, or a moment where it is only held by requests that run.
 */
export function budgetReached({ span, limit, isHeld, now, note, headers }: Reached): GatewayError {
  const why = isHeld ? 'is used up by what was spent and what running requests may cost' : 'is used up'
  const begins = `The ${span.period} ends at ${span.ends}, and the budget begins anew.`
  const message = `The budget of this API key for the ${span.period} (${dollars(limit)} USD) ${why}. ${begins}`
  return new GatewayError('quota_exceeded', note === undefined ? message : `${message} ${note}`, {
    retryAfterS: isHeld ? SOON_S : Math.max(1, Math.ceil((span.endsAt - now) / 1000)),
    headers
  })
}
