import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** Clients' own members at the root of a tool's parameters, which models refuse. */
const FOREIGN = ['custom', 'defer_loading', 'strict'] as const

const LOOK_AROUND = /\(\?(?:=|!|<=|<!)/

/** Keywords whose value is an object of schemas; PHP writes an empty one as an empty list. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])

/** The arguments' schema as every family takes it: an object at the root, no look-around in patterns, no list in place of an object. `$defs` and `$ref` stay. */
export function toolSchema(schema: JsonObject | undefined): JsonObject {
  const own = withoutForeign(schema ?? {})
  const cleaned = holdsUnusable(own) ? (withoutUnusable(own) as JsonObject) : own
  if (cleaned.type === 'object' && isJsonObject(cleaned.properties)) return cleaned
  return {
    ...cleaned,
    type: 'object',
    properties: isJsonObject(cleaned.properties) ? cleaned.properties : {}
  }
}

function withoutForeign(schema: JsonObject): JsonObject {
  if (!FOREIGN.some((name) => Object.hasOwn(schema, name))) return schema
  const own: Record<string, Json> = { ...schema }
  for (const name of FOREIGN) delete own[name]
  return own
}

/** Hardly any schema has one, so that nothing is copied. */
function holdsUnusable(node: Json): boolean {
  if (Array.isArray(node)) return node.some(holdsUnusable)
  if (!isJsonObject(node)) return false
  for (const name in node) {
    const value = node[name]!
    if (isUnusable(name, value) || (typeof value === 'object' && holdsUnusable(value))) return true
  }
  return false
}

function withoutUnusable(node: Json): Json {
  if (Array.isArray(node)) return node.map((item: Json) => withoutUnusable(item))
  if (!isJsonObject(node)) return node
  const entries = Object.entries(node).filter(([name, value]) => !isUnusable(name, value))
  return Object.fromEntries(entries.map(([name, value]) => [name, withoutUnusable(value)]))
}

function isUnusable(name: string, value: Json): boolean {
  if (typeof value === 'string') return name === 'pattern' && LOOK_AROUND.test(value)
  return Array.isArray(value) && value.length === 0 && MAPS.has(name)
}
