import { isEmpty, type Json } from '../../core/json.ts'

/**
 * What becomes of a field:
 * `mapped` reaches every model; `by-model` reaches the models that have it and is reported for the others;
 * `emulated` is done by the gateway; `reported` cannot be carried and is named in `x-adit-dropped`;
 * `refused` is a 400, since leaving it out would change the answer's shape.
 */
export type FieldOutcome = 'mapped' | 'by-model' | 'emulated' | 'reported' | 'refused'

export type FieldType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'any'

export interface FieldRow {
  readonly type: FieldType
  readonly outcome: FieldOutcome
  /** Not a field of OpenAI's: works at the top level and inside a literal `extra_body`. */
  readonly extension?: true
  readonly min?: number
  readonly max?: number
  readonly values?: readonly string[]
  /** The value that asks for nothing; leaving it out loses nothing and is not reported. */
  readonly neutral?: Json
  /** For the documentation. */
  readonly note: string
}

/** Whether a value is absent, or asks for nothing: leaving it out loses nothing. */
export function asksNothing(value: Json | undefined, row: FieldRow): boolean {
  if (value === undefined || value === null || value === row.neutral) return true
  return typeof value === 'object' && isEmpty(value)
}

/** A dialect's fields by name. */
export type FieldTable = Readonly<Record<string, FieldRow>>
