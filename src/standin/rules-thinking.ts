import type { CatalogModel, Thinking } from './catalog.ts'
import type { ConverseRequest } from './converse-request.ts'
import { modelRefuses } from './refusal.ts'
import { BINDING_BETA, checkReasoning } from './rules-reasoning.ts'
import type { Origins } from './signature.ts'

type Fields = Readonly<Record<string, unknown>>

const CLAUDE_FIELDS = [
  'thinking',
  'top_k',
  'anthropic_beta',
  'output_config',
  'tools',
  'tool_choice',
  'context_management',
  'metadata'
]
const FIELDS = {
  none: [],
  budget: [...CLAUDE_FIELDS, 'reasoning_config'],
  'budget-or-adaptive': CLAUDE_FIELDS,
  adaptive: CLAUDE_FIELDS,
  'adaptive-always': CLAUDE_FIELDS,
  nova: ['inferenceConfig', 'reasoningConfig'],
  'effort-object': ['reasoning'],
  'effort-field': ['reasoning_effort', 'reasoning'],
  'config-string': ['reasoning_config'],
  inherent: ['reasoning_effort']
} as const satisfies Record<Thinking, readonly string[]>
const FAMILY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  nova: ['inferenceConfig'],
  claude: CLAUDE_FIELDS,
  mistral: ['top_k'],
  cohere: ['k', 'p', 'frequency_penalty', 'presence_penalty', 'logit_bias'],
  qwen: ['top_k'],
  deepseek: ['top_k']
}

/** Refuses fields the model behind Bedrock does not know, and thinking it does not do. */
export function checkThinking(request: ConverseRequest, model: CatalogModel, given: Origins): void {
  const fields = request.additionalModelRequestFields ?? {}
  const known: readonly string[] = [...FIELDS[model.thinking], ...(FAMILY_FIELDS[model.family] ?? [])]
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) refuseExtra(unknown, model)
  if (model.family === 'claude') checkClaude(request, fields, model)
  else checkEffort(fields, model)
  if (model.family === 'claude') checkReasoning(request, model, given)
}

function refuseExtra(name: string, model: CatalogModel): never {
  if (model.family === 'claude') modelRefuses(`${name}: Extra inputs are not permitted`)
  return modelRefuses(
    `Malformed input request: #: extraneous key [${name}] is not permitted, please reformat your input and try again.`
  )
}

/** The thinking setting of a Claude request, under either of its names. */
export function claudeThinking(fields: Fields): { type?: string; budget_tokens?: number; [other: string]: unknown } | undefined {
  return (fields.thinking ?? fields.reasoning_config) as { type?: string } | undefined
}

function checkClaude(request: ConverseRequest, fields: Fields, model: CatalogModel): void {
  const thinking = claudeThinking(fields)
  if (thinking !== undefined) checkMode(thinking, model, fields)
  const on = thinking?.type === 'enabled' || thinking?.type === 'adaptive'
  if (thinking?.type === 'enabled') checkBudget(thinking.budget_tokens, request)
  if (on && model.sampling !== 'none') checkSamplingBeside(request, fields)
  const choice = request.toolConfig?.toolChoice
  if (on && (choice?.any !== undefined || choice?.tool !== undefined)) {
    modelRefuses('Thinking may not be enabled when tool_choice forces tool use.')
  }
  if (fields.top_k !== undefined && model.sampling === 'none') modelRefuses('`top_k` is deprecated for this model.')
  checkOutputConfig(fields, model, thinking?.type)
  checkToolChoiceField(fields, request)
}

