import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { FIELDS, type FieldName, type FieldRow, type FieldType } from '../openai-chat/fields.ts'
import { outOfRange, wrongChoice, wrongType } from './refuse.ts'

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
  /** The fields that were given, with the paths they stood at. */
  given(): ReadonlyMap<string, string>
  /** Paths of fields that no row of the table names. */
  readonly unknown: readonly string[]
}

const ROWS: ReadonlyMap<string, FieldRow> = new Map(Object.entries(FIELDS))

/** Reads the body and a literal `extra_body` as one set of fields; the top level wins. */
export function readFields(body: JsonObject): Fields {
  const extra = body.extra_body ?? {}
  if (!isJsonObject(extra)) throw wrongType('extra_body', EXPECTED.object, extra)
  // Of some fifty fields a caller sends a few: those are kept, and nothing is looked for in the body again.
  const values = new Map<string, Json>()
  const unknown: string[] = []
  const keep = (name: string, value: Json | undefined, path: string) => {
    if (value === null || value === undefined) return
    const row = ROWS.get(name)
    if (row === undefined) unknown.push(path)
    else values.set(name, checked(value, row, path))
  }
  const path = (name: string) => ((body[name] ?? null) === null && values.has(name) ? `extra_body.${name}` : name)
  for (const name in body) keep(name, body[name], name)
  for (const name in extra) if (!values.has(name)) keep(name, extra[name], `extra_body.${name}`)
  return {
    get: <N extends FieldName>(name: N) => values.get(name) as FieldValue<N> | undefined,
    path,
    given: () => new Map(Array.from(values.keys(), (name) => [name, path(name)])),
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

/** The value, if it has the type and lies in the range of its row. */
function checked(value: Json, row: FieldRow, path: string): Json {
  if (!hasType(value, row.type)) throw wrongType(path, EXPECTED[row.type], value)
  if (typeof value === 'number' && row.min !== undefined && value < row.min) throw outOfRange(path, value, row)
  if (typeof value === 'number' && row.max !== undefined && value > row.max) throw outOfRange(path, value, row)
  if (typeof value === 'string' && row.values !== undefined && !row.values.includes(value)) {
    throw wrongChoice(path, row.values, value)
  }
  return value
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
