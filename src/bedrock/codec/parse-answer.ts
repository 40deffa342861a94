import { parseExact } from '../../core/exact-json.ts'
import { GatewayError } from '../../errors.ts'

/** The body of a whole answer. Throws GatewayError where it is not JSON. */
export function parseAnswer(text: string): unknown {
  try {
    return parseExact(text)
  } catch (cause) {
    throw new GatewayError('upstream_error', 'Bedrock answered with something that is not JSON', { cause })
  }
}