function checkMode(thinking: Fields, model: CatalogModel, { anthropic_beta: betas }: Fields): void {
  const allowed: Partial<Record<Thinking, readonly string[]>> = {
    budget: ['enabled', 'disabled'],
    'budget-or-adaptive': ['enabled', 'adaptive', 'disabled'],
    adaptive: ['adaptive', 'disabled'],
    'adaptive-always': ['adaptive']
  }
  const type = `${thinking.type}`
  if (!['enabled', 'adaptive', 'disabled'].includes(type)) {
    modelRefuses(
      `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'`
    )
  }
  if (allowed[model.thinking]?.includes(type) !== true) {
    const hint =
      type === 'enabled' ? ' Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.' : ''
    modelRefuses(`"thinking.type.${type}" is not supported for this model.${hint}`)
  }
  const members = type === 'enabled' ? ['type', 'budget_tokens', 'display'] : type === 'adaptive' ? ['type', 'display'] : ['type']
  const isBindable = model.bindsThinking && type !== 'disabled' && Array.isArray(betas) && betas.includes(BINDING_BETA)
  const extra = Object.keys(thinking).find((name) => !members.includes(name) && !(isBindable && name === 'block_binding'))
  if (extra !== undefined) modelRefuses(`thinking.${type}.${extra}: Extra inputs are not permitted`)
  if (thinking.display !== undefined && !['summarized', 'omitted'].includes(`${thinking.display}`))
    modelRefuses(`thinking.${type}.display: Input should be 'summarized' or 'omitted'`)
}

function checkBudget(budget: unknown, { inferenceConfig }: ConverseRequest): void {
  if (typeof budget !== 'number') return modelRefuses('thinking.enabled.budget_tokens: Field required')
  if (budget < 1024) modelRefuses('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  if (budget >= (inferenceConfig?.maxTokens ?? 4096)) {
    modelRefuses(
      '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size'
    )
  }
}

function checkSamplingBeside({ inferenceConfig = {} }: ConverseRequest, fields: Fields): void {
  const { temperature, topP } = inferenceConfig
  if (temperature !== undefined && temperature !== 1) modelRefuses('`temperature` may only be set to 1 when thinking is enabled.')
  if (topP !== undefined && topP < 0.95)
    modelRefuses('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.')
  if (fields.top_k !== undefined) modelRefuses('`top_k` must be unset when thinking is enabled.')
}

function checkOutputConfig(fields: Fields, model: CatalogModel, mode: string | undefined): void {
  const effort = (fields.output_config as { effort?: unknown } | undefined)?.effort
  if (effort === undefined) return
  const takesEffort = model.thinking !== 'budget' && model.thinking !== 'none'
  if (!takesEffort) modelRefuses('This model does not support the effort parameter.')
  if (!model.efforts.includes(`${effort}`)) {
    modelRefuses(`output_config.effort: Input should be ${model.efforts.map((word) => `'${word}'`).join(', ')}`)
  }
  if (mode === 'disabled' && ['xhigh', 'max'].includes(`${effort}`)) {
    modelRefuses(`output_config.effort: '${effort}' is not supported when thinking is disabled.`)
  }
}

function checkToolChoiceField(fields: Fields, request: ConverseRequest): void {
  const choice = fields.tool_choice as { type?: string } | undefined
  const [kind] = Object.keys(request.toolConfig?.toolChoice ?? {})
  if (choice?.type !== undefined && kind !== undefined) {
    modelRefuses(`The additional field tool_choice/type conflicts with the existing field toolConfig.toolChoice.${kind}`)
  }
  if (choice !== undefined && choice.type === undefined && kind === undefined) modelRefuses('tool_choice.type: Field required')
}

function checkEffort(fields: Fields, model: CatalogModel): void {
  const nova = fields.reasoningConfig as { type?: string; maxReasoningEffort?: string } | undefined
  const object = (fields.reasoning as { effort?: unknown } | undefined)?.effort
  const effort = nova?.maxReasoningEffort ?? object ?? fields.reasoning_effort ?? fields.reasoning_config
  if (nova !== undefined && !['enabled', 'disabled'].includes(`${nova.type}`))
    modelRefuses('reasoningConfig.type must be enabled or disabled')
  if (effort !== undefined && model.efforts.length > 0 && !model.efforts.includes(`${effort}`)) {
    modelRefuses(`Invalid value: '${effort}'. Supported values are: ${model.efforts.map((word) => `'${word}'`).join(', ')}.`)
  }
}
