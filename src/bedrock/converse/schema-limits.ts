import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'
import { isObjectNode } from './sanitize-schema.ts'

/** What Bedrock's grammar compiler takes over all schemas of one request; measured by other gateways. */
const MOST_UNIONS = 16
const MOST_OPTIONALS = 24

/** Room left for schemas in one request; a schema that fits takes its part. */
export interface SchemaRoom {
  /** Tells whether the schema can be compiled, and reserves its room if so. */
  take(schema: JsonObject): boolean
}

/** Makes the room of one request. */
export function createSchemaRoom(): SchemaRoom {
  let unions = MOST_UNIONS
  let optionals = MOST_OPTIONALS
  return {
    take(schema) {
      if (!isObjectNode(schema) || !isExpressible(schema) || isRecursive(schema)) return false
      const cost = costOf(schema)
      if (cost.unions > unions || cost.optionals > optionals) return false
      unions -= cost.unions
      optionals -= cost.optionals
      return true
    }
  }
}

/** Open maps would become closed and empty, foreign references and enumerated objects are refused. */
function isExpressible(node: Json): boolean {
  if (Array.isArray(node)) return node.every(isExpressible)
  if (!isJsonObject(node)) return true
  const { additionalProperties, patternProperties, $ref } = node
  if (isJsonObject(additionalProperties) || isJsonObject(patternProperties)) return false
  if (typeof $ref === 'string' && !$ref.startsWith('#/')) return false
  if (Array.isArray(node.enum) && node.enum.some((item: Json) => typeof item === 'object' && item !== null)) return false
  return children(node).every(isExpressible)
}

function costOf(node: Json): { unions: number; optionals: number } {
  if (!isJsonObject(node)) return { unions: 0, optionals: 0 }
  const required = new Set(Array.isArray(node.required) ? node.required : [])
  const names = isJsonObject(node.properties) ? Object.keys(node.properties) : []
  const isUnion = Array.isArray(node.type) || Array.isArray(node.anyOf) || Array.isArray(node.oneOf)
  return children(node)
    .map(costOf)
    .reduce((sum, cost) => ({ unions: sum.unions + cost.unions, optionals: sum.optionals + cost.optionals }), {
      unions: isUnion ? 1 : 0,
      optionals: names.filter((name) => !required.has(name)).length
    })
}

/** References that were followed once without coming back are not followed again: a few of them can make a million paths. */
function isRecursive(root: JsonObject): boolean {
  const entered = new Set<string>()
  const harmless = new Set<string>()
  const visit = (node: Json): boolean => {
    if (!isJsonObject(node)) return false
    const { $ref } = node
    return (typeof $ref === 'string' && leadsBack($ref)) || children(node).some(visit)
  }
  const leadsBack = (ref: string): boolean => {
    if (entered.has(ref)) return true
    if (harmless.has(ref)) return false
    entered.add(ref)
    const found = followRef(root, ref)
    if (found === root || (found !== undefined && visit(found))) return true
    entered.delete(ref)
    harmless.add(ref)
    return false
  }
  return visit(root)
}

/** Schemas directly below a node. Definitions count once, where they are referred to or not. */
function children(node: JsonObject): readonly Json[] {
  const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((name) =>
    Array.isArray(node[name]) ? (node[name] as readonly Json[]) : []
  )
  const maps = ['properties', '$defs', 'definitions'].flatMap((name) =>
    isJsonObject(node[name]) ? Object.values(node[name]) : []
  )
  const items = node.items === undefined ? [] : Array.isArray(node.items) ? node.items : [node.items]
  return [...lists, ...maps, ...items]
}
