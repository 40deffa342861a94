import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** Keywords that hold one schema, a list of schemas, or schemas by name, in any draft that clients send. */
const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties'
])
const LISTS = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems'])
const MAPS = new Set(['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties'])

/** The schema with each schema right below it replaced. What is no schema, such as `default` or `enum`, is not looked into. */
export function mapSchema(schema: JsonObject, replace: (inner: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, mapMember(name, value, replace)]))
}

function mapMember(name: string, value: Json, replace: (inner: Json) => Json): Json {
  if (Array.isArray(value)) return LISTS.has(name) ? value.map((item: Json) => replace(item)) : value
  if (ONE.has(name)) return replace(value)
  if (!MAPS.has(name) || !isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]))
}
