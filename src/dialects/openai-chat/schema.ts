import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../../core/json.ts'
import type { FieldRow } from '../openai/field-row.ts'
import { FIELDS } from './fields.ts'

// `nullable` and not a union of types: Ajv's strict mode complains about unions, and its fault for one names every arm.
function fieldSchema({ type }: FieldRow): object {
  return type === 'any' ? {} : { type, nullable: true }
}

/** A chat request as it comes in. */
export type ChatBody = JsonObject

/**
 * The outer shape only: an object whose known fields have the right type or are null, with any others beside them.
 * What is inside `messages` and `tools` is checked while it is decoded, once, with better words than a schema has.
 */
export const ChatBody = Type.Unsafe<ChatBody>({
  type: 'object',
  additionalProperties: true,
  properties: Object.fromEntries(Object.entries<FieldRow>(FIELDS).map(([name, row]) => [name, fieldSchema(row)]))
})
