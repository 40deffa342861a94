import type { FieldRow } from '../openai/field-row.ts'
import { createFieldReader, type Fields } from '../openai/read-fields.ts'

/** Every field of a legacy completions request and what becomes of it. */
export const FIELDS = {
  model: { type: 'string', outcome: 'mapped', note: '' },
  prompt: { type: 'any', outcome: 'mapped', note: 'a text, tokens, or a list of either' },
  max_tokens: { type: 'integer', outcome: 'mapped', min: 1, note: '16 where absent' },
  temperature: { type: 'number', outcome: 'by-model', min: 0, max: 2, note: '' },
  top_p: { type: 'number', outcome: 'by-model', min: 0, max: 1, note: '' },
  n: { type: 'integer', outcome: 'emulated', min: 1, max: 8, note: '' },
  stop: { type: 'any', outcome: 'by-model', note: '' },
  stream: { type: 'boolean', outcome: 'mapped', note: '' },
  stream_options: { type: 'object', outcome: 'mapped', note: '`include_usage`' },
  echo: { type: 'boolean', outcome: 'emulated', note: '' },
  user: { type: 'string', outcome: 'mapped', note: 'as request metadata' },
  suffix: { type: 'string', outcome: 'refused', neutral: '', note: 'no model of Bedrock is told to fill in gaps' },
  logprobs: { type: 'any', outcome: 'refused', neutral: false, note: 'no Bedrock answer holds them' },
  best_of: { type: 'integer', outcome: 'refused', min: 1, max: 20, note: 'above `n`' },
  seed: { type: 'integer', outcome: 'by-model', note: '' },
  logit_bias: { type: 'object', outcome: 'by-model', note: '' },
  presence_penalty: { type: 'number', outcome: 'by-model', min: -2, max: 2, neutral: 0, note: '' },
  frequency_penalty: { type: 'number', outcome: 'by-model', min: -2, max: 2, neutral: 0, note: '' },
  extra_body: {
    type: 'object',
    outcome: 'mapped',
    extension: true,
    note: "its members count as fields, the top level wins; others go to the model's native body"
  }
} as const satisfies Record<string, FieldRow>

/** The fields of one request. */
export type CompletionFields = Fields<typeof FIELDS>

/** Reads the fields of a legacy completions request. */
export const readCompletionFields = createFieldReader(FIELDS)
