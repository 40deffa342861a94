import type { Spell } from '../../core/field.ts'
import { createSpelling, extraName, givenPath } from '../openai/spelling.ts'

/** What this endpoint has no field for is told by the name that chat has for it. */
const WORDS = createSpelling({
  model: 'model',
  turns: 'prompt',
  stream: 'stream',
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'parallel_tool_calls',
  output: 'response_format',
  'output.strict': 'response_format.json_schema.strict',
  reasoning: 'reasoning_effort',
  'reasoning.budgetTokens': 'thinking.budget_tokens',
  'reasoning.display': 'thinking.display',
  serviceTier: 'service_tier',
  latency: 'performance_config',
  guardrail: 'guardrail',
  metadata: 'user',
  cache: 'cache_control',
  'cache.ttl': 'cache_control.ttl',
  betas: 'anthropic_beta',
  extraFields: 'additional_model_request_fields',
  responseFieldPaths: 'additional_model_response_field_paths',
  webSearch: 'web_search_options',
  finish: 'finish_reason',
  inputs: 'prompt',
  dimensions: 'dimensions',
  purpose: 'input_type',
  truncate: 'truncate'
})

/** How the caller of one request wrote the core's fields; `given`: the paths of those that were given. */
export function completionsSpelling(given: readonly string[]): Spell {
  return (field) => {
    const extra = extraName(field)
    if (extra !== undefined) return `extra_body.${extra}`
    return givenPath(WORDS(field), given)
  }
}
