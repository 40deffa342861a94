import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { outOfRange, wrongChoice, wrongType } from '../openai-error/refuse.ts'
import { FIELDS, type FieldName, type FieldRow, type FieldType } from './fields.ts'

interface ValueOf {
  string: string
  number: number
  integer: number
  boolean: boolean
  array: readonly Json[]
  object: JsonObject
  any: Json
}

export type FieldValue<N extends FieldName> = ValueOf[(typeof FIELDS)[N]['type']]

/** The fields of one request, of the right type and range; `null` has become absent. */
export interface Fields {
  get<N extends FieldName>(name: N): FieldValue<N> | undefined
  /** Where the value stands in the caller's body. */
  path(name: FieldName): string
  /** Paths of fields that no row of the table names. */
  readonly unknown: readonly string[]
}

/** Reads the body and a literal `extra_body` as one set of fields; the top level wins. */
export function readFields(body: JsonObject): Fields {
  const extra = body.extra_body ?? {}
  if (!isJsonObject(extra)) throw wrongType('extra_body', EXPECTED.object, extra)
  const unknown: string[] = []
  const above = (name: string) => body[name] ?? undefined
  const below = (name: string) => extra[name] ?? undefined
  const check = (name: string, value: Json | undefined, path: string) => {
    if (value !== undefined && !checkField(name, value, path)) unknown.push(path)
  }
  for (const name in body) check(name, above(name), name)
  for (const name in extra) {
    const isHidden = above(name) !== undefined && Object.hasOwn(FIELDS, name)
    if (!isHidden) check(name, below(name), `extra_body.${name}`)
  }
  return {
    get: <N extends FieldName>(name: N) => (above(name) ?? below(name)) as FieldValue<N> | undefined,
    path: (name) => (above(name) === undefined && below(name) !== undefined ? `extra_body.${name}` : name),
    unknown
  }
}

const EXPECTED: Record<FieldType, string> = {
  string: 'a string',
  number: 'a decimal',
  integer: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  any: 'a value'
}

/** Checks a value against the row of its name; `false`: there is no such row. */
function checkField(name: string, value: Json, path: string): boolean {
  if (!Object.hasOwn(FIELDS, name)) return false
  const row: FieldRow = FIELDS[name as FieldName]
  if (!hasType(value, row.type)) throw wrongType(path, EXPECTED[row.type], value)
  if (typeof value === 'number' && row.min !== undefined && value < row.min) throw outOfRange(path, value, row)
  if (typeof value === 'number' && row.max !== undefined && value > row.max) throw outOfRange(path, value, row)
  if (typeof value === 'string' && row.values !== undefined && !row.values.includes(value)) {
    throw wrongChoice(path, row.values, value)
  }
  return true
}

function hasType(value: Json, type: FieldType): boolean {
  switch (type) {
    case 'any':
      return true
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isJsonObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}
