import type { Spell } from '../../core/field.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { createSpelling, type SpeltField, USUAL_WORDS } from '../openai/spelling.ts'

const WORDS: Readonly<Record<SpeltField, string>> = {
  ...USUAL_WORDS,
  stop: 'stop_sequences',
  parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
  output: 'output_config.format',
  'output.strict': 'output_config.format',
  reasoning: 'thinking',
  latency: 'latency',
  metadata: 'metadata',
  betas: 'anthropic-beta',
  extraFields: 'output_config',
  responseFieldPaths: 'stop_sequences',
  webSearch: 'tools',
  finish: 'stop_reason'
}

const usual = createSpelling(WORDS)
const withEffort = createSpelling({ ...WORDS, reasoning: 'output_config.effort' })
const withOldFormat = createSpelling({ ...WORDS, output: 'output_format', 'output.strict': 'output_format' })

/** How the caller of this request wrote the core's fields. */
export function messagesSpelling({ thinking, output_config, output_format }: JsonObject): Spell {
  if (isJsonObject(output_format)) return withOldFormat
  return !isJsonObject(thinking) && isJsonObject(output_config) ? withEffort : usual
}
