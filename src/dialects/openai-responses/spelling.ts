import type { Spell } from '../../core/field.ts'
import { isJsonObject } from '../../core/json.ts'
import { createSpelling, extraName, givenAmong, givenPath, USUAL_WORDS } from '../openai/spelling.ts'
import type { FieldName, ResponsesFields } from './fields.ts'

const WORDS = createSpelling({
  ...USUAL_WORDS,
  turns: 'input',
  inputs: 'input',
  maxTokens: 'max_output_tokens',
  output: 'text.format',
  'output.strict': 'text.format.strict',
  reasoning: 'reasoning.effort',
  'reasoning.budgetTokens': 'reasoning.effort',
  'reasoning.display': 'reasoning.summary',
  metadata: 'metadata',
  cache: 'prompt_cache_key',
  'cache.ttl': 'prompt_cache_options.ttl',
  webSearch: 'tools.web_search',
  finish: 'status',
  truncate: 'truncation',
  'sampling.verbosity': 'text.verbosity'
})

/** Other fields that can mean the same; each that was given is told. */
const OTHERS: Readonly<Partial<Record<string, readonly FieldName[]>>> = {
  guardrail: ['guardrail', 'guardrailConfig'],
  metadata: ['metadata', 'user', 'safety_identifier'],
  prompt_cache_key: ['prompt_caching', 'cache_control', 'prompt_cache_options', 'prompt_cache_key']
}

/** How the caller of one request wrote the core's fields. It keeps the names alone, none of the values. */
export function responsesSpelling(fields: ResponsesFields): Spell {
  const { given } = fields
  const loose = new Set(Object.keys(fields.extra ?? {}))
  const format = fields.get('text')?.format
  const isStrict = isJsonObject(format) && format.strict === true
  return (field) => {
    const extra = extraName(field)
    if (extra !== undefined && loose.has(extra.split('.', 1)[0]!)) return [`extra_body.${extra}`]
    const [word] = field === 'output.strict' && !isStrict ? WORDS('output') : WORDS(field)
    const paths = (OTHERS[word] ?? [word]).map((name) => givenPath(name, given))
    return givenAmong(paths, givenPath(word, given), (path) => given.includes(path))
  }
}
