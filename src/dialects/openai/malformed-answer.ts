import type { FinishDetails } from '../../core/event.ts'
import { GatewayError } from '../../errors.ts'

/** An answer that the provider itself calls broken: no finish reason of OpenAI's says so, and each of them would be a lie. */
export function malformedAnswer({ raw }: FinishDetails): GatewayError {
  const word = /^\w{1,64}$/.test(raw) ? ` (${raw})` : ''
  return new GatewayError('upstream_error', `The model's output was malformed${word}, so there is no answer; try again`)
}
