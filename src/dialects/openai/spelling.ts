import type { CoreField, ExtraField, Spell, Spelling } from '../../core/field.ts'

/** A core field that a dialect must have a word for. */
export type SpeltField = Exclude<CoreField, ExtraField>

/** OpenAI's words for the core's fields, Chat Completions' where its dialects differ. What a dialect has no field for is told by them too. */
export const USUAL_WORDS: Readonly<Record<SpeltField, string>> = {
  model: 'model',
  turns: 'messages',
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
  inputs: 'messages',
  dimensions: 'dimensions',
  purpose: 'input_type',
  truncate: 'truncate',
  'picture.size': 'size',
  'picture.quality': 'quality',
  'picture.format': 'output_format',
  'picture.background': 'background',
  'picture.mask': 'mask',
  contextManagement: 'context_management',
  'sampling.seed': 'seed',
  'sampling.frequencyPenalty': 'frequency_penalty',
  'sampling.presencePenalty': 'presence_penalty',
  'sampling.repetitionPenalty': 'repetition_penalty',
  'sampling.minP': 'min_p',
  'sampling.logitBias': 'logit_bias',
  'sampling.verbosity': 'verbosity'
}

const EXTRA = 'extraFields.'

/** The path of a native field behind the place where the caller gave it; undefined: it is another one. */
export function extraName(field: CoreField): string | undefined {
  return field.startsWith(EXTRA) ? field.slice(EXTRA.length) : undefined
}

/** The spelling of a dialect that has one word for each field. */
export function createSpelling(words: Readonly<Record<SpeltField, string>>): Spell {
  return (field) => {
    const extra = extraName(field)
    return [extra === undefined ? words[field as SpeltField] : `${words.extraFields}.${extra}`]
  }
}

/** Those of some paths that the caller gave, in their order; `usual` where there is none. */
export function givenAmong(paths: readonly string[], usual: string, isGiven: (path: string) => boolean): Spelling {
  const [first = usual, ...others] = paths.filter(isGiven)
  return [first, ...others]
}

/** Where a path stands in the caller's body: with `extra_body.` before it where its field was given there. `given`: paths of given fields. */
export function givenPath(path: string, given: readonly string[]): string {
  const [name = path] = path.split('.', 1)
  return !given.includes(name) && given.includes(`extra_body.${name}`) ? `extra_body.${path}` : path
}
