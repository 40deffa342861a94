import type { FieldRow } from '../openai/field-row.ts'
import { createFieldReader, type Fields } from '../openai/read-fields.ts'

/** Every field of a chat request and what becomes of it. The decoder, the schema and the documentation read this one table. */
export const FIELDS = {
  model: { type: 'string', outcome: 'mapped', note: 'alias, catalogue id, any Bedrock id or ARN' },
  messages: { type: 'array', outcome: 'mapped', note: 'all roles; text, images, files, audio, video, tool calls and results' },
  system: {
    type: 'any',
    outcome: 'mapped',
    extension: true,
    note: "Anthropic's place for it: a string or text parts, before the messages"
  },
  max_completion_tokens: { type: 'integer', outcome: 'mapped', min: 1, note: 'wins over `max_tokens`; reasoning counts' },
  max_tokens: { type: 'integer', outcome: 'mapped', min: 1, note: 'never refused' },
  temperature: { type: 'number', outcome: 'by-model', min: 0, max: 2, note: "clamped to the model's range" },
  top_p: { type: 'number', outcome: 'by-model', min: 0, max: 1, note: 'left out where a model refuses it beside `temperature`' },
  top_k: { type: 'integer', outcome: 'by-model', extension: true, min: -1, note: '0 and -1 mean no limit' },
  stop: { type: 'any', outcome: 'by-model', note: 'string or array; empty strings are ignored' },
  n: { type: 'integer', outcome: 'emulated', min: 1, max: 8, note: 'parallel calls; usage is summed' },
  stream: { type: 'boolean', outcome: 'mapped', note: '' },
  stream_options: { type: 'object', outcome: 'mapped', note: '`include_usage`; without `stream` it is ignored' },
  tools: {
    type: 'array',
    outcome: 'by-model',
    note: "function, custom, system, also in Anthropic's shape; unknown types are reported"
  },
  tool_choice: {
    type: 'any',
    outcome: 'by-model',
    note: "none, auto, required, a named tool, allowed_tools, Anthropic's objects"
  },
  parallel_tool_calls: { type: 'boolean', outcome: 'by-model', note: '' },
  functions: { type: 'array', outcome: 'emulated', note: 'as tools; the answer has `function_call`' },
  function_call: { type: 'any', outcome: 'emulated', note: 'none, auto, a named function' },
  response_format: {
    type: 'object',
    outcome: 'by-model',
    note: 'text, json_object (also with a `schema`), json_schema; an answer that does not fit is given, and reported'
  },
  reasoning_effort: {
    type: 'string',
    outcome: 'by-model',
    values: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
    note: "turned into each family's own control"
  },
  reasoning: { type: 'object', outcome: 'by-model', extension: true, note: '`effort`, `max_tokens`, `enabled`, `exclude`' },
  thinking: { type: 'object', outcome: 'by-model', extension: true, note: '`type`, `budget_tokens`, `display`' },
  service_tier: {
    type: 'string',
    outcome: 'by-model',
    values: ['auto', 'default', 'flex', 'priority', 'fast', 'scale', 'reserved'],
    note: 'auto and scale are `default`, fast is `priority`; echoed back'
  },
  metadata: { type: 'object', outcome: 'mapped', note: '`requestMetadata`, made to fit its alphabet' },
  user: { type: 'string', outcome: 'mapped', note: 'as request metadata' },
  safety_identifier: { type: 'string', outcome: 'mapped', note: 'as request metadata' },
  web_search_options: { type: 'object', outcome: 'by-model', note: 'Nova grounding; refused for other models' },
  logprobs: { type: 'boolean', outcome: 'refused', neutral: false, note: '`true` is refused: no Bedrock answer holds them' },
  modalities: { type: 'array', outcome: 'refused', note: 'only `["text"]`' },
  top_logprobs: { type: 'integer', outcome: 'reported', min: 0, max: 20, neutral: 0, note: '' },
  seed: { type: 'integer', outcome: 'by-model', note: '' },
  logit_bias: { type: 'object', outcome: 'by-model', note: '' },
  frequency_penalty: { type: 'number', outcome: 'by-model', min: -2, max: 2, neutral: 0, note: '' },
  presence_penalty: { type: 'number', outcome: 'by-model', min: -2, max: 2, neutral: 0, note: '' },
  prediction: { type: 'object', outcome: 'reported', note: '' },
  verbosity: { type: 'string', outcome: 'by-model', values: ['low', 'medium', 'high'], note: '' },
  store: { type: 'boolean', outcome: 'reported', neutral: false, note: '' },
  audio: { type: 'object', outcome: 'reported', note: '' },
  moderation: { type: 'any', outcome: 'reported', note: '' },
  prompt_cache_key: { type: 'string', outcome: 'reported', note: '' },
  prompt_cache_retention: { type: 'string', outcome: 'reported', note: '' },
  prompt_cache_options: { type: 'object', outcome: 'by-model', note: '`mode` implicit sets cache points, explicit sets none' },
  min_p: { type: 'number', outcome: 'by-model', extension: true, min: 0, max: 1, neutral: 0, note: '' },
  repetition_penalty: { type: 'number', outcome: 'by-model', extension: true, neutral: 1, note: '' },
  prompt_caching: { type: 'any', outcome: 'by-model', extension: true, note: 'boolean or `{system, messages, tools}`' },
  cache_control: { type: 'object', outcome: 'by-model', extension: true, note: 'one cache point at the end of the messages' },
  anthropic_beta: { type: 'any', outcome: 'by-model', extension: true, note: 'string or array' },
  guardrail: {
    type: 'object',
    outcome: 'mapped',
    extension: true,
    note: '`identifier`, `version`, `trace`, `stream_processing_mode`'
  },
  guardrailConfig: { type: 'object', outcome: 'mapped', extension: true, note: "Bedrock's own spelling of `guardrail`" },
  performance_config: { type: 'object', outcome: 'by-model', extension: true, note: '`latency`: standard or optimized' },
  additional_model_request_fields: {
    type: 'object',
    outcome: 'mapped',
    extension: true,
    note: 'merged deeply into the native body'
  },
  additional_model_response_field_paths: { type: 'array', outcome: 'mapped', extension: true, note: 'answered on the choice' },
  extra_body: {
    type: 'object',
    outcome: 'mapped',
    extension: true,
    note: "its members count as fields, the top level wins; others go to the model's native body"
  }
} as const satisfies Record<string, FieldRow>

export type FieldName = keyof typeof FIELDS

/** The fields of one chat request. */
export type ChatFields = Fields<typeof FIELDS>

/** Reads the fields of a chat request. */
export const readChatFields = createFieldReader(FIELDS)
