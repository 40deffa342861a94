import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Effort, ReasoningWish } from '../../core/request.ts'
import type { Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import { answerLimit, EFFORT_BUDGET, MIN_BUDGET, nearestEffort, splitLimit } from '../prepare/reasoning-amount.ts'
import { isReasoning } from '../prepare/reasoning-blocks.ts'
import { dropDisplay, effortOf, wishOf } from '../prepare/reasoning-wish.ts'
import { nested } from './nested.ts'

/** How the model will reason, and what that leaves of the request's limits. */
export interface ReasoningPlan {
  /** Reasoning is switched on by this request. */
  readonly active: boolean
  /** Fields of the native body. */
  readonly fields: JsonObject
  readonly betas: readonly string[]
  /** Tokens of the whole answer; absent: not sent. */
  readonly maxTokens?: number
  /** The same, where it is what the answer will hardly exceed. */
  readonly fitted?: number
  /** maxTokens and sampling must be left out. */
  readonly unlimited: boolean
}

/** Steers reasoning by the family's own control. Whatever the wish, room is left for the answer. */
export function planReasoning(encoding: EncodeScope, turns: readonly Turn[], hasTools: boolean): ReasoningPlan {
  const plan = planWish(encoding, turns, hasTools)
  return encoding.traits.bindingBeta !== '' && turns.some(hasReasoning) ? unbound(encoding, plan) : plan
}

function hasReasoning({ content }: Turn): boolean {
  return content.some(isReasoning)
}

/**
 * Asks the model to pass over reasoning whose past has changed (a clock in the system prompt, one tool fewer) instead of refusing the
 * request. It is said inside `thinking`, so a model that reasons by itself is told to do what it does; not where a tool is forced,
 * which it refuses beside `thinking`.
 */
function unbound(encoding: EncodeScope, plan: ReasoningPlan): ReasoningPlan {
  const { thinking } = plan.fields
  const isOff = isJsonObject(thinking) && thinking.type === 'disabled'
  if (isOff || isOmitted(encoding, 'blockBinding') || (thinking === undefined && mayForce(encoding))) return plan
  const own = isJsonObject(thinking) ? thinking : { type: 'adaptive' }
  const bound = { ...own, block_binding: { prefix_mismatch_behavior: 'drop_block' } }
  return { ...plan, fields: { ...plan.fields, thinking: bound }, betas: [...plan.betas, encoding.traits.bindingBeta] }
}

function mayForce({ request: { toolChoice, output } }: EncodeScope): boolean {
  return toolChoice?.type === 'required' || toolChoice?.type === 'tool' || output.type === 'json-schema'
}

function planWish(encoding: EncodeScope, turns: readonly Turn[], hasTools: boolean): ReasoningPlan {
  const { traits, warn } = encoding
  const wish = wishOf(encoding)
  if (wish === undefined) return quiet(encoding)
  const isOff = wish.enabled === false || wish.effort === 'none'
  if (isOmitted(encoding, isOff ? 'reasoningOff' : 'reasoning')) {
    warn('reasoning', 'the model refused it before')
    return quiet(encoding)
  }
  if (isOff) return switchOff(encoding)
  if (wish.isLiteral === true && wish.enabled === undefined && wish.effort !== undefined && isClaudes(traits.reasoning))
    return effortAlone(encoding, wish.effort)
  switch (traits.reasoning) {
    case 'none':
      warn('reasoning', 'the model does not reason')
      return quiet(encoding)
    case 'inherent':
      warn('reasoning', 'the model reasons as much as it wants')
      return quiet(encoding)
    case 'budget':
      return withBudget(encoding, wish, { hasTools, turns })
    case 'adaptive':
      return adaptive(encoding, wish)
    case 'nova':
      return novaEffort(encoding, wish)
    case 'field': {
      const effort = nearestEffort(effortOf(wish) ?? 'medium', traits.efforts)
      return { ...withEffortRoom(encoding, effort), active: true, fields: nested(traits.reasoningField, effort) }
    }
    default:
      return unreachable(traits.reasoning)
  }
}

/** The controls that know an effort apart from reasoning. */
function isClaudes(control: EncodeScope['traits']['reasoning']): boolean {
  return control === 'budget' || control === 'adaptive'
}

/** How much the model shall do, whether it reasons or not. */
function effortAlone(encoding: EncodeScope, wished: Effort): ReasoningPlan {
  const plan = quiet(encoding)
  if (encoding.traits.reasoning === 'adaptive')
    return { ...plan, fields: { output_config: { effort: nearestEffort(wished, encoding.traits.efforts) } } }
  encoding.warn('reasoning', 'the model takes an effort only as its reasoning')
  return plan
}

function quiet(encoding: EncodeScope): ReasoningPlan {
  const { traits } = encoding
  const thinksAnyway = traits.reasoningOff !== 'omit' || traits.reasoning === 'inherent'
  return thinksAnyway
    ? withEffortRoom(encoding, 'medium')
    : { active: false, fields: {}, betas: [], unlimited: false, ...answerLimit(encoding, 0) }
}

function withEffortRoom(encoding: EncodeScope, effort: Effort): ReasoningPlan {
  return { active: false, fields: {}, betas: [], unlimited: false, ...answerLimit(encoding, EFFORT_BUDGET[effort]) }
}

function switchOff(encoding: EncodeScope): ReasoningPlan {
  const { traits, warn } = encoding
  const plan = { active: false, fields: {}, betas: [], unlimited: false, ...answerLimit(encoding, 0) }
  if (traits.reasoning === 'field' && traits.efforts.includes('none'))
    return { ...plan, fields: nested(traits.reasoningField, 'none') }
  if (traits.reasoning === 'adaptive' && traits.reasoningOff === 'disabled')
    return { ...plan, fields: { thinking: { type: 'disabled' } } }
  if (traits.reasoning === 'inherent') warn('reasoning', 'the model always reasons')
  if (traits.reasoningOff !== 'never') return plan
  warn('reasoning', 'the model always reasons; it is asked for as little as it can')
  const least = nearestEffort('minimal', traits.efforts)
  const fields = traits.reasoning === 'adaptive' ? { output_config: { effort: least } } : nested(traits.reasoningField, least)
  return { ...withEffortRoom(encoding, least), fields }
}

interface BudgetParts {
  readonly hasTools: boolean
  readonly turns: readonly Turn[]
}

function withBudget(encoding: EncodeScope, wish: ReasoningWish, { hasTools, turns }: BudgetParts): ReasoningPlan {
  if (lacksReasoning(turns)) {
    // Claude answers 400 "Expected `thinking`, but found `tool_use`" to a client that dropped the reasoning of its tool turn.
    encoding.warn('reasoning', 'the reasoning before the last tool calls was not sent back, so the model cannot go on reasoning')
    return quiet(encoding)
  }
  const wished = Math.max(MIN_BUDGET, wish.budgetTokens ?? EFFORT_BUDGET[wish.effort ?? 'high'])
  const { budget, maxTokens } = splitLimit(encoding, wished)
  if (budget === undefined) {
    encoding.warn('reasoning', 'the token limit leaves no room to reason and to answer')
    return quiet(encoding)
  }
  if (budget < wished && wish.budgetTokens !== undefined)
    encoding.warn('reasoning.budgetTokens', 'made smaller, to leave room for the answer')
  dropDisplay(encoding, wish)
  const betas = hasTools && encoding.traits.interleavedBeta !== '' ? [encoding.traits.interleavedBeta] : []
  return { active: true, unlimited: false, maxTokens, betas, fields: { thinking: { type: 'enabled', budget_tokens: budget } } }
}

/** The last turn answers tool calls that came without a reasoning block before them. */
function lacksReasoning(turns: readonly Turn[]): boolean {
  const [before, last] = turns.slice(-2)
  if (last?.role !== 'user' || last.content[0]?.type !== 'tool-result') return false
  const first = before?.content[0]
  return first !== undefined && !isReasoning(first)
}

function adaptive(encoding: EncodeScope, wish: ReasoningWish): ReasoningPlan {
  const { traits } = encoding
  const wished = effortOf(wish)
  const effort = wished === undefined ? undefined : nearestEffort(wished, traits.efforts)
  if (!traits.hidesReasoning) dropDisplay(encoding, wish)
  const shown = shownAs(encoding, wish)
  const display = traits.hidesReasoning && shown !== undefined ? { display: shown } : {}
  return {
    ...withEffortRoom(encoding, effort ?? 'high'),
    active: true,
    fields: {
      thinking: { type: 'adaptive', ...display },
      // Inside `thinking` the effort is refused.
      ...(effort === undefined ? {} : { output_config: { effort } })
    }
  }
}

/** How Claude may be asked to show its thinking; Anthropic's own API knows more (`updates`), of which a summary is the nearest. */
const DISPLAYS: readonly string[] = ['summarized', 'omitted']

function shownAs({ warn, traits }: EncodeScope, { display, isLiteral }: ReasoningWish): string | undefined {
  if (display === undefined) return isLiteral === true ? undefined : 'summarized'
  if (DISPLAYS.includes(display)) return display
  if (traits.hidesReasoning) warn('reasoning.display', 'Bedrock has no such way to show it; it is summarized')
  return 'summarized'
}

function novaEffort(encoding: EncodeScope, wish: ReasoningWish): ReasoningPlan {
  const { traits, request, warn } = encoding
  const effort = nearestEffort(effortOf(wish) ?? 'medium', traits.efforts)
  const plan = {
    ...withEffortRoom(encoding, effort),
    active: true,
    fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }
  }
  if (effort !== traits.unlimitedEffort) return plan
  if (request.maxTokens !== undefined) warn('maxTokens', 'the model takes no limit when it reasons as hard as this')
  const { maxTokens: _left, ...unlimited } = plan
  return { ...unlimited, unlimited: true }
}
