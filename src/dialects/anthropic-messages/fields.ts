import type { FieldRow } from '../openai/field-row.ts'

/** Every field of a Messages request and what becomes of it. The decoder and the documentation read this one table. */
export const FIELDS = {
  model: {
    type: 'string',
    outcome: 'mapped',
    note: "Anthropic's ids and aliases, any Bedrock id or ARN; `[1m]` asks for the long context"
  },
  max_tokens: { type: 'integer', outcome: 'mapped', min: 1, note: "made to fit the model's ceiling" },
  messages: {
    type: 'array',
    outcome: 'mapped',
    note: 'user, assistant and, in mid-conversation, system; Claude from 4.6 on refuses to be begun for (a last turn of the assistant)'
  },
  system: { type: 'any', outcome: 'mapped', note: 'string or text blocks; cache marks are kept' },
  stop_sequences: { type: 'array', outcome: 'by-model', note: 'blank ones are ignored' },
  stream: { type: 'boolean', outcome: 'mapped', note: '' },
  temperature: { type: 'number', outcome: 'by-model', min: 0, max: 1, note: '' },
  top_p: { type: 'number', outcome: 'by-model', min: 0, max: 1, note: 'left out where a model refuses it beside `temperature`' },
  top_k: { type: 'integer', outcome: 'by-model', min: 0, note: '' },
  tools: { type: 'array', outcome: 'by-model', note: 'client tools; see below for those of a type of their own' },
  tool_choice: { type: 'object', outcome: 'by-model', note: 'auto, any, tool, none; `disable_parallel_tool_use`' },
  thinking: { type: 'object', outcome: 'by-model', note: "enabled, adaptive, disabled; turned into each family's own control" },
  output_config: { type: 'object', outcome: 'by-model', note: '`effort`, `format`; the others are reported' },
  output_format: { type: 'object', outcome: 'by-model', note: 'the older place of `output_config.format`' },
  cache_control: { type: 'object', outcome: 'by-model', note: 'a mark on the last block' },
  metadata: { type: 'object', outcome: 'mapped', note: '`user_id`, as request metadata' },
  service_tier: {
    type: 'string',
    outcome: 'by-model',
    values: ['auto', 'standard_only', 'default', 'priority', 'flex', 'reserved'],
    note: "Anthropic's two are Bedrock's default; Bedrock's own are sent"
  },
  betas: {
    type: 'array',
    outcome: 'by-model',
    note: 'as the header `anthropic-beta`; flags that the model does not take are left out'
  },
  anthropic_beta: { type: 'array', outcome: 'by-model', extension: true, note: 'the same, as Claude on Bedrock has it' },
  anthropic_version: { type: 'string', outcome: 'mapped', extension: true, note: 'ignored' },
  context_management: { type: 'object', outcome: 'by-model', note: "Claude's own body has it" },
  inference_geo: { type: 'string', outcome: 'reported', note: '' },
  speed: { type: 'string', outcome: 'reported', neutral: 'standard', note: '' },
  diagnostics: { type: 'any', outcome: 'reported', note: '' },
  user_profile_id: { type: 'string', outcome: 'reported', note: '' },
  billing_policy: { type: 'any', outcome: 'reported', note: '' },
  fallback_credit_token: { type: 'string', outcome: 'reported', note: '' },
  container: { type: 'any', outcome: 'refused', note: 'Bedrock has no containers; null is taken' },
  mcp_servers: { type: 'array', outcome: 'refused', note: 'Bedrock calls no MCP servers; an empty list is taken' },
  thread: { type: 'any', outcome: 'refused', note: 'nothing is stored' },
  compaction: { type: 'any', outcome: 'refused', note: '' },
  fallbacks: { type: 'any', outcome: 'refused', note: "the operator's MODEL_ALIASES name fallbacks" }
} as const satisfies Record<string, FieldRow>

export type FieldName = keyof typeof FIELDS

/** The fields of one outcome. */
export function fieldsOf(outcome: FieldRow['outcome']): readonly FieldName[] {
  return (Object.keys(FIELDS) as FieldName[]).filter((name) => FIELDS[name].outcome === outcome)
}
