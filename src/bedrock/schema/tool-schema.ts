import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** Clients' own members at the root of a tool's parameters, which models refuse. */
const FOREIGN = new Set(['custom', 'defer_loading', 'strict'])

const LOOK_AROUND = /\(\?(?:=|!|<=|<!)/

/** The arguments' schema as every family takes it: an object at the root, no look-around in patterns. `$defs` and `$ref` stay. */
export function toolSchema(schema: JsonObject | undefined): JsonObject {
  const own = Object.fromEntries(Object.entries(schema ?? {}).filter(([name]) => !FOREIGN.has(name)))
  const cleaned = hasLookAround(own) ? (withoutLookAround(own) as JsonObject) : own
  return {
    ...cleaned,
    type: 'object',
    properties: isJsonObject(cleaned.properties) ? cleaned.properties : {}
  }
}

/** Hardly any schema has one, so that nothing is copied. */
function hasLookAround(node: Json): boolean {
  if (Array.isArray(node)) return node.some(hasLookAround)
  return isJsonObject(node) && Object.keys(node).some((name) => isLookAround(name, node[name]!) || hasLookAround(node[name]!))
}

function withoutLookAround(node: Json): Json {
  if (Array.isArray(node)) return node.map((item: Json) => withoutLookAround(item))
  if (!isJsonObject(node)) return node
  const entries = Object.entries(node).filter(([name, value]) => !isLookAround(name, value))
  return Object.fromEntries(entries.map(([name, value]) => [name, withoutLookAround(value)]))
}

function isLookAround(name: string, value: Json): boolean {
  return name === 'pattern' && typeof value === 'string' && LOOK_AROUND.test(value)
}
