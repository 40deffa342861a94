import { isEmpty } from '../../core/json.ts'
import type { Effort, ReasoningWish } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { optionalBoolean, optionalChoice, optionalInteger, optionalString, stringAt } from '../openai/read-value.ts'
import { outOfRange, wrongChoice } from '../openai/refuse.ts'
import type { ChatFields } from './fields.ts'
import { FIELDS } from './fields.ts'

/**
 * One wish out of three fields: OpenAI's `reasoning_effort`, OpenRouter's `reasoning` and Anthropic's `thinking`.
 * OpenAI's own field wins for the effort, Anthropic's for the budget and for on or off.
 */
export function decodeReasoning(fields: ChatFields): ReasoningWish | undefined {
  if (!asksForReasoning(fields)) return undefined
  const router = decodeRouterStyle(fields)
  const anthropic = decodeThinking(fields)
  const effort = (fields.get('reasoning_effort') as Effort | undefined) ?? router.effort
  const wish = present({
    effort,
    budgetTokens: anthropic.budgetTokens ?? router.budgetTokens,
    enabled: anthropic.enabled ?? router.enabled ?? (effort === 'none' ? false : undefined),
    display: anthropic.display
  })
  return isEmpty(wish) ? undefined : wish
}

function asksForReasoning(fields: ChatFields): boolean {
  const wish = fields.get('reasoning_effort') ?? fields.get('reasoning') ?? fields.get('thinking')
  return wish !== undefined
}

/** Whether the caller wants the reasoning left out of the answer (`reasoning.exclude`). */
export function excludesReasoning(fields: ChatFields): boolean {
  const reasoning = fields.get('reasoning')
  if (reasoning === undefined) return false
  return optionalBoolean(reasoning.exclude, `${fields.path('reasoning')}.exclude`) ?? false
}

function decodeRouterStyle(fields: ChatFields): ReasoningWish {
  const reasoning = fields.get('reasoning') ?? {}
  const path = fields.path('reasoning')
  const efforts: readonly Effort[] = FIELDS.reasoning_effort.values
  return present({
    effort: optionalChoice(reasoning.effort, `${path}.effort`, efforts),
    budgetTokens: budget(optionalInteger(reasoning.max_tokens, `${path}.max_tokens`), `${path}.max_tokens`),
    enabled: optionalBoolean(reasoning.enabled, `${path}.enabled`)
  })
}

const THINKING_TYPES = ['enabled', 'disabled', 'adaptive']

function decodeThinking(fields: ChatFields): ReasoningWish {
  const thinking = fields.get('thinking')
  if (thinking === undefined) return {}
  const path = fields.path('thinking')
  const type = stringAt(thinking.type ?? 'enabled', `${path}.type`)
  if (!THINKING_TYPES.includes(type)) throw wrongChoice(`${path}.type`, THINKING_TYPES, type)
  return present({
    budgetTokens: budget(optionalInteger(thinking.budget_tokens, `${path}.budget_tokens`), `${path}.budget_tokens`),
    enabled: type !== 'disabled',
    display: optionalString(thinking.display, `${path}.display`)
  })
}

/** Zero tokens is how some clients say "no limit of mine". */
function budget(tokens: number | undefined, path: string): number | undefined {
  if (tokens !== undefined && tokens < 0) throw outOfRange(path, tokens, { min: 0 })
  return tokens === 0 ? undefined : tokens
}
