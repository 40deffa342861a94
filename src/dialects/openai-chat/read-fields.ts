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
  const values = new Map<string, Json>()
  const nested = new Set<string>()
  const unknown: string[] = []
  collect(body, '', values, unknown)
  for (const name of collect(extra, 'extra_body.', values, unknown)) nested.add(name)
  const path = (name: string) => (nested.has(name) ? `extra_body.${name}` : name)
  for (const [name, value] of values) checkField(value, path(name), FIELDS[name as FieldName])
  return {
    get: <N extends FieldName>(name: N) => values.get(name) as FieldValue<N> | undefined,
    path,
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

function collect(from: JsonObject, prefix: string, values: Map<string, Json>, unknown: string[]): string[] {
  const taken: string[] = []
  for (const [name, value] of Object.entries(from)) {
    if (value === null || values.has(name)) continue
    if (Object.hasOwn(FIELDS, name)) {
      values.set(name, value)
      taken.push(name)
    } else unknown.push(`${prefix}${name}`)
  }
  return taken
}

function checkField(value: Json, path: string, row: FieldRow): void {
  if (!hasType(value, row.type)) throw wrongType(path, EXPECTED[row.type], value)
  if (typeof value === 'number' && row.min !== undefined && value < row.min) throw outOfRange(path, value, row)
  if (typeof value === 'number' && row.max !== undefined && value > row.max) throw outOfRange(path, value, row)
  if (typeof value === 'string' && row.values !== undefined && !row.values.includes(value)) {
    throw wrongChoice(path, row.values, value)
  }
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
