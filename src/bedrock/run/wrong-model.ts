import { GatewayError } from '../../errors.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import { hasFamily } from '../../models/traits.ts'

/** Why a model cannot do what it is asked for: it is known to converse (400), or its name is none that is known for anything (404). */
export function wrongModel({ id, baseId }: ModelTarget, what: string): GatewayError {
  return new GatewayError(hasFamily(baseId) ? 'unsupported_value' : 'model_not_found', `${id} ${what}`, { field: 'model' })
}
