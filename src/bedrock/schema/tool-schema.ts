import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** Clients' own members at the root of a tool's parameters, which models refuse. */
const FOREIGN = new Set(['custom', 'defer_loading', 'strict'])

const LOOK_AROUND = /\(\?(?:=|!|<=|<!)/

/** Keywords whose value is an object of schemas; PHP writes an empty one as an empty list. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])

/** The arguments' schema as every family takes it: an object at the root, no look-around in patterns, no list in place of an object. `$defs` and `$ref` stay. */
export function toolSchema(schema: JsonObject | undefined): JsonObject {
  const own = Object.fromEntries(Object.entries(schema ?? {}).filter(([name]) => !FOREIGN.has(name)))
  const cleaned = holdsUnusable(own) ? (withoutUnusable(own) as JsonObject) : own
  return {
    ...cleaned,
    type: 'object',
    properties: isJsonObject(cleaned.properties) ? cleaned.properties : {}
  }
}

/** Hardly any schema has one, so that nothing is copied. */
function holdsUnusable(node: Json): boolean {
  if (Array.isArray(node)) return node.some(holdsUnusable)
  return isJsonObject(node) && Object.keys(node).some((name) => isUnusable(name, node[name]!) || holdsUnusable(node[name]!))
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
