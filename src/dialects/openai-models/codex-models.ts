import type { Effort } from '../../core/request.ts'
import { CODEX_INSTRUCTIONS } from './codex-instructions.ts'

/** What Codex wants to know of a model and no list of OpenAI's tells. */
export interface CodexSketch {
  readonly id: string
  readonly name: string
  /** Effort words that the model takes, weakest first; empty: its thinking cannot be steered. */
  readonly efforts: readonly Effort[]
  readonly seesImages: boolean
  /** Tokens; 0: unknown. */
  readonly contextWindow: number
}

interface EffortLevel {
  readonly effort: Effort
  readonly description: string
}

/** An entry of Codex's own catalogue of models (measured with Codex 0.171). */
export interface CodexModel {
  readonly slug: string
  readonly display_name: string
  readonly description: string
  readonly supported_reasoning_levels: readonly EffortLevel[]
  readonly default_reasoning_level?: Effort
  readonly shell_type: 'unified_exec'
  readonly visibility: 'list'
  readonly supported_in_api: true
  readonly priority: number
  readonly support_verbosity: false
  readonly apply_patch_tool_type: 'freeform'
  readonly truncation_policy: { readonly mode: 'tokens'; readonly limit: number }
  readonly supports_parallel_tool_calls: true
  readonly supports_reasoning_summaries: boolean
  readonly experimental_supported_tools: readonly never[]
  readonly input_modalities: readonly ('text' | 'image')[]
  readonly context_window?: number
  readonly max_context_window?: number
  readonly base_instructions: string
}

const DESCRIPTIONS: Readonly<Record<Effort, string>> = {
  none: 'No thinking',
  minimal: 'Hardly any thinking',
  low: 'Fast answers with little thinking',
  medium: 'Balances speed and depth',
  high: 'Thinks longer for hard problems',
  xhigh: 'Thinks very long',
  max: 'As much thinking as the model has'
}

/** Tokens of one tool result that Codex keeps, as in its own catalogue. */
const RESULT_TOKENS = 10_000

/**
 * The entries for Codex, which reads them beside `data` of the same list: with them it knows a model's context window, the levels
 * of its thinking and that it may patch files; without, it works with the defaults of a model that nobody knows.
 */
export function encodeCodexModels(models: readonly CodexSketch[]): readonly CodexModel[] {
  return models.map(encodeCodexModel)
}

function encodeCodexModel({ id, name, efforts, seesImages, contextWindow }: CodexSketch, priority: number): CodexModel {
  const levels = efforts.map((effort) => ({ effort, description: DESCRIPTIONS[effort] }))
  const usual = efforts.includes('medium') ? 'medium' : efforts[0]
  return {
    slug: id,
    display_name: name,
    description: `${name} on Amazon Bedrock`,
    supported_reasoning_levels: levels,
    ...(usual === undefined ? {} : { default_reasoning_level: usual }),
    shell_type: 'unified_exec',
    visibility: 'list',
    supported_in_api: true,
    priority,
    support_verbosity: false,
    apply_patch_tool_type: 'freeform',
    truncation_policy: { mode: 'tokens', limit: RESULT_TOKENS },
    supports_parallel_tool_calls: true,
    supports_reasoning_summaries: levels.length > 0,
    experimental_supported_tools: [],
    input_modalities: seesImages ? ['text', 'image'] : ['text'],
    ...(contextWindow === 0 ? {} : { context_window: contextWindow, max_context_window: contextWindow }),
    base_instructions: CODEX_INSTRUCTIONS
  }
}
