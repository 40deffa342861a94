import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

const KEPT = new Set(['type', 'title', 'description', 'required', 'enum', 'const', 'default'])
const KEPT_FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])
/** Members that hold schemas: as a list, and by name. `oneOf` and `items` are ways of their own. */
export const SCHEMA_LISTS: ReadonlySet<string> = new Set(['anyOf', 'allOf', 'prefixItems'])
export const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
const SILENT = new Set(['$schema', '$id', '$comment', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'additionalProperties'])

/**
 * Rewrites a JSON Schema into the subset that Bedrock compiles: objects closed, `oneOf` as `anyOf`, and every constraint
 * it cannot enforce moved into the description, where the model still reads it. The answer is to be checked against the original.
 */
export function sanitizeSchema(schema: JsonObject): JsonObject {
  const definitions = pick(schema, ['$defs', 'definitions'])
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref, ...definitions }
  const entries = Object.entries(isChoiceOfObjects(schema) ? withoutObject(schema) : schema)
  const kept = entries.flatMap(([name, value]) => sanitizeMember(name, value))
  const constraints = entries
    .filter(([name, value]) => isMoved(name, value))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const result = Object.fromEntries(kept)
  if (isObjectNode(schema) && !isChoiceOfObjects(schema)) result.additionalProperties = false
  if (constraints.length > 0) {
    const before = typeof schema.description === 'string' ? `${schema.description} ` : ''
    result.description = `${before}(${constraints.join(', ')})`
  }
  return result
}

function sanitizeMember(name: string, value: Json): readonly (readonly [string, Json])[] {
  if (KEPT.has(name)) return [[name, value]]
  if (name === 'format') return isMoved(name, value) ? [] : [[name, value]]
  if (name === 'minItems') return isMoved(name, value) ? [] : [[name, value]]
  if (name === 'oneOf') return [['anyOf', sanitizeList(value)]]
  if (SCHEMA_LISTS.has(name)) return [[name, sanitizeList(value)]]
  if (SCHEMA_MAPS.has(name)) return [[name, sanitizeMap(value)]]
  if (name === 'items') return [[name, Array.isArray(value) ? sanitizeList(value) : sanitizeNode(value)]]
  return []
}

function isMoved(name: string, value: Json): boolean {
  if (name === 'format') return !(typeof value === 'string' && KEPT_FORMATS.has(value))
  if (name === 'minItems') return value !== 0 && value !== 1
  if (KEPT.has(name) || SCHEMA_LISTS.has(name) || SCHEMA_MAPS.has(name) || SILENT.has(name)) return false
  return name !== 'oneOf' && name !== 'items'
}

function sanitizeNode(value: Json): Json {
  return isJsonObject(value) ? sanitizeSchema(value) : value
}

function sanitizeList(value: Json): Json {
  return Array.isArray(value) ? value.map((item: Json) => sanitizeNode(item)) : value
}

function sanitizeMap(value: Json): Json {
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, node]) => [name, sanitizeNode(node)])) : value
}

/** Alternatives that are objects each, and nothing of an object's beside them: closing the whole would leave them no member. */
export function isChoiceOfObjects({ properties, required, anyOf, oneOf }: JsonObject): boolean {
  if ((isJsonObject(properties) && !isEmpty(properties)) || required !== undefined) return false
  const branches = anyOf ?? oneOf
  return (
    Array.isArray(branches) &&
    branches.length > 0 &&
    branches.every((branch: Json) => isJsonObject(branch) && (branch.$ref !== undefined || isObjectNode(branch)))
  )
}

function withoutObject({ type: _type, properties: _properties, ...choice }: JsonObject): JsonObject {
  return choice
}

function pick(schema: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (schema[name] === undefined ? [] : [[name, sanitizeMap(schema[name])]])))
}

/** Tells a schema of objects, also one that only names properties. */
export function isObjectNode(schema: JsonObject): boolean {
  const { type } = schema
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isJsonObject(schema.properties)
}
