import type { Spell } from '../../core/field.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { createSpelling, type SpeltField } from '../openai/spelling.ts'

const WORDS: Readonly<Record<SpeltField, string>> = {
  model: 'model',
  turns: 'messages',
  stream: 'stream',
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  output: 'output_config.format',
  'output.strict': 'output_config.format',
  reasoning: 'thinking',
  'reasoning.budgetTokens': 'thinking.budget_tokens',
  'reasoning.display': 'thinking.display',
  serviceTier: 'service_tier',
  latency: 'latency',
  guardrail: 'guardrail',
  metadata: 'metadata',
  cache: 'cache_control',
  'cache.ttl': 'cache_control.ttl',
  betas: 'anthropic-beta',
  extraFields: 'output_config',
  responseFieldPaths: 'stop_sequences',
  webSearch: 'tools',
  finish: 'stop_reason',
  inputs: 'messages',
  dimensions: 'dimensions',
  purpose: 'input_type',
  truncate: 'truncate'
}

const usual = createSpelling(WORDS)
const withEffort = createSpelling({ ...WORDS, reasoning: 'output_config.effort' })
const withOldFormat = createSpelling({ ...WORDS, output: 'output_format', 'output.strict': 'output_format' })

/** How the caller of this request wrote the core's fields. */
export function messagesSpelling({ thinking, output_config, output_format }: JsonObject): Spell {
  if (isJsonObject(output_format)) return withOldFormat
  return !isJsonObject(thinking) && isJsonObject(output_config) ? withEffort : usual
}
