import type { FieldRow } from '../openai/field-row.ts'
import { createFieldReader, type Fields } from '../openai/read-fields.ts'
import { FIELDS as CHAT } from '../openai-chat/fields.ts'

/** Fields that mean here what they mean in Chat Completions; one reader reads them for both. */
const SHARED = {
  temperature: CHAT.temperature,
  top_p: CHAT.top_p,
  metadata: CHAT.metadata,
  user: CHAT.user,
  safety_identifier: CHAT.safety_identifier,
  prompt_cache_options: CHAT.prompt_cache_options,
  top_k: CHAT.top_k,
  prompt_caching: CHAT.prompt_caching,
  cache_control: CHAT.cache_control,
  anthropic_beta: CHAT.anthropic_beta,
  guardrail: CHAT.guardrail,
  guardrailConfig: CHAT.guardrailConfig,
  performance_config: CHAT.performance_config,
  additional_model_request_fields: CHAT.additional_model_request_fields,
  additional_model_response_field_paths: {
    ...CHAT.additional_model_response_field_paths,
    note: 'answered as `response_fields` of the response'
  }
} as const satisfies Record<string, FieldRow>

/** Names of the fields that Chat Completions' reader reads. */
export const SHARED_NAMES: readonly (keyof typeof SHARED)[] = Object.keys(SHARED) as (keyof typeof SHARED)[]

/** Every field of a request and what becomes of it. The decoder and the documentation read this one table. */
export const FIELDS = {
  model: CHAT.model,
  input: { type: 'any', outcome: 'mapped', note: 'a string or items, see below' },
  instructions: { type: 'string', outcome: 'mapped', note: 'the first system text; never taken over from an earlier response' },
  previous_response_id: {
    type: 'string',
    outcome: 'emulated',
    note: 'the items of the responses before, from the store; not their instructions and settings'
  },
  conversation: { type: 'any', outcome: 'emulated', note: 'its items come first; input and output are added to it' },
  store: { type: 'boolean', outcome: 'emulated', note: '`true` when absent; echoed as what was done' },
  stream: CHAT.stream,
  stream_options: { type: 'object', outcome: 'emulated', note: '`include_obfuscation`: no padding is ever sent' },
  background: {
    type: 'boolean',
    outcome: 'refused',
    neutral: false,
    note: '`true` is refused: an answer is made while its caller waits'
  },
  tools: { type: 'array', outcome: 'by-model', note: 'see below' },
  tool_choice: {
    type: 'any',
    outcome: 'by-model',
    note: 'none, auto, required, one tool by its type and name, allowed_tools; under none the history keeps its calls, and what the model calls is told in words'
  },
  parallel_tool_calls: CHAT.parallel_tool_calls,
  max_tool_calls: {
    type: 'integer',
    outcome: 'emulated',
    note: 'limits tools that run at OpenAI, of which there are none; echoed'
  },
  max_output_tokens: {
    type: 'integer',
    outcome: 'mapped',
    min: 1,
    note: "reasoning counts; absent: the model's ceiling up to 32,000, see `RESPONSES_MAX_TOKENS`"
  },
  text: { type: 'object', outcome: 'by-model', note: '`format`: text, json_object, json_schema; `verbosity` is reported' },
  reasoning: {
    type: 'object',
    outcome: 'by-model',
    note: "`effort` in each family's own control, `summary` shows it; `mode` is reported"
  },
  include: { type: 'array', outcome: 'emulated', note: '`encrypted_content` is always there; the rest has no counterpart' },
  service_tier: {
    type: 'string',
    outcome: 'by-model',
    values: ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast', 'reserved'],
    note: 'fast is `priority`; auto is `default`; scale and ultrafast too, reported; the tier used is echoed'
  },
  prompt_cache_key: { type: 'string', outcome: 'by-model', note: 'sets cache points; echoed' },
  prompt_cache_retention: { type: 'string', outcome: 'emulated', note: 'echoed' },
  truncation: {
    type: 'string',
    outcome: 'emulated',
    values: ['auto', 'disabled'],
    note: '`auto`: where a conversation is too long for the model, its oldest turns are left out, and reported'
  },
  top_logprobs: { type: 'integer', outcome: 'reported', min: 0, max: 20, neutral: 0, note: 'echoed; parts hold no logprobs' },
  context_management: { type: 'any', outcome: 'reported', note: 'send a `compaction_trigger`, or use `/responses/compact`' },
  prompt: { type: 'object', outcome: 'refused', note: 'no prompts are stored here' },
  moderation: { type: 'any', outcome: 'reported', note: '' },
  client_metadata: { type: 'any', outcome: 'emulated', note: "Codex's own bookkeeping; read by nobody" },
  frequency_penalty: CHAT.frequency_penalty,
  presence_penalty: CHAT.presence_penalty,
  ...SHARED,
  extra_body: CHAT.extra_body
} as const satisfies Record<string, FieldRow>

export type FieldName = keyof typeof FIELDS

/** The fields of one request. */
export type ResponsesFields = Fields<typeof FIELDS>

/** Reads the fields of a request. */
export const readResponsesFields = createFieldReader(FIELDS)
