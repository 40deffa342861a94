import type { CoreField, Spell } from '../../core/field.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { extraName, givenPath, type SpeltField } from '../openai/spelling.ts'
import type { ChatFields } from './fields.ts'

/** Where a caller can have written a field; each that was given is told, and the first of all where none was. */
const SPELLINGS = {
  model: ['model'],
  turns: ['messages'],
  stream: ['stream'],
  maxTokens: ['max_completion_tokens', 'max_tokens'],
  temperature: ['temperature'],
  topP: ['top_p'],
  topK: ['top_k'],
  stop: ['stop'],
  tools: ['tools', 'functions'],
  toolChoice: ['tool_choice', 'function_call'],
  // Functions are called one at a time.
  parallelToolCalls: ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use', 'functions'],
  output: ['response_format'],
  'output.strict': [
    'response_format.json_schema.strict',
    'response_format.strict',
    'response_format.json_schema',
    'response_format.schema',
    'response_format'
  ],
  reasoning: ['reasoning_effort', 'reasoning.effort', 'thinking', 'reasoning'],
  'reasoning.budgetTokens': ['thinking.budget_tokens', 'reasoning.max_tokens'],
  'reasoning.display': ['thinking.display'],
  serviceTier: ['service_tier'],
  latency: ['performance_config'],
  guardrail: ['guardrail', 'guardrailConfig'],
  metadata: ['metadata', 'user', 'safety_identifier'],
  cache: ['prompt_caching', 'cache_control', 'prompt_cache_options'],
  'cache.ttl': ['cache_control.ttl', 'prompt_cache_options.ttl'],
  betas: ['anthropic_beta'],
  extraFields: ['additional_model_request_fields'],
  responseFieldPaths: ['additional_model_response_field_paths'],
  webSearch: ['web_search_options'],
  finish: ['finish_reason'],
  inputs: ['messages'],
  dimensions: ['dimensions'],
  purpose: ['input_type'],
  truncate: ['truncate'],
  'picture.size': ['size'],
  'picture.quality': ['quality'],
  'picture.format': ['output_format'],
  'picture.background': ['background'],
  'picture.mask': ['mask'],
  contextManagement: ['context_management'],
  'sampling.seed': ['seed'],
  'sampling.frequencyPenalty': ['frequency_penalty'],
  'sampling.presencePenalty': ['presence_penalty'],
  'sampling.repetitionPenalty': ['repetition_penalty'],
  'sampling.minP': ['min_p'],
  'sampling.logitBias': ['logit_bias'],
  'sampling.verbosity': ['verbosity']
} as const satisfies Record<SpeltField, readonly [string, ...string[]]>

/** Marks stand on parts, messages and tools; where no field of the whole request is given they are meant. */
const WHEN_NONE_GIVEN: Readonly<Partial<Record<CoreField, string>>> = { cache: 'cache_control' }

/** ChatFields of which a member alone can be what counts. */
const HOLDERS = ['reasoning', 'thinking', 'cache_control', 'prompt_cache_options', 'tool_choice', 'response_format'] as const

/** How the caller of this request wrote the core's fields. It keeps the names alone, none of the values. */
export function chatSpelling(fields: ChatFields): Spell {
  const given = fields.given.filter((path) => !path.endsWith('reasoning') || asksToReason(fields.get('reasoning')))
  const members = HOLDERS.flatMap((name) => {
    const value = fields.get(name)
    return isJsonObject(value) ? SUB_FIELDS.filter((path) => path.startsWith(`${name}.`) && isGiven(value, path)) : []
  })
  return spellingOf(given, members, fields.extra === undefined ? NONE : new Set(Object.keys(fields.extra)))
}

/** Apart from what reads the values, so that none of them is held as long as the names are. */
function spellingOf(given: readonly string[], members: readonly string[], loose: ReadonlySet<string>): Spell {
  return (field) => {
    const extra = extraName(field)
    if (extra !== undefined) return [extraPath(extra, loose, given)]
    const spellings: readonly string[] = SPELLINGS[field as SpeltField]
    const told = spellings.filter((path) => members.includes(path))
    const isTold = (name: string) => told.some((path) => path.startsWith(`${name}.`))
    const said = spellings.filter((path) => (told.includes(path) || given.includes(givenPath(path, given))) && !isTold(path))
    const [first = WHEN_NONE_GIVEN[field] ?? spellings[0]!, ...others] = said
    return [givenPath(first, given), ...others.map((path) => givenPath(path, given))]
  }
}

/** Asks for more than that the answer be shown without it. */
function asksToReason(reasoning: JsonObject | undefined): boolean {
  return Object.keys(reasoning ?? {}).some((name) => name !== 'exclude')
}

const NONE: ReadonlySet<string> = new Set()

const SUB_FIELDS: readonly string[] = Object.values(SPELLINGS)
  .flat()
  .filter((path) => path.includes('.'))

/** Whether a holder has what its path names; `false` asks for nothing. */
function isGiven(holder: JsonObject, path: string): boolean {
  const [, ...names] = path.split('.')
  const value = names.reduce<Json | undefined>((inner, name) => (isJsonObject(inner) ? inner[name] : undefined), holder)
  return value !== undefined && value !== null && value !== false
}

/** Where a native field was given: in a literal `extra_body`, or among those that are named as the model's. */
function extraPath(path: string, loose: ReadonlySet<string>, given: readonly string[]): string {
  const [name = path] = path.split('.', 1)
  return loose.has(name) ? `extra_body.${path}` : `${givenPath('additional_model_request_fields', given)}.${path}`
}
