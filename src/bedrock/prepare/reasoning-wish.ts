import { plainNumbers } from '../../core/exact-json.ts'
import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Effort, ReasoningWish } from '../../core/request.ts'
import type { EncodeScope } from './encode-scope.ts'
import { EFFORT_BUDGET } from './reasoning-amount.ts'

/** The caller's wish, also where it came as the native field. */
export function wishOf({ request }: EncodeScope): ReasoningWish | undefined {
  if (request.reasoning !== undefined && !isEmpty(request.reasoning)) return request.reasoning
  if (request.extraFields === undefined) return undefined
  const native = plainNumbers(nativeThinking(request.extraFields))
  if (!isJsonObject(native) || typeof native.type !== 'string') return undefined
  return {
    enabled: native.type !== 'disabled',
    ...(typeof native.budget_tokens === 'number' ? { budgetTokens: native.budget_tokens } : {}),
    ...(typeof native.display === 'string' ? { display: native.display } : {})
  }
}

function nativeThinking(fields: JsonObject): Json | undefined {
  return fields.thinking ?? fields.reasoning_config
}

/** Reports a `display` that the model does not have, unless it asks for what happens anyway. */
export function dropDisplay({ warn }: EncodeScope, { display }: ReasoningWish): void {
  if (display !== undefined && display !== 'summarized') warn('reasoning.display', 'the model has no such switch')
}

/** A budget says how much at most, not how hard: it is read modestly where only words are taken. */
export function effortOf({ effort, budgetTokens }: ReasoningWish): Effort | undefined {
  if (effort !== undefined) return effort
  if (budgetTokens === undefined) return undefined
  return budgetTokens <= EFFORT_BUDGET.medium ? 'low' : budgetTokens <= EFFORT_BUDGET.xhigh ? 'medium' : 'high'
}
