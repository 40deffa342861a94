import { plainMember } from '../../core/foreign-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { FieldRow, FieldTable, FieldType } from './field-row.ts'
import { badValue, outOfRange, wrongChoice, wrongType } from './refuse.ts'
import { isTellable } from './unknown-members.ts'

interface ValueOf {
  string: string
  number: number
  integer: number
  boolean: boolean
  array: readonly Json[]
  object: JsonObject
  any: Json
}

/** The fields of one request, of the right type and range; `null` has become absent. */
export interface Fields<T extends FieldTable> {
  get<N extends keyof T>(name: N): ValueOf[T[N]['type']] | undefined
  /** Where the value stands in the caller's body. */
  path(name: keyof T & string): string
  /** The paths of the fields that were given: `top_k`, or `extra_body.top_k`. */
  readonly given: readonly string[]
  /** Paths of fields that no row of the table names, but for those in a literal `extra_body`. */
  readonly unknown: readonly string[]
  /** Those in a literal `extra_body`: fields for the model, with the digits of their numbers. Absent: there are none. */
  readonly extra: JsonObject | undefined
}

/** Native bodies have a few dozen; each is looked for again where a model refuses one. */
const MOST_EXTRA = 1000

/** Makes what reads a body and a literal `extra_body` as one set of the fields of a table; the top level wins. */
export function createFieldReader<T extends FieldTable>(table: T): (body: JsonObject) => Fields<T> {
  const rows: ReadonlyMap<string, FieldRow> = new Map(Object.entries(table))
  return (body) => readFields(body, rows)
}

function readFields<T extends FieldTable>(body: JsonObject, rows: ReadonlyMap<string, FieldRow>): Fields<T> {
  const extra = body.extra_body ?? {}
  if (!isJsonObject(extra)) throw wrongType('extra_body', EXPECTED.object, extra)
  // Of some fifty fields a caller sends a few: those are kept, and nothing is looked for in the body again.
  const values = new Map<string, Json>()
  const given: string[] = []
  const unknown: string[] = []
  let others: Map<string, Json> | undefined
  const keep = (name: string, value: Json | undefined) => {
    if (value === null || value === undefined) return
    const row = rows.get(name)
    if (row === undefined) unknown.push(name)
    else {
      values.set(name, checked(value, row, name))
      given.push(name)
    }
  }
  const keepExtra = (name: string, value: Json | undefined) => {
    if (value === null || value === undefined || values.has(name)) return
    const row = rows.get(name)
    if (row !== undefined) {
      const path = `extra_body.${name}`
      values.set(name, checked(plainMember(name, value), row, path))
      given.push(path)
    } else if (!isTellable(name)) {
      // Nobody is told of such a name, and there may be a hundred thousand.
      if (unknown.length < MOST_EXTRA) unknown.push(`extra_body.${name}`)
    } else {
      others ??= new Map()
      if (others.size === MOST_EXTRA)
        throw badValue('extra_body', `Invalid 'extra_body': more than ${MOST_EXTRA} fields for the model.`)
      others.set(name, value)
    }
  }
  const path = (name: string) => ((body[name] ?? null) === null && values.has(name) ? `extra_body.${name}` : name)
  for (const name in body) keep(name, body[name])
  for (const name in extra) keepExtra(name, extra[name])
  return {
    get: <N extends keyof T>(name: N) => values.get(name as string) as ValueOf[T[N]['type']] | undefined,
    path,
    given,
    unknown,
    extra: others === undefined ? undefined : Object.fromEntries(others)
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
