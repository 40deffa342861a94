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
/** Older drafts wrote lists of names beside schemas into `dependencies`; those are handed to `replace` as they are. */
const MAPS = new Set(['$defs', 'definitions', 'dependencies', 'dependentSchemas', 'patternProperties', 'properties'])

/**
 * The schema with each schema right below it replaced; itself where all stay what they are. What is no schema, such as `default` or `enum`,
 * is not looked into.
 */
export function mapSchema(schema: JsonObject, replace: (inner: Json) => Json): JsonObject {
  return mapMembers(schema, (name, value) => mapMember(name, value, replace))
}

function mapMember(name: string, value: Json, replace: (inner: Json) => Json): Json {
  if (typeof value !== 'object' && typeof value !== 'boolean') return ONE.has(name) ? replace(value) : value
  if (Array.isArray(value)) return LISTS.has(name) ? mapItems(value, replace) : value
  if (ONE.has(name)) return replace(value)
  return MAPS.has(name) && isJsonObject(value) ? mapMembers(value, (_name, inner) => replace(inner)) : value
}

/** The object with other values; copied only where one differs, since copies of large objects take long. */
function mapMembers(holder: JsonObject, replace: (name: string, value: Json) => Json): JsonObject {
  let made: Record<string, Json> | undefined
  for (const name in holder) {
    const value = holder[name]!
    const kept = replace(name, value)
    if (kept === value) continue
    made ??= { ...holder }
    made[name] = kept
  }
  return made ?? holder
}

function mapItems(list: readonly Json[], replace: (inner: Json) => Json): readonly Json[] {
  const made = list.map((item) => replace(item))
  return made.every((item, index) => item === list[index]) ? list : made
}

/** Tells whether what stands behind a keyword in a reference is a name or a place that the caller chose, and no keyword. */
export function holdsMember(keyword: string, name: string): boolean {
  return MAPS.has(keyword) || (LISTS.has(keyword) && /^\d+$/.test(name))
}
