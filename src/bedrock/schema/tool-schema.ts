import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { mapSchema } from './map-schema.ts'

/** Clients' own members at the root of a tool's parameters, which models refuse. */
const FOREIGN = ['custom', 'defer_loading', 'strict'] as const

const LOOK_AROUND = /\(\?(?:=|!|<=|<!)/

/** Keywords whose value is an object of schemas; PHP writes an empty one as an empty list. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])

/**
 * The arguments' schema as every family takes it: an object at the root, no look-around in patterns, no list in place of an object.
 * `$defs` and `$ref` stay. `isLoosened`: a pattern is gone.
 */
export function toolSchema(schema: JsonObject): { readonly schema: JsonObject; readonly isLoosened: boolean } {
  const own = withoutForeign(schema)
  const { cleaned, isLoosened } = holdsUnusable(own) ? withoutUnusable(own) : { cleaned: own, isLoosened: false }
  if (cleaned.type === 'object' && isJsonObject(cleaned.properties)) return { schema: cleaned, isLoosened }
  const properties = isJsonObject(cleaned.properties) ? cleaned.properties : {}
  return { schema: { ...cleaned, type: 'object', properties }, isLoosened }
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

/** Only where it is a keyword: constants and defaults are the caller's own. */
function withoutUnusable(root: JsonObject): { readonly cleaned: JsonObject; readonly isLoosened: boolean } {
  let isLoosened = false
  const clean = (node: Json): Json => {
    if (!isJsonObject(node)) return node
    const unusable = Object.keys(node).filter((name) => isUnusable(name, node[name]!))
    isLoosened ||= unusable.includes('pattern')
    if (unusable.length === 0) return mapSchema(node, clean)
    const kept: Record<string, Json> = { ...node }
    for (const name of unusable) delete kept[name]
    return mapSchema(kept, clean)
  }
  return { cleaned: clean(root) as JsonObject, isLoosened }
}

function isUnusable(name: string, value: Json): boolean {
  if (typeof value === 'string') return name === 'pattern' && LOOK_AROUND.test(value)
  return Array.isArray(value) && value.length === 0 && MAPS.has(name)
}
