import type { Spell } from '../../core/field.ts'
import { createSpelling, extraName, givenPath, unmappedName } from '../openai/spelling.ts'
import type { FieldName, ResponsesFields } from './fields.ts'

const WORDS = createSpelling({
  model: 'model',
  turns: 'input',
  stream: 'stream',
  maxTokens: 'max_output_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'parallel_tool_calls',
  output: 'text.format',
  'output.strict': 'text.format.strict',
  reasoning: 'reasoning.effort',
  'reasoning.budgetTokens': 'reasoning.effort',
  'reasoning.display': 'reasoning.summary',
  serviceTier: 'service_tier',
  latency: 'performance_config',
  guardrail: 'guardrail',
  metadata: 'metadata',
  cache: 'prompt_cache_key',
  'cache.ttl': 'prompt_cache_options.ttl',
  betas: 'anthropic_beta',
  extraFields: 'additional_model_request_fields',
  responseFieldPaths: 'additional_model_response_field_paths',
  webSearch: 'tools.web_search',
  finish: 'status',
  inputs: 'input',
  dimensions: 'dimensions',
  purpose: 'input_type',
  truncate: 'truncation'
})

/** Other fields that can mean the same; the first that was given counts. */
const OTHERS: Readonly<Partial<Record<string, readonly FieldName[]>>> = {
  guardrail: ['guardrail', 'guardrailConfig'],
  metadata: ['metadata', 'user', 'safety_identifier'],
  prompt_cache_key: ['prompt_caching', 'cache_control', 'prompt_cache_options', 'prompt_cache_key']
}

/** How the caller of one request wrote the core's fields. It keeps the names alone, none of the values. */
export function responsesSpelling(fields: ResponsesFields): Spell {
  const { given } = fields
  const loose = new Set(Object.keys(fields.extra ?? {}))
  return (field) => {
    const extra = extraName(field)
    if (extra !== undefined && loose.has(extra.split('.', 1)[0]!)) return `extra_body.${extra}`
    const word = unmappedName(field) ?? WORDS(field)
    const said = OTHERS[word]?.find((name) => given.includes(name) || given.includes(`extra_body.${name}`)) ?? word
    return givenPath(said, given)
  }
}
